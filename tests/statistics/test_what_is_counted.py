"""The pure parts: points by their rule, time to mend, numbers of a tree of groups, which days are due."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import pytest
from pyroaring import BitMap

from kanmon.common.errors import Refused
from kanmon.judgment.levels import ITEMS, Level
from kanmon.statistics import daily, measures, mending, own, periods
from kanmon.statistics.counting import WHOLE, Sets, Standing, Tree, count
from kanmon.statistics.numbers import Place, Row, decode, encode, hours_within, percent, together
from kanmon.statistics.points import NONE, of_many, points
from kanmon.statistics.sheet import as_csv

SAFE, CAUTION, WARNING, DANGER = Level.SAFE, Level.CAUTION, Level.WARNING, Level.DANGER
UNKNOWN, NA, UNJUDGED = Level.UNKNOWN, Level.NOT_APPLICABLE, Level.NOT_JUDGED


def by_the_rule(items: tuple[Level, ...]) -> int:
    """Points in exact fractions."""
    of = {SAFE: Fraction(1), CAUTION: Fraction(3, 4), WARNING: Fraction(1, 2), DANGER: Fraction(1, 4)}
    if not any(one in of for one in items):
        return NONE
    return int(100 * prod((of.get(one, Fraction(1)) for one in items), start=Fraction(1)))


@pytest.mark.parametrize(
    ("items", "wanted"),
    [
        ([SAFE] * 6, 100),
        ([DANGER, *[SAFE] * 5], 25),
        ([CAUTION, WARNING, *[NA] * 4], 37),
        ([CAUTION, CAUTION, CAUTION, SAFE, UNKNOWN, NA], 42),
        ([DANGER] * 6, 0),
        ([UNKNOWN] * 6, None),
        ([NA] * 5 + [UNKNOWN], None),
        ([UNJUDGED] * 6, None),
    ],
)
def test_points_of_a_pc(items: list[int], wanted: int | None) -> None:
    assert points(items) == wanted


def test_points_of_many_are_those_of_each_by_exact_fractions() -> None:
    rows = list(product((SAFE, CAUTION, WARNING, DANGER, UNKNOWN, NA), repeat=len(ITEMS)))[::7]
    assert of_many(np.array(rows, dtype=np.int16)).tolist() == [by_the_rule(row) for row in rows]


START = datetime(2026, 11, 1, tzinfo=UTC)


def verdicts(*told: tuple[int, Level]) -> list[tuple[datetime, int]]:
    return [(START + timedelta(hours=hours), int(level)) for hours, level in told]


@pytest.mark.parametrize(
    ("story", "wanted"),
    [
        ([(0, SAFE), (5, DANGER), (8, SAFE)], 3),
        ([(0, SAFE), (5, DANGER), (6, WARNING), (7, DANGER), (29, UNKNOWN), (30, SAFE)], 25),
        ([(0, DANGER), (10, SAFE), (12, SAFE)], 10),
        ([(0, DANGER), (2, SAFE), (4, CAUTION), (6, SAFE)], None),
        ([(0, SAFE)], None),
        ([(0, DANGER), (4, WARNING)], None),
        ([(0, DANGER), (100_000, SAFE)], mending.MOST_HOURS),
    ],
)
def test_time_to_mend_runs_from_coming_to_danger_till_safe(story: list[tuple[int, Level]], wanted: int | None) -> None:
    assert mending.hours(verdicts(*story)) == wanted


def test_the_median_is_the_hour_within_which_half_were_mended() -> None:
    assert hours_within(together([{0: 1, 9: 2}, {9: 1, 40: 1}]), 0.5) == 10
    assert hours_within({3: 9, 40: 1}, 0.9) == 4
    assert hours_within({3: 9, 40: 1}, 0.91) == 41
    assert hours_within({}, 0.5) is None


def tree() -> Tree:
    """/ (1), /a (2), /a/b (3), /c (4): PCs 1 in /, 2 in /a, 3 and 4 in /a/b, 5 in /c; 9 is in none."""
    inside = {1: BitMap([1]), 2: BitMap([2]), 3: BitMap([3, 4]), 4: BitMap([5])}
    return Tree({1: None, 2: 1, 3: 2, 4: 1}, inside)


def test_numbers_of_a_group_are_those_of_all_below_it() -> None:
    levels = np.array([SAFE, DANGER, SAFE, WARNING, UNJUDGED, UNKNOWN], dtype=np.int16)
    items = np.array([[level, *[NA] * 5] for level in levels], dtype=np.int16)
    standing = Standing(np.array([1, 2, 3, 4, 5, 9], dtype=np.uint32), levels, items)
    sets = Sets(own={"disk": (BitMap([3, 5]), BitMap([3, 4, 5]))}, mended={7: BitMap([3]), 8: BitMap([1])})
    found = count(standing, sets, tree())
    assert {group: one.pcs for group, one in found.items()} == {WHOLE: 6, 1: 5, 2: 3, 3: 2, 4: 1}
    assert found[2].usage() == (1, 3)
    assert found[WHOLE].usage() == (2, 5), "who is not judged yet does not count"
    assert (found[3].points, found[3].pointed, found[3].mean_points()) == (150, 2, 75.0)
    assert found[4].mean_points() is None
    assert found[WHOLE].mean_points() == (100 + 25 + 100 + 50) / 4
    assert (found[2].own["disk"], found[4].own["disk"]) == ((1, 2), (1, 1))
    assert (found[2].mended, found[WHOLE].mended, found[4].mended) == ({7: 1}, {7: 1, 8: 1}, {})
    assert found[WHOLE].at(DANGER, "security_updates") == 1
    assert found[WHOLE].usage("antivirus") == (0, 0)
    assert percent((0, 0)) is None
    assert all(decode(encode(one)) == one for one in found.values())


def test_own_items_are_read_and_mean_conditions() -> None:
    (item,) = own.read(["Disk = pc_settings.drive; user_definition[*"])
    assert item.name == "Disk"
    assert item.means("pc_settings.drive")
    assert item.means("user_definition[free]")
    assert not item.means("pc_settings.drives")
    for wrong in (["nothing"], ["=a"], ["a="], ["a=b", "a=c"], [f"{n}=a" for n in range(11)]):
        with pytest.raises(Refused) as refused:
            own.read(wrong)
        assert refused.value.message_id == "KNM9005-E"


NOW = datetime(2026, 11, 23, 23, 40)


def test_a_day_is_due_at_its_time_and_missed_ones_are_made_up() -> None:
    at, today = time(23, 30), date(2026, 11, 23)
    assert daily.due(NOW.replace(hour=22), at, set()) == []
    assert daily.due(NOW, at, set()) == [today], "before the first day that is stored there is nothing to make up"
    assert daily.due(NOW, at, {date(2026, 11, 20), date(2026, 11, 22)}) == [date(2026, 11, 21), today]
    assert len(daily.due(NOW, at, {date(2026, 10, 1)})) == 8, "at most a week is made up"


def test_weeks_begin_on_the_day_of_the_setting_and_months_on_the_first() -> None:
    sunday = date(2026, 11, 22)
    assert periods.first_of(sunday, "week") == date(2026, 11, 16)
    assert periods.first_of(sunday, "week", "sunday") == sunday
    assert periods.first_of(sunday, "week", "saturday") == date(2026, 11, 21)
    assert periods.first_of(sunday, "month") == date(2026, 11, 1)
    assert periods.following(date(2026, 12, 1), "month") == date(2027, 1, 1)
    assert periods.earlier(date(2027, 1, 1), "month", 12) == date(2026, 1, 1)
    assert periods.earlier(date(2026, 11, 16), "week", 2) == date(2026, 11, 2)
    days = [date(2026, 11, 2), date(2026, 10, 31), date(2026, 11, 1)]
    assert periods.grouped(days, "month", "monday") == {
        date(2026, 10, 1): days[1:2],
        date(2026, 11, 1): [days[2], days[0]],
    }


def test_each_measure_is_told_and_a_cell_is_no_formula() -> None:
    found = count(
        Standing(np.array([1], np.uint32), np.array([SAFE], np.int16), np.array([[SAFE] * 6], np.int16)),
        Sets(own={"=cmd": (BitMap([1]), BitMap([1]))}, patched=(BitMap(), BitMap([1])), mended={4: BitMap([1])}), tree(),
    )[WHOLE]  # fmt: skip
    told = {word: measures.value(word, found) for word in measures.known(["=cmd"])}
    some = {
        "usage": 100,
        "points": 100,
        "level.safe": 1,
        "pcs": 1,
        "mend": 5,
        "mend.slow": 5,
        "patched": 0,
        "own.=cmd": 100,
    }
    assert some.items() <= told.items()
    assert measures.value("own.gone", found) is None
    row = Row(date(2026, 11, 1), date(2026, 11, 3), Place(7, "=1+1"), found)
    lines = as_csv([row], ["=cmd"]).splitlines()
    assert lines[1].startswith('"2026-11-01","2026-11-03","\'=1+1","100.0"')
    with pytest.raises(Refused) as refused:
        measures.check("nonsense", [])
    assert refused.value.message_id == "KNM9007-E"
