"""Which patch knowledge is in force, and which was: numbered, kept for ever, loaded once a process."""

import zlib
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

import msgspec

from kanmon.common import clock, config
from kanmon.feeds import vulnerabilities_store
from kanmon.feeds.models import PatchFeed, PatchKnowledge
from kanmon.feeds.patches import EMPTY, Knowledge

T = TypeVar("T")


def pack(value: object) -> bytes:
    """``value`` as it is stored: 147 KB for the 609,644 rows of wesng."""
    return zlib.compress(msgspec.msgpack.encode(value), 6)


def unpack(body: bytes, type: type[T]) -> T:
    """The inverse of ``pack``."""
    return msgspec.msgpack.decode(zlib.decompress(body), type=type)


@lru_cache(maxsize=8)
def load(id: int) -> Knowledge:
    """Knowledge number ``id``; the empty one for 0. Raises PatchKnowledge.DoesNotExist."""
    if not id:
        return EMPTY
    return unpack(bytes(PatchKnowledge.objects.values_list("body", flat=True).get(id=id)), Knowledge)


def newest_id() -> int:
    """Number of the knowledge in force; 0 when nothing was imported."""
    return PatchKnowledge.objects.order_by("-id").values_list("id", flat=True).first() or 0


def newest() -> Knowledge:
    """The knowledge in force."""
    return together(newest_id(), vulnerabilities_store.in_force())


def at(moment: datetime | None) -> Knowledge:
    """The knowledge that was in force at ``moment`` (None: now)."""
    if moment is None:
        return newest()
    rows = PatchKnowledge.objects.filter(made_at__lte=moment).order_by("-id")
    return together(rows.values_list("id", flat=True).first() or 0, vulnerabilities_store.in_force(moment))


@lru_cache(maxsize=8)
def together(id: int, feeds: tuple[int, ...]) -> Knowledge:
    """Knowledge of updates with that of security holes."""
    return replace(load(id), holes=vulnerabilities_store.load(feeds)) if feeds else load(id)


def age_days(dated: str, today: date | None = None) -> int | None:
    """Days since a feed's day; None when the feed has none."""
    try:
        return ((today or clock.today()) - date.fromisoformat(dated)).days
    except ValueError:
        return None


def too_old() -> tuple[str, int] | None:
    """Day and age in days of the newest feed, when it is older than ``feeds.patches_max_age_days``."""
    dated = PatchFeed.objects.order_by("-dated").values_list("dated", flat=True).first()
    days = None if dated is None else age_days(dated)
    if dated is None or days is None or days <= int(config.get("feeds.patches_max_age_days")):
        return None
    return dated, days


def vulnerabilities_too_old() -> list[tuple[str, str, int]]:
    """Name, day and age in days of each feed of security holes older than ``feeds.vulnerabilities_max_age_days``."""
    most = int(config.get("feeds.vulnerabilities_max_age_days"))
    ages = [(one.name, one.dated, age_days(one.dated)) for one in vulnerabilities_store.listed() if one.covers]
    return [(name, dated, days) for name, dated, days in ages if days is not None and days > most]


def listed() -> list[PatchFeed]:
    """All feeds, without their bodies, the newest first."""
    return list(PatchFeed.objects.defer("body").order_by("-dated", "name"))
