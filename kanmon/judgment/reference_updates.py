"""The second judge of the item "security updates": plain loops over what is known, without sets made ready.

Where the first judge asks "does the PC have one of those that are enough?", this one asks "what is in on this PC?",
by following from each installed update what it replaces, and then looks at each need.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from kanmon.common.facts import Os, Patch, PendingUpdate, Software
from kanmon.feeds.patches import Knowledge, Platform
from kanmon.feeds.platforms import build_of, is_cumulative, platform_of
from kanmon.judgment.reference_pc import FAIL, NONE, PASS, UNKNOWN, Pc, Row, every, first, on
from kanmon.judgment.reference_vulnerabilities import vulnerabilities
from kanmon.policy.compare import matcher, version_holds
from kanmon.policy.rules import JudgmentPolicy, keyed

SEVERITY = {"critical": 4, "important": 3, "moderate": 2, "low": 1, "unrated": 0}


def updates(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    item = policy.security_updates
    if item.latest is not None:
        yield from latest(item.latest, pc)
    rules = item.specified
    for name, rule in zip(keyed("security_updates.specified", [one.kb for one in rules]), rules, strict=True):
        yield name, specified(rule, rules, pc), rule.level
    packs = item.service_packs
    for name, pack in zip(keyed("security_updates.service_packs", [one.os for one in packs]), packs, strict=True):
        yield name, every([has_pack(pack, pc, os) for os in pc.of(Os)], UNKNOWN), pack.level
    several = item.product_service_packs
    names = keyed("security_updates.product_service_packs", [one.product for one in several])
    for name, product in zip(names, several, strict=True):
        asked = [one for one in pc.of(Software) if matcher(product.product)(one.name)]
        answers = [{True: PASS, False: FAIL, None: UNKNOWN}[fits(product.version, one)] for one in asked]
        yield name, every(answers, NONE if pc.told(Software) else UNKNOWN), product.level
    if item.vulnerabilities is not None:
        yield from vulnerabilities(item.vulnerabilities, pc)
    yield from pending(item.pending, pc)


def pending(rule: Any, pc: Pc) -> Iterator[Row]:
    waiting, otherwise = pc.of(PendingUpdate), PASS if pc.told(PendingUpdate) else UNKNOWN
    if rule.security:
        outcomes = [UNKNOWN if one.security is None else FAIL for one in waiting if one.security is not False]
        yield "security_updates.pending.security", every(outcomes, otherwise), rule.security
    if rule.other:
        outcomes = [FAIL for one in waiting if one.security is not True]
        yield "security_updates.pending.other", every(outcomes, otherwise), rule.other


def fits(rule: Any, found: Software) -> bool | None:
    return version_holds(found.version, rule.comparison, rule.value, found.scheme)


def number(text: str) -> int:
    return int(([char for char in text if char.isdigit()] or ["0"])[0])


def has_pack(rule: Any, pc: Pc, os: Os) -> str:
    if on(pc._replace(facts=[os]), rule.os, "windows") != PASS:
        return NONE
    return PASS if number(os.service_pack) >= rule.service_pack else FAIL


def specified(rule: Any, rules: Any, pc: Pc) -> str:
    if rule.service_pack is None:
        here = on(pc, rule.os, "windows")
    else:
        fitting = [os for os in pc.of(Os) if number(os.service_pack) == rule.service_pack]
        here = UNKNOWN if not pc.of(Os) else on(pc._replace(facts=fitting), rule.os, "windows") if fitting else NONE
    if here != PASS:
        return here
    product = PASS
    if rule.product:
        asked = [one for one in pc.of(Software) if matcher(rule.product)(one.name)]
        met = [fits(rule.version, one) if rule.version else True for one in asked]
        otherwise = NONE if pc.told(Software) else UNKNOWN
        product = PASS if True in met else UNKNOWN if None in met else NONE if met else otherwise
    if product == NONE:
        return NONE
    enough = {rule.kb, *rule.superseded_by}
    before = 0
    while len(enough) > before:
        before = len(enough)
        enough |= {kb for one in rules if one.kb in enough for kb in one.superseded_by}
        enough |= {pc.knowledge.updates[a].id for p in pc.knowledge.platforms.values() for a, b in pairs(p)
                   if pc.knowledge.updates[b].id in enough}  # fmt: skip
    installed = any(patch.kb in enough for patch in pc.of(Patch))
    if installed or any(
        reached(pc.knowledge, p, enough, os) for p in pc.knowledge.platforms.values() for os in pc.of(Os)
    ):
        return PASS
    return UNKNOWN if product == UNKNOWN or not pc.told(Patch) else FAIL


def pairs(platform: Platform) -> list[tuple[int, int]]:
    return [(newer, older) for newer, several in platform.replaces for older in several]


def reached(knowledge: Knowledge, platform: Platform, ids: set[str], os: Os) -> bool:
    build, revision = build_of(os)
    return revision is not None and any(
        knowledge.updates[one].id in ids and at == build and revision >= least for one, at, least in platform.builds
    )


def latest(rule: Any, pc: Pc) -> Iterator[Row]:
    if rule.severities is None:
        yield "security_updates.latest", all_in(rule, None, pc), rule.level
        return
    for word, place in SEVERITY.items():
        if (level := getattr(rule.severities, word)) != "ignored":
            yield f"security_updates.latest.{word}", all_in(rule, place, pc), level


def all_in(rule: Any, severity: int | None, pc: Pc) -> str:
    answers = []
    for os in pc.of(Os):
        key = platform_of(os)
        if os.family != "windows":
            answers.append(NONE)
        elif key not in pc.knowledge.platforms:
            answers.append(UNKNOWN)
        else:
            same = [one for one in pc.of(Os) if platform_of(one) == key] if pc.told(Patch) else [os]
            answers.append(system(rule, severity, pc, str(key), same))
    return first(answers, (FAIL, UNKNOWN, PASS, NONE), UNKNOWN)


def system(rule: Any, severity: int | None, pc: Pc, key: str, systems: list[Os]) -> str:
    knowledge, platform = pc.knowledge, pc.knowledge.platforms[key]
    inside = {one for one, update in enumerate(knowledge.updates) if pc.told(Patch) and Patch(update.id) in pc.facts}
    if is_cumulative(key):
        inside |= {one for one, at, least in platform.builds
                   for build, revision in map(build_of, systems) if revision is not None and at == build and revision >= least}  # fmt: skip
    grow(inside, [(newer, older) for newer, older in pairs(platform)])
    day = (pc.today - timedelta(days=rule.delay_days)).isoformat()
    outcomes = [PASS]
    for need in platform.needs:
        members = [knowledge.updates[one] for one in need.updates]
        if severity is not None and need.severity != severity:
            continue
        if rule.components == "windows" and need.component:
            continue
        if all(one.id in rule.exclude or (one.bulletin and one.bulletin in rule.exclude) for one in members):
            continue
        if min([one.released for one in members if one.released] or [""]) > day:
            continue
        if inside & set(need.updates):
            continue
        outcomes.append(FAIL if pc.told(Patch) or comparable(platform, key, set(need.updates), systems) else UNKNOWN)
    return every(outcomes, "")


def comparable(platform: Platform, key: str, enough: set[int], systems: list[Os]) -> bool:
    """Whether the build of a PC that does not tell its updates can be set against that of an update that is enough."""
    grow(enough, [(older, newer) for newer, older in pairs(platform)])
    builds = {at for one, at, _ in platform.builds if one in enough} if is_cumulative(key) else set()
    return any(revision is not None and build in builds for build, revision in map(build_of, systems))


def grow(found: set[int], edges: list[tuple[int, int]]) -> None:
    """Follows ``edges`` from what is in ``found`` until nothing new comes."""
    before = -1
    while len(found) > before:
        before = len(found)
        found |= {there for here, there in edges if here in found}
