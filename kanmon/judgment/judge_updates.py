"""Conditions of the item "security updates".

``latest`` asks two classes at once: which Windows a PC has says what it needs, and what it needs is a set of updates
of which one is enough. That is a part of its own kind (``Part.latest``): it is matched on the distinct operating
systems and updates of the dictionary, never on pairs of PC and update. See ``updates_asked``.
"""

from collections.abc import Callable, Iterator
from datetime import date

from kanmon.common.facts import CODE_OF, Os, Patch, PendingUpdate, Software
from kanmon.feeds.latest import Latest
from kanmon.feeds.patches import SEVERITIES, Knowledge, built
from kanmon.feeds.platforms import build_of
from kanmon.judgment.condition import Combine, Condition, Fold, Outcome, Part, level_of
from kanmon.judgment.judge_vulnerabilities import vulnerabilities
from kanmon.judgment.systems import on_system
from kanmon.policy.compare import matcher, version_holds
from kanmon.policy.rules_updates import Latest as LatestRule
from kanmon.policy.rules_updates import SecurityUpdates, SpecifiedPack, SpecifiedProductPack, SpecifiedUpdate
from kanmon.policy.rules_words import FailLevel, VersionRule, keyed

ITEM = "security_updates"
LATEST = "security_updates.latest"


def security_updates(rule: SecurityUpdates, today: date, knowledge: Knowledge) -> Iterator[Condition]:
    """The conditions of the item, the parts that need it asked of ``knowledge``."""
    if rule.latest is not None:
        yield from _latest(rule.latest, today, knowledge)
    yield from _specified(rule.specified, knowledge)
    yield from _packs(rule)
    if rule.vulnerabilities is not None:
        yield from vulnerabilities(rule.vulnerabilities, today, knowledge.holes)
    for word, level in (("security", rule.pending.security), ("other", rule.pending.other)):
        if level is not None:
            part = Part(key=("pending", word), cls=CODE_OF[PendingUpdate], test=_pending_test(word))
            yield Condition(id=f"{ITEM}.pending.{word}", item=ITEM, level=level_of(level), parts=(part,))


def latest_asked(rule: LatestRule, today: date, knowledge: Knowledge) -> dict[str, tuple[FailLevel, Latest]]:
    """Condition id -> level and what it asks: one for all, or one for each severity that has a level."""
    ids: dict[str, tuple[FailLevel, frozenset[int]]] = {LATEST: (rule.level, frozenset())}
    if rule.severities is not None:
        named = {word or "unrated": place for place, word in enumerate(SEVERITIES)}
        levels = {word: getattr(rule.severities, word) for word in reversed(named)}
        asked = {word: level for word, level in levels.items() if level != "ignored"}
        ids = {f"{LATEST}.{word}": (level, frozenset({named[word]})) for word, level in asked.items()}
    return {
        id: (
            level,
            Latest(
                knowledge, today, rule.delay_days, frozenset(rule.exclude), severities, rule.components == "windows"
            ),
        )
        for id, (level, severities) in ids.items()
    }


def _latest(rule: LatestRule, today: date, knowledge: Knowledge) -> Iterator[Condition]:
    for id, (level, asked) in latest_asked(rule, today, knowledge).items():
        part = Part(
            key=(id, knowledge.id, today, rule), cls=CODE_OF[Os], test=lambda _: Outcome.IRRELEVANT, latest=asked,
            empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
        )  # fmt: skip
        yield Condition(id=id, item=ITEM, level=level_of(level), parts=(part,))


def accepted(rules: tuple[SpecifiedUpdate, ...], knowledge: Knowledge) -> list[frozenset[str]]:
    """For each rule the updates of which one is enough: its own, and what supersedes it by policy or knowledge."""
    later: dict[str, set[str]] = {}
    for one in rules:
        later.setdefault(one.kb, set()).update(one.superseded_by)
    found = []
    for one in rules:
        enough: set[str] = set()
        queue = [one.kb]
        while queue:
            if (kb := queue.pop()) not in enough:
                enough.add(kb)
                queue += [*later.get(kb, ()), *knowledge.successors(kb)]
        found.append(frozenset(enough))
    return found


def _specified(rules: tuple[SpecifiedUpdate, ...], knowledge: Knowledge) -> Iterator[Condition]:
    """Specified updates concern Windows only; an update is in when it or a later one that replaces it is in."""
    ids = keyed(f"{ITEM}.specified", (one.kb for one in rules))
    for condition_id, one, enough in zip(ids, rules, accepted(rules, knowledge), strict=True):

        def test(record: Patch, enough: frozenset[str] = enough) -> Outcome:
            return Outcome.PASS if record.kb in enough else Outcome.IRRELEVANT

        parts = [Part(key=("kb", enough), cls=CODE_OF[Patch], test=test, fold=Fold.ANY, empty=Outcome.FAIL)]
        parts += _by_build(enough, knowledge)
        if one.product:
            parts.append(_product(one.product, one.version))
        applies = on_system(one.os, "windows") if one.service_pack is None else _with_pack(one.os, one.service_pack)
        yield Condition(
            id=condition_id, item=ITEM, level=level_of(one.level), parts=tuple(parts), combine=Combine.WHERE_APPLICABLE,
            applies=applies,
        )  # fmt: skip


def _by_build(enough: frozenset[str], knowledge: Knowledge) -> Iterator[Part]:
    """The part that passes when the PC's build has one of these updates; none when no build is known."""
    builds: dict[int, int] = {}
    for id in enough:
        for build, revision in knowledge.builds_of(id).items():
            builds[build] = min(revision, builds.get(build, revision))
    if builds:
        yield Part(
            key=("build", tuple(sorted(builds.items()))), cls=CODE_OF[Os], fold=Fold.ANY,
            test=lambda record: Outcome.PASS if built(build_of(record), builds) else Outcome.FAIL,
            empty=Outcome.FAIL, untold=Outcome.FAIL,
        )  # fmt: skip


def _product(name: str, version: VersionRule | None) -> Part:
    """FAIL (so that what else is asked counts) where such a program is installed, not applicable where none is."""
    named = matcher(name)

    def test(record: Software) -> Outcome:
        if not named(record.name):
            return Outcome.IRRELEVANT
        fits = version_holds(record.version, version.comparison, version.value, record.scheme) if version else True
        return Outcome.UNKNOWN if fits is None else Outcome.FAIL if fits else Outcome.NOT_APPLICABLE

    return Part(
        key=("updated product", name, version), cls=CODE_OF[Software], test=test, fold=Fold.EVERY, names=(name,),
        empty=Outcome.NOT_APPLICABLE,
    )  # fmt: skip


def pack_of(os: Os) -> int:
    """Number of the service pack of a Windows; 0 when it has none."""
    return int(next((char for char in os.service_pack if char.isdigit()), "0"))


def _with_pack(pattern: str, pack: int) -> Part:
    """The part that tells whether a PC has the Windows that is meant, with just this service pack."""
    system = on_system(pattern, "windows")
    assert system is not None
    meant = system.test

    def test(record: Os) -> Outcome:
        return meant(record) if pack_of(record) == pack else Outcome.FAIL

    return Part(
        key=("os with pack", pattern, pack), cls=CODE_OF[Os], test=test, fold=Fold.ANY,
        empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
    )  # fmt: skip


def _packs(rule: SecurityUpdates) -> Iterator[Condition]:
    systems = rule.service_packs
    for id, one in zip(keyed(f"{ITEM}.service_packs", (one.os for one in systems)), systems, strict=True):
        yield Condition(id=id, item=ITEM, level=level_of(one.level), parts=(_system_pack(one),))
    products = rule.product_service_packs
    for id, two in zip(
        keyed(f"{ITEM}.product_service_packs", (one.product for one in products)), products, strict=True
    ):
        yield Condition(id=id, item=ITEM, level=level_of(two.level), parts=(_product_pack(two),))


def _system_pack(rule: SpecifiedPack) -> Part:
    system = on_system(rule.os, "windows")
    assert system is not None
    meant = system.test

    def test(record: Os) -> Outcome:
        if meant(record) is not Outcome.PASS:
            return Outcome.NOT_APPLICABLE
        return Outcome.PASS if pack_of(record) >= rule.service_pack else Outcome.FAIL

    return Part(
        key=("system pack", rule.os, rule.service_pack), cls=CODE_OF[Os], test=test,
        empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
    )  # fmt: skip


def _product_pack(rule: SpecifiedProductPack) -> Part:
    named, version = matcher(rule.product), rule.version

    def test(record: Software) -> Outcome:
        if not named(record.name):
            return Outcome.IRRELEVANT
        fits = version_holds(record.version, version.comparison, version.value, record.scheme)
        return Outcome.UNKNOWN if fits is None else Outcome.PASS if fits else Outcome.FAIL

    return Part(
        key=("product pack", rule.product, version), cls=CODE_OF[Software], test=test, names=(rule.product,),
        empty=Outcome.NOT_APPLICABLE,
    )  # fmt: skip


def _pending_test(word: str) -> Callable[[PendingUpdate], Outcome]:
    if word == "security":
        outcomes = {True: Outcome.FAIL, False: Outcome.IRRELEVANT, None: Outcome.UNKNOWN}
    else:
        outcomes = {True: Outcome.IRRELEVANT, False: Outcome.FAIL, None: Outcome.FAIL}
    return lambda record: outcomes[record.security]
