"""Conditions on packages of Linux with security holes: a part of its own kind (``Part.vulnerable``)."""

from collections.abc import Iterator
from datetime import date, timedelta

from kanmon.common.facts import CODE_OF, Os
from kanmon.feeds.holes import Holes
from kanmon.feeds.patches import SEVERITIES
from kanmon.feeds.vulnerable import Vulnerable
from kanmon.judgment.condition import Condition, Outcome, Part, level_of
from kanmon.policy.rules_updates import Vulnerabilities
from kanmon.policy.rules_words import FailLevel

ITEM = "security_updates"
VULNERABILITIES = "security_updates.vulnerabilities"


def vulnerabilities(rule: Vulnerabilities, today: date, holes: Holes) -> Iterator[Condition]:
    """One condition for all holes, or one for each severity that has a level."""
    ids: dict[str, tuple[FailLevel, frozenset[int]]] = {VULNERABILITIES: (rule.level, frozenset())}
    if rule.severities is not None:
        named = {word or "unrated": place for place, word in enumerate(SEVERITIES)}
        levels = {word: getattr(rule.severities, word) for word in reversed(named)}
        asked = {word: level for word, level in levels.items() if level != "ignored"}
        ids = {f"{VULNERABILITIES}.{word}": (level, frozenset({named[word]})) for word, level in asked.items()}
    last_day = (today - timedelta(days=rule.delay_days)).isoformat()
    for id, (level, severities) in ids.items():
        wanted = Vulnerable(
            holes, last_day, severities, frozenset(rule.exclude), rule.without_fix == "judged", rule.ubuntu_pro
        )
        part = Part(
            key=(id, holes.id, last_day, rule), cls=CODE_OF[Os], test=lambda _: Outcome.IRRELEVANT, vulnerable=wanted,
            empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
        )  # fmt: skip
        yield Condition(id=id, item=ITEM, level=level_of(level), parts=(part,))
