"""*Check again now*: a PC in quarantine asks to be judged at once, and when its next report comes.

Each asking is a row, so that limits hold on every node and over a restart. For ``WAITED`` after it a report of that PC is
judged in a run of its own, which waits for no collecting window.
"""

from collections.abc import Callable
from datetime import timedelta

from pyroaring import BitMap

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.network.models import Recheck

WAITED = timedelta(minutes=15)
MOST_PER_PC = 20  # in an hour
MOST_TOLD = 1000  # of them a report can wait for at a time
KEPT = timedelta(days=1)


def ask(pc: int, begin: Callable[[], int]) -> Recheck:
    """PC ``pc`` asks; ``begin`` begins its judgment and gives the operation. Inside a transaction.

    Raises Refused KNM8501-E, KNM8503-E (this PC asks too often), KNM8502-E (all together do); all are 429.
    """
    now = clock.now()
    hour_ago = now - timedelta(hours=1)
    mine = Recheck.objects.filter(pc=pc, asked_at__gt=hour_ago)
    newest = mine.order_by("-id").first()
    wait_seconds = int(config.get("portal.check_seconds"))
    if newest is not None and (now - newest.asked_at).total_seconds() < wait_seconds:
        raise Refused("KNM8501-E", status=429, seconds=wait_seconds)
    if mine.count() >= MOST_PER_PC:
        raise Refused("KNM8503-E", status=429, most=MOST_PER_PC)
    if Recheck.objects.filter(asked_at__gt=hour_ago).count() >= int(config.get("portal.checks_per_hour")):
        raise Refused("KNM8502-E", status=429)
    Recheck.objects.filter(asked_at__lt=now - KEPT).delete()
    return Recheck.objects.create(pc=pc, asked_at=now, operation=begin())


def newest(pc: int) -> Recheck | None:
    """The newest asking of a PC for which a report is still waited."""
    return Recheck.objects.filter(pc=pc, asked_at__gt=clock.now() - WAITED).order_by("-id").first()


def waiting(pcs: BitMap) -> BitMap:
    """Those of ``pcs`` that have asked, and wait for what their next report says."""
    rows = Recheck.objects.filter(asked_at__gt=clock.now() - WAITED).order_by("-id").values_list("pc", flat=True)
    return BitMap(rows[:MOST_TOLD]) & pcs


def judged_by(pcs: BitMap, operation: int) -> None:
    """A report of these PCs has come: ``operation`` judges it. Inside a transaction."""
    Recheck.objects.filter(pc__in=list(pcs), asked_at__gt=clock.now() - WAITED).update(operation=operation)
