"""The first page: levels now, and what waits for a person."""

from datetime import timedelta

from django.db.models import Exists, Max, OuterRef

from kanmon.accounts.scope import pcs_of
from kanmon.action import asked
from kanmon.common import clock
from kanmon.console.read import findings, keep, network
from kanmon.console.read.cluster import held
from kanmon.console.read.frame import shell
from kanmon.console.read.pcs import STALE_DAYS, Ids, how_many, level_counts, newest_in, stale_before
from kanmon.console.shown.overview import LevelCount, Need, Overview
from kanmon.intake.models import Refusal
from kanmon.inventory import managing
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.states import State
from kanmon.judgment.levels import Level
from kanmon.judgment.models import Verdict

NEWLY_SHOWN = 8


@keep.for_seconds(10)
def _changes(only: Ids | None = None) -> dict[Level, int]:
    """By level: PCs that came to it within a day minus those that left it, from the verdicts of that day."""
    change = dict.fromkeys(Level, 0)
    since = clock.now() - timedelta(days=1)
    before: dict[int, int] = {}
    now: dict[int, int] = {}
    recent = Verdict.objects.filter(from_at__gte=since).order_by("id").values_list("pc", "level_before", "level")
    if only is not None:
        recent = recent.filter(Exists(Pc.objects.filter(group__in=only, id=OuterRef("pc"))))
    for pc, level_before, level in recent[:200_000]:
        before.setdefault(pc, level_before)
        now[pc] = level
    for pc, level in now.items():
        change[Level(before[pc])] -= 1
        change[Level(level)] += 1
    return change


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
    counts, changes = level_counts(only), _changes(only)
    listed = managing.listed() if only is None else managing.listed().filter(group__in=only)
    pcs = shell().pcs if only is None else how_many(only)
    newly, newly_count = newest_in(Level.DANGER, timedelta(days=1), NEWLY_SHOWN, only)
    return Overview(
        pcs=pcs,
        managed=pcs - listed.filter(managed=False).count(),
        counts=[LevelCount(level, count, changes[level]) for level, count in counts.items()],
        stale=listed.filter(stale_before()).count(),
        stale_days=STALE_DAYS,
        newest=listed.aggregate(newest=Max("last_seen_at"))["newest"],
        needs=_needs() if only is None else _needs_of(only),
        newly=newly,
        newly_count=newly_count,
        failed=findings.most_failed(7, only),
        network=network.counts(only),
    )


def _needs_of(only: Ids) -> list[Need]:
    """What waits for a person about the PCs of these groups."""
    count = len(asked.everybody() & pcs_of(only))
    return [Need("waiting", count, "console:waiting")] if count else []
