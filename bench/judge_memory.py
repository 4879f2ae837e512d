"""How fast the index loads and judges, beside the plain judge. Run: python -m bench.judge_memory [PCs] [facts each].

A made-up fleet: a dictionary of 30,000 records, the Default policy and 50 more rules. The ratio of the two
judges is what counts; absolute figures are of this machine and this hour.
"""

import importlib.resources
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

import numpy as np
from msgspec import structs
from pyroaring import BitMap

from bench.report import Report, scaled, timed
from kanmon.common import facts as f
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import JudgmentPolicy, load
from kanmon.policy.rules_items import ProhibitedSoftware
from kanmon.policy.rules_words import VersionRule

T = TypeVar("T")
TODAY = date(2026, 11, 20)


def dictionary() -> tuple[list[f.Fact], list[f.Fact]]:
    """Common facts (every PC has a choice of them) and programs."""
    common: list[f.Fact] = [
        f.Agent("bench", "1"),
        f.Os("windows", "Windows 11 Pro"),
        *(f.Told(cls) for cls in f.TOLD_CLASSES),
    ]
    for days in range(1, 13):
        for enabled in (True, False):
            common.append(f.Antivirus("Defender", "4.18", "1.1", "1.441", f"2026-11-{20 - days:02}", enabled, None))
    common += [
        f.Setting(name, value)
        for name in ("automatic_logon", "automatic_updates", "screensaver")
        for value in (True, False)
    ]
    common += [f.Firewall(profile, enabled) for profile in ("domain", "public") for enabled in (True, False)]
    common += [f.Drive("C:", True, True), f.Drive("C:", True, False), f.Account("Guest", False, guest=True)]
    common += [f.PendingUpdate(f"package-{number}", "1.0", number % 5 == 0) for number in range(200)]
    programs: list[f.Fact] = [
        f.Software(f"Program {n // 6}", f"{n % 6}.{n % 11}", f"Maker {n % 300}", "x64", "windows")
        for n in range(30_000)
    ]
    return common, programs


def packed(count: int, each: int, common: int, programs: int) -> Iterator[tuple[int, bytes]]:
    """PCs with the base facts, some of the choices, and programs of which a few are very common."""
    random = np.random.default_rng(1)
    base = np.arange(11)
    for pc in range(1, count + 1):
        choice = random.integers(11, common, 12)
        mixed = (random.random(each - 23) ** 3 * programs).astype(np.int64) + common
        yield pc, np.unique(np.concatenate([base, choice, mixed])).astype("<u4").tobytes()


def policy() -> JudgmentPolicy:
    """Default and 50 prohibited programs: names, wildcards, versions."""
    default = load((importlib.resources.files("kanmon.policy") / "builtin" / "default.yaml").read_text())
    assert isinstance(default, JudgmentPolicy)
    more = tuple(
        ProhibitedSoftware(
            name=f"Program {n}7*" if n % 2 else f"Program {n * 90}", version=VersionRule(value="4.0", comparison="<")
        )
        for n in range(50)
    )
    item = structs.replace(default.prohibited_software, programs=default.prohibited_software.programs + more)
    return structs.replace(default, prohibited_software=item)


def main(count: int, each: int) -> None:
    """Run and report."""
    report = Report("judge_memory")
    common, programs = dictionary()
    entries = list(enumerate(common + programs))
    rows = list(packed(count, each, len(common), len(programs)))
    index = Index()

    def took(title: str, work: Callable[[], T]) -> tuple[float, T]:
        seconds, result = timed(work)
        report.add(title, seconds, "s")
        return seconds, result

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took("learn the dictionary", lambda: index.learn(entries))
    took(f"load {count:,} PCs, {each} facts each", lambda: index.load(rows))
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report.add("memory added, at its most", added, "MiB")
    conditions = compile(policy(), TODAY)
    scope = BitMap(index.pcs)
    took(f"judge by {len(conditions)} conditions, first time", lambda: index.judge(conditions, scope, findings=False))
    took("judge, levels", lambda: index.judge(conditions, scope, findings=False))
    with_findings, judgement = took("judge, with findings and evidence", lambda: index.judge(conditions, scope))
    report.add("distinct sets of findings", len(judgement.sets), "sets")
    took("compile again and judge one PC", lambda: index.judge(compile(policy(), TODAY), BitMap([count // 2])))
    took("drop one PC", lambda: index.drop(count))
    facts, rules = dict(entries), policy()
    sample = [[facts[number] for number in np.frombuffer(data, "<u4").tolist()] for _, data in rows[:20]]
    plain, _ = timed(lambda: [judge_one(rules, one, {}, TODAY) for one in sample])
    one, other = plain / len(sample) * 1e6, with_findings / count * 1e6
    report.add("one PC by the plain judge", one, "us")
    report.add("one PC by the index, with findings", other, "us")
    report.add("plain judge : index", one / other, "times")
    report.end()


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:3] if len(sys.argv) > 2 else (str(scaled(100_000, 1000)), "300"))))
