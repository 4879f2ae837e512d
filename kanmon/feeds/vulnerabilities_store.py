"""Which feeds of security holes are in force, and which were: found by time, loaded once a process."""

from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from django.db.models import Q

from kanmon.common import clock, config
from kanmon.feeds.holes import NO_HOLES, Feed, Holes
from kanmon.feeds.models import VulnerabilityFeed


def pack(feed: Feed) -> bytes:
    """A feed as it is stored; its releases are compressed already."""
    return msgspec.msgpack.encode(feed)


@lru_cache(maxsize=4)
def load(ids: tuple[int, ...]) -> Holes:
    """What these feeds are together; their number is that of the newest."""
    if not ids:
        return NO_HOLES
    bodies = VulnerabilityFeed.objects.filter(id__in=ids).order_by("id").values_list("body", flat=True)
    return Holes(ids[-1], tuple(msgspec.msgpack.decode(bytes(body), type=Feed) for body in bodies))


def in_force(moment: datetime | None = None) -> tuple[int, ...]:
    """Ids of the feeds that are in force, or were at ``moment``, ascending."""
    held = Q(superseded_at__isnull=True)
    rows = VulnerabilityFeed.objects.all()
    if moment is not None:
        rows, held = rows.filter(imported_at__lte=moment), held | Q(superseded_at__gt=moment)
    return tuple(rows.filter(held).order_by("id").values_list("id", flat=True))


def listed() -> list[VulnerabilityFeed]:
    """The feeds in force, without their bodies, by name."""
    return list(VulnerabilityFeed.objects.defer("body").filter(superseded_at__isnull=True).order_by("name"))


def forget() -> None:
    """Delete what was superseded before the history that is kept, as that is asked of no more. In a transaction."""
    kept = int(config.get("judgment.keep_history_days"))
    if kept:
        VulnerabilityFeed.objects.filter(superseded_at__lt=clock.now() - timedelta(days=kept)).delete()
