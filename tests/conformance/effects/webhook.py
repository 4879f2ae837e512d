"""Webhook: a real HTTPS server that keeps a ledger by Idempotency-Key."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from kanmon.journal.models import Operation
from tests.action.orders import webhook
from tests.conformance.effects.contract import Effect, Happened
from tests.receiver import make_certificate, receiving

TOKEN = "T0ken-in-the-address"


class Webhook(Effect):
    """Known by its Idempotency-Key; a header says that it may be a repeat."""

    kind, promise = "webhook", "keyed"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.certificate = make_certificate(folder)
        self.stack = ExitStack()
        self.receiver = self.stack.enter_context(receiving(self.certificate))
        self.receiver.settings("siem", folder / "secrets")

    def close(self) -> None:
        self.stack.close()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KANMON_WEBHOOK_TARGETS": f"siem={self.receiver.url}/{TOKEN}", "KANMON_WEBHOOK_ALLOW_PRIVATE": "siem",
            "KANMON_WEBHOOK_SECRET_FOLDER": str(self.folder / "secrets"),
            "KANMON_WEBHOOK_CA_FILE": f"{self.certificate}.crt",
        }  # fmt: skip

    @property
    def secrets(self) -> Sequence[str]:
        return [self.receiver.secret, self.receiver.secret.removeprefix("whsec_"), TOKEN, "v1,"]

    def order(self) -> Operation:
        return webhook("siem")

    def ledger(self) -> list[Happened]:
        return [Happened(request.key, request.flagged) for request in self.receiver.carried_out]

    def refuse(self, passing: bool) -> None:
        self.receiver.always = 503 if passing else 404

    def accept(self) -> None:
        self.receiver.always = 204

    def hold_up(self) -> None:
        self.receiver.open.clear()

    def has_begun(self) -> bool:
        return self.receiver.held > 0

    def let_go(self) -> None:
        self.receiver.open.set()
