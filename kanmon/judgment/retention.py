"""How long the past is kept: verdicts that have ended, and changes of inventory.

``judgment.keep_history_days``; 0 keeps all. What is removed goes a bounded number of rows at a time, oldest first, each in
a transaction of its own with one row of the audit. Of the columns of a PC the newest value from before the limit
stays, because at the limit it still held. The verdict of now has no end and always stays.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef

from kanmon.audit import rows
from kanmon.common import fault
from kanmon.journal.models import Change
from kanmon.journal.writing import transaction
from kanmon.judgment import as_of
from kanmon.judgment.models import Verdict

MOST_ROWS = 2000
MOST_TURNS = 50
REMOVED = "history_removed"


def duty(term: int) -> None:
    """Remove what is older than is kept, ``MOST_ROWS`` of each kind at a time. Raises TermLost."""
    limit = as_of.kept_since()
    for _ in range(MOST_TURNS if limit is not None else 0):
        assert limit is not None
        if not _remove(term, limit):
            return


def _remove(term: int, limit: datetime) -> bool:
    """One turn; whether there may be more."""
    old = Verdict.objects.filter(to_at__lt=limit, decided_run__isnull=False).order_by("id")
    verdicts = list(old.values_list("id", flat=True)[:MOST_ROWS])
    newer = Change.objects.filter(subject=OuterRef("subject"), kind="columns", seq__gt=OuterRef("seq"), at__lt=limit)
    facts = Change.objects.filter(kind="facts", at__lt=limit)
    columns = Change.objects.filter(Exists(newer), kind="columns", at__lt=limit)
    changes = [
        seq
        for found in (facts, columns)
        for seq in found.order_by("seq").values_list("seq", flat=True)[:MOST_ROWS]
    ]  # fmt: skip
    if not verdicts and not changes:
        return False
    with transaction(term):
        for start in range(0, len(verdicts), 900):
            Verdict.objects.filter(id__in=verdicts[start : start + 900]).delete()
        for start in range(0, len(changes), 900):
            Change.objects.filter(seq__in=changes[start : start + 900]).delete()
        fault.point("history_removed")
        told = {"id": "KNM2143-I", "verdicts": len(verdicts), "changes": len(changes), "before": limit.isoformat()}
        rows.write(REMOVED, actor="kanmon", subject=f"before {limit:%Y-%m-%d}", detail=told)
    return len(verdicts) == MOST_ROWS or len(changes) >= MOST_ROWS
