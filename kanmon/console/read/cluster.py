"""Nodes, lease, health and held lanes."""

from kanmon.cluster import health, nodes
from kanmon.common import messages
from kanmon.console import wording
from kanmon.console.language import language
from kanmon.console.read import keep
from kanmon.console.shown.cluster import ClusterShown, Held, Warned
from kanmon.console.subject_words import lane as lane_word
from kanmon.journal import eras
from kanmon.journal.models import Hold, Term


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
        held=[_held(one) for one in Hold.objects.order_by("lane")],
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


def _held(one: Hold) -> Held:
    known = one.why in messages.catalogue()
    why = messages.text(one.why, {"lane": one.lane, "actor": one.actor}, language()) if known else one.why
    return Held(one.lane, lane_word(one.lane), why, one.actor, one.since)
