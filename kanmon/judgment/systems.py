"""Which operating systems a rule is for."""

from collections.abc import Iterable

from kanmon.common.facts import CODE_OF, Os
from kanmon.judgment.condition import Fold, Outcome, Part
from kanmon.policy.compare import matcher


def on_system(pattern: str, family: str = "") -> Part | None:
    """The part that tells whether a PC's OS is meant; None when all are.

    ``pattern`` is compared with the family, the name, and the name with the version.
    """
    if not pattern and not family:
        return None
    return _part((pattern,), family)


def on_any_system(patterns: Iterable[str]) -> Part | None:
    """The part that tells whether one of ``patterns`` means a PC's OS; None when all are meant."""
    distinct = tuple(sorted(set(patterns)))
    return None if "" in distinct else _part(distinct, "")


def _part(patterns: tuple[str, ...], family: str) -> Part:
    matches = [matcher(pattern) for pattern in patterns if pattern]

    def test(record: Os) -> Outcome:
        if family and record.family != family:
            return Outcome.FAIL
        names = (record.family, record.name, f"{record.name} {record.version}")
        meant = not matches or any(one(name) for one in matches for name in names)
        return Outcome.PASS if meant else Outcome.FAIL

    return Part(
        key=("os", patterns, family), cls=CODE_OF[Os], test=test, fold=Fold.ANY,
        empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
    )  # fmt: skip
