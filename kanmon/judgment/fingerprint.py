"""What a condition asks, without its name and level: equal fingerprints have the same outcome on every PC."""

from collections.abc import Hashable

from kanmon.judgment.condition import Condition, Part


def fingerprint(condition: Condition) -> Hashable:
    """Hashable, and equal for conditions that ask the same of the same day."""
    asked = (condition.applies, *condition.parts) if condition.applies else condition.parts
    return condition.combine, condition.applies is None, tuple(_of_part(part) for part in asked)


def _of_part(part: Part) -> Hashable:
    return part.key, part.cls, part.column, part.fold, part.empty, part.untold
