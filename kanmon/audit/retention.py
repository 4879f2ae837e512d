"""Retention: rows that were sealed long ago go, whole sealed ranges at a time; their seals stay.

A range whose rows do not fit to its seal is evidence: it is not removed, and the log says which row it is. What is
removed is told by a row of the audit, which is how ``verify`` knows that nobody else has removed it.
"""

from datetime import timedelta

from kanmon.audit import check, rows
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import clock, config, fault
from kanmon.journal import record
from kanmon.journal.writing import transaction

MOST_SEALS = 20
MOST_ROWS = 5000
REMOVED = "audit_removed"


def remove_old(term: int) -> int:
    """Remove the oldest ranges that were sealed more than ``audit.keep_days`` ago, about 5,000 rows at most.

    Returns how many rows; 0 when there is nothing to remove. Raises TermLost when the term has ended.
    """
    days = int(config.get("audit.keep_days"))
    if not days:
        return 0
    old = _older_than(days)
    good: list[Seal] = []
    for seal in old:
        problem = next(iter(check.of_one(seal)), None)
        if problem is not None:
            if not good:
                _say(term, problem)
            break
        good.append(seal)
    if not good:
        return 0
    count, through = sum(seal.rows for seal in good), good[-1].number
    with transaction(term):
        for seal in good:
            seqs = [seq for seq, _ in check.marks_of(seal)]
            for start in range(0, len(seqs), 900):
                AuditRow.objects.filter(seq__in=seqs[start : start + 900]).delete()
            Seal.objects.filter(number=seal.number).update(marks=b"", removed_at=clock.now())
        fault.point("audit_rows_removed")
        told = {"id": "KNM4210-I", "rows": count, "days": days, "seal": through}
        rows.write(REMOVED, actor="kanmon", subject=f"through seal {through}", detail=told)
    return count


def _older_than(days: int) -> list[Seal]:
    """The oldest seals whose rows are there still, as far as they are old enough."""
    limit = clock.now() - timedelta(days=days)
    found: list[Seal] = []
    for seal in Seal.objects.filter(removed_at=None).order_by("number")[:MOST_SEALS]:
        if seal.sealed_at >= limit or sum(one.rows for one in found) + seal.rows > MOST_ROWS:
            break
        found.append(seal)
    return found


def _say(term: int, problem: check.Problem) -> None:
    with transaction(term):
        record.note(None, "audit_does_not_fit", {"id": problem.id, "row": problem.row, "seal": problem.seal})
