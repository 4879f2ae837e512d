"""Does the audit still say what was sealed? Pages of seals, each with its rows, in their order.

What can be told from the database alone is where somebody changed it and did not know the seals, or could not work
them out. Who rewrites rows and all seals after them is found by a seal that was copied elsewhere: ``compare``.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Q

from kanmon.audit import encoding, seal
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import messages

CHANGED, MISSING, INSERTED = "KNM4211-E", "KNM4212-E", "KNM4213-E"
SEAL_MISSING, SEAL_CHANGED, OTHER_SEAL = "KNM4214-E", "KNM4215-E", "KNM4217-E"
LEAST = -(2**63)  # of the numbers that a row can have: nobody hides below 1
PAGE_ROWS, PAGE_SEALS, MOST_PROBLEMS = 10_000, 2000, 20


class Problem(NamedTuple):
    """What does not fit: a row (``row`` is its number) of a seal, or a seal (``row`` 0). ``id``: the message."""

    seal: int
    row: int
    id: str

    def sentence(self, language: str = "en") -> str:
        """What it must have been."""
        return messages.text(self.id, {"seal": self.seal, "row": self.row}, language)


class Page(NamedTuple):
    """What was looked at. ``next``: give it as ``after`` for the next page; None when this was the last."""

    problems: list[Problem]
    seals: int
    rows: int
    next: int | None


def page(after: int = 0) -> Page:
    """Check the seals after number ``after``, up to about 10,000 rows. The first problem comes first; 20 at most."""
    seals = _next(after)
    more = bool(seals) and Seal.objects.filter(number__gt=seals[-1].number).exists()
    before = Seal.objects.defer("marks").filter(number=after).first() if after else None
    problems = list(_chain(after, before, seals))
    count = 0
    for one in seals:
        count += 0 if one.removed_at else one.rows
        if len(problems) < MOST_PROBLEMS:
            problems += of_one(one)
    problems += _inserted(before, seals, not more, MOST_PROBLEMS)
    return Page(sorted(set(problems))[:MOST_PROBLEMS], len(seals), count, seals[-1].number if more else None)


def _next(after: int) -> list[Seal]:
    found: list[Seal] = []
    rows = 0
    for one in Seal.objects.filter(number__gt=after).order_by("number")[:PAGE_SEALS].iterator(chunk_size=50):
        found.append(one)
        rows += one.rows
        if rows >= PAGE_ROWS:
            break
    return found


def _chain(after: int, before: Seal | None, seals: list[Seal]) -> Iterator[Problem]:
    """Each seal fits to itself and to the one before it, and none is missing."""
    number, hash = after, encoding.NO_SEAL
    known = after == 0 or before is not None
    if before is not None:
        hash = seal.hash_of(before)
    removed_through = _removed_through() if any(one.removed_at for one in seals) else 0
    for one in seals:
        if one.number != number + 1:
            yield Problem(number + 1, 0, SEAL_MISSING)
        elif known and bytes(one.before) != hash and seal.hash_of(one) == bytes(one.hash):
            yield Problem(number or 1, 0, SEAL_CHANGED)  # this one fits to itself: the one before was another
        number, hash, known = one.number, seal.hash_of(one), True
        if one.removed_at is not None and one.number > removed_through:
            yield Problem(number, one.first, MISSING)


def _fits(one: Seal) -> bool:
    """Whether a seal's hash and root are what they must be."""
    if seal.hash_of(one) != bytes(one.hash):
        return False
    if one.removed_at is not None:
        return not one.marks
    seqs = [seq for seq, _ in marks_of(one)]
    if encoding.digest(bytes(one.marks)) != bytes(one.root) or len(seqs) != one.rows:
        return False
    return (min(seqs), max(seqs)) == (one.first, one.last)


def marks_of(one: Seal) -> list[tuple[int, bytes]]:
    """Number and SHA-256 of each row of a seal; none when its marks are spoilt."""
    try:
        return encoding.read_marks(bytes(one.marks))
    except ValueError:
        return []


def _removed_through() -> int:
    """Through which seal retention has removed the rows, by what it has told in the audit."""
    told = AuditRow.objects.filter(event="audit_removed").order_by("-seq").values_list("detail", flat=True).first()
    through = told.get("seal") if isinstance(told, dict) else None
    return through if isinstance(through, int) else 0


def of_one(one: Seal) -> list[Problem]:
    """What does not fit of a seal: itself, or those of its rows that are missing or changed, in their order."""
    if not _fits(one):
        return [Problem(one.number, 0, SEAL_CHANGED)]
    marks = marks_of(one)
    rows = _read([seq for seq, _ in marks])
    found = []
    for seq, digest in marks:
        if seq not in rows:
            found.append(Problem(one.number, seq, MISSING))
        elif rows[seq] != digest:
            found.append(Problem(one.number, seq, CHANGED))
    if any(problem.id == MISSING for problem in found) and _is_removed(one):
        return []  # retention was faster than we
    return found[:MOST_PROBLEMS]


def _is_removed(one: Seal) -> bool:
    return (
        Seal.objects.filter(number=one.number, removed_at__isnull=False).exists() and one.number <= _removed_through()
    )


def _read(seqs: list[int]) -> dict[int, bytes]:
    """SHA-256 of these rows. One that can't even be read (not a time, not JSON) has none that fits."""
    try:
        return {seq: encoding.digest(encoding.row_bytes(row)) for seq, row in seal.read(seqs).items()}
    except (ValueError, TypeError, AttributeError, DatabaseError) as problem:
        if isinstance(problem, DatabaseError) and "decode" not in str(problem):
            raise
        if len(seqs) == 1:
            return {seqs[0]: b""}
        middle = len(seqs) // 2
        return _read(seqs[:middle]) | _read(seqs[middle:])


def _inserted(before: Seal | None, seals: list[Seal], to_the_end: bool, most: int) -> list[Problem]:
    """Rows that no seal knows, between the last row of the seal before and that of the last one of ``seals``.

    Rows after the place of the newest seal are not sealed yet; they belong to nobody's range. Ranges may overlap,
    because numbers are handed out before a transaction commits: who overlaps is asked too.
    """
    newest = seal.newest()
    if newest is None:
        return []
    above = before.last if before else LEAST
    rows = AuditRow.objects.filter(seq__gt=above).filter(_not_after(newest))
    ranges = Seal.objects.filter(last__gt=above, removed_at=None)
    if not to_the_end:
        rows, ranges = rows.filter(seq__lte=seals[-1].last), ranges.filter(first__lte=seals[-1].last)
    known: set[int] = set()
    for one in ranges.iterator(chunk_size=50):
        known.update(seq for seq, _ in marks_of(one))
    found = []
    for seq in rows.order_by("seq").values_list("seq", flat=True).iterator(chunk_size=2000):
        if seq not in known:
            found.append(Problem(_range_of(seq, newest.number), seq, INSERTED))
            if len(found) == most:
                break
    return found


def _not_after(newest: Seal) -> Q:
    """Rows up to the place of the newest seal in the order of change."""
    here = Q(xid__isnull=True, seq__lte=newest.seq)
    return here | Q(xid__lt=newest.xid) | Q(xid=newest.xid, seq__lte=newest.seq)


def _after(newest: Seal) -> Q:
    here = Q(xid__isnull=True, seq__gt=newest.seq)
    return here | Q(xid__gt=newest.xid) | Q(xid=newest.xid, seq__gt=newest.seq)


def _range_of(seq: int, newest: int) -> int:
    found = Seal.objects.filter(last__gte=seq).order_by("number").values_list("number", flat=True).first()
    return found or newest


def not_sealed() -> tuple[int, datetime | None]:
    """How many rows are not sealed yet, and the time of the oldest."""
    newest = seal.newest()
    rows = AuditRow.objects.filter(_after(newest)) if newest else AuditRow.objects.all()
    return rows.count(), rows.order_by("seq").values_list("at", flat=True).first()


def compare(number: int, hash: bytes) -> Problem | None:
    """Whether the database has the seal that somebody has copied when it was made."""
    one = Seal.objects.defer("marks").filter(number=number).first()
    if one is None:
        return Problem(number, 0, SEAL_MISSING)
    return None if seal.hash_of(one) == hash else Problem(number, 0, OTHER_SEAL)


def all_problems() -> Iterable[Problem]:
    """Every page's problems, in order."""
    after: int | None = 0
    while after is not None:
        one = page(after)
        yield from one.problems
        after = one.next


def summary() -> dict[str, Any]:
    """The newest seal as people copy it, and what is not sealed yet."""
    newest = seal.newest()
    count, oldest = not_sealed()
    return {"newest": seal.said(newest) if newest else None, "unsealed": count, "unsealed_since": oldest}
