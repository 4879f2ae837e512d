"""When a tick is: cron syntax, time zones, and the nights on which clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kanmon.common.errors import Refused
from kanmon.schedule import cron

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def ticks(text: str, zone: ZoneInfo, first: datetime, last: datetime) -> list[str]:
    found, moment = [], first
    while (moment := cron.following(text, zone, moment)) <= last:
        found.append(moment.astimezone(zone).isoformat())
    return found


def test_a_time_that_the_spring_leaves_out_comes_when_clocks_have_jumped() -> None:
    night = ticks("30 2 * * *", BERLIN, at("2027-03-27T12:00"), at("2027-03-29T12:00"))
    assert night == ["2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"]


def test_a_time_that_the_autumn_repeats_comes_once_the_first_time() -> None:
    night = ticks("30 2 * * *", BERLIN, at("2026-10-24T12:00"), at("2026-10-26T12:00"))
    assert night == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


def test_every_half_hour_follows_real_time_in_both_nights() -> None:
    spring = ticks("*/30 * * * *", BERLIN, at("2027-03-28T01:15"), at("2027-03-28T04:00"))
    assert [one[11:16] for one in spring] == ["01:30", "03:00", "03:30", "04:00"]
    autumn = ticks("*/30 * * * *", BERLIN, at("2026-10-25T01:45"), at("2026-10-25T03:00"))
    assert [one[11:] for one in autumn] == [
        "02:00:00+02:00", "02:30:00+02:00", "02:00:00+01:00", "02:30:00+01:00", "03:00:00+01:00"
    ]  # fmt: skip


def test_times_are_meant_by_the_zone_of_the_schedule() -> None:
    assert cron.following("0 6 * * *", TOKYO, at("2026-11-23T00:00", TOKYO)) == at("2026-11-23T06:00", TOKYO)
    assert cron.following("0 6 * * *", TOKYO, at("2026-11-23T00:00", TOKYO)).hour == 21


@pytest.mark.parametrize("zone", [BERLIN, TOKYO])
@pytest.mark.parametrize("text", ["30 2 * * *", "*/30 * * * *", "0 6 * * MON-FRI", "15 2 29 2 *", "0 0 1 * *"])
def test_the_newest_tick_is_the_last_of_all_that_have_come(text: str, zone: ZoneInfo) -> None:
    start = at("2026-10-24T23:59", zone)
    known, last = [start], start
    for _ in range(150):
        last = cron.following(text, zone, last)
        known.append(last)
    for place in (0, 1, 2, 3, 5, 50, 140):
        now = known[place] + timedelta(seconds=59)
        found = cron.newest(text, zone, start, now)
        assert found == ((known[place], min(place, 100)) if place else None)
        assert cron.newest(text, zone, known[place], now) is None, "a tick that was dealt with does not come again"


def test_a_year_without_a_leader_is_looked_through_at_once() -> None:
    now = at("2027-11-23T10:00:30")
    assert cron.newest("* * * * *", BERLIN, at("2026-11-23T10:00"), now) == (at("2027-11-23T10:00"), 100)


@pytest.mark.parametrize(
    "text", ["", "* * * *", "0 0 * * * *", "61 * * * *", "0 0 30 2 *", "daily", "@daily", "a b c d e"]
)
def test_what_is_no_time_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(Refused) as refused:
        cron.check(text)
    assert refused.value.message_id == "KNM2150-E"


def test_spaces_do_not_matter() -> None:
    assert cron.check("  0   6 * *  MON-FRI ") == "0 6 * * MON-FRI"
