"""A policy follows its model PC: after the grace period, once, as one operation, and not when the PC went back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from kanmon.common import clock
from kanmon.feeds import antivirus_policies
from kanmon.feeds.antivirus import Newer
from kanmon.inventory import model_pc
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.journal.writing import TermLost, transaction
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules import load
from tests.conformance.test_stages import arrive, work_off
from tests.conformance.work import crash, leader
from tests.conftest import pc_json

POLICY = """
kind: judgment
name: Followed
antivirus:
  judge: true
  not_resident: false
  use_up_to_date_flag: false
  products: [{name: "Example*", definitions: {value: "1.10"}, engine: {value: "2"}}]
  model: {pc: pc-0001, grace_days: 3}
"""


def model(definitions: str, engine: str = "2") -> dict[str, Any]:
    return pc_json(1, antivirus=[{"product": "Example Antivirus", "definitions": definitions, "engine": engine}])


@pytest.fixture
def lead() -> Iterator[Leadership]:
    versions.install_builtin()
    with transaction():
        versions.add(load(POLICY), "tests")
    leads = leader()
    yield leads
    crash(leads)


def wanted() -> tuple[int, str, str]:
    """Number of the newest version, and the definitions and engine that it wants."""
    row = versions.version("judgment", "Followed")
    (line,) = load(row.text).antivirus.products  # type: ignore[union-attr]
    return row.number, line.definitions.value, line.engine.value  # type: ignore[union-attr]


def report(lead: Leadership, definitions: str, engine: str = "2") -> None:
    """The model PC reports, and is recorded and judged; what waits for its grace period goes on waiting."""
    arrive(model(definitions, engine))
    waiting = Operation.objects.filter(kind=model_pc.KIND, state="waiting")
    days = dict(waiting.values_list("id", "due_at"))
    waiting.update(state="held")
    work_off(lead)
    for id, due_at in days.items():
        Operation.objects.filter(id=id).update(state="waiting", due_at=due_at)


def open_operations() -> Any:
    return Operation.objects.filter(kind=model_pc.KIND, ended_at=None)


def days_pass(lead: Leadership, days: float) -> None:
    """What is due in ``days`` days is due now."""
    open_operations().update(due_at=F("due_at") - timedelta(days=days))
    due = list(open_operations().filter(due_at__lte=clock.now()).values_list("id", flat=True))
    later = list(open_operations().exclude(id__in=due).values_list("id", "due_at"))
    Operation.objects.filter(id__in=[id for id, _ in later]).update(state="held")
    work_off(lead)
    for id, due_at in later:
        Operation.objects.filter(id=id).update(state="waiting", due_at=due_at)


def test_after_the_grace_period_the_policy_wants_what_the_model_pc_has(lead: Leadership) -> None:
    report(lead, "1.20")
    for _ in range(3):  # the duty looks every minute
        model_pc.duty(lead.term)
    operation = open_operations().get()
    assert operation.subject == "Followed: pc-0001"
    assert timedelta(days=2, hours=23) < operation.due_at - clock.now() <= timedelta(days=3)
    days_pass(lead, 2)
    assert wanted() == (1, "1.10", "2")
    days_pass(lead, 1.01)
    assert wanted() == (2, "1.20", "2")
    row = versions.version("judgment", "Followed")
    assert (row.author, row.comment) == ("kanmon", "Antivirus: Example*: definitions 1.10 -> 1.20")
    ended = Operation.objects.get(id=operation.id)
    assert ended.outcome is not None
    assert ended.outcome["version"] == 2
    assert Operation.objects.filter(parent=operation.id, kind="judge").exists()
    model_pc.duty(lead.term)
    assert not open_operations().exists()
    assert PolicyVersion.objects.filter(policy=row.policy).count() == 2


def test_each_newer_version_has_its_own_grace_period(lead: Leadership) -> None:
    report(lead, "1.20")
    model_pc.duty(lead.term)
    days_pass(lead, 2)
    report(lead, "1.30", engine="3")
    model_pc.duty(lead.term)
    days_pass(lead, 1.01)
    assert wanted() == (2, "1.20", "2")
    days_pass(lead, 2)
    assert wanted() == (3, "1.30", "3")


def test_a_version_that_was_taken_back_is_not_taken_over_and_may_come_again(lead: Leadership) -> None:
    report(lead, "1.20")
    model_pc.duty(lead.term)
    report(lead, "1.09")
    days_pass(lead, 3.01)
    assert wanted() == (1, "1.10", "2")
    outcome = Operation.objects.get(kind=model_pc.KIND).outcome
    assert outcome is not None
    assert outcome["sentence"].startswith("Nothing was taken over")
    report(lead, "1.20")
    model_pc.duty(lead.term)
    days_pass(lead, 3.01)
    assert wanted() == (2, "1.20", "2")


@pytest.mark.parametrize("change", ["another model PC", "no model PC"])
def test_a_policy_that_follows_no_more_is_left_alone(lead: Leadership, change: str) -> None:
    report(lead, "1.20")
    model_pc.duty(lead.term)
    text = POLICY.replace("pc-0001", "pc-0002") if change == "another model PC" else POLICY.partition("  model:")[0]
    with transaction():
        versions.add(load(text), "tests")
    days_pass(lead, 3.01)
    assert wanted() == (2, "1.10", "2")


def test_a_pc_that_is_none_or_tells_nothing_changes_nothing(lead: Leadership) -> None:
    model_pc.duty(lead.term)
    arrive(pc_json(1, antivirus=None))
    work_off(lead)
    model_pc.duty(lead.term)
    assert not open_operations().exists()
    assert model_pc.find("pc-0001") == Pc.objects.get()


def test_a_deposed_node_begins_nothing(lead: Leadership) -> None:
    report(lead, "1.20")
    with pytest.raises(TermLost):
        model_pc.duty(lead.term - 1)
    assert not open_operations().exists()


def test_an_import_raises_every_policy_that_names_the_product(lead: Leadership) -> None:
    with transaction():
        versions.add(load(POLICY.replace("Followed", "Second")), "tests")
        done = antivirus_policies.update(
            [Newer("Example Antivirus", definitions="1.50"), Newer("Nobody's")], [], "os:root"
        )
    assert [json.dumps(one.told()) for one in done.changed] == [
        json.dumps({"name": name, "version": 2, "raised": ["Example*: definitions 1.10 -> 1.50"]})
        for name in ("Followed", "Second")
    ]
    assert versions.version("judgment", "Second").author == "os:root"
    with transaction():
        again = antivirus_policies.update([Newer("Example Antivirus", definitions="1.50")], ["Second"], "os:root")
    assert again.changed == ()
