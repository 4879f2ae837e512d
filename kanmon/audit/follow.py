"""The follower of the journal: takes what was decided from the entries into the audit, each exactly once.

How far it has got is a row of the same database, moved on in the transaction that writes the audit's rows, and only
from where it was read: two that follow at the same time can't both succeed.
"""

from typing import Any

from kanmon.audit import events, rows
from kanmon.audit.events import Told
from kanmon.audit.models import Follower
from kanmon.common import fault
from kanmon.journal import changes
from kanmon.journal.models import Entry, Operation
from kanmon.journal.writing import transaction

ENTRIES = "entries"
BATCH_ENTRIES = 1000


class Overtaken(Exception):
    """Somebody else has followed at the same time; what was written here is undone."""


def follow(term: int) -> int:
    """Take the next entries, at most 1,000. Returns how many were looked at: 0 when there is nothing new.

    Raises TermLost when the term has ended.
    """
    known = Follower.objects.filter(name=ENTRIES).first()
    after = (known.xid, known.seq) if known else changes.START
    places = list(changes.follow("entry", after, BATCH_ENTRIES))
    if not places:
        return 0
    told = _told([seq for _, seq in places])
    try:
        with transaction(term):
            rows.add(told)
            fault.point("audit_rows_written")
            _move(known, after, places[-1][0])
    except Overtaken:
        return 0
    return len(places)


def _move(known: Follower | None, after: changes.Position, to: changes.Position) -> None:
    if known is None:
        _, made = Follower.objects.get_or_create(name=ENTRIES, defaults={"xid": to[0], "seq": to[1]})
        moved = int(made)
    else:
        here = Follower.objects.filter(name=ENTRIES, xid=after[0], seq=after[1])
        moved = here.update(xid=to[0], seq=to[1])
    if moved != 1:
        raise Overtaken


def _told(seqs: list[int]) -> list[Told]:
    """The rows of these entries, in their order."""
    entries = _rows(Entry, "seq", seqs)
    numbers = sorted({one["operation"] for one in entries.values() if one["operation"] is not None})
    operations = _rows(Operation, "id", numbers, "id", "kind", "subject", "requester", "actor", "parent", "redo_of")
    made = []
    for seq in seqs:
        entry = entries[seq]
        if entry["operation"] is None:
            told = events.service(entry)
        else:
            told = events.of_operation(operations[entry["operation"]], entry)
        if told is not None:
            made.append(told)
    return made


def _rows(model: Any, key: str, numbers: list[int], *names: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(numbers), 900):
        some = model.objects.filter(**{f"{key}__in": numbers[start : start + 900]})
        found |= {one[key]: one for one in some.values(*names)}
    return found
