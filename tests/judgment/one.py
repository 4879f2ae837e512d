"""Judges one PC by a few lines of YAML, by both judges."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
from pyroaring import BitMap

from kanmon.common.facts import Agent, Fact, Told
from kanmon.feeds.patches import EMPTY, Knowledge
from kanmon.judgment.explain import ItemExplanation, explain
from kanmon.judgment.findings import Finding, decode_set
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import Level
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import JudgmentPolicy, load

TODAY = date(2026, 11, 20)


def rules(items: str) -> JudgmentPolicy:
    policy = load("kind: judgment\nname: test\n" + items)
    assert isinstance(policy, JudgmentPolicy)
    return policy


class Pc:
    """One PC with an agent, the given facts, and ``told`` classes."""

    knowledge: Knowledge = EMPTY

    def __init__(self, facts: Iterable[Fact], told: str = "", agent: bool = True, **columns: Any) -> None:
        self.facts = [*([Agent("test", "1")] if agent else []), *facts, *(Told(cls) for cls in told.split())]
        self.columns = columns

    def judged(self, policy: JudgmentPolicy) -> tuple[Level, tuple[Finding, ...]]:
        """Level and findings by the index, after the reference was asked as well."""
        index = Index()
        index.learn(enumerate(self.facts))
        index.apply(1, np.arange(len(self.facts), dtype=np.uint32), np.zeros(0, np.uint32))
        for name, value in self.columns.items():
            index.set_column(1, name, value)
        judgement = index.judge(compile(policy, TODAY, knowledge=self.knowledge), BitMap([1]))
        findings = decode_set(judgement.sets[judgement.set_of[0]])
        verdict = judge_one(policy, self.facts, self.columns, TODAY, knowledge=self.knowledge)
        assert verdict.level == judgement.levels[0]
        assert verdict.findings == {one[:3] for one in findings}
        return Level(judgement.levels[0]), findings

    def explained(self, policy: JudgmentPolicy, language: str = "en") -> list[ItemExplanation]:
        _, findings = self.judged(policy)
        numbers = dict(enumerate(self.facts))
        return explain(
            policy, "test version 1", findings, numbers, self.facts, self.columns, TODAY, language,
            knowledge=self.knowledge,
        )  # fmt: skip
