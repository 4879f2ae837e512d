"""The items "prohibited software" and "mandatory software".

Another name or publisher is another program. What a rule asks and the inventory does not say of a program (its
version, its publisher) makes the condition unknown.

A source that does not tell about programs leaves the item "prohibited software" unknown by one condition of its own,
``prohibited_software.untold``, and not by each of what may be 10,000 lines.
"""

from collections.abc import Callable, Iterator

from kanmon.common.facts import CODE_OF, Software
from kanmon.judgment.condition import Condition, Fold, Outcome, Part, level_of
from kanmon.judgment.levels import Level
from kanmon.judgment.systems import on_any_system, on_system
from kanmon.policy.compare import matcher
from kanmon.policy.ranges import version_fits
from kanmon.policy.rules_software import Alternative, MandatoryItem, ProhibitedItem, ProhibitedSoftware
from kanmon.policy.rules_words import keyed

UNTOLD_ID = "prohibited_software.untold"


def prohibited(item: ProhibitedItem) -> Iterator[Condition]:
    """The conditions ``prohibited_software[<name>]``, and the one on the list of programs itself."""
    programs = item.programs
    for condition_id, one in zip(keyed("prohibited_software", (one.name for one in programs)), programs, strict=True):
        part = Part(
            key=("prohibited", one.name, one.publisher, one.version, one.versions, one.version_order), cls=CODE_OF[Software],
            test=_asks(one, Outcome.IRRELEVANT, Outcome.FAIL), names=(one.name,), untold=Outcome.NOT_APPLICABLE,
        )  # fmt: skip
        yield Condition(
            id=condition_id, item="prohibited_software", level=level_of(one.level), parts=(part,),
            applies=on_system(one.os),
        )  # fmt: skip
    if programs:
        told = Part(key="software told", cls=CODE_OF[Software], test=lambda record: Outcome.IRRELEVANT)
        yield Condition(
            id=UNTOLD_ID, item="prohibited_software", level=Level.UNKNOWN, parts=(told,),
            applies=on_any_system(one.os for one in programs),
        )  # fmt: skip


def mandatory(item: MandatoryItem) -> Iterator[Condition]:
    """The conditions ``mandatory_software[<name of the group>]``."""
    groups = item.groups
    for condition_id, group in zip(keyed("mandatory_software", (one.name for one in groups)), groups, strict=True):
        part = Part(
            key=("mandatory", group.any_of), cls=CODE_OF[Software], fold=Fold.ANY, empty=Outcome.FAIL,
            test=_best_of([_asks(one, Outcome.FAIL, Outcome.PASS) for one in group.any_of]),
            names=tuple(one.name for one in group.any_of),
        )  # fmt: skip
        yield Condition(
            id=condition_id, item="mandatory_software", level=level_of(group.level), parts=(part,),
            applies=on_system(group.os),
        )  # fmt: skip


def _asks(rule: ProhibitedSoftware | Alternative, otherwise: Outcome, wanted: Outcome) -> Callable[[Software], Outcome]:
    """A test of one program: ``wanted`` when all that the rule asks holds, ``otherwise`` for another version."""
    named = matcher(rule.name)
    published = matcher(rule.publisher) if rule.publisher else None

    def test(record: Software) -> Outcome:
        if not named(record.name) or (published and record.publisher and not published(record.publisher)):
            return Outcome.IRRELEVANT
        fits = version_fits(rule, record.version, record.scheme)
        if fits is False:
            return otherwise
        return Outcome.UNKNOWN if fits is None or (published and not record.publisher) else wanted

    return test


def _best_of(tests: list[Callable[[Software], Outcome]]) -> Callable[[Software], Outcome]:
    def test(record: Software) -> Outcome:
        found = {one(record) for one in tests}
        return next((one for one in (Outcome.PASS, Outcome.UNKNOWN, Outcome.FAIL) if one in found), Outcome.IRRELEVANT)

    return test
