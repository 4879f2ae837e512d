"""Programs for tests of commands, and what became of their operations."""

from pathlib import Path
from typing import Any

import pytest

from kanmon.common import config
from kanmon.journal.models import Entry, Operation


class Programs:
    """The folder of programs that may be run, and settings of [command]."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder / "programs", patch
        self.work, self.outside = folder / "work", folder / "outside"
        self.folder.mkdir(mode=0o755)
        self.outside.mkdir()
        self.use(folder=self.folder, work_folder=self.work)

    def use(self, **settings: Any) -> None:
        """Set settings of [command]."""
        for name, value in settings.items():
            self.patch.setenv(f"KANMON_COMMAND_{name.upper()}", str(value))
        config.forget()

    def add(self, script: str, name: str = "act") -> Path:
        """A program."""
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def counting(self, name: str = "act") -> Path:
        """A program that writes each of its starts down, outside, and ends when nothing holds it."""
        return self.add(
            f'echo "$KANMON_ORDER $KANMON_OPERATION $KANMON_ATTEMPT" >> {self.outside}/ledger\n'
            f"while [ -e {self.outside}/held ] && [ $KANMON_ATTEMPT = 1 ]; do sleep 0.02; done",
            name,
        )

    @property
    def ledger(self) -> list[str]:
        """Order, operation and attempt of each start."""
        path = self.outside / "ledger"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def held(self) -> Path:
        """While this file is there, the first attempt of a counting program goes on."""
        return self.outside / "held"

    def place(self, operation: Operation) -> Path:
        """The folder of the newest start of an operation."""
        intents = Entry.objects.filter(operation=operation.id, event="intent").order_by("-seq")
        return Path(intents[0].detail["folder"])


def outcome(operation: Operation) -> dict[str, Any]:
    """How it ended."""
    operation.refresh_from_db()
    return dict(operation.outcome or {})


def sentence(operation: Operation) -> str:
    """The sentence about it."""
    return str(outcome(operation)["sentence"])
