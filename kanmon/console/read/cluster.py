"""Nodes, lease, health and held lanes."""

from kanmon.backup import held as actions
from kanmon.cluster import health, nodes
from kanmon.console import wording
from kanmon.console.language import language
from kanmon.console.read import keep
from kanmon.console.shown.cluster import ClusterShown, Held, HeldRow, Warned
from kanmon.console.subject_words import lane, subject
from kanmon.flow import KINDS
from kanmon.journal import eras
from kanmon.journal.models import Term

HELD_SHOWN = 100


@keep.for_seconds(3)
def _warnings() -> list[health.HealthWarning]:
    return health.warnings()


def cluster() -> ClusterShown:
    """How the cluster stands now; health is at most 3 seconds old."""
    term = Term.objects.filter(shard=0).values_list("term", flat=True).first()
    return ClusterShown(
        nodes=nodes.nodes(),
        active=nodes.active(),
        term=eras.said(term) if term else "",
        warnings=[_warned(one) for one in _warnings()],
        held=held(limit=0),
    )


def _warned(one: health.HealthWarning) -> Warned:
    now = language()
    return Warned(
        one.id,
        one.severity,
        wording.sentence([one.said.id, one.said.params]),
        one.cause(now),
        one.remedy(now),
        one.since,
    )


def held(limit: int = HELD_SHOWN) -> Held | None:
    """The actions that wait for a person since a restore, the oldest ``limit`` of them; None when none are held."""
    found = actions.held({name: kind.lane for name, kind in KINDS.items()}, limit)
    if found.since is None:
        return None
    rows = [HeldRow(one.id, one.kind, subject(one.subject), one.decided_at, one.from_backup) for one in found.oldest]
    return Held([lane(name) for name in found.lanes], found.since, found.count, rows)
