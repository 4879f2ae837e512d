"""How long orders and what was withheld are kept: as long as verdicts, ``judgment.keep_history_days``; 0 keeps all.

What is removed goes a bounded number of rows at a time, oldest first, each time in a transaction of its own with one row of
the audit. An order stays while its operation, or one that does it again, has not ended, and what is of the last hour stays
in any case: caps count it.
"""

from datetime import datetime, timedelta

from kanmon.action.history.results import chunks, is_over
from kanmon.action.models import Order, Touched, Withheld
from kanmon.audit import rows
from kanmon.common import clock, fault
from kanmon.journal.writing import transaction
from kanmon.judgment import as_of
from kanmon.judgment.retention import REMOVED

MOST_ROWS = 500
MOST_TURNS = 50
COUNTED = timedelta(hours=1)


def duty(term: int) -> None:
    """Remove what is older than is kept, ``MOST_ROWS`` of each kind at a time. Raises TermLost."""
    limit = as_of.kept_since()
    if limit is None:
        return
    limit = min(limit, clock.now() - COUNTED)
    after = 0
    for _ in range(MOST_TURNS):
        more, after = _remove(term, limit, after)
        if not more:
            return


def _remove(term: int, limit: datetime, after: int) -> tuple[bool, int]:
    """One turn, of orders with numbers over ``after``; whether there may be more, and the number of the last one."""
    old = Order.objects.filter(id__gt=after).order_by("id").values_list("id", "operation", "created_at")[:MOST_ROWS]
    looked = [row for row in old if row[2] < limit]
    over = is_over([operation for _, operation, _ in looked])
    orders = [id for id, operation, _ in looked if operation in over]
    withheld = list(
        Withheld.objects.filter(at__lt=limit).order_by("at", "id").values_list("id", flat=True)[:MOST_ROWS]
    )  # fmt: skip
    if orders or withheld:
        with transaction(term):
            for some in chunks(orders):
                Touched.objects.filter(order__in=some).delete()
                Order.objects.filter(id__in=some).delete()
            for some in chunks(withheld):
                Touched.objects.filter(withheld__in=some).delete()
                Withheld.objects.filter(id__in=some).delete()
            fault.point("orders_removed")
            told = {"id": "KNM3290-I", "orders": len(orders), "withheld": len(withheld), "before": limit.isoformat()}
            rows.write(REMOVED, actor="kanmon", subject=f"before {limit:%Y-%m-%d}", detail=told)
    last = looked[-1][0] if looked else after
    return len(looked) == MOST_ROWS or len(withheld) == MOST_ROWS, last
