"""What the active node does for the audit every second; see ``kanmon.audit.duty``."""

from dataclasses import dataclass

from kanmon.audit import refusals, retention, seal
from kanmon.audit.events import SEALED
from kanmon.audit.follow import follow
from kanmon.common import clock
from kanmon.journal import record
from kanmon.journal.writing import transaction

MOST_BATCHES = 20  # of 1,000 entries and of 1,000 rows, in one call
LOG_SECONDS = 3600.0
RETENTION_SECONDS = 3600.0


@dataclass
class _Term:
    """What this process remembers of a term: nothing that matters, only when something was done last."""

    number: int = 0
    logged: int = 0  # number of the seal that the log has
    logged_at: float = -LOG_SECONDS
    removed_at: float = -RETENTION_SECONDS


_term = _Term()


def do(term: int, stopping: bool) -> None:
    """See ``kanmon.audit.duty``."""
    global _term
    if _term.number != term:
        _term = _Term(term)
    if stopping:
        refusals.flush()
    for _ in range(MOST_BATCHES):
        if not follow(term):
            break
    for _ in range(MOST_BATCHES):
        if seal.seal_new(term) < seal.MOST_ROWS:
            break
    now = clock.monotonic()
    if not stopping and now - _term.removed_at >= RETENTION_SECONDS:
        _remove(term, now)
    if stopping or now - _term.logged_at >= LOG_SECONDS:
        _log_newest(term, now)


def _remove(term: int, now: float) -> None:
    if retention.remove_old(term) == 0:  # else there may be more: at the next call
        _term.removed_at = now


def _log_newest(term: int, now: float) -> None:
    """The newest seal goes to the Manager log, by an entry of the journal."""
    newest = seal.newest()
    if newest is None or newest.number == _term.logged:
        return
    with transaction(term):
        record.note(None, SEALED, {"id": "KNM4200-I", "seal": seal.said(newest), "row": newest.last})
    _term.logged, _term.logged_at = newest.number, now


def forget() -> None:
    """As after a start of the process (tests)."""
    global _term
    _term = _Term()
