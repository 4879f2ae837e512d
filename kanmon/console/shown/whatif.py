"""The effect of a changed policy, as its panel shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kanmon.judgment.levels import Level, parse


@dataclass(frozen=True, slots=True)
class Cell:
    """PCs that go from a row's level to a column's. ``kind``: same, worse, better, or "" for none."""

    pcs: int
    kind: str


@dataclass(frozen=True, slots=True)
class WhatIfShown:
    """``told``: what ``whatif.told.as_json`` says. ``listed``: the level whose PCs are listed."""

    told: Mapping[str, Any]
    levels: Sequence[Level]
    rows: Sequence[tuple[Level, Sequence[Cell]]]
    after: Sequence[tuple[int, int]]  # PCs, and how many more than before
    entered: Sequence[tuple[Level, Mapping[str, Any]]]
    actions: Sequence[tuple[Level, Mapping[str, Any]]]
    listed: Level | None
    pcs: Sequence[tuple[Level, Mapping[str, Any]]]
    last: int  # number of the last PC listed
    more: bool


def shown(told: Mapping[str, Any], listed: Level | None, pcs: Sequence[Mapping[str, Any]], more: bool) -> WhatIfShown:
    """The panel of an effect."""
    levels = [parse(one["level"]) for one in told["levels"]]
    cells = {(parse(one["before"]), parse(one["after"])): one["pcs"] for one in told["matrix"]}
    return WhatIfShown(
        told,
        levels,
        [(before, [_cell(before, after, cells.get((before, after), 0)) for after in levels]) for before in levels],
        [(one["after"], one["after"] - one["before"]) for one in told["levels"]],
        [(parse(one["level"]), one) for one in told["entered"]],
        [(parse(one["level"]), one) for one in told["actions"]],
        listed,
        [(parse(one["before"]), one) for one in pcs],
        pcs[-1]["number"] if pcs else 0,
        more,
    )


def _cell(before: Level, after: Level, pcs: int) -> Cell:
    kind = "same" if before == after else "worse" if after > before else "better"
    return Cell(pcs, kind if pcs else "")
