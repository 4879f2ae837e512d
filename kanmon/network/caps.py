"""How many PCs may be cut off by policy in an hour. What is beyond waits for a person.

A wrong policy, or a feed that calls everything bad, must not empty the offices. The cap counts PCs, not MACs, and only
those that were really cut off: one that is denied already, or waits, takes no place.
"""

from collections.abc import Collection
from datetime import timedelta

from kanmon.common import clock, config
from kanmon.network.models import Awaiting, NetworkOrder


def spare() -> int:
    """How many more PCs a policy may cut off now."""
    hour_ago = clock.now() - timedelta(hours=1)
    cut = NetworkOrder.objects.filter(ordered_at__gt=hour_ago, by="policy", wanted="deny", pc__isnull=False)
    return max(0, int(config.get("network.most_denied_per_hour")) - cut.values("pc").distinct().count())


def wait(pcs: Collection[int], operation: int, reason: str) -> None:
    """These PCs wait for a person. Inside a transaction; a PC that waits already waits on, for the newer reason."""
    now = clock.now()
    known = set(Awaiting.objects.filter(pc__in=list(pcs), decision="").values_list("pc", flat=True))
    Awaiting.objects.filter(pc__in=list(known), decision="").update(operation=operation, reason=reason)
    Awaiting.objects.bulk_create(
        [Awaiting(pc=pc, operation=operation, reason=reason, at=now) for pc in pcs if pc not in known]
    )


def overtaken(pcs: Collection[int]) -> int:
    """These PCs need not be cut off any more. Returns how many had waited."""
    waiting = Awaiting.objects.filter(pc__in=list(pcs), decision="")
    return int(waiting.update(decision="overtaken", decided_at=clock.now()))
