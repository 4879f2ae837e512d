"""Verdicts change because a day has passed, on every database: at its first moment, for those whom it concerns, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon import duties
from kanmon.common import clock, config, fault, zone
from kanmon.flow import begin_judgment
from kanmon.journal import changes
from kanmon.journal.models import Operation, Run
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.judgment import days
from kanmon.judgment.models import JudgedDay, PcState, Verdict
from kanmon.policy import versions, waivers
from kanmon.policy.models import Policy
from tests.conformance.test_stages import Killed, arrive, at, consistent, levels, work_off
from tests.conformance.work import crash, leader
from tests.conftest import pc_json

Go = Callable[..., None]


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Go:
    """Sets the product's clock: to noon (UTC) of the present day, so many days and hours later."""
    file = tmp_path / "clock"
    monkeypatch.setattr(clock, "_FILE", str(file))
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)

    def go(passed: float = 0, hours: float = 0) -> None:
        wanted = noon + timedelta(days=passed, hours=hours)
        file.write_text(str((wanted - datetime.now(UTC)).total_seconds()))

    go()
    return go


@pytest.fixture(autouse=True)
def lead(monkeypatch: pytest.MonkeyPatch, go: Go) -> Leadership:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    config.forget()
    versions.install_builtin()
    return leader()


def pc(number: int, definitions_days: int = 0, password_days: int = 0, **changes: Any) -> dict[str, Any]:
    """A PC whose definitions and password are so many days old."""
    today = zone.today()
    made = (today - timedelta(days=definitions_days)).isoformat()
    changed = (today - timedelta(days=password_days)).isoformat()
    return pc_json(
        number,
        antivirus=[{"product": "ClamAV", "version": "1", "definitions_date": made, "enabled": True, "up_to_date": True}],
        accounts=[{"name": "hanako", "enabled": True, "password_changed": changed}],
        reported_at=at(-5), **changes,
    )  # fmt: skip


def policy(*changed: tuple[str, str]) -> None:
    """Default with other lines: a new version."""
    row = Policy.objects.get(kind="judgment", name="Default")
    newest = row.versions.order_by("-number")[0]
    text = newest.text
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    with transaction():
        row.versions.create(number=newest.number + 1, text=text, author="hanako", created_at=clock.now())
        changes.add([("policy", row.id, b"")])


def day(lead: Leadership) -> list[int]:
    """The duty of the day, as often as it likes to be asked; the PCs that were judged for it."""
    before = set(Operation.objects.values_list("id", flat=True))
    for _ in range(3):
        duties.new_day(lead.term)
    made = list(Operation.objects.filter(kind="judge").exclude(id__in=before))
    assert len(made) <= 1
    work_off(lead)
    for _ in range(3):
        duties.new_day(lead.term)
    assert not Operation.objects.filter(state="waiting").exists(), "nothing is begun twice"
    return list(BitMap.deserialize(bytes(Run.objects.get(id=made[0].run).scope))) if made else [-1]


def nobody_would_change(lead: Leadership) -> None:
    """Judging everybody anew writes nothing: the day's judgment has left nobody out."""
    before = Verdict.objects.count()
    with transaction():
        begin_judgment(None, "judge_command", "hanako")
    work_off(lead)
    assert Verdict.objects.count() == before
    consistent()


def test_definitions_and_passwords_grow_too_old_without_a_report(go: Go, lead: Leadership) -> None:
    arrive(pc(1, definitions_days=5), pc(2), pc(3, password_days=177), pc(4))
    work_off(lead)
    assert day(lead) == [-1], "all were judged today"
    seen = {}
    for passed in range(1, 10):
        go(passed)
        seen[passed] = day(lead), levels()
        nobody_would_change(lead)
    assert {passed: judged for passed, (judged, _) in seen.items() if judged} == {3: [1], 4: [3], 8: [2, 3, 4]}
    assert seen[2][1] == {"pc-0001": "safe", "pc-0002": "safe", "pc-0003": "safe", "pc-0004": "safe"}
    assert seen[3][1] | {"pc-0001": "danger"} == seen[3][1]
    assert seen[4][1]["pc-0003"] == "caution"
    assert set(seen[8][1].values()) == {"danger"}
    assert set(Verdict.objects.filter(level_before__gt=0).values_list("cause", flat=True)) == {"day"}


def test_days_on_which_nobody_led_are_made_up_by_one_judgment(go: Go, lead: Leadership) -> None:
    arrive(pc(1, definitions_days=5), pc(2))
    work_off(lead)
    go(6)
    crash(lead)
    again = leader()
    assert day(again) == [1]
    assert JudgedDay.objects.exclude(done_at=None).count() == JudgedDay.objects.count() == 1
    go(9)
    assert day(again) == [2]
    nobody_would_change(again)


def test_it_happens_at_the_first_moment_of_the_day_by_the_clock_of_the_setting(
    go: Go, lead: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANMON_SERVER_TIME_ZONE", "Asia/Tokyo")
    config.forget()
    arrive(pc(1, definitions_days=7))
    work_off(lead)
    go(hours=2.999)
    assert day(lead) == [-1]
    go(hours=3.001)  # 15:00 UTC is midnight in Tokyo
    assert day(lead) == [1]
    assert levels() == {"pc-0001": "danger"}


def test_a_clock_that_was_ahead_and_is_set_back_does_no_harm(go: Go, lead: Leadership) -> None:
    arrive(pc(1, definitions_days=5), pc(2, definitions_days=6))
    work_off(lead)
    go(30)
    assert day(lead) == [1, 2]
    go(2)
    assert day(lead) == [1], "the other is in danger on both days"
    assert levels() == {"pc-0001": "safe", "pc-0002": "danger"}
    arrive(pc(3, definitions_days=6))
    work_off(lead)
    nobody_would_change(lead)
    for passed, judged in ((3, [1]), (4, [3]), (5, [])):
        go(passed)
        assert day(lead) == judged
        nobody_would_change(lead)


def test_a_silent_pc_is_found_by_the_day_and_is_right_again_when_it_reports_the_same(go: Go, lead: Leadership) -> None:
    policy(
        ("user_definition:", "stale_inventory: {after_days: 2, level: warning}\nuser_definition:"),
        ("antivirus:\n  judge: true", "antivirus:\n  judge: false"),
    )

    def report(number: int) -> dict[str, Any]:
        return {**pc(number), "antivirus": [], "accounts": []}

    arrive(report(1), report(2))
    work_off(lead)
    go(2)
    assert day(lead) == []
    assert arrive(report(2)) == ["unchanged"]
    work_off(lead)
    go(3)
    assert day(lead) == [1]
    assert levels() == {"pc-0001": "warning", "pc-0002": "safe"}
    nobody_would_change(lead)
    assert arrive(report(1)) == ["unchanged"]
    work_off(lead)
    assert levels() == {"pc-0001": "safe", "pc-0002": "safe"}
    judged = PcState.objects.get(pc=1).judged_at
    arrive(report(1))
    work_off(lead)
    assert PcState.objects.get(pc=1).judged_at == judged, "nothing of it depends on the report any more"


def test_a_waiver_begins_and_expires_on_its_days(go: Go, lead: Leadership) -> None:
    arrive(pc_json(1, antivirus=[], reported_at=at(-5)), pc(2))
    work_off(lead)
    today = zone.today()
    with transaction():
        waivers.add(
            waivers.Place("pc", 1),
            waivers.Wanted(
                "antivirus.product", "a test bench", "hanako", today + timedelta(days=3), today + timedelta(days=2)
            ),
            "taro",
        )
    seen = []
    for passed in range(1, 6):
        go(passed)
        seen.append((day(lead), levels()["pc-0001"]))
        nobody_would_change(lead)
    assert seen == [([], "danger"), ([1], "safe"), ([], "safe"), ([1], "danger"), ([], "danger")]


def test_a_day_whose_judgment_was_killed_is_finished_by_the_next_leader(
    go: Go, lead: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(*(pc(number, definitions_days=7) for number in range(1, 6)))
    work_off(lead)
    monkeypatch.setattr("kanmon.judgment.judging.CHUNK_PCS", 2)
    go(1)
    duties.new_day(lead.term)
    monkeypatch.setattr(fault, "point", _dying("judge_chunk", 2))
    with pytest.raises(Killed):
        work_off(lead)
    monkeypatch.setattr(fault, "point", fault._no_point)
    crash(lead)
    again = leader()
    duties.new_day(again.term)
    work_off(again)
    assert set(levels().values()) == {"danger"}
    assert JudgedDay.objects.get().done_at
    assert Operation.objects.filter(kind="judge", requester="day").count() == 1
    assert Verdict.objects.filter(cause="day").count() == 5
    assert days.next_step(zone.today()) is None


def _dying(name: str, turn: int) -> Callable[[str], None]:
    turns = iter(range(1, 1000))

    def point(passed: str) -> None:
        if passed == name and next(turns) == turn:
            raise Killed

    return point
