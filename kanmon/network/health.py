"""What is not healthy in network control; the cluster's list of checks is given these."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min

from kanmon.common import clock, config
from kanmon.network.models import Agent, Sighting
from kanmon.network.shown import SILENT_SECONDS
from kanmon.policy import versions
from kanmon.policy.models import Assignment
from kanmon.policy.rules_action import ActionPolicy

Told = tuple[dict[str, Any], datetime | None]
_LEVELS = ("danger", "warning", "caution", "safe")


def silent_agents() -> Iterator[Told]:
    """Agents that have not called for a while; one that never has was enrolled just now, or never started."""
    now = clock.now()
    for row in Agent.objects.filter(revoked_at=None).order_by("name"):
        heard = row.seen_at or row.enrolled_at
        if now - heard > timedelta(seconds=SILENT_SECONDS):
            yield {"name": row.name, "minutes": int((now - heard).total_seconds() // 60)}, heard


def unwell_agents() -> Iterator[Told]:
    """What agents that call say of themselves."""
    fresh = clock.now() - timedelta(seconds=SILENT_SECONDS)
    for row in Agent.objects.filter(revoked_at=None, seen_at__gt=fresh).order_by("name"):
        for one in row.health:
            if one.get("id"):
                yield {"name": row.name, "part": one["part"], "sentence": f"{one['id']} {one['sentence']}"}, None


def wrong() -> Iterator[Told]:
    """PCs that have been seen where they don't belong for longer than an order may take."""
    late = clock.now() - timedelta(seconds=float(config.get("network.verify_seconds")))
    rows = Sighting.objects.filter(wrong_since__lt=late)
    if count := rows.count():
        first = rows.aggregate(first=Min("wrong_since"))["first"]
        yield {"count": count, "since": f"{first:%Y-%m-%d %H:%M}Z"}, first


def _denying() -> Iterator[ActionPolicy]:
    """Action policies that hold for somebody and cut off at some level."""
    for policy in Assignment.objects.filter(kind="action").values_list("policy", flat=True).distinct():
        rules: ActionPolicy = versions.rules(versions.newest(policy))
        if any(getattr(rules, level).network == "deny" for level in _LEVELS):
            yield rules


def nobody_to_order() -> Iterator[Told]:
    """A policy cuts off, and there is no agent."""
    if not Agent.objects.filter(revoked_at=None).exists():
        for rules in _denying():
            yield {"policy": rules.name}, None


def no_way_back() -> Iterator[Told]:
    """A policy cuts off and lets nobody back."""
    for rules in _denying():
        if not any(getattr(rules, level).network == "permit" for level in _LEVELS):
            yield {"policy": rules.name}, None


CHECKS = {
    "KNM8444-W": wrong,
    "KNM8442-W": silent_agents,
    "KNM8445-W": unwell_agents,
    "KNM8446-W": nobody_to_order,
    "KNM8447-W": no_way_back,
}
"""By message, the most urgent first."""
