"""The answer to whatever a quarantined PC asks by HTTP: go to the remediation page.

Served on ``redirect_port`` of the gateway, where the rules send HTTP to. Browsers, and the checks by which systems find
captive portals, ask by HTTP for something and get this. HTTPS can't be answered: only the site has its certificate.

A request is not read, only its end is waited for: quarantined PCs are those that somebody else may be the master of. So
it is bounded in bytes, in time and in number, and one PC that holds connections open harms only other redirects.
"""

import asyncio
import contextlib
import ctypes
import html
import os
import socket
import threading

from kanmon.agent.drivers.nftables.settings import Settings, page
from kanmon.common.errors import Refused

HEAD_BYTES = 8192
SECONDS = 5.0
CONNECTIONS_MOST = 256
CLONE_NEWNET = 0x40000000  # linux/sched.h


class Redirect:
    """Serves in a thread of its own from ``start`` on, which may be called again with another page."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._answer = b""
        self._open = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, url: str) -> None:
        """Send everybody to ``url``. Raises Refused KNM8316-W when the port can't be had; then nothing is served."""
        self._answer = answer(url)
        if self._loop is not None:
            return
        try:
            listening = _in_namespace(self._settings.namespace, self._settings.redirect_port)
        except OSError as problem:
            raise Refused("KNM8316-W", port=self._settings.redirect_port, problem=problem.strerror) from None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(self._loop, listening), name="redirect", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Serve no more. Returns when the port is free."""
        loop, self._loop = self._loop, None
        if loop is not None and self._thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join(SECONDS)

    def _run(self, loop: asyncio.AbstractEventLoop, listening: socket.socket) -> None:
        with listening:
            server = loop.run_until_complete(asyncio.start_server(self._one, sock=listening, limit=HEAD_BYTES))
            loop.run_forever()
            server.close()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= CONNECTIONS_MOST:
                async with asyncio.timeout(SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(
                        self._answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if head[:5] == b"HEAD " else self._answer
                    )
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # it gets no answer
        finally:
            self._open -= 1
            with contextlib.suppress(OSError):
                writer.close()


def answer(url: str) -> bytes:
    """The whole answer. ``url`` is checked again: it stands in a header. Raises Refused KNM8301-E."""
    url = page(url)
    shown = html.escape(url)
    body = f'<!DOCTYPE html><html lang="en"><title>Kanmon</title><p><a href="{shown}">{shown}</a></p></html>\n'
    lines = (
        "HTTP/1.1 302 Found", f"Location: {url}", "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}", "Cache-Control: no-store",
        "Connection: close",  # else it would stay the gateway's after the PC is let back
    )  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("ascii")


def _in_namespace(name: str, port: int) -> socket.socket:
    """A listening socket in a network namespace, "" for this one. A socket stays where it was made. Raises OSError."""
    if not name:
        return _listening(port)
    made: list[socket.socket | OSError] = []

    def make() -> None:  # in a thread of its own, since a thread that has entered can't be used for anything else
        try:
            descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET):
                    number = ctypes.get_errno()
                    raise OSError(number, os.strerror(number))
            finally:
                os.close(descriptor)
            made.append(_listening(port))
        except OSError as problem:
            made.append(problem)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


def _listening(port: int) -> socket.socket:
    """For IPv4 and IPv6 alike."""
    if socket.has_dualstack_ipv6():
        return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=CONNECTIONS_MOST)
    return socket.create_server(("", port), backlog=CONNECTIONS_MOST)
