"""What clients that wait for messages cost a Manager: memory and processor time while 4,000 calls wait, calls a second that are
answered at once, and how long it takes until a message to all has reached the last. Plain HTTP on loopback, SQLite.
"""

import asyncio
import json
import os
import re
import resource
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import agents
from bench.homes import Running, manager
from bench.report import Report, percentile, scaled
from kanmon.cli.client import Client
from kanmon.cli.inventory import wait_until_judged
from kanmon.cli.stream import Stream

IDLE_SECONDS = 10.0
AT_ONCE = 64


class Caller:
    """One client: a connection that is kept."""

    def __init__(self, number: int, port: int) -> None:
        self.number, self.port, self.token = number, port, f"knc_{number:043d}"
        self.got_at = 0.0

    async def post(self, path: str, bearer: str, **body: Any) -> tuple[int, dict[str, Any]]:
        try:
            return await self._once(path, bearer, body)
        except (asyncio.IncompleteReadError, ConnectionError):  # it was idle for too long
            del self.writer
            return await self._once(path, bearer, body)

    async def _once(self, path: str, bearer: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not hasattr(self, "writer"):
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\nContent-Length: {len(data)}\r\n\r\n"
        self.writer.write(head.encode() + data)
        said = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(re.search(rb"content-length: (\d+)", said)[1])  # type: ignore[index]
        return int(said.split()[1]), json.loads(await self.reader.readexactly(length))

    async def poll(self, **body: Any) -> dict[str, Any]:
        status, said = await self.post("/client/v1/poll", self.token, **body)
        assert status == 200, said
        return said

    async def wait_for_message(self) -> None:
        said: dict[str, Any] = {}
        while not said.get("messages"):
            said = await self.poll(wait_seconds=600)
        self.got_at = time.perf_counter()
        (one,) = said["messages"]
        await self.poll(shown=[one["id"]])


async def at_once(callers: list[Caller], work: Any) -> float:
    """``work`` of each caller, some at a time; seconds."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(caller: Caller) -> None:
        async with gate:
            await work(caller)

    began = time.perf_counter()
    await asyncio.gather(*(one(caller) for caller in callers))
    return time.perf_counter() - began


def resident_mib(running: Running) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{running.pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def measure(running: Running, devices: list[str], report: Report) -> None:
    callers = [Caller(number, urlsplit(running.url).port or 0) for number in range(len(devices))]

    before = resident_mib(running)

    async def register(caller: Caller) -> None:
        status, said = await caller.post(
            "/client/v1/register", running.token, token=caller.token, device=devices[caller.number]
        )
        assert status == 200, said

    seconds = await at_once(callers, register)
    report.add("registrations", len(callers) / seconds, "a second", "each a commit")
    seconds = await at_once(callers, lambda caller: caller.poll(wait_seconds=0))
    report.add("calls that are answered at once", len(callers) / seconds, "a second", f"{AT_ONCE} at a time")
    cpu = running.cpu_seconds()
    waiting = [asyncio.create_task(caller.wait_for_message()) for caller in callers]
    await asyncio.sleep(IDLE_SECONDS)
    first, began = running.cpu_seconds(), time.perf_counter()
    report.add(
        "memory a client that waits", (resident_mib(running) - before) * 1024 / len(callers), "KiB", "without TLS"
    )
    report.add("processor time to take them in", first - cpu, "s", f"{len(callers):,} calls")
    await asyncio.sleep(IDLE_SECONDS)
    idle = (running.cpu_seconds() - first) / (time.perf_counter() - began)
    report.add("processor while they wait", 100 * idle, "%")
    began = time.perf_counter()
    order = {"all": True, "title": "To {host}", "text": "{problems}"}
    await asyncio.to_thread(Client().call, "POST", "/messages", order)
    await asyncio.gather(*waiting)
    times = [caller.got_at - began for caller in callers]
    report.add("a message to all, until the last has it", max(times), "s", f"p50 {percentile(times, 50):.2f} s")
    report.add("until all have confirmed it", time.perf_counter() - began, "s")


def main() -> None:
    """Run and report."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(scaled(4000, 50), hard - 1000)
    os.environ |= {"KANMON_MESSAGE_CONNECTIONS": str(count + 100), "KANMON_MESSAGE_POLL_SECONDS": "600"}
    report = Report("messages")
    bodies = agents.kanmon(count, 0)
    with manager() as running:
        Stream(Client(running.url, running.token)).send(iter(bodies), lambda told: None)
        wait_until_judged(Client())
        asyncio.run(measure(running, [json.loads(body)["device_id"] for body in bodies], report))
    report.end()


if __name__ == "__main__":
    main()
