"""Command: a real program that keeps a ledger of its own."""

from collections.abc import Sequence
from pathlib import Path

from kanmon.journal.models import Operation
from tests.action.orders import command
from tests.conformance.effects.contract import Effect, Happened

PROGRAM = """#!/bin/sh
echo "$KANMON_ORDER $KANMON_ATTEMPT" >> "$1/ledger"
while [ -e "$1/held" ]; do sleep 0.02; done
"""


class Command(Effect):
    """Run once; known by the number of its order."""

    kind, promise, can_be_cut = "command", "ask", False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.work = folder / "work"
        self.program = folder / "programs" / "write-down"
        self.program.parent.mkdir()
        self.program.write_text(PROGRAM)
        self.accept()

    def close(self) -> None:
        self.let_go()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KANMON_COMMAND_FOLDER": str(self.program.parent), "KANMON_COMMAND_WORK_FOLDER": str(self.work)
        }  # fmt: skip

    @property
    def secrets(self) -> Sequence[str]:
        return []

    def order(self) -> Operation:
        return command(self.program.name, str(self.folder))

    def ledger(self) -> list[Happened]:
        path = self.folder / "ledger"
        lines = path.read_text().splitlines() if path.exists() else []
        return [Happened(order, attempt != "1") for order, attempt in (line.split() for line in lines)]

    def refuse(self, passing: bool) -> None:
        if passing:
            self.work.write_text("no folder, as when a disk is not there yet")
        else:
            self.program.chmod(0o644)

    def accept(self) -> None:
        self.program.chmod(0o755)
        if self.work.is_file():
            self.work.unlink()

    def hold_up(self) -> None:
        (self.folder / "held").touch()

    def has_begun(self) -> bool:
        return bool(self.ledger())

    def let_go(self) -> None:
        (self.folder / "held").unlink(missing_ok=True)
