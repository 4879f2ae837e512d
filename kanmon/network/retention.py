"""What network control forgets, a bounded number of rows at a time.

Orders go with the history of judgments (``judgment.keep_history_days``), what agents answered to them after a month. The
newest order of an entry that still holds says since when and why, and stays. A MAC that was not seen for three months is
not shown as unmanaged any more.
"""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from kanmon.common import clock, config
from kanmon.journal.writing import transaction
from kanmon.network.book import OPEN
from kanmon.network.models import Entry, Given, NetworkOrder, Sighting

ANSWERS_DAYS = 30
SIGHTINGS_DAYS = 90
MOST = 10_000


def duty(term: int) -> None:
    """One turn."""
    now = clock.now()
    settled = NetworkOrder.objects.exclude(progress__in=[*OPEN, "failed"])
    answers = settled.filter(ordered_at__lt=now - timedelta(days=ANSWERS_DAYS)).values("id")
    with transaction(term):
        _remove(Given.objects.filter(order__in=answers))
    with transaction(term):
        _remove(Sighting.objects.filter(told_at__lt=now - timedelta(days=SIGHTINGS_DAYS)))
    days = int(config.get("judgment.keep_history_days"))
    if not days:
        return
    old = now - timedelta(days=days)
    with transaction(term):
        rows = list(settled.filter(ordered_at__lt=old).order_by("id").values_list("id", "mac", "version")[:MOST])
        newest = dict(Entry.objects.filter(mac__in={mac for _, mac, _ in rows}).values_list("mac", "version"))
        gone = [id for id, mac, version in rows if newest.get(mac) != version]
        _remove(NetworkOrder.objects.filter(id__in=gone))


def _remove(rows: QuerySet[Any]) -> None:
    ids = list(rows.order_by("id").values_list("id", flat=True)[:MOST])
    rows.model.objects.filter(id__in=ids).delete()
