#!/usr/bin/env python3
"""Calls the voice agent: sends a piece of audio ten times a second, and says when and why the line went dead.

Usage: call.py ws://127.0.0.1:9000 TOKEN        (needs python3-websockets)
"""
import asyncio
import inspect
import sys

import websockets


async def call(address, token):
    # The name of the argument depends on the version of the library.
    headers = "additional_headers" if "additional_headers" in inspect.signature(websockets.connect).parameters else "extra_headers"
    async with websockets.connect(address, **{headers: {"Authorization": f"Bearer {token}"}}) as line:
        try:
            await line.send(b"\x01" * 320)
            await line.recv()
            print("talking", flush=True)
            while True:
                await line.send(b"\x01" * 320)
                await line.recv()
                await asyncio.sleep(0.1)
        except websockets.ConnectionClosed as closed:
            frame = closed.rcvd
            print(f"closed {frame.code} {frame.reason}" if frame else "cut", flush=True)


asyncio.run(call(sys.argv[1], sys.argv[2]))
