"""What the second judge starts from: one PC as records, and how outcomes come together. Plain on purpose.

Each item has a file of its own, ``reference_<item>.py``, or stands in ``reference.py``.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from kanmon.common.facts import CLASSES, Fact, Os, Told
from kanmon.feeds.patches import EMPTY, Knowledge
from kanmon.policy.compare import matcher

PASS, FAIL, UNKNOWN, NONE, WAIVED = "passed", "failed", "unknown", "not_applicable", "waived"
TREAT = {"as_set": FAIL, "safe": PASS, "not_applicable": NONE, "unknown": UNKNOWN}


class Pc(NamedTuple):
    facts: Collection[Fact]
    columns: Mapping[str, Any]
    today: date
    knowledge: Knowledge = EMPTY

    def of(self, cls: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if type(fact) is cls]

    def told(self, cls: type[Any]) -> bool:
        return any(CLASSES[fact.cls][1] is cls for fact in self.of(Told))


Row = tuple[str, str, str]  # id, outcome, level word


def first(outcomes: Collection[str], order: tuple[str, ...], otherwise: str) -> str:
    return next((one for one in order if one in outcomes), otherwise)


def every(outcomes: Collection[str], otherwise: str) -> str:
    return first(outcomes, (FAIL, UNKNOWN, PASS, NONE), otherwise)


def some(outcomes: Collection[str], otherwise: str) -> str:
    return first(outcomes, (PASS, UNKNOWN, FAIL, NONE), otherwise)


def good(value: bool | None, missing: str) -> str:
    return missing if value is None else PASS if value else FAIL


def on(pc: Pc, pattern: str, family: str = "") -> str:
    if not pattern and not family:
        return PASS
    answers = [
        (not family or one.family == family)
        and (not pattern or any(matcher(pattern)(name) for name in (one.family, one.name, f"{one.name} {one.version}")))
        for one in pc.of(Os)
    ]
    return UNKNOWN if not answers else PASS if any(answers) else NONE
