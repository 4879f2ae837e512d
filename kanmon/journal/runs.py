"""Runs: what was asked for together. Inventory that comes in one collecting window is one run, so that a
thousand PCs that report in a morning make a mail a window and not a thousand mails.
"""

from datetime import datetime, timedelta

from pyroaring import BitMap

from kanmon.common import clock
from kanmon.journal.models import Run

COLLECTED = "inventory"
AGAIN = "check_again"  # a PC in quarantine has asked: it waits for no window


def open_run(cause: str, actor: str = "", closes_at: datetime | None = None) -> Run:
    """A new run. Inside a transaction."""
    now = clock.now()
    return Run.objects.create(cause=cause, actor=actor, begun_at=now, closes_at=closes_at or now)


def collect(seconds: float) -> Run:
    """The inventory run whose window is open, or a new one that closes in ``seconds``. Inside a transaction."""
    now = clock.now()
    found = Run.objects.filter(cause=COLLECTED, ended_at=None, closes_at__gt=now).order_by("-id").first()
    return found or open_run(COLLECTED, closes_at=now + timedelta(seconds=seconds))


def add_scope(run: Run, pcs: BitMap, versions: set[int], counts: dict[str, int]) -> None:
    """PCs were judged for this run under these policy versions. Inside a transaction."""
    scope = BitMap.deserialize(bytes(run.scope)) if run.scope else BitMap()
    run.scope = (scope | pcs).serialize()
    run.versions = sorted({*run.versions, *versions})
    run.counts = {name: run.counts.get(name, 0) + number for name, number in counts.items()}
    run.save(update_fields=["scope", "versions", "counts"])


def close(run_id: int) -> None:
    """The run is over: its actions have been decided. Inside a transaction."""
    Run.objects.filter(id=run_id, ended_at=None).update(ended_at=clock.now())
