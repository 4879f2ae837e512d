"""A policy of one condition on a small PC: what comes out, and what people read."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from kanmon.common.facts import Told
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain import Row, explain
from kanmon.judgment.findings import decode_set
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.policy.rules import JudgmentPolicy, load
from tools.conditions.about import About, Example

TODAY = date(2026, 11, 20)
_TREATED = ("pc_settings", "user_definition")
_ALONE = "inventory"


class Judged(NamedTuple):
    """The outcome of a condition, and its rows in English and Japanese (none where it was not asked)."""

    outcome: str
    english: Row | None
    japanese: Row | None


def treated(about: About) -> bool:
    """Whether the condition has ``missing``."""
    return about.kind.startswith(_TREATED)


def document(about: About, level: str = "", missing: str = "") -> str:
    """The policy that asks this condition only; without ``level`` as it is by default."""
    words = [f"level: {level}"] * bool(level) + [f"missing: {missing}"] * bool(missing)
    lines = "\n".join(_filled(about.rule, words, level))
    item = about.kind.replace("[", ".").split(".")[0]
    if item == _ALONE:
        return f"kind: judgment\nname: Example\n{lines}\n"
    indented = "".join(f"  {line}\n" for line in lines.splitlines())
    return f"kind: judgment\nname: Example\n{item}:\n  judge: true\n{indented}"


def _filled(rule: str, words: list[str], level: str) -> Iterator[str]:
    for line in rule.splitlines():
        if line.strip() == "~":
            yield from (line.replace("~", word) for word in words)
        elif ": ~" in line and level:
            yield line.replace("~", level)
        elif ": ~" in line:
            yield re.sub(r"\w+: ~(, )?", "", line)
        else:
            comma = "" if "{~" in line else ", " if words else ""
            yield line.replace("~", comma + ", ".join(words))


def policy(text: str) -> JudgmentPolicy:
    """The policy of a document."""
    read = load(text)
    assert isinstance(read, JudgmentPolicy)
    return read


def kinds(text: str, about: About) -> set[str]:
    """The kinds of conditions that a document asks."""
    return {one.id.partition("[")[0] for one in compile(policy(text), TODAY, knowledge=about.knowledge)}


def judged(about: About, text: str, pc: Example) -> Judged:
    """What comes out of the condition for ``pc``."""
    facts = [*pc.facts, *(Told(cls) for cls in pc.told.split())]
    index = Index()
    index.learn(enumerate(facts))
    index.apply(1, np.arange(len(facts), dtype=np.uint32), np.zeros(0, np.uint32))
    for name, value in pc.columns.items():
        index.set_column(1, name, value)
    rules = policy(text)
    judgement = index.judge(compile(rules, TODAY, knowledge=about.knowledge), BitMap([1]))
    findings = decode_set(judgement.sets[judgement.set_of[0]])
    rows = []
    for language in ("en", "ja"):
        said = explain(
            rules, "", findings, dict(enumerate(facts)), facts, pc.columns, TODAY, language, knowledge=about.knowledge
        )
        all_rows = [row for item in said for row in item.rows if row.condition.partition("[")[0] == about.kind]
        rows.append(all_rows[0] if all_rows else None)
    found = {one.condition.partition("[")[0]: one.outcome for one in findings}
    told = rows[0].outcome if rows[0] else Outcome.PASS.value
    return Judged(found.get(about.kind, told), *rows)


def default_level(about: About) -> str:
    """The level when none is written; empty when the condition is judged only with one."""
    asked = compile(policy(document(about)), TODAY, knowledge=about.knowledge)
    return next((one.level.word for one in asked if one.id.partition("[")[0] == about.kind), "")


def wrong(about: About) -> Iterator[str]:
    """What the entry says and the code does not."""
    missing = "unknown" if treated(about) else ""
    text = document(about, about.level, missing)
    wanted = [
        ("fails", about.failing, Outcome.UNKNOWN if about.only_unknown else Outcome.FAIL),
        ("passes", about.passing, Outcome.PASS),
        ("lacks", about.lacking, Outcome.UNKNOWN),
    ]
    for word, pc, outcome in wanted:
        found = judged(about, text, pc).outcome
        if found != outcome.value:
            yield f"{about.kind}: what {word} comes out as {found}"
