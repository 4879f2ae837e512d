"""The past can be told on every database: who stood how, what was found then, and that judging it again says the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kanmon.accounts.models import User
from kanmon.audit.models import AuditRow
from kanmon.common import clock, config, zone
from kanmon.common.errors import Refused
from kanmon.journal.models import Change
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.judgment import as_of, retention
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.judgment.models import Verdict
from kanmon.policy import waivers
from tests.conformance.test_a_new_day import Go, day, pc, policy
from tests.conformance.test_a_new_day import go as go
from tests.conformance.test_a_new_day import lead as lead
from tests.conformance.test_stages import arrive, at, work_off
from tests.conftest import pc_json

BACKEND = "django.contrib.auth.backends.ModelBackend"
WINNY = [{"name": "bash", "version": "5.2", "scheme": "deb"}, {"name": "Winny", "version": "2.0"}]


def call(path: str, **query: Any) -> Any:
    return Client().get(f"/api/v1{path}", query, headers={"X-Kanmon-Local": "root"}).json()


@pytest.fixture
def story(go: Go, lead: Leadership) -> list[str]:
    """Six days of two PCs: reports, a changed policy, days that pass. The days, in order."""
    named = [zone.today().isoformat()]
    arrive(pc(1, definitions_days=5), pc(2))
    work_off(lead)
    for passed in range(1, 6):
        go(passed)
        day(lead)
        named.append(zone.today().isoformat())
        if passed == 2:
            arrive(pc(2, software=WINNY))
        if passed == 4:
            policy(('- {name: "Winny*", level: danger}', '- {name: "Winny*", level: caution}'))
            arrive(pc(1, columns={"disk_free_mb": 7}))
        work_off(lead)
    return named


LEVELS = {1: ["safe"] * 3 + ["danger", "safe", "safe"], 2: ["safe"] * 2 + ["danger"] * 3 + ["danger"]}


def test_each_day_is_told_as_it_was_and_judged_again_the_same(story: list[str]) -> None:
    for number, levels in LEVELS.items():
        told = [call(f"/pcs/pc-000{number}", as_of=one) for one in story]
        assert [one["level"] for one in told] == levels
        assert all(one["reproduced"] for one in told)
    danger = call("/pcs/pc-0001", as_of=story[3])
    (found,) = [row for item in danger["items"] for row in item["findings"]]
    assert (found["condition"], "8 days old" in found["found"]) == ("antivirus.definitions", True)
    assert danger["policy"] == "Default version 1"
    assert call("/pcs/pc-0002", as_of=story[2])["because"].startswith("Because of this finding: Winny 2.0 installed")


def test_the_list_of_a_day_has_the_levels_of_then(story: list[str]) -> None:
    for turn, one in enumerate(story):
        rows = call("/pcs", as_of=one)
        assert {row["number"]: row["level"] for row in rows} == {
            number: levels[turn] for number, levels in LEVELS.items()
        }
    assert [row["host"] for row in call("/pcs", as_of=story[3], level="danger")] == ["pc-0001", "pc-0002"]
    assert [row["host"] for row in call("/pcs", as_of=story[3], level="danger", limit=1, after=1)] == ["pc-0002"]
    before = (zone.today() - timedelta(days=30)).isoformat()
    assert call("/pcs", as_of=before) == [], "nobody was known"


def test_the_inventory_of_then_is_what_was_reported(story: list[str], lead: Leadership) -> None:
    def names(one: str) -> set[str]:
        facts = as_of.pc_then(2, as_of.moment_of(one), "en").facts
        return {fact.name for fact in facts.values() if type(fact).__name__ == "Software"}

    assert [names(one) for one in story] == [{"bash"}] * 2 + [{"bash", "Winny"}] * 4
    disk = [as_of.pc_then(1, as_of.moment_of(one), "en").columns.get("disk_free_mb") for one in story]
    assert disk == [None] * 4 + [7, 7]


def test_a_waiver_of_then_counts_when_it_is_judged_again(go: Go, lead: Leadership) -> None:
    arrive(pc_json(1, antivirus=[], reported_at=at(-5)))
    with transaction():
        waivers.add(
            waivers.Place("pc", 1), waivers.Wanted("antivirus.product", "bench", "hanako", zone.today()), "taro"
        )
    work_off(lead)
    first = zone.today().isoformat()
    go(1)
    day(lead)
    told = [call("/pcs/pc-0001", as_of=one) for one in (first, zone.today().isoformat())]
    assert [(one["level"], one["reproduced"]) for one in told] == [("safe", True), ("danger", True)]


def test_the_strip_and_the_history_tell_the_same_story(story: list[str]) -> None:
    strip = [(one.isoformat(), level) for one, level in as_of.strip(1, 8)]
    assert strip[-6:] == [(one, Level[word.upper()]) for one, word in zip(story, LEVELS[1], strict=True)]
    assert [level for _, level in strip[:2]] == [Level.NOT_JUDGED] * 2
    rows = call("/pcs/pc-0001/history")
    assert [(row["level_before"], row["level"], row["cause"]) for row in rows] == [
        ("danger", "safe", "inventory"), ("safe", "danger", "day"), ("not_judged", "safe", "inventory")
    ]  # fmt: skip
    assert [row["to"] for row in rows] == [None, rows[0]["from"], rows[1]["from"]]


def test_a_moment_that_can_not_be_told_is_refused(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_JUDGMENT_KEEP_HISTORY_DAYS", "10")
    config.forget()
    today = zone.today()
    for text, id in (
        ("yesterday", "KNM2140-E"), ("2026-13-01", "KNM2140-E"), ((today + timedelta(days=1)).isoformat(), "KNM2141-E"),
        ((today - timedelta(days=12)).isoformat(), "KNM2142-E"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            as_of.moment_of(text)
        assert refused.value.message_id == id
    assert as_of.moment_of(today.isoformat()) <= clock.now()


def test_history_that_is_too_old_goes_in_chunks_and_the_audit_tells_it(
    go: Go, story: list[str], lead: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {one: [call(f"/pcs/pc-000{number}", as_of=one) for number in LEVELS] for one in story[4:5]}
    lists = {one: call("/pcs", as_of=one) for one in story[4:5]}
    retention.duty(lead.term)
    assert not AuditRow.objects.filter(event="history_removed").exists(), "all is kept by default"
    monkeypatch.setenv("KANMON_JUDGMENT_KEEP_HISTORY_DAYS", "10")
    monkeypatch.setattr(retention, "MOST_ROWS", 1)
    config.forget()
    go(13.9)
    counts = Verdict.objects.count(), Change.objects.count()
    retention.duty(lead.term)
    removed = list(AuditRow.objects.filter(event="history_removed").values_list("detail", flat=True))
    gone = sum(row["verdicts"] for row in removed), sum(row["changes"] for row in removed)
    assert (counts[0] - Verdict.objects.count(), counts[1] - Change.objects.count()) == gone
    assert gone[0] == 2
    assert gone[1] > 2
    assert max(row["verdicts"] for row in removed) == 1
    for one in story[4:5]:
        assert [call(f"/pcs/pc-000{number}", as_of=one) for number in LEVELS] == kept[one]
        assert call("/pcs", as_of=one) == lists[one]
    ENGINE.__init__()  # type: ignore[misc]
    assert day(lead) == [1, 2], "an index that is loaded anew goes on"


def test_the_page_of_a_pc_shows_a_day_and_goes_back_to_now(story: list[str], settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    person = Client()
    person.force_login(User.objects.create_user("hanako", role="viewer"), backend=BACKEND)
    now, then = (person.get("/pcs/1", query).content.decode() for query in ({}, {"at": story[3]}))
    assert now.count("<title>") == 91, "of the page and of 90 days"
    assert "Back to now" not in now
    assert "Back to now" in then
    assert "8 days old" in then
    assert "8 days old" not in now
    assert then.count("k-f-danger") == 1
    wrong = person.get("/pcs/1", {"at": "soon"})
    assert wrong.status_code == 422
    assert "KNM2140-E" in wrong.content.decode()
