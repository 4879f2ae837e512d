"""The ASGI application of a Manager: health and intake and clients are answered bare, everything else by Django.

/health/live    200 while the process can answer
/health/ready   200 when it can serve; 503 with a sentence while it starts or stops, or is drained; also its role
/intake...      kanmon.intake.asgi
/client/...     kanmon.message.listener
/metrics        the same as /api/v1/metrics
anything else   Django: console and API
"""

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from kanmon.common import config

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Readiness:
    """Whether the Manager can serve, and the sentence why not."""

    role: Callable[[], tuple[str, bool]] = lambda: ("starting", False)
    ready: bool = False
    why: str = "The Manager is starting."

    def told(self) -> dict[str, Any]:
        """Ready or not, why, and the node's role. A drained node is not ready: load balancers go elsewhere."""
        role, draining = self.role()
        why = "The node is drained." if self.ready and draining else self.why
        return {"ready": self.ready and not draining, "why": why, "node": config.node(), "role": role}


class ManagerApplication:
    """Tells requests apart by their path. ``local`` marks requests of the Unix socket (0600: this user or root)."""

    def __init__(
        self, intake: Application, clients: Application, django: Application, readiness: Readiness, *, local: bool
    ) -> None:
        self.intake, self.clients, self.django, self.readiness, self.local = intake, clients, django, readiness, local

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/health/live":
            await _json(send, 200, {"live": True})
        elif path == "/health/ready":
            told = self.readiness.told()
            await _json(send, 200 if told["ready"] else 503, told)
        elif path == "/intake" or path.startswith("/intake/"):
            await self.intake({**scope, "kanmon.local": self.local}, receive, send)
        elif path.startswith("/client/"):
            await self.clients(scope, receive, send)
        else:
            if path == "/metrics":  # where Prometheus looks
                scope = {**scope, "path": "/api/v1/metrics", "raw_path": b"/api/v1/metrics"}
            await self.django(_trusted(scope, self.local), receive, send)


def _trusted(scope: Any, local: bool) -> Any:
    """Only the Unix socket may say that it is local: a header of that name from elsewhere is dropped."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"x-kanmon-local"]
    if local:
        headers.append((b"x-kanmon-local", local_user().encode()))
        headers = [(n, v) for n, v in headers if n != b"host"] + [(b"host", b"localhost")]
    return {**scope, "headers": headers}


def local_user() -> str:
    """Who this process belongs to: the requester of what comes through its socket is "os:<user>"."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _json(send: Any, status: int, body: dict[str, Any]) -> None:
    data = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": data})
