"""Which operating systems a rule is for."""

from kanmon.common.facts import CODE_OF, Os
from kanmon.judgment.condition import Fold, Outcome, Part
from kanmon.policy.compare import matcher


def on_system(pattern: str, family: str = "") -> Part | None:
    """The part that tells whether a PC's OS is meant; None when all are.

    ``pattern`` is compared with the family, the name, and the name with the version.
    """
    if not pattern and not family:
        return None
    matches = matcher(pattern) if pattern else None

    def test(record: Os) -> Outcome:
        if family and record.family != family:
            return Outcome.FAIL
        names = (record.family, record.name, f"{record.name} {record.version}")
        return Outcome.PASS if matches is None or any(map(matches, names)) else Outcome.FAIL

    return Part(
        key=("os", pattern, family), cls=CODE_OF[Os], test=test, fold=Fold.ANY,
        empty=Outcome.UNKNOWN, untold=Outcome.UNKNOWN,
    )  # fmt: skip
