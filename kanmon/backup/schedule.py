"""Backups by the clock: the active node makes one when the newest is old enough, and removes the oldest.

When the newest was made stands in the journal, not in the folder: nodes may write to different disks, and a restored
database knows that it needs a new one. A backup that fails is tried again after a while, and is a health warning.
"""

import contextlib
from datetime import datetime, timedelta
from pathlib import Path

from kanmon.backup.make import Made, make
from kanmon.backup.manifest import said
from kanmon.backup.package import remove_broken_off
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Term
from kanmon.journal.writing import transaction

MADE, FAILED = "backup_made", "backup_failed"
SCHEDULED = "kanmon-scheduled-"
AGAIN = timedelta(hours=1)


def duty(term: int) -> None:
    """Make a backup when one is due. Raises TermLost when the term has ended.

    It takes as long as a backup takes; call it in a thread of its own, every minute or so.
    """
    folder = str(config.get("backup.folder"))
    if not folder or not is_due(clock.now()):
        return
    try:
        path = Path(folder) / name(SCHEDULED)
        made = make(config.home(), path)
    except Refused as problem:
        with transaction(term):
            sentence = f"{problem.message_id} {problem}"
            record.note(None, FAILED, {"id": "KNM4221-W", "sentence": sentence, "actor": "kanmon"})
        return
    with transaction(term):
        record.note(None, MADE, told_of(made, "kanmon"))
    prune(Path(folder), int(config.get("backup.keep")))


def name(prefix: str) -> str:
    """A file name of this moment."""
    return f"{prefix}{clock.now():%Y%m%dT%H%M%SZ}.zip"


def told_of(made: Made, actor: str) -> dict[str, object]:
    """The entry of a backup that was made."""
    return {
        "id": "KNM4220-I", "path": str(made.path), "rows": made.manifest.rows, "size": said(made.bytes),
        "fingerprint": made.fingerprint, "actor": actor,
    }  # fmt: skip


def write_down(made: Made, actor: str) -> None:
    """Note a backup that was made by hand. No Manager need run."""
    if not HERE.term:
        HERE.term = Term.objects.filter(shard=0).values_list("term", flat=True).first() or 0
    with transaction():
        record.note(None, MADE, told_of(made, actor))


def newest(*events: str) -> Entry | None:
    """The newest entry of these events of the service."""
    return Entry.objects.filter(operation=None, event__in=events).order_by("-seq").first()


def is_due(now: datetime) -> bool:
    """Whether the newest backup is old enough, and a failed one was not tried just now."""
    made, failed = newest(MADE), newest(FAILED)
    if failed is not None and (made is None or failed.seq > made.seq) and now - failed.at < AGAIN:
        return False
    return made is None or now - made.at >= timedelta(hours=float(config.get("backup.every_hours")))


def prune(folder: Path, keep: int) -> None:
    """Remove all but the newest ``keep`` of the scheduled backups, and what was broken off. Others are not touched."""
    with contextlib.suppress(OSError):
        remove_broken_off(folder)
        for old in sorted(folder.glob(f"{SCHEDULED}*.zip"), reverse=True)[keep:]:
            old.unlink()
