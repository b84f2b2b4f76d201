#!/usr/bin/env python3
"""Prints what one signed-in person sees on the live channel, until the server ends it.

    python3 docs/watch.py http://127.0.0.1:8000 NAME ACCESS_TOKEN

Needs the package `websockets` (Debian: python3-websockets). It connects as a browser does: a ticket that works once
goes as a sub-protocol, never in the address, and the page's origin must be one the server knows.
"""

import asyncio
import json
import sys
import urllib.request

import websockets

server, name, token = sys.argv[1:4]


def ticket():
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server}/api/live/ticket", b"{}", headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["ticket"]


async def watch():
    address = server.replace("http", "ws", 1) + "/api/live"
    protocols = ["voxgate.v1", f"ticket.{ticket()}"]
    async with websockets.connect(address, subprotocols=protocols, origin=server) as socket:
        try:
            async for text in socket:
                frame = json.loads(text)
                print(name, frame["kind"], frame.get("seq", ""), json.dumps(frame["data"]), flush=True)
        except websockets.ConnectionClosed:
            pass
        print(name, "closed", socket.close_code, socket.close_reason, flush=True)


try:
    asyncio.run(watch())
except KeyboardInterrupt:
    pass
