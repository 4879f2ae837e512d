"""What effects reach: a ledger and a mail server, in the process of the test, which is never killed.

Both write down what came, in order, with the time. Both are sometimes slow, refuse, or take it and do not answer; what
they do follows from the seed. The ledger knows three kinds of receivers: "post" takes a key once, "command" takes
whatever comes, "probed" can be asked, and forgets some of it.
"""

import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from tests.failover.lines import Server

BUSY, SILENT_BEFORE, SILENT_AFTER, FORGETS = 0.03, 0.02, 0.03, 0.3
SLOW_SECONDS = 0.015


@dataclass(frozen=True)
class Delivery:
    """Something that arrived. ``applied`` is false where the receiver knew that it had it already."""

    at: float  # monotonic, of this process
    kind: str
    identity: str
    key: str
    operation: int
    attempt: int
    term: int
    repeat: bool
    applied: bool


class Ledger:
    """Of one story. ``calm`` ends all mischief."""

    def __init__(self, folder: Path, seed: int) -> None:
        from aiosmtpd.controller import UnixSocketController

        self.path, self.mail_path = folder / "ledger.sock", folder / "mail.sock"
        self.deliveries: list[Delivery] = []
        self.calm = False
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._keys: set[str] = set()
        self._refused_until: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        self._server = Server(self.path, self._answer).start()
        self._mails = UnixSocketController(self, unix_socket=str(self.mail_path))
        self._mails.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._mails.stop()

    def of(self, kind: str) -> dict[str, list[Delivery]]:
        """Deliveries of a kind, by identity, in order."""
        found: dict[str, list[Delivery]] = defaultdict(list)
        for one in list(self.deliveries):
            if one.kind == kind:
                found[one.identity].append(one)
        return found

    def _draw(self, share: float) -> bool:
        with self._lock:
            return not self.calm and self._chance.random() < share

    def _slow(self) -> float:
        with self._lock:
            return self._chance.uniform(0, SLOW_SECONDS)

    def _answer(self, question: dict[str, Any]) -> dict[str, Any] | None:
        if question["do"] == "probe":
            return {"said": self._probe(question)}
        time.sleep(self._slow())
        if self._draw(BUSY):
            return {"said": "busy"}
        if self._draw(SILENT_BEFORE):
            return None
        with self._lock:
            order = question["operation"], question["attempt"]
            if question["do"] == "probed" and order < self._refused_until[question["key"]]:
                return {"said": "refused"}
            new = question["do"] != "post" or question["key"] not in self._keys
            self._keys.add(question["key"])
            self._note(question["do"], question, new)
        time.sleep(self._slow())
        return None if self._draw(SILENT_AFTER) else {"said": "ok"}

    def _probe(self, question: dict[str, Any]) -> str:
        """What became of it. Whatever was ordered before this question is refused from now on."""
        key = question["key"]
        with self._lock:
            self._refused_until[key] = max(self._refused_until[key], (question["operation"], question["attempt"]))
            if random.Random(key).random() < FORGETS:
                return "unknown"
            return "done" if key in self._keys else "not"

    def _note(self, kind: str, order: dict[str, Any], applied: bool) -> None:
        self.deliveries.append(
            Delivery(
                time.monotonic(), kind, order["identity"], order["key"], order["operation"], order["attempt"],
                order["term"], order["repeat"], applied,
            )
        )  # fmt: skip

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """SMTP: a mail has come whole."""
        import asyncio

        await asyncio.sleep(self._slow())
        if self._draw(BUSY):
            return "451 busy"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        order = {
            "identity": str(mail["Subject"]), "key": str(mail["Message-ID"]), "repeat": mail["X-Kanmon-Repeat"] == "yes",
            **{name: int(mail[f"X-Kanmon-{name.title()}"]) for name in ("operation", "attempt", "term")},
        }  # fmt: skip
        with self._lock:
            self._note("mail", order, True)
        await asyncio.sleep(self._slow())
        if self._draw(SILENT_AFTER):
            server.transport.close()
        return "250 accepted"
