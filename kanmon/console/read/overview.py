"""The first page: levels now, and what waits for a person."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from kanmon.accounts.scope import pcs_of
from kanmon.action import asked
from kanmon.common import clock
from kanmon.console.read import findings, keep, network, stored_days
from kanmon.console.read.cluster import held
from kanmon.console.read.frame import shell
from kanmon.console.read.pcs import STALE_DAYS, Ids, how_many, level_counts, newest_in, stale_before
from kanmon.console.shown.overview import LevelCount, Need, Overview
from kanmon.intake.models import Refusal
from kanmon.inventory import managing
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.states import State
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level

NEWLY_SHOWN = 8


@keep.for_seconds(10)
def _stale(only: Ids | None = None) -> int:
    return _listed(only).filter(stale_before()).count()


@keep.for_seconds(10)
def _newest(only: Ids | None = None) -> datetime | None:
    """When the newest inventory came, by the index of that column."""
    return _listed(only).order_by("-last_seen_at").values_list("last_seen_at", flat=True).first()


@keep.for_seconds(10)
def _managed(only: Ids | None = None) -> int:
    """How many PCs are under management; the index knows, when this node has one."""
    if not ENGINE.loaded:
        return _listed(only).filter(managed=True).count()
    pcs = findings.members(only)
    with ENGINE.lock:
        return len(ENGINE.managed if pcs is None else ENGINE.managed & pcs)


def _listed(only: Ids | None) -> QuerySet[Pc]:
    return managing.listed() if only is None else managing.listed().filter(group__in=only)


def _needs() -> list[Need]:
    """What waits for a person, most pressing first; nothing that mends itself."""
    day_ago = clock.now() - timedelta(days=1)
    frame, net = shell(), network.counts()
    failed = Operation.objects.filter(state=State.FAILED, ended_at__gte=day_ago).count()
    on_hold = Operation.objects.filter(state=State.HELD).count()
    refused = Refusal.objects.filter(received_at__gte=day_ago).count()
    needs = [
        Need("in_doubt", frame.in_doubt, "console:operations", "state=in_doubt"),
        Need("waiting", frame.waiting, "console:waiting"),
        Need("network_agents", net.unwell, "console:network_agents"),
        Need("network_wrong", net.wrong.n, "console:network", "wrong=yes"),
        Need("held", on_hold, "console:operations", "state=held"),
        Need("failed", failed, "console:operations", "state=failed"),
        Need("suspected", frame.suspected, "console:suspected"),
        Need("refused", refused, "console:refused"),
    ]
    found = [need for need in needs if need.count]
    if actions := held(limit=0):  # it stands there even when nothing waits yet: nothing is done meanwhile
        found.insert(bool(frame.in_doubt), Need("held_actions", actions.count, "console:held"))
    return found


def overview(only: Ids | None = None) -> Overview:
    """Everything on the overview; ``only``: of the PCs of these groups, and nothing that is of the whole system."""
    counts, stored = level_counts(only), stored_days.levels(only)
    pcs = shell().pcs if only is None else how_many(only)
    newly, newly_count = newest_in(Level.DANGER, timedelta(days=1), NEWLY_SHOWN, only)
    return Overview(
        pcs=pcs,
        managed=_managed(only),
        counts=[_level_count(level, count, stored[level]) for level, count in counts.items()],
        stale=_stale(only),
        stale_days=STALE_DAYS,
        newest=_newest(only),
        needs=_needs() if only is None else _needs_of(only),
        newly=newly,
        newly_count=newly_count,
        failed=findings.most_failed(7, only),
        network=network.counts(only),
        days=stored_days.days(only),
    )


def _level_count(level: Level, count: int, stored: list[int]) -> LevelCount:
    return LevelCount(level, count, count - stored[-1] if stored else None, [*stored, count])


def _needs_of(only: Ids) -> list[Need]:
    """What waits for a person about the PCs of these groups."""
    count = len(asked.everybody() & pcs_of(only))
    return [Need("waiting", count, "console:waiting")] if count else []
