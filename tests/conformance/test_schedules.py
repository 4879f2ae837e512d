"""Schedules on every database: each tick is done once, a missed one is made up or left out, and the log says so."""

from typing import Any

import pytest
from django.test import Client
from pyroaring import BitMap

from kanmon import duties
from kanmon.common import clock, config
from kanmon.journal.models import Entry, Operation, Run
from kanmon.journal.term import Leadership
from kanmon.schedule import cron
from kanmon.schedule.models import Schedule
from tests.conformance.databases import together
from tests.conformance.test_a_new_day import Go, pc
from tests.conformance.test_a_new_day import go as go
from tests.conformance.test_a_new_day import lead as lead
from tests.conformance.test_stages import arrive, work_off
from tests.conformance.work import crash, leader


def call(method: str, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"X-Kanmon-Local": "root"} | ({"Idempotency-Key": key} if key else {})
    return getattr(Client(), method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)


def made(**more: Any) -> Any:
    new = {"name": "afternoons", "cron": "0 15 * * *"} | more
    answer = call("post", "/schedules", new)
    assert answer.status_code == 200, answer.content
    return answer.json()


def judged(lead: Leadership) -> list[list[int]]:
    """Lets the duty look a few times; the PCs of each judgment that it began and that was done."""
    before = set(Operation.objects.values_list("id", flat=True))
    for _ in range(3):
        duties.tick(lead.term)
    work_off(lead)
    begun = Operation.objects.filter(kind="judge", requester="schedule").exclude(id__in=before).order_by("id")
    return [list(BitMap.deserialize(bytes(Run.objects.get(id=one.run).scope))) for one in begun]


def said(event: str) -> list[dict[str, Any]]:
    return list(Entry.objects.filter(event=event).order_by("seq").values_list("detail", flat=True))


@pytest.fixture(autouse=True)
def _fleet(lead: Leadership) -> None:
    arrive(pc(1), pc(2, group="/Sales/East"), pc(3, group="/Sales"))
    work_off(lead)


def test_a_tick_is_done_once_when_its_time_has_come(go: Go, lead: Leadership) -> None:
    made()
    assert judged(lead) == []
    go(hours=2.99)
    assert judged(lead) == []
    go(hours=3)
    assert judged(lead) == [[1, 2, 3]]
    go(hours=4)
    assert judged(lead) == []
    go(1, hours=3.001)
    assert judged(lead) == [[1, 2, 3]]
    assert set(Operation.objects.filter(requester="schedule").values_list("actor", flat=True)) == {
        "schedule afternoons"
    }


def test_groups_are_judged_with_what_is_below_and_quiet_pcs_are_skipped(go: Go, lead: Leadership) -> None:
    made(groups=["/Sales"])
    made(name="quiet", skip_unchanged=True, cron="30 15 * * *")
    go(hours=3)
    assert judged(lead) == [[2, 3]]
    go(hours=3.2)
    arrive(pc(1))
    work_off(lead)
    go(hours=3.6)
    assert judged(lead) == [[1]]


def test_of_many_leaders_and_looks_one_begins_a_tick(go: Go, lead: Leadership) -> None:
    made()
    go(hours=3)
    done = together(lambda number: duties.tick(lead.term), 6)
    assert not [one for one in done if isinstance(one, BaseException)]
    assert Operation.objects.filter(requester="schedule").count() == 1


def test_ticks_that_nobody_saw_are_made_up_by_one_or_left_out(go: Go, lead: Leadership) -> None:
    made(cron="0 * * * *")
    crash(lead)
    go(hours=5.5)
    again = leader()
    assert judged(again) == [[1, 2, 3]]
    (told,) = said("schedule_made_up")
    assert (told["id"], told["count"], told["minutes"]) == ("KNM2155-I", 5, 30)
    call("delete", "/schedules/afternoons")
    made(cron="0 15 * * *", name="daily")
    go(1, hours=4.5)
    assert judged(again) == []
    (told,) = said("schedule_missed")
    assert (told["id"], told["name"], told["minutes"]) == ("KNM2154-W", "daily", 90)
    go(2, hours=3)
    assert judged(again) == [[1, 2, 3]]


def test_how_old_a_tick_may_be_is_a_setting(go: Go, lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_SCHEDULE_MAKE_UP_MINUTES", "100")
    config.forget()
    made()
    go(hours=4.5)
    assert judged(lead) == [[1, 2, 3]]


def test_a_clock_that_was_ahead_keeps_no_schedule_silent_and_does_nothing_twice(go: Go, lead: Leadership) -> None:
    made()
    go(hours=3)
    assert judged(lead) == [[1, 2, 3]]
    go(300, hours=3)
    assert judged(lead) == [[1, 2, 3]]
    go(hours=2)
    assert judged(lead) == []
    assert [one["id"] for one in said("schedule_set_back")] == ["KNM2156-W"]
    go(hours=3.01)
    assert judged(lead) == [], "that tick was done before the clock went ahead"
    go(1, hours=3)
    assert judged(lead) == [[1, 2, 3]]


def test_a_schedule_means_its_own_zone(go: Go, lead: Leadership) -> None:
    made(cron="30 23 * * *", zone="Asia/Tokyo")
    go(hours=2.4)
    assert judged(lead) == []
    go(hours=2.5)
    assert judged(lead) == [[1, 2, 3]]
    (row,) = call("get", "/schedules").json()
    assert (row["zone"], row["next"][11:]) == ("Asia/Tokyo", "23:30:00+09:00")


def test_adding_and_removing_is_done_once_and_nonsense_is_refused(go: Go) -> None:
    new = {"name": "morning", "cron": "0 6 * * MON-FRI", "groups": ["/Sales"]}
    first, again = (call("post", "/schedules", new, key="k1").json() for _ in range(2))
    assert first == again
    assert Schedule.objects.count() == 1
    for wrong, id in (
        ({"cron": "0 25 * * *"}, "KNM2150-E"), ({"zone": "Mars/Base"}, "KNM2151-E"), ({"name": "morning"}, "KNM2152-E"),
        ({"groups": ["/Nowhere"]}, "KNM6010-E"), ({"name": " "}, "KNM2158-E"),
    ):  # fmt: skip
        answer = call("post", "/schedules", {**new, "name": "other", **wrong})
        assert (answer.status_code >= 400, answer.json()["id"]) == (True, id)
    (row,) = call("get", "/schedules").json()
    assert (row["groups"], row["last"]) == (["/Sales"], None)
    assert cron.following(row["cron"], cron.ZoneInfo("UTC"), clock.now()).isoformat() == row["next"]
    assert call("delete", "/schedules/morning").status_code == 200
    assert call("delete", "/schedules/morning").status_code == 404
    assert call("get", "/schedules").json() == []
