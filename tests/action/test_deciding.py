"""Deciding: a level may order several actions; each becomes one order, however often deciding is interrupted."""

import json
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon.action.models import Order
from kanmon.common import clock, config, fault
from kanmon.flow import KINDS
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.policy import rules, versions
from tests.action.orders import worker
from tests.conformance.test_stages import arrive, bad
from tests.conformance.work import crash, leader

pytestmark = pytest.mark.usefixtures("database")
POLICY = """
kind: action
name: Default
danger: {mail: {to: [a@example.test]}, webhook: {to: siem}}
safe: {when: every_judgment, webhook: {to: siem}}
"""


class Killed(BaseException):
    """The process was killed here: nothing of it handles this."""


@pytest.fixture(autouse=True)
def _policy(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_SERVER_PUBLIC_URL", "https://kanmon.example.test")
    config.forget()
    versions.install_builtin()
    policy = rules.load(POLICY)
    assert isinstance(policy, rules.ActionPolicy)
    with transaction():
        versions.add(policy, "hanako")


def work_off(term: int) -> None:
    """Until no operation is open; collecting windows close in between."""
    lanes = [worker(lane, term) for lane in {kind.lane for kind in KINDS.values()}]
    while Operation.objects.filter(state__in=("waiting", "running")).exists():
        waiting = Operation.objects.filter(state="waiting")
        first = waiting.exclude(kind="act")  # a collecting window closes when everybody is in it
        (first if first.exists() else waiting).update(due_at=clock.now())
        for one in lanes:
            while one._step() == 0:
                pass


def told(order: Order) -> Any:
    return json.loads(order.text)["data"]


def test_each_action_of_a_level_is_an_order_and_an_operation_of_its_own() -> None:
    lead = leader()
    arrive(bad(1), bad(2))
    work_off(lead.term)
    orders = {order.kind: order for order in Order.objects.filter(level=400)}
    assert set(orders) == {"mail", "webhook"}
    assert all(list(BitMap.deserialize(bytes(order.pcs))) == [1, 2] for order in orders.values())
    keys = Operation.objects.filter(kind="webhook").values_list("key", flat=True)
    version = orders["webhook"].policy_version
    assert list(keys) == [f"webhook:{orders['webhook'].run}:{version}:danger:0"]
    act = Operation.objects.get(kind="act")
    assert act.outcome["orders"] == 2
    assert f"Webhook to siem about 2 PCs at danger: operation {orders['webhook'].operation}." in act.outcome["sentence"]


def test_every_judgment_is_told_of_pcs_whose_level_stays() -> None:
    lead = leader()
    for definitions in ("1", "2"):
        arrive(
            {
                **bad(1),
                "antivirus": [{"product": "ClamAV", "version": definitions, "enabled": True, "up_to_date": True}],
            }
        )
        work_off(lead.term)
    orders = list(Order.objects.filter(kind="webhook"))
    assert [told(order)["when"] for order in orders] == ["every_judgment"] * 2
    assert [told(order)["level"] for order in orders] == ["safe"] * 2


def test_a_webhook_names_five_hundred_pcs_and_says_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "3600")
    config.forget()
    lead = leader()
    arrive(*(bad(number) for number in range(1, 521)))
    work_off(lead.term)
    data = told(Order.objects.get(kind="webhook"))
    assert (data["counts"]["pcs"], data["counts"]["listed"], len(data["pcs"])) == (520, 500, 500)
    assert data["counts"]["judged"] == 520


def test_what_a_webhook_says_was_written_when_it_was_decided() -> None:
    lead = leader()
    arrive(bad(1))
    work_off(lead.term)
    order = Order.objects.get(kind="webhook")
    before = order.text
    Pc.objects.update(host="renamed")
    order.refresh_from_db()
    assert order.text == before
    assert told(order)["pcs"][0] | {"link": ""} == {
        "id": 1, "asset_number": "PC0000001", "host": "pc-0001", "user": "", "level": "danger",
        "why": "No antivirus product found", "link": "",
    }  # fmt: skip
    assert told(order)["link"] == f"https://kanmon.example.test/operations/{order.operation}"


def test_killed_while_it_decides_it_orders_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leader()
    arrive(bad(1))

    def kill(name: str) -> None:
        if name == "decided":
            raise Killed

    monkeypatch.setattr(fault, "point", kill)
    with pytest.raises(Killed):
        work_off(lead.term)
    monkeypatch.setattr(fault, "point", lambda name: None)
    assert not Order.objects.exists()
    crash(lead)
    work_off(leader().term)
    assert sorted(Order.objects.values_list("kind", flat=True)) == ["mail", "webhook"]
