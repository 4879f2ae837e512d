"""Events by syslog: a real receiver by TLS that wants a certificate of Kanmon, too."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from kanmon.common import config
from kanmon.journal.models import Operation
from tests.action.orders import event
from tests.conformance.effects.contract import Effect, Happened
from tests.conftest import free_port
from tests.receiver import make_certificate
from tests.syslog import SyslogReceiver, listening


class Syslog(Effect):
    """Known by the id of the event; structured data says that it may be a repeat."""

    kind, promise = "event", "keyed"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.certificate, self.port = make_certificate(folder), free_port()
        self.stack = ExitStack()
        self.receiver = SyslogReceiver()
        self.receiver.open.set()
        self.listen()

    def listen(self) -> None:
        """Begin to take connections."""
        before = self.receiver
        client = Path(f"{self.certificate}.crt")
        self.receiver = self.stack.enter_context(listening(self.certificate, self.port, client_ca=client))
        self.receiver.lines = before.lines

    def close(self) -> None:
        self.stack.close()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KANMON_EVENTS_TARGETS": f"siem=tls://localhost:{self.port}?format=cef", "KANMON_EVENTS_ALLOW_PRIVATE": "siem",
            "KANMON_EVENTS_CA_FILE": f"{self.certificate}.crt", "KANMON_EVENTS_CERTIFICATE": str(self.certificate),
            "KANMON_EVENTS_KEY": str(self.certificate),
        }  # fmt: skip

    @property
    def secrets(self) -> Sequence[str]:
        return ["BEGIN PRIVATE KEY", "format=cef"]

    def order(self) -> Operation:
        return event("siem")

    def ledger(self) -> list[Happened]:
        return [Happened(line.id, line.flagged) for line in self.receiver.lines if line.msgid == "run"]

    def refuse(self, passing: bool) -> None:
        if passing:
            self.stack.close()
        else:
            os.environ["KANMON_EVENTS_ALLOW_PRIVATE"] = "other"
            config.forget()

    def accept(self) -> None:
        if os.environ["KANMON_EVENTS_ALLOW_PRIVATE"] == "other":
            os.environ["KANMON_EVENTS_ALLOW_PRIVATE"] = "siem"
            config.forget()
        else:
            self.stack = ExitStack()
            self.listen()

    def hold_up(self) -> None:
        self.receiver.open.clear()

    def has_begun(self) -> bool:
        return bool(self.receiver.lines) and not self.receiver.open.is_set()

    def let_go(self) -> None:
        self.receiver.open.set()
