"""What an explanation of one condition starts from, and what it is made of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from kanmon.common.facts import CODE_OF, Fact, Os
from kanmon.judgment.condition import Outcome
from kanmon.judgment.one_pc import tells
from kanmon.judgment.wording import say


class Said(NamedTuple):
    """The words of one row. ``short`` is the finding in a few words, for lists; empty: as ``found``.

    ``because``: the reason as a sentence of its own, where a better one is known than found and wanted.
    """

    title: str
    found: str
    wanted: str
    mend: str
    short: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One condition of one PC: the outcome, the records that spoke for it, and all the PC has."""

    outcome: Outcome
    evidence: tuple[Fact, ...]
    facts: Collection[Fact]
    columns: Mapping[str, Any]
    today: date
    language: str

    @property
    def failed(self) -> bool:
        return self.outcome is Outcome.FAIL

    def say(self, word: str, *values: object) -> str:
        """``wording.say`` in this case's language."""
        return say(word, self.language, *values)

    def of(self, cls: type[Any]) -> list[Any]:
        """The evidence of a class."""
        return [fact for fact in self.evidence if type(fact) is cls]

    def tells(self, cls: type[Fact]) -> bool:
        """Whether the inventory covers a class."""
        return tells(self.facts, CODE_OF[cls]) or any(type(fact) is cls for fact in self.facts)

    def untold(self) -> str:
        """The words for a value that the inventory does not have."""
        words = {Outcome.FAIL: "untold_counts", Outcome.PASS: "untold_safe"}
        return self.say(words.get(self.outcome, "untold"))

    def untold_on(self, os: str) -> str:
        """The same for a rule that is for the systems ``os``, where the system may be what is not told."""
        named = not os or any(type(fact) is Os for fact in self.facts)
        return self.untold() if named else self.say("os_untold")

    def mend(self, word: str, *values: object) -> str:
        """How to mend what failed; for the unknown, how to make it known; else nothing."""
        if self.failed:
            return self.say(word, *values)
        return self.say("untold_mend") if self.outcome is Outcome.UNKNOWN else ""
