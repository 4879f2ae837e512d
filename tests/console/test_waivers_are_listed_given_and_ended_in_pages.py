"""The list of waivers, the form of one with its effect, and its end, in pages."""

from datetime import timedelta
from typing import Any

import pytest
import sample
from django.test import Client
from test_answers import signed_in

from kanmon.accounts import scope
from kanmon.accounts.models import Role, User
from kanmon.common import zone
from kanmon.console.read import keep
from kanmon.console.shown.waivers import level_without
from kanmon.inventory.models import Group, Pc
from kanmon.journal.models import Operation
from kanmon.judgment import why
from kanmon.judgment.condition import AGENT_ID
from kanmon.judgment.explain import ItemExplanation, Row
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy import versions, waivers
from kanmon.policy.models import Waiver
from kanmon.policy.waivers import Place, Wanted

KEYS = [letter * 32 for letter in "abcdef"]


def row(condition: str, level: Level, outcome: str = "failed") -> Row:
    return Row(condition, condition, outcome, "", "", "", level, "")


def test_the_level_without_a_condition_is_the_worst_of_what_is_left() -> None:
    items = [
        ItemExplanation("a", Level.DANGER, (row("x", Level.DANGER), row("y", Level.SAFE, "passed")), ""),
        ItemExplanation("b", Level.CAUTION, (row("z", Level.CAUTION), row("w", Level.DANGER, "waived")), ""),
    ]
    assert level_without(items, "x") is Level.CAUTION
    assert level_without(items, "z") is Level.DANGER
    assert level_without(items[1:], "z") is Level.NOT_APPLICABLE


@pytest.fixture
def person(settings: Any, db: None) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    scope.forget()
    versions.rules.cache_clear()
    sample.fill(24)
    return signed_in(Role.SECURITY_ADMINISTRATOR)


def failing() -> tuple[Pc, str]:
    """A PC in Danger by one condition alone, and this condition."""
    for state in PcState.objects.filter(level=Level.DANGER).order_by("pc"):
        items = why.of_pc(state.pc, "en")
        worst = [one for item in items for one in item.rows if one.outcome == "failed" and one.level is Level.DANGER]
        if len(worst) == 1 and worst[0].condition != AGENT_ID:
            return Pc.objects.get(id=state.pc), worst[0].condition
    raise AssertionError("the company has no such PC")


def page(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def in_days(days: int) -> str:
    return (zone.today() + timedelta(days=days)).isoformat()


def test_a_finding_is_waived_with_its_effect_told_before_and_the_waiver_is_ended(person: Client) -> None:
    pc, condition = failing()
    assert f"/waivers/new?pc={pc.id}&amp;condition=" in page(person, f"/pcs/{pc.id}")
    seen = page(person, "/waivers/new", pc=pc.id, condition=condition)
    after = seen.split("Level after")[1].split("</dd>")[0]
    assert "Danger" in seen.split("Level now")[1].split("</dd>")[0]
    assert "Danger" not in after
    assert f'value="{in_days(30)}"' in seen
    form = {
        "form_key": KEYS[0], "pc": pc.id, "condition": condition, "reason": "Line <1>", "approver": "Ito",
        "expires": in_days(9),
    }  # fmt: skip
    for said in (f"is waived for {pc.host}", "Nothing was done twice"):
        assert said in person.post("/waivers/give", form, follow=True).content.decode()
    given = Waiver.objects.get()
    assert (given.target, given.target_id, given.condition, given.reason) == ("pc", pc.id, condition, "Line <1>")
    assert Operation.objects.filter(kind="judge", requester="policy").count() == 1
    listed = page(person, "/waivers")
    assert "Line &lt;1&gt;" in listed
    assert "9 days left" in listed
    assert "Line &lt;1&gt;" in page(person, "/waivers", state="soon", q=pc.host)
    assert "No waiver is like that" in page(person, "/waivers", q="nothing-like-this")
    for said in ("The waiver has ended", "Nothing was done twice"):
        assert said in person.post(f"/waivers/{given.id}/end", {"form_key": KEYS[1]}, follow=True).content.decode()
    assert person.post(f"/waivers/{given.id}/end", {"form_key": KEYS[2]}).status_code == 404
    assert "Nothing is waived" in page(person, "/waivers")
    assert "ended by" in page(person, "/waivers", state="over")
    assert Operation.objects.filter(kind="judge", requester="policy").count() == 2


def test_it_is_waived_for_the_whole_group_where_one_says_so(person: Client) -> None:
    pc, condition = failing()
    form = {"form_key": KEYS[0], "pc": pc.id, "condition": condition, "reason": "r", "approver": "a", "where": "group"}
    assert person.post("/waivers/give", form | {"expires": in_days(3)}).status_code == 302
    given = Waiver.objects.get()
    assert (given.target, given.target_id) == ("group", pc.group_id)
    assert Group.objects.get(id=pc.group_id).path in page(person, "/waivers")


def test_a_waiver_that_cannot_be_is_refused(person: Client) -> None:
    pc, condition = failing()
    form = {"pc": pc.id, "condition": condition, "reason": "r", "approver": "a", "expires": in_days(3)}
    for key, (changed, status) in zip(
        KEYS,
        (
            ({"expires": "soon"}, 400), ({"expires": in_days(-1)}, 400), ({"reason": " "}, 400),
            ({"condition": AGENT_ID}, 404), ({"pc": "999999"}, 404), ({"pc": "x"}, 404),
        ),
        strict=True,
    ):  # fmt: skip
        assert person.post("/waivers/give", form | changed | {"form_key": key}).status_code == status, changed
    assert not Waiver.objects.exists()


def test_who_is_limited_sees_and_ends_only_those_of_the_own_groups(person: Client) -> None:
    mine = Group.objects.get(path="/Head office")
    other = Pc.objects.exclude(group__path__startswith="/Head office").order_by("id")[0]
    inside = Pc.objects.filter(group__path__startswith="/Head office").order_by("id")[0]
    made = [
        waivers.add(Place("pc", pc.id), Wanted("antivirus.engine", f"why-{pc.id}-", "Ito", zone.today()), "a")
        for pc in (other, inside)
    ]
    limited = User.objects.create_user("b", role=Role.SECURITY_ADMINISTRATOR, groups_only=[mine.id])
    client = Client()
    client.force_login(limited, backend="django.contrib.auth.backends.ModelBackend")
    seen = page(client, "/waivers")
    assert f"why-{inside.id}-" in seen
    assert f"why-{other.id}-" not in seen
    assert client.post(f"/waivers/{made[0].id}/end", {"form_key": KEYS[0]}).status_code == 404
    assert client.post(f"/waivers/{made[1].id}/end", {"form_key": KEYS[1]}).status_code == 302
    assert not Waiver.objects.filter(id=made[1].id, ended_at=None).exists()


def test_a_viewer_reads_the_list_and_is_offered_nothing(person: Client) -> None:
    pc, condition = failing()
    waivers.add(Place("pc", pc.id), Wanted("antivirus.engine", "why", "Ito", zone.today()), "a")
    viewer = signed_in(Role.VIEWER)
    assert "popovertarget" not in page(viewer, "/waivers").split("k-table-top")[1]
    assert "/waivers/new" not in page(viewer, f"/pcs/{pc.id}")
    assert viewer.get("/waivers/new", {"pc": pc.id, "condition": condition}).status_code == 403
