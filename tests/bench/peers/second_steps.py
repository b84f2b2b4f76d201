#!/usr/bin/env python3
"""The second step of a sign-in by itself: the first steps are done before the clock runs, so that no hash is in the figure.

usage: second_steps.py --addr 127.0.0.1:8105 --scenario FILE --first 1400 --count 200 --secret BASE32 --pids 1,2 --label TEXT

Reads a load definition of the kit with two steps and prints one line in the form of the kit's `authload`. Needs nothing but
Python. It takes more CPU than `authload`, which costs the fastest server most: CPU per flow does not count the client.
"""
import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import os
import statistics
import sys
import time

CLIENTS = 8


def totp(secret: str) -> str:
    """RFC 6238: the code of now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    tag = hmac.new(key, int(time.time() // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = tag[19] & 15
    return f"{(int.from_bytes(tag[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def processes(roots):
    """The processes and everything they started."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                children.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(name))
        except OSError:
            pass  # it ended meanwhile
    found, waiting = set(), list(roots)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += children.get(one, [])
    return found


def cpu_seconds(pids) -> float:
    """User and system time."""
    ticks = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass  # it ended meanwhile
    return ticks / os.sysconf("SC_CLK_TCK")


def machine():
    """Busy and total CPU seconds of the whole machine."""
    with open("/proc/stat") as file:
        ticks = [int(field) for field in file.readline().split()[1:9]]
    hertz = os.sysconf("SC_CLK_TCK")
    return (sum(ticks) - ticks[3] - ticks[4]) / hertz, sum(ticks) / hertz


class Connection:
    """One kept-alive connection."""

    def __init__(self, address):
        self.host, _, port = address.partition(":")
        self.port, self.reader, self.writer = int(port), None, None

    async def ask(self, request: bytes):
        """Status, cookies and body; opens the connection anew where the server closed it."""
        for again in (True, False):
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
            try:
                self.writer.write(request)
                return await self.answer()
            except (asyncio.IncompleteReadError, ConnectionError):
                self.writer = None
                if not again:
                    raise

    async def answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = [(key.lower(), value.strip()) for key, _, value in (line.partition(":") for line in head[1:] if line)]
        headers, body = dict(pairs), b""
        if "chunked" in headers.get("transfer-encoding", ""):
            while length := int((await self.reader.readline()).split(b";")[0], 16):
                body += (await self.reader.readexactly(length + 2))[:-2]
            await self.reader.readline()
        else:
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.writer.close()
            self.writer = None
        return int(head[0].split()[1]), [value for key, value in pairs if key == "set-cookie"], body


class Unexpected(Exception):
    """Another answer than the load definition says."""


class Person:
    """Somebody on the way through a sign-in."""

    def __init__(self, number, arguments):
        self.words, self.cookies, self.arguments = {"i": str(number)}, {}, arguments

    def fill(self, text: str) -> str:
        for key, value in self.words.items():
            text = text.replace("{{" + key + "}}", value)
        return text.replace("{{totp}}", totp(self.arguments.secret))

    def request(self, step) -> bytes:
        body = self.fill(json.dumps(step["body"])) if "body" in step else ""
        lines = [f"{step.get('method', 'GET')} {self.fill(step['path'])} HTTP/1.1", f"Host: {self.arguments.addr}", "User-Agent: authload/1"]
        lines += [f"{key}: {self.fill(value)}" for key, value in step.get("headers", {}).items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{key}={value}" for key, value in self.cookies.items()))
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    async def does(self, step, connection, patience=0):
        """The step; a server that is busy is asked again so many times."""
        status, cookies, body = await connection.ask(self.request(step))
        if status in (429, 503) and patience:
            await asyncio.sleep(1)
            return await self.does(step, connection, patience - 1)
        if status != step.get("expect", 200):
            raise Unexpected(f"{self.arguments.label}: {step['name']} was answered with {status}: {body[:200]!r}")
        for cookie in cookies:
            key, _, value = cookie.split(";")[0].partition("=")
            self.cookies[key] = value
        for key, where in step.get("save", {}).items():
            found = json.loads(body)
            for name in where.removeprefix("json:/").split("/"):
                found = found[name]
            self.words[key] = found


async def everybody(people, step, arguments, patience=0):
    """All of them do the step, eight at a time; how long each took, in milliseconds."""
    took, waiting = [], iter(people)

    async def client():
        connection = Connection(arguments.addr)
        for person in waiting:
            began = time.perf_counter()
            await person.does(step, connection, patience)
            took.append((time.perf_counter() - began) * 1e3)
        if connection.writer:
            connection.writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return sorted(took)


async def main():
    parser = argparse.ArgumentParser()
    for name, kind in [("addr", str), ("scenario", str), ("first", int), ("count", int), ("secret", str), ("pids", str), ("label", str)]:
        parser.add_argument(f"--{name}", type=kind, required=True)
    arguments = parser.parse_args()
    with open(arguments.scenario) as file:
        first, second = json.load(file)["loop"]
    people = [Person(arguments.first + number, arguments) for number in range(arguments.count)]
    await everybody(people, first, arguments, patience=20)
    if 30 - time.time() % 30 < 4:
        await asyncio.sleep(4)  # no code shall grow old on its way
    pids = processes(int(pid) for pid in arguments.pids.split(","))
    cpu, own, (busy, total), began = cpu_seconds(pids), time.process_time(), machine(), time.perf_counter()
    took = await everybody(people, second, arguments)
    seconds, used, client = time.perf_counter() - began, cpu_seconds(pids) - cpu, time.process_time() - own
    busy_after, total_after = machine()
    others = 100 * max(busy_after - busy - used - client, 0) / max(total_after - total, 0.01)
    percentile = statistics.quantiles(took, n=100, method="inclusive")
    print(f"{arguments.label} c={CLIENTS} {len(took) / seconds:.1f} flow/s  err=0 "
          f" [step p50={percentile[49]:.2f}ms p99={percentile[98]:.2f}ms max={took[-1]:.1f}ms]"
          f" cpu={used * 1e3 / len(took):.3f}ms/flow others={others:.0f}%")


try:
    asyncio.run(main())
except (Unexpected, OSError) as error:
    sys.exit(str(error))
