"""What a condition says of one PC, and which of its records said so. For explanations only; judging is ``index``."""

from collections.abc import Collection, Mapping
from typing import Any

from kanmon.common.facts import CLASS_OF, CLASSES, CODE_OF, Fact, Os, Patch, Software, Told
from kanmon.judgment import updates_asked, vulnerabilities_asked
from kanmon.judgment.condition import Condition, Outcome, Part


def tells(facts: Collection[Fact], code: int) -> bool:
    """Whether the inventory covers the class ``code``."""
    return any(isinstance(fact, Told) and fact.cls in CLASSES and CLASSES[fact.cls][0] == code for fact in facts)


def answer(
    condition: Condition, facts: Collection[Fact], columns: Mapping[str, Any]
) -> tuple[Outcome, tuple[Fact, ...]]:
    """The outcome of ``condition`` for a PC with these facts and columns, and the records that spoke."""
    if condition.applies is not None:
        system, _ = _part(condition.applies, facts, columns)
        if system is not Outcome.PASS:
            return (Outcome.UNKNOWN if system is Outcome.UNKNOWN else Outcome.NOT_APPLICABLE), ()
    answers = [_part(part, facts, columns) for part in condition.parts]
    found = {outcome for outcome, _ in answers}
    outcome = next(one for one in condition.combine.value if one in found)
    return outcome, tuple(fact for spoken, records in answers if spoken is outcome for fact in records)


def _part(part: Part, facts: Collection[Fact], columns: Mapping[str, Any]) -> tuple[Outcome, tuple[Fact, ...]]:
    if part.column:
        value = columns.get(part.column)
        return (part.untold if value is None or value == "" else part.test(value)), ()
    if part.latest is not None:
        systems = tuple(fact for fact in facts if isinstance(fact, Os))
        installed = {fact.kb for fact in facts if isinstance(fact, Patch)}
        return updates_asked.of_one(part.latest, systems, installed, tells(facts, CODE_OF[Patch])), systems
    if part.vulnerable is not None:
        systems = tuple(fact for fact in facts if isinstance(fact, Os))
        programs = [fact for fact in facts if isinstance(fact, Software)]
        return vulnerabilities_asked.of_one(
            part.vulnerable, systems, programs, tells(facts, CODE_OF[Software])
        ), systems
    cls = CLASS_OF[part.cls]
    placed = [(place, fact) for fact in facts if type(fact) is cls and (place := part.place(fact)) is not None]
    if not placed:
        return (part.empty if tells(facts, part.cls) else part.untold), ()
    best = min(place[0] for place, _ in placed)
    spoken = sorted((fact for place, fact in placed if place[0] == best), key=repr)
    return next(place[1] for place, _ in placed if place[0] == best), tuple(spoken)
