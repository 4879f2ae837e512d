"""10,000 prohibited names against 50,000 distinct titles, beside the plain loop. Run: python -m bench.names [names] [titles].

Of the names 70 % are exact, 12 % begin with and 6 % end in a text, 10 % have it in their middle, 2 % are regular expressions.
The plain loop asks each pattern of each title; it is timed on some of the patterns and scaled to all.
"""

import random
import sys
from datetime import date

import numpy as np
from pyroaring import BitMap

from bench.report import Report, scaled, timed
from kanmon.common import facts as f
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.policy.compare import matcher
from kanmon.policy.name_table import NameTable
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_software import ProhibitedItem, ProhibitedSoftware

TODAY = date(2026, 11, 20)
LOOPED = 50  # patterns that the plain loop is timed with
PCS = 20_000


def words(chance: random.Random) -> str:
    """A made-up title of two to four words."""
    return " ".join(
        "".join(chance.choices("aeiourtnslmkdbpg", k=chance.randint(4, 9))).capitalize()
        for _ in range(chance.randint(2, 4))
    )


def pattern(chance: random.Random, titles: list[str]) -> str:
    """A name of the list: one of seven is about a title that is there."""
    text = chance.choice(titles) if chance.random() < 1 / 7 else words(chance)
    kind = chance.random()
    if kind < 0.70:
        return text
    if kind < 0.82:
        return text[: max(6, len(text) // 2)] + "*"
    if kind < 0.88:
        return "*" + text[-max(6, len(text) // 2) :]
    if kind < 0.98:
        return f"*{text[2:-2]}*"
    return f"/^{text[:5]}.*(pro|free)?$/"


def main(count: int, distinct: int) -> None:
    """Run and report."""
    report, chance = Report("names"), random.Random(1)
    titles = [f"{words(chance)} {number}" if number % 3 else words(chance) for number in range(distinct)]
    names = [pattern(chance, titles) for _ in range(count)]
    seconds, table = timed(lambda: NameTable(names))
    report.add(f"table of {count:,} names", seconds, "s")
    matching, found = timed(lambda: sum(len(table.matching(title)) for title in titles))
    report.add(f"{distinct:,} titles looked up in it", matching, "s")
    report.add("matches", found, "pairs")
    some = chance.sample(names, min(LOOPED, count))
    plain, _ = timed(lambda: sum(matches(title) for matches in map(matcher, some) for title in titles))
    report.add(f"plain loop, {len(some)} names timed and scaled to all", plain * count / len(some), "s")
    report.add("plain loop : table", plain * count / len(some) / (seconds + matching), "times")
    fleet(report, names, titles)
    report.end()


def fleet(report: Report, names: list[str], titles: list[str]) -> None:
    """The whole way: a policy of these names, a fleet that has these titles, and one PC that brings a new one."""
    index, numbers = Index(), np.random.default_rng(1)
    base = [f.Agent("bench", "1"), f.Os("windows", "Windows 11 Pro"), f.Told("software")]
    entries: list[f.Fact] = [*base, *(f.Software(title, "1.0", "", "", "windows") for title in titles)]
    index.learn(enumerate(entries))
    rows = (np.unique(np.r_[0, 1, 2, numbers.integers(3, len(entries), 300)]) for _ in range(PCS))
    index.load((pc, row.astype("<u4").tobytes()) for pc, row in enumerate(rows, start=1))
    programs = tuple(ProhibitedSoftware(name=name) for name in names)
    policy = JudgmentPolicy(name="bench", prohibited_software=ProhibitedItem(judge=True, programs=programs))
    seconds, conditions = timed(lambda: compile(policy, TODAY))
    report.add(f"compile a policy of {len(names):,} names", seconds, "s")
    everybody = BitMap(index.pcs)
    report.add(f"judge {PCS:,} PCs, first time", timed(lambda: index.judge(conditions, everybody))[0], "s")
    report.add(f"judge {PCS:,} PCs, with findings", timed(lambda: index.judge(conditions, everybody))[0] * 1000, "ms")
    one = BitMap([PCS // 2])
    report.add("judge one PC", timed(lambda: index.judge(conditions, one))[0] * 1000, "ms")

    def newcomer() -> None:
        index.learn([(len(entries), f.Software("A Title That Was Not There", "1.0"))])
        index.judge(conditions, one)

    report.add("one PC with a title that is new to the fleet", timed(newcomer)[0] * 1000, "ms")
    edited = compile(
        JudgmentPolicy(
            name="edited",
            prohibited_software=ProhibitedItem(judge=True, programs=(*programs, ProhibitedSoftware(name="*tool*"))),
        ),
        TODAY,
    )
    report.add(
        "levels by the policy with one more name",
        timed(lambda: index.judge(edited, everybody, findings=False))[0] * 1000,
        "ms",
    )


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:3] if len(sys.argv) > 2 else (str(scaled(10_000, 300)), "50000"))))
