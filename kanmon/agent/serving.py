"""What the agent serves on loopback: its health, and what parts of it hang in below a path of their own (radius/).

Only this machine can reach it, and everybody on this machine can: nothing here changes the list.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from kanmon import __version__
from kanmon.wire import Health

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class AgentApplication:
    """The ASGI application. ``mounted``: applications by their path ("/radius"); they see the path below it."""

    def __init__(self, health: Callable[[], tuple[Health, ...]], mounted: Mapping[str, Application]) -> None:
        self.health, self.mounted = health, dict(mounted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = str(scope["path"])
        for prefix, application in self.mounted.items():
            if path.startswith(prefix + "/"):
                await application({**scope, "path": path[len(prefix) :], "root_path": prefix}, receive, send)
                return
        if path == "/health" and scope["method"] == "GET":
            parts = self.health()
            status = 503 if any(part.id.endswith("-E") for part in parts) else 200
            body = msgspec.json.encode({"version": __version__, "health": parts})
            await answer(send, status, body)
            return
        await answer(send, 404, b'{"title":"not found"}')


async def answer(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    """Send one whole answer."""
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
