"""What the checker found: figures that must be zero, figures that are shown, and a sentence for each thing wrong."""

from collections import Counter
from dataclasses import dataclass, field

ZERO = {
    "inventories_lost": "acknowledged inventories lost",
    "judgments_lost": "judgments lost",
    "actions_lost": "actions lost",
    "actions_repeated": "actions with a repeated effect",
    "doubts_unlisted": "in doubt, and not in the report",
    "invariants_broken": "invariants broken",
}


@dataclass
class Findings:
    """Of one story, or of many that were added up."""

    wrong: list[tuple[str, str]] = field(default_factory=list)  # a name of ZERO, sentence
    shown: Counter[str] = field(default_factory=Counter)
    takeover_seconds: dict[str, list[float]] = field(default_factory=dict)  # by what had happened

    def say(self, name: str, sentence: str) -> None:
        """Something is wrong."""
        assert name in ZERO
        self.wrong.append((name, sentence))

    def add(self, other: "Findings") -> None:
        """Add the findings of another story."""
        self.wrong += other.wrong
        self.shown += other.shown
        for name, seconds in other.takeover_seconds.items():
            self.takeover_seconds.setdefault(name, []).extend(seconds)

    def summary(self) -> str:
        """The table that a campaign ends with."""
        counts = Counter(name for name, _ in self.wrong)
        lines = [(text, str(counts[name])) for name, text in ZERO.items()]
        lines += [(text, str(count)) for text, count in sorted(self.shown.items())]
        for name, seconds in sorted(self.takeover_seconds.items()):
            lines.append((f"take-over, {name}: p50 / p99 / max of {len(seconds)}", _quantiles(seconds)))
        width = max(len(text) for text, _ in lines)
        return "\n".join(f"{text:<{width}}  {value}" for text, value in lines)


def _quantiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"{p50:.2f} s / {p99:.2f} s / {ordered[-1]:.2f} s"
