"""Numbers of a day on every database: equal to a recount from the history of verdicts, one PC after the other, by other
code; stored once a day, replaced when stored again, and wholly or not at all.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from kanmon.common import config, fault, zone
from kanmon.common.errors import Refused
from kanmon.inventory import groups
from kanmon.inventory.models import Group, Pc
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.judgment import as_of
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import Verdict
from kanmon.statistics import daily, storing
from kanmon.statistics.models import GroupNumbers, StatisticsDay
from kanmon.statistics.numbers import LEVELS, decode
from tests.conformance.test_a_new_day import Go, pc
from tests.conformance.test_a_new_day import day as new_day
from tests.conformance.test_a_new_day import go as go
from tests.conformance.test_a_new_day import lead as lead
from tests.conformance.test_stages import Killed, arrive, at, bad, work_off
from tests.conformance.work import crash, leader

SCORE = {400: Fraction(1, 4), 300: Fraction(1, 2), 200: Fraction(3, 4), 100: Fraction(1)}
PLACES = {1: "/tokyo", 2: "/tokyo/sales", 3: "/tokyo/sales", 4: "/osaka", 5: "/osaka"}


def store(lead: Leadership, day: date) -> Operation:
    with transaction():
        operation = storing.begin(day, "stats_command", "hanako", None)
    work_off(lead)
    operation.refresh_from_db()
    return operation


@pytest.fixture
def story(go: Go, lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Four days of five PCs in groups, each stored in its evening: PCs turn bad, are mended, come late."""
    monkeypatch.setenv("KANMON_STATISTICS_ITEMS", "Virus=antivirus.*,Winny=prohibited_software*")
    config.forget()
    made = []
    arrive(pc(1), bad(2, reported_at=at(-5)), pc(3, definitions_days=6), pc(4))
    work_off(lead)
    with transaction():
        for path in sorted(set(PLACES.values())):
            groups.ensure(path)
        for host, path in PLACES.items():
            groups.put(Pc.objects.filter(host=f"pc-{host:04d}").values_list("id", flat=True), groups.find(path))
    for passed in range(4):
        go(passed, hours=-3)
        new_day(lead)
        if passed == 1:
            arrive(pc(2), pc(5, software=[{"name": "Winny", "version": "2"}]))
            work_off(lead)
            with transaction():
                groups.put(Pc.objects.filter(host="pc-0005").values_list("id", flat=True), groups.find("/osaka"))
        go(passed, hours=2)
        if passed == 2:
            arrive(pc(3), bad(4, reported_at=at(-5)))
        work_off(lead)
        go(passed, hours=11)
        assert store(lead, zone.today()).state == "finished"
        made.append(zone.today())
    return made


def recount(day: StatisticsDay, path: str) -> dict[str, Any]:
    """The numbers of a group, from the verdicts of each PC in it."""
    below = Group.objects.filter(path__startswith=path.rstrip("/") + "/") | Group.objects.filter(path=path)
    inside = Pc.objects.filter(group__in=below, first_seen_at__lte=day.moment, managed=True).values_list(
        "id", flat=True
    )
    held = [as_of.verdict_of(pc, day.moment) for pc in inside]
    scores = [
        int(100 * _product(one.items)) for one in held if one is not None and any(item in SCORE for item in one.items)
    ]
    mended: dict[int, int] = {}
    for number in inside:
        if (hours := _mended(number, day.since, day.moment)) is not None:
            mended[hours] = mended.get(hours, 0) + 1
    return {
        "levels": [sum((one.level if one else 0) == level for one in held) for level in LEVELS],
        "items": [
            [sum((one.items[place] if one else 0) == level for one in held) for level in LEVELS]
            for place in range(len(ITEMS))
        ],
        "points": sum(scores), "pointed": len(scores), "mended": mended,
    }  # fmt: skip


def _product(items: list[int]) -> Fraction:
    found = Fraction(1)
    for one in items:
        found *= SCORE.get(one, Fraction(1))
    return found


def _mended(pc: int, since: datetime, moment: datetime) -> int | None:
    """Walks the story of a PC forward."""
    began, ended = None, None
    for one in Verdict.objects.filter(pc=pc, from_at__lte=moment).order_by("id"):
        if one.level == Level.DANGER and began is None:
            began, ended = one.from_at, None
        elif one.level == Level.SAFE and began is not None and ended is None:
            ended = one
            found = int((one.from_at - began).total_seconds() // 3600)
        if one.level == Level.SAFE:
            began = None
        elif ended is not None:
            ended = None
    return found if ended is not None and ended.from_at > since else None


def test_what_is_stored_is_a_recount_from_history(story: list[date], lead: Leadership) -> None:
    seen = set()
    for day in StatisticsDay.objects.order_by("day"):
        rows = GroupNumbers.objects.filter(day=day.day)
        assert {row.path for row in rows} == {"/", *PLACES.values()}
        for row in rows:
            numbers = decode(row.body)
            told = {name: getattr(numbers, name) for name in ("levels", "items", "points", "pointed", "mended")}
            assert told == recount(day, row.path), (day.day, row.path)
            seen.add((tuple(told["levels"]), tuple(told["mended"])))
    assert len({levels for levels, _ in seen}) > 5, "the days and groups differ, or this shows nothing"
    assert any(mended for _, mended in seen)
    # and counted anew from history it stays the same, but for what only the index of the day could tell
    before = {(row.day, row.group): row.body for row in GroupNumbers.objects.all()}
    moments = list(StatisticsDay.objects.order_by("day").values_list("day", "moment", "since"))
    for day in story[:-1]:
        assert store(lead, day).outcome["replaced"] is True
    assert {(row.day, row.group): row.body for row in GroupNumbers.objects.all()} == before
    assert list(StatisticsDay.objects.order_by("day").values_list("day", "moment", "since")) == moments


def test_items_of_ones_own_are_counted_by_their_conditions(story: list[date]) -> None:
    of = {row.day: decode(row.body).own for row in GroupNumbers.objects.filter(path="/")}
    assert [of[day]["Virus"] for day in story] == [(3, 4), (5, 5), (4, 5), (4, 5)]
    assert [of[day]["Winny"] for day in story] == [(4, 4), (4, 5), (4, 5), (4, 5)]


def test_a_day_is_begun_once_and_missed_ones_are_made_up(go: Go, lead: Leadership) -> None:
    arrive(pc(1))
    work_off(lead)
    for hours in (11, 11.6, 11.7):
        go(hours=hours)
        daily.duty(lead.term)
        work_off(lead)
    first = zone.today()
    go(3, hours=-5)
    new_day(lead)
    daily.duty(lead.term)
    work_off(lead)
    daily.duty(lead.term)
    days = [first + timedelta(days=passed) for passed in range(3)]
    assert list(StatisticsDay.objects.order_by("day").values_list("day", flat=True)) == days
    assert Operation.objects.filter(kind=storing.KIND).count() == 3
    assert StatisticsDay.objects.get(day=days[1]).moment == zone.ends(days[1])


def test_what_can_not_be_counted_is_refused(go: Go, lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as refused:
        storing.check(zone.today() + timedelta(days=1))
    assert refused.value.message_id == "KNM9003-E"
    monkeypatch.setenv("KANMON_JUDGMENT_KEEP_HISTORY_DAYS", "5")
    config.forget()
    storing.check(zone.today() - timedelta(days=3))
    with pytest.raises(Refused) as refused:
        storing.check(zone.today() - timedelta(days=9))
    assert refused.value.message_id == "KNM9004-E"


@pytest.mark.parametrize("place", ["statistics_written", "statistics_stored"])
def test_killed_while_storing_a_day_is_stored_wholly_and_once(
    lead: Leadership, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    arrive(pc(1), bad(2))
    work_off(lead)
    passed: list[str] = []

    def die(name: str) -> None:
        passed.append(name)
        if name == place and passed.count(name) == 1:
            raise Killed

    monkeypatch.setattr(fault, "point", die)
    with pytest.raises(Killed):
        store(lead, zone.today())
    written = place == "statistics_stored"
    assert StatisticsDay.objects.exists() is GroupNumbers.objects.exists() is written
    crash(lead)
    again = leader()
    work_off(again)
    assert StatisticsDay.objects.get().day == zone.today()
    assert GroupNumbers.objects.filter(path="/").count() == 1
    assert Operation.objects.get(kind=storing.KIND).state == "finished"
