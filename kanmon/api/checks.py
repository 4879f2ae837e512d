"""Health checks of stages that the cluster does not know, put in its list when the faces are loaded."""

from collections.abc import Callable, Iterator

from kanmon.action import asked, deliveries
from kanmon.api.places import Names, spell, words
from kanmon.backup.health import health as backups
from kanmon.cluster.found import Found
from kanmon.cluster.health import CHECKS, Check
from kanmon.common import config, zone
from kanmon.feeds import patches_store, vulnerabilities_store
from kanmon.network import health as network
from kanmon.policy import versions, waivers
from kanmon.policy.models import Assignment


def _of_backups(id: str) -> Callable[[], Iterator[Found]]:
    def look() -> Iterator[Found]:
        for found, params in backups():
            if found == id:
                yield Found(params)

    return look


def _of_network(id: str) -> Callable[[], Iterator[Found]]:
    def look() -> Iterator[Found]:
        for params, since in network.CHECKS[id]():
            yield Found(params, since)

    return look


def _waivers_that_end() -> Iterator[Found]:
    """Waivers whose notice has begun, the first to end first."""
    day = zone.today()
    rows = waivers.expiring(day)
    names = Names(map(waivers.place_of, rows))
    for row in rows:
        where = words(spell(row.target, row.target_id, names))
        days = (row.expires_on - day).days
        yield Found({"condition": row.condition, "where": where, "expires": row.expires_on.isoformat(), "days": days})


def _patch_feed_too_old() -> Iterator[Found]:
    """The newest patch feed is older than the setting allows."""
    old = patches_store.too_old()
    if old is not None:
        yield Found({"dated": old[0], "days": old[1], "most": int(config.get("feeds.patches_max_age_days"))})


def _no_patch_feed() -> Iterator[Found]:
    """A policy that holds for somebody asks for all updates, and nothing tells which there are."""
    if patches_store.newest_id():
        return
    for policy in Assignment.objects.filter(kind="judgment").values_list("policy", flat=True).distinct():
        rules = versions.rules(versions.newest(policy))
        if rules.security_updates.judge and rules.security_updates.latest is not None:
            yield Found({"policy": rules.name})


def _vulnerability_feeds_too_old() -> Iterator[Found]:
    """Feeds of vulnerabilities that are older than the setting allows."""
    most = int(config.get("feeds.vulnerabilities_max_age_days"))
    for name, dated, days in patches_store.vulnerabilities_too_old():
        yield Found({"name": name, "dated": dated, "days": days, "most": most})


def _no_vulnerability_feed() -> Iterator[Found]:
    """A policy that holds for somebody asks for packages without vulnerabilities, and nothing tells of any."""
    if vulnerabilities_store.in_force():
        return
    for policy in Assignment.objects.filter(kind="judgment").values_list("policy", flat=True).distinct():
        rules = versions.rules(versions.newest(policy))
        if rules.security_updates.judge and rules.security_updates.vulnerabilities is not None:
            yield Found({"policy": rules.name})


def _not_delivered() -> Iterator[Found]:
    """Orders that were not delivered, and that nobody has retried or given up."""
    found = deliveries.undelivered()
    if found is not None:
        count, newest, since = found
        told = {"count": count, "days": deliveries.DAYS, "operation": newest.id, "subject": newest.subject}
        yield Found(told, since)


def _asked() -> Iterator[Found]:
    """PCs about which a person is asked."""
    found = asked.questions()
    if found:
        yield Found({"count": len(asked.everybody())}, min(one.since for one in found))


CHECKS.append(Check("KNM3093-W", _asked))
CHECKS.append(Check("KNM1213-W", _vulnerability_feeds_too_old))
CHECKS.append(Check("KNM1214-W", _no_vulnerability_feed))
CHECKS.append(Check("KNM1205-W", _patch_feed_too_old))
CHECKS.append(Check("KNM1206-W", _no_patch_feed))
CHECKS.append(Check("KNM5070-W", _waivers_that_end))
CHECKS += [Check(id, _of_network(id)) for id in network.CHECKS]
CHECKS.append(Check("KNM3260-W", _not_delivered))
CHECKS += [Check(id, _of_backups(id)) for id in ("KNM4232-W", "KNM4243-W")]
