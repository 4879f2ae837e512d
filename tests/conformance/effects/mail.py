"""Mail: a real SMTP server that wants a password."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pyroaring import BitMap

from kanmon.action.models import Order
from kanmon.common import clock
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance.effects.contract import Effect, Happened
from tests.conftest import MailServer, free_port

TO = "a@example.test"
PASSWORD = "smtp-Passw0rd-of-the-test"


class HeldUpServer(MailServer):
    """It can be made to hang after the last byte of a mail, before its answer."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.open = threading.Event()
        self.open.set()
        self.held = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        while not self.open.is_set():
            self.held = True
            await asyncio.sleep(0.02)
        self.held = False
        return await super().handle_DATA(server, session, envelope)


class Mail(Effect):
    """Known by its Message-ID; says of itself that it may be a repeat."""

    kind, promise = "mail", "keyed"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = HeldUpServer(free_port())
        (folder / "password").write_text(PASSWORD)

        def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            return AuthResult(success=data.password == PASSWORD.encode())

        self.controller = Controller(
            self.server, hostname="127.0.0.1", port=self.server.port, authenticator=authenticate,
            auth_required=True, auth_require_tls=False,
        )  # fmt: skip
        self.controller.start()

    def close(self) -> None:
        self.server.open.set()
        self.controller.stop()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KANMON_MAIL_SERVER": f"127.0.0.1:{self.server.port}", "KANMON_MAIL_USER": "kanmon",
            "KANMON_MAIL_PASSWORD_FILE": str(self.folder / "password"),
        }  # fmt: skip

    @property
    def secrets(self) -> Sequence[str]:
        return [PASSWORD]

    def order(self) -> Operation:
        with transaction():
            operation = record.begin(self.kind, requester="tests", repeat="keyed", subject="danger, 1 PC")
            Order.objects.create(
                operation=operation.id, kind=self.kind, run=1, policy_version=1, level=400, recipients=[TO],
                message_id=f"<kanmon.{operation.id}@example.test>", subject="Danger", text="pc-0001",
                pcs=BitMap([1]).serialize(), created_at=clock.now(),
            )  # fmt: skip
        return operation

    def ledger(self) -> list[Happened]:
        return [
            Happened(str(mail["Message-ID"]), "may be a repeat" in mail.get_content()) for mail in self.server.mails
        ]

    def refuse(self, passing: bool) -> None:
        self.server.refuse[TO] = "451 later" if passing else "550 mailbox unknown"

    def accept(self) -> None:
        self.server.refuse.clear()

    def hold_up(self) -> None:
        self.server.open.clear()

    def has_begun(self) -> bool:
        return self.server.held

    def let_go(self) -> None:
        self.server.open.set()


class Letter(Mail):
    """A mail to the user of a PC."""

    kind = "letter"
