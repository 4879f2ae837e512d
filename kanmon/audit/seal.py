"""The sealer: what was written is fixed by a number that can be copied elsewhere.

Only rows that a follower may trust are sealed (journal/changes.py): no row can come in before a sealed one
afterwards. Each seal follows one other: its number is the next, and no two have the same one before them, so of two
sealers one fails. A chain over every row would have put all writers in one line; so only the sealer stands in it.
"""

from django.db import IntegrityError

from kanmon.audit import encoding
from kanmon.audit.encoding import Row, SealFacts
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import clock, fault
from kanmon.journal import changes
from kanmon.journal.writing import transaction

MOST_ROWS = 1000
ROW_FIELDS = Row._fields


def newest() -> Seal | None:
    """The newest seal, without its marks."""
    return Seal.objects.defer("marks").order_by("-number").first()


def seal_new(term: int) -> int:
    """Seal the rows after the newest seal, at most 1,000. Returns how many; 0 when there are none, or somebody
    else was first. Raises TermLost when the term has ended.
    """
    last = newest()
    after = (last.xid, last.seq) if last else changes.START
    places = list(changes.follow("audit", after, MOST_ROWS))
    if not places:
        return 0
    rows = read([seq for _, seq in places])
    ordered = [rows[seq] for _, seq in places if seq in rows]
    if not ordered:
        return 0
    marks = encoding.marks(ordered)
    facts = SealFacts(
        number=last.number + 1 if last else 1,
        first=min(row.seq for row in ordered),
        last=max(row.seq for row in ordered),
        rows=len(ordered),
        root=encoding.digest(marks),
        before=bytes(last.hash) if last else encoding.NO_SEAL,
        sealed_at=clock.now(),
        term=term,
    )
    xid, seq = places[-1][0]
    try:
        with transaction(term):
            Seal.objects.create(
                **facts._asdict(), hash=encoding.digest(encoding.seal_bytes(facts)), xid=xid, seq=seq, marks=marks
            )
            fault.point("audit_seal_written")
    except IntegrityError:
        first = newest()
        if first is None or first.number < facts.number:
            raise
        return 0  # another one was first
    return len(ordered)


def read(seqs: list[int]) -> dict[int, Row]:
    """These rows, by number; what is not there is left out."""
    found: dict[int, Row] = {}
    for start in range(0, len(seqs), 900):
        some = AuditRow.objects.filter(seq__in=seqs[start : start + 900])
        found |= {values[0]: Row(*values) for values in some.values_list(*ROW_FIELDS)}
    return found


def facts_of(seal: Seal) -> SealFacts:
    """What the hash of ``seal`` stands for."""
    return SealFacts(
        seal.number, seal.first, seal.last, seal.rows, bytes(seal.root), bytes(seal.before), seal.sealed_at, seal.term
    )


def hash_of(seal: Seal) -> bytes:
    """The hash of ``seal``, worked out anew."""
    return encoding.digest(encoding.seal_bytes(facts_of(seal)))


def said(seal: Seal) -> str:
    """``seal`` as people copy it."""
    return encoding.seal_text(seal.number, hash_of(seal))
