"""The tree of groups in the console: what holds where, what an assignment would do, and the tree itself."""

from typing import Any

import pytest
import sample
from django.test import Client
from test_answers import signed_in

from kanmon.accounts import scope
from kanmon.accounts.models import Role, User
from kanmon.console.read import keep, tree
from kanmon.console.shown.tree import Holding, Node, holding, holding_at, summed
from kanmon.inventory.models import Group, Pc
from kanmon.journal.models import Operation
from kanmon.judgment.levels import Level
from kanmon.policy import versions
from kanmon.policy.models import Assignment
from kanmon.policy.waivers import Place

KEYS = [letter * 32 for letter in "abcdef"]
NODES = {1: Node(1, "/", "/", None), 2: Node(2, "/A", "A", 1), 3: Node(3, "/A/B", "B", 2)}


@pytest.fixture
def person(settings: Any, db: None) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    scope.forget()
    versions.rules.cache_clear()
    sample.fill(24)
    return signed_in(Role.SECURITY_ADMINISTRATOR)


def number(path: str) -> int:
    return Group.objects.get(path=path).id


def own(path: str) -> bool:
    """Whether a group has a judgment policy of its own."""
    return Assignment.objects.filter(kind="judgment", target="group", target_id=number(path)).exists()


def test_the_nearest_policy_holds_and_is_told_with_where_it_comes_from() -> None:
    assigned = {Place("system"): "Default", Place("group", 2): "Sales"}
    found = [holding(node, NODES, assigned) for node in NODES.values()]
    assert [(one.policy, one.path, one.own) for one in found if one] == [
        ("Default", "/", True), ("Sales", "/A", True), ("Sales", "/A", False)
    ]  # fmt: skip
    assert holding(NODES[3], NODES, {}) is None


def test_a_moved_group_keeps_its_own_policy_and_else_has_that_of_its_new_place() -> None:
    assigned = {Place("system"): "Default", Place("group", 2): "Sales"}
    assert holding_at(NODES[3], "/C/B", NODES, assigned) == Holding("Default", 1, "/", False)
    assert holding_at(NODES[3], "/A/New/B", NODES, assigned) == Holding("Sales", 2, "/A", False)
    assert holding_at(NODES[2], "/C", NODES, assigned) == Holding("Sales", 2, "/C", True)
    assert holding_at(NODES[3], "/C/B", {}, {}) is None


def test_the_levels_of_a_group_hold_those_below_it() -> None:
    total = summed({3: {Level.DANGER: 2}, 2: {Level.DANGER: 1, Level.SAFE: 4}, 9: {Level.SAFE: 7}}, NODES)
    assert total[1] == total[2] == {Level.DANGER: 3, Level.SAFE: 4}
    assert total[3] == {Level.DANGER: 2}


def test_the_tree_counts_the_pcs_and_a_group_leads_to_the_list_of_its_pcs(person: Client) -> None:
    rows, more = tree.tree()
    plant = next(row for row in rows if row.node.path == "/Nagoya plant")
    assert not more
    assert plant.pcs == Pc.objects.filter(group__path__startswith="/Nagoya plant", retired_at=None).count()
    assert rows[0].pcs == Pc.objects.filter(retired_at=None).count() == sum(rows[0].levels.values())
    assert "Line 2" in person.get("/groups").content.decode()
    page = person.get(f"/groups/{number('/Nagoya plant')}").content.decode()
    assert "/pcs?group=%2FNagoya%20plant" in page
    assert f"{plant.pcs} PCs in it and below" in page
    assert person.get("/groups/999999").status_code == 404


def test_an_assignment_is_shown_before_it_is_made_and_can_be_taken_away(person: Client) -> None:
    group = number("/Head office")
    seen = person.get(f"/groups/{group}/assignment?kind=judgment&policy=Initial").content.decode()
    held = len(tree.held_in(group, "judgment"))
    assert f"Assign it for {held} PCs" in seen
    assert 'class="k-matrix"' in seen
    assert not own("/Head office")
    form = {"form_key": KEYS[0], "kind": "judgment", "policy": "Initial"}
    for said in ("Initial is assigned to /Head office.", "Nothing was done twice"):
        assert said in person.post(f"/groups/{group}/assign", form, follow=True).content.decode()
    assert Operation.objects.filter(kind="judge", requester="policy").count() == 1
    assert "from /Head office" in person.get(f"/groups/{number('/Head office/Sales')}").content.decode()
    away = person.get(f"/groups/{group}/assignment?kind=judgment&policy=").content.decode()
    assert "Then holds" in away
    assert f"Take it away for {held} PCs" in away
    form = {"form_key": KEYS[1], "kind": "judgment", "policy": ""}
    assert person.post(f"/groups/{group}/assign", form).status_code == 302
    assert not own("/Head office")
    form["form_key"] = KEYS[2]
    assert person.post(f"/groups/{group}/assign", form).status_code == 404


def test_of_an_action_policy_it_is_told_for_how_many_it_would_hold(person: Client) -> None:
    group, name = number("/Osaka branch"), versions.live().filter(kind="action")[0].name
    there = Pc.objects.filter(group=group, managed=True).order_by("id")
    Assignment.objects.create(kind="action", target="pc", target_id=there[0].id, policy=versions.find("action", name))
    assert len(tree.held_in(group, "action")) == there.count() - 1
    seen = person.get(f"/groups/{group}/assignment", {"kind": "action", "policy": name}).content.decode()
    assert "A person is asked about them" in seen
    form = {"form_key": KEYS[0], "kind": "action", "policy": name, "already": "leave"}
    assert person.post(f"/groups/{group}/assign", form).status_code == 302
    assert Operation.objects.filter(kind="act", requester="policy").count() == 1


@pytest.mark.parametrize("query", ["kind=other&policy=Initial", "kind=judgment&policy=", "kind=judgment&policy=%00"])
def test_an_assignment_that_cannot_be_is_refused(person: Client, query: str) -> None:
    assert person.get(f"/groups/{number('/')}/assignment?{query}").status_code == 400


def test_a_group_is_made_moved_and_removed(person: Client) -> None:
    group = number("/Osaka branch")
    make = {"form_key": KEYS[0], "path": "/Osaka branch", "name": "Desk"}
    assert "Group Desk was made" in person.post(f"/groups/{group}/change/make", make, follow=True).content.decode()
    made = number("/Osaka branch/Desk")
    assert person.post(f"/groups/{group}/change/make", make | {"form_key": KEYS[1]}).status_code == 409
    move = {"form_key": KEYS[2], "path": "/Osaka branch/Desk", "to": "/Head office/Desk"}
    for said in ("It is /Head office/Desk now.", "Nothing was done twice"):
        assert said in person.post(f"/groups/{made}/change/move", move, follow=True).content.decode()
    full = {"form_key": KEYS[3], "path": "/Osaka branch"}
    assert person.post(f"/groups/{group}/change/remove", full).status_code == 409
    gone = {"form_key": KEYS[4], "path": "/Head office/Desk"}
    for said in ("was removed", "Nothing was done twice"):
        assert said in person.post(f"/groups/{made}/change/remove", gone, follow=True).content.decode()
    assert not Group.objects.filter(id=made).exists()
    assert person.post(f"/groups/{group}/change/burn", full | {"form_key": KEYS[5]}).status_code == 400


def test_moving_a_group_says_before_how_many_pcs_it_concerns_and_what_holds_after(person: Client) -> None:
    group = number("/Head office/Sales")
    there = Pc.objects.filter(group__path__startswith="/Head office/Sales", retired_at=None).count()
    seen = person.get(f"/groups/{group}/move?to=/Osaka branch/Sales").content.decode()
    assert "Move it for " + (f"{there} PCs" if there != 1 else "1 PC") in seen
    assert "Initial" in seen.split("Judgment policy")[1].split("</dd>")[0]
    assert 'name="to" value="/Osaka branch/Sales"' in seen
    assert Group.objects.get(id=group).path == "/Head office/Sales"
    for to, status in (("/Head office/Sales", 400), ("/Osaka branch", 409), ("/Head office/Sales/x", 409)):
        assert person.get(f"/groups/{group}/move", {"to": to}).status_code == status


def test_who_is_limited_sees_the_own_groups_and_assigns_nothing(person: Client) -> None:
    mine = number("/Head office")
    limited = User.objects.create_user("branch", role=Role.SECURITY_ADMINISTRATOR, groups_only=[mine])
    client = Client()
    client.force_login(limited, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/groups").content.decode()
    assert "Sales" in page
    assert "Osaka branch" not in page
    assert "Assign a policy" not in client.get(f"/groups/{mine}").content.decode()
    assert client.get(f"/groups/{number('/Osaka branch')}").status_code == 404
    assert client.get(f"/groups/{mine}/assignment?kind=judgment&policy=Initial").status_code == 403
    form = {"form_key": KEYS[0], "kind": "judgment", "policy": "Initial"}
    assert client.post(f"/groups/{mine}/assign", form).status_code == 403
    assert not own("/Head office")
