"""The same rules by others: the plain judge, and DuckDB. Whoever says other levels ends the bench."""

import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

import numpy as np

from bench import fleet_facts
from bench.report import timed
from kanmon.judgment.condition import INVENTORY, Condition, Outcome
from kanmon.judgment.index import Index, Judgement
from kanmon.judgment.levels import Level
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import JudgmentPolicy

Rows = list[tuple[Any, ...]]


def plain(index: Index, rules: JudgmentPolicy, judged: Judgement, today: date, sample: int, number: int) -> Rows:
    """One PC after the other, each from its records: the loop that most products are."""
    facts = dict(enumerate(fleet_facts.dictionary(), start=1))
    pcs = [(pc, np.frombuffer(data, "<u4").tolist()) for pc, data in islice(fleet_facts.packed(len(index.pcs)), sample)]
    seconds, verdicts = timed(lambda: [judge_one(rules, [facts[one] for one in held], {}, today) for _, held in pcs])
    levels = dict(zip(judged.pcs.tolist(), judged.levels.tolist(), strict=True))
    _same(all(levels[pc] == verdict.level for (pc, _), verdict in zip(pcs, verdicts, strict=True)), "the plain judge")
    each = seconds / len(pcs)
    note = f"that is {each * len(index.pcs):,.0f} s for all; the same levels on {len(pcs)} PCs"
    return [(f"{number} rules: plain loop, one PC", each * 1000, "ms", note)]


def duckdb(index: Index, conditions: Sequence[Condition], judged: Judgement, number: int, count: int) -> Rows:
    """Pairs of PC and fact as a table. Which facts speak for which rule is given: it has only to join and group."""
    try:
        import duckdb as engine
    except ImportError:
        print("DuckDB is not installed: nothing is measured beside it.", file=sys.stderr)
        return [(f"{number} rules: DuckDB", 0.0, "ms", "NOT MEASURED: it is not installed")]
    with tempfile.TemporaryDirectory(prefix="kanmon-duckdb-") as folder:
        base = engine.connect(f"{folder}/facts.duckdb", config={"threads": 2, "memory_limit": "5GB"})
        base.execute("CREATE TABLE pair (pc UINTEGER, fact UINTEGER)")
        loading, _ = timed(lambda: _load(base, count))
        _rules(base, index, conditions)
        seconds, rows = timed(lambda: base.execute(_JUDGE).fetchnumpy())
        seconds = min(seconds, timed(lambda: base.execute(_JUDGE).fetchnumpy())[0])
        levels = np.full(int(judged.pcs[-1]) + 1, int(Level.SAFE))
        levels[rows["pc"]] = rows["level"]
        _same(bool((levels[judged.pcs] == judged.levels).all()), "DuckDB")
        base.close()
    note = f"levels only, the same; version {engine.__version__}, 2 threads; {loading:,.0f} s to load the pairs"
    return [(f"{number} rules: DuckDB, judge all", seconds * 1000, "ms", note)]


def _load(base: Any, count: int) -> None:
    for first in range(1, count + 1, fleet_facts.CHUNK):
        rows, facts = fleet_facts.chunk(first, min(fleet_facts.CHUNK, count + 1 - first))
        chunk = {"pc": (rows + first).astype(np.uint32), "fact": facts.astype(np.uint32)}  # noqa: F841  # by its name
        base.execute("INSERT INTO pair SELECT pc, fact FROM chunk")


def _rules(base: Any, index: Index, conditions: Sequence[Condition]) -> None:
    """Tables of what each fact says for each rule, and of the level when none speaks."""
    asked = [one for one in conditions if one.item != INVENTORY]
    spoken, empty = [], []
    for rule, one in enumerate(asked):
        (part,) = one.parts  # the rules of this bench have one question each
        level = {Outcome.FAIL: int(one.level), Outcome.UNKNOWN: int(Level.UNKNOWN)}
        for place, (outcome, facts) in index._places(part).items():
            spoken += [(rule, fact, place, level.get(outcome, int(Level.SAFE))) for fact in facts]
        empty.append((rule, level.get(part.empty, int(Level.SAFE))))
    base.execute("CREATE TABLE spoken (rule UINTEGER, fact UINTEGER, place INTEGER, level INTEGER)")
    base.execute("CREATE TABLE silent (rule UINTEGER, level INTEGER)")
    base.executemany("INSERT INTO silent VALUES (?, ?)", empty)
    columns = np.array(spoken, dtype=np.int64).T
    lines = dict(zip(("rule", "fact", "place", "level"), columns, strict=True))  # noqa: F841  # by its name
    base.execute("INSERT INTO spoken SELECT rule, fact, place, level FROM lines")


_JUDGE = """
WITH found AS (
  SELECT pc, rule, arg_min(level, place) AS level FROM pair JOIN spoken USING (fact) GROUP BY pc, rule
), pcs AS (SELECT DISTINCT pc FROM pair), strict AS (SELECT * FROM silent WHERE level > 100),
missing AS (
  SELECT pcs.pc, strict.level FROM pcs CROSS JOIN strict
  ANTI JOIN found ON found.pc = pcs.pc AND found.rule = strict.rule
)
SELECT pc, max(level) AS level FROM (SELECT pc, level FROM found UNION ALL SELECT pc, level FROM missing) GROUP BY pc
"""


def _same(same: bool, whom: str) -> None:
    if not same:
        raise RuntimeError(f"{whom} says other levels than the index")
