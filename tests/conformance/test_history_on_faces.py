"""The history as people and programs get it: pages in two languages, the API, and CSV."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from pyroaring import BitMap

from kanmon.accounts.models import User
from kanmon.action.acting import Ask
from kanmon.flow import hold_actions
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from tests.conformance.test_actions_by_condition import SIEM, World
from tests.conformance.test_actions_by_condition import world as world
from tests.conformance.test_stages import bad

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def told(world: World) -> World:
    """Two PCs become dangerous; actions are held when the third does; hanako has it decided again."""
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(bad(1), bad(2))
    with transaction():
        hold_actions(True, "hanako")
    world.arrive(bad(3))
    world.act(Ask(scope=BitMap([1]).serialize(), conditions=False))
    return world


@pytest.fixture
def person(settings: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    client = Client()
    client.force_login(User.objects.create_user("hanako", role="viewer"), backend=BACKEND)
    return client


def ask(path: str, **query: Any) -> Any:
    return Client().get(f"/api/v1{path}", query, headers={"X-Kanmon-Local": "root"})


def test_the_api_tells_runs_and_what_happened_to_a_pc(told: World) -> None:
    said = ask("/history").json()
    by_hand, held, first, *_ = said["runs"]
    assert (by_hand["cause"], by_hand["actor"]) == ("act_command", "hanako")
    assert [(one["result"], one["why"]) for one in held["lines"]] == [("success", ""), ("held_back", "held")]
    assert [(one["kind"], one["level"], one["pcs"], one["result"]) for one in first["lines"][1:]] == [
        ("webhook", "danger", 2, "waiting")
    ]
    assert (first["judged"], first["changed"], said["next"]) == (2, 2, "")
    mine = ask("/pcs/pc-0003/timeline").json()
    assert [(one["kind"], one["level_before"], one["level"]) for one in mine["lines"]] == [
        ("webhook", None, "danger"), ("judge", "not_judged", "danger")
    ]  # fmt: skip
    page = ask("/history", limit=1).json()
    assert page["runs"] == [by_hand]
    assert ask("/history", cursor=page["next"], limit=1).json()["runs"] == [held]
    assert ask("/pcs/pc-0003/history").json()[0]["level"] == "danger", "as it was"
    assert ask("/history", kind="pigeon").status_code == 422
    assert ask("/history", cursor="x").json()["id"] == "KNM3293-E"
    assert ask("/pcs/nobody/timeline").status_code == 404
    assert Client().get("/api/v1/history").status_code == 401


def test_csv_of_the_api_has_every_line(told: World) -> None:
    answer = ask("/history.csv")
    rows = _rows(answer)
    lines = [line for run in ask("/history").json()["runs"] for line in run["lines"]]
    assert [(row["at"], row["kind"], row["result"]) for row in rows] == [
        (one["at"], one["kind"], one["result"]) for one in lines
    ]
    assert "X-Kanmon-Next" not in answer
    cut = ask("/history.csv", limit=1)
    more = ask("/history.csv", cursor=cut["X-Kanmon-Next"])
    assert _rows(cut) + _rows(more) == rows
    assert [row["asset_number"] for row in _rows(ask("/pcs/pc-0003/timeline.csv"))] != []


def _rows(answer: Any) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8")
    assert text.startswith('\ufeff"')
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def test_the_page_tells_it_in_both_languages_and_can_be_searched(told: World, person: Client) -> None:
    def page(language: str = "en", **query: str) -> str:
        return person.get("/history", query, headers={"Accept-Language": language}).content.decode()

    english, japanese = page(), page("ja")
    assert all(
        text in english for text in ("the act command", "hanako", "Webhook to siem", "held back", "Default version 2")
    )
    assert all(text in japanese for text in ("アクションコマンド", "見送り", "siem", "待機中"))
    assert "held back" not in page(result="waiting").split("<tbody>", 1)[1]
    assert "Nothing of this is in the history" in page(kind="network")
    assert "held back: " in page(pc="pc-0003").split('class="k-time"', 1)[1]
    assert "is neither a day nor a moment" in page(since="never")
    assert person.get("/history", {"pc": "nobody"}).status_code == 404
    assert person.get("/history", {"at": "\x00"}).status_code == 422
    rows = _rows(person.get("/history.csv", {"pc": "pc-0003"}))
    assert [row["kind"] for row in rows] == ["webhook", "judge"]
    assert len(_rows(person.get("/history.csv"))) == len(_rows(ask("/history.csv")))
    assert versions.version("action", "Default").number == 2


def test_the_page_of_a_pc_has_the_same_lines(told: World, person: Client) -> None:
    page = person.get("/pcs/3").content.decode()
    told_there = page.split('id="hist"', 1)[1]
    assert "held back: " in told_there
    assert "Judged (an inventory update)" in told_there
