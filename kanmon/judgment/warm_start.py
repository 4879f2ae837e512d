"""A start with the index of the last run: which checkpoint may be used, when one is written.

A checkpoint is of use only for the database that it was made from. It names that database (system identifier and
timeline of PostgreSQL; the era of the term, which a restore changes), the change up to which it goes and what that
change was: a database that was put back by copying files has another change there, or none. And it names the facts
by a hash: their numbers are what the bitmaps are kept under. Whatever differs, the checkpoint is thrown away and the
index is built from the database; that takes longer and is never wrong.

Each node has its own, whether it works or stands by: both follow the changes.
"""

import contextlib
import hashlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from pyroaring import BitMap

from kanmon import __version__
from kanmon.common import clock, config, messages
from kanmon.inventory.models import FactRow
from kanmon.journal import eras, lease
from kanmon.journal.changes import Position
from kanmon.journal.models import Change, Term
from kanmon.judgment import checkpoint
from kanmon.judgment.checkpoint import Damaged, Header, Snapshot
from kanmon.judgment.index import Index

if TYPE_CHECKING:
    from kanmon.judgment.engine import Engine

log = logging.getLogger("kanmon.judgment")
WRITE_SECONDS = 300.0
STOP_SECONDS = 10.0  # a stop waits no longer for it
_writing = threading.Lock()


class Unfit(Exception):
    """The checkpoint is not of this database; ``args[0]`` is the id of the sentence that says why."""


def path() -> Path:
    """Where this node's checkpoint is."""
    return config.node_folder(config.home()) / "run" / "index.checkpoint"


def source() -> str:
    """Which database this is, so that the same position means the same changes."""
    identity = lease.identity()
    term = Term.objects.filter(shard=0).values_list("term", flat=True).first() or 0
    return f"{identity.system_identifier}/{identity.timeline}/{eras.parts(term)[0]}"


def load(pcs: BitMap) -> tuple[Position, Index] | None:
    """Position and index of this node's checkpoint; None when there is none that fits, which the log says.

    ``pcs``: all that the database has.
    """
    began = clock.monotonic()
    where = path()
    try:
        header, index = checkpoint.read(where, _check)
        if not index.pcs <= pcs:
            raise Unfit("KNM2174-W")
    except FileNotFoundError:
        return None
    except Unfit as problem:
        _say(logging.WARNING, problem.args[0], path=where)
    except (Damaged, OSError, msgspec.MsgspecError, ValueError) as problem:
        _say(logging.WARNING, "KNM2171-W", path=where, problem=problem)
    else:
        seconds = f"{clock.monotonic() - began:.1f}"
        _say(logging.INFO, "KNM2170-I", counted=messages.counted(len(index.pcs)), seconds=seconds)
        return header.position, index
    where.unlink(missing_ok=True)
    return None


def _check(header: Header) -> None:
    """Raises Unfit."""
    if header.version != __version__:
        raise Unfit("KNM2172-W")
    if header.source != source() or _change_mark(header.position) != header.change_mark:
        raise Unfit("KNM2173-W")
    if (header.facts, header.facts_mark) != _facts(header.last_fact):
        raise Unfit("KNM2174-W")


def _change_mark(position: Position) -> str:
    """What the change at ``position`` was; "" when there is none."""
    row = Change.objects.filter(seq=position[1]).values_list("at", "kind", "subject", "body").first()
    if row is None:
        return ""
    told = f"{position}|{row[0].isoformat()}|{row[1]}|{row[2]}|".encode() + bytes(row[3])
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def _facts(last: int) -> tuple[int, str]:
    """How many facts there are up to the number ``last``, and a hash over numbers and digests."""
    mark, count = hashlib.blake2b(digest_size=16), 0
    rows = FactRow.objects.filter(id__lte=last).order_by("id").values_list("id", "digest")
    for id, digest in rows.iterator(chunk_size=5000):
        mark.update(id.to_bytes(8, "little") + bytes(digest))
        count += 1
    return count, mark.hexdigest()


def save(engine: "Engine", seconds: float = WRITE_SECONDS, go_on: Callable[[], bool] = lambda: True) -> bool:
    """Write the checkpoint if the index has moved since the last; whether it was written. Never raises OSError."""
    until = clock.monotonic() + seconds
    if not _writing.acquire(timeout=seconds):
        return False
    try:
        with engine.lock:
            position, learned = engine.position, engine.learned
            if not engine.loaded or not position[1] or position == engine.kept:
                return False
            taken = Snapshot(engine.index)
        mark = _change_mark(position)
        if not mark or source() != engine.source:
            return False  # another database than the one that the index follows: nothing of it is kept
        count, facts_mark = _facts(learned)
        header = Header(
            version=__version__, source=engine.source, position=position, change_mark=mark,
            facts=count, last_fact=learned, facts_mark=facts_mark,
        )  # fmt: skip
        checkpoint.write(path(), header, taken, engine.lock, lambda: go_on() and clock.monotonic() < until)
        engine.kept = position
        return True
    except checkpoint.TooSlow:
        return False
    except OSError as problem:
        _say(logging.WARNING, "KNM2175-W", path=path(), problem=problem.strerror or problem)
        return False
    finally:
        _writing.release()


class Keeper:
    """Writes the checkpoint of an index now and then, and at stop."""

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        self._stopping = threading.Event()
        self._due_at = 0.0

    def turn(self) -> None:
        """Write it when it is due: soon after a start that had none, then every ``judgment.checkpoint_minutes``."""
        minutes = float(config.get("judgment.checkpoint_minutes"))
        if minutes and self.engine.loaded and clock.monotonic() >= self._due_at:
            save(self.engine, go_on=lambda: not self._stopping.is_set())
            self._due_at = clock.monotonic() + 60 * minutes

    def stop(self) -> None:
        """The last one, after the lease was given back: nobody waits for it but this process."""
        self._stopping.set()
        if float(config.get("judgment.checkpoint_minutes")):
            with contextlib.suppress(Exception):
                save(self.engine, STOP_SECONDS)


def _say(level: int, id: str, **told: object) -> None:
    log.log(level, messages.text(id, told, str(config.get("server.language"))))
