"""After a failover the administrators get its report, once; after a start or a stop in order they get none."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kanmon.action.models import Order
from kanmon.cluster import report_mail
from kanmon.common import clock, config
from kanmon.journal.models import Operation, Takeover
from kanmon.journal.writing import TermLost
from tests.cluster.story import go_on, lead, lost, running, stopped


@pytest.fixture(autouse=True)
def set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A mail server and administrators; gives a function that changes settings."""

    def change(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"KANMON_{name.upper()}", value)
        config.forget()

    change(mail_server="127.0.0.1:25", mail_administrators="a@example.test,b@example.test")
    yield change
    monkeypatch.undo()
    config.forget()


def later(seconds: float) -> None:
    """So long ago was the newest take-over."""
    row = Takeover.objects.latest("term")
    Takeover.objects.filter(term=row.term).update(
        at=row.at - timedelta(seconds=seconds), ready_at=clock.now() - timedelta(seconds=seconds)
    )


def orders() -> list[Order]:
    """What was ordered."""
    return list(Order.objects.order_by("id"))


def test_it_is_ordered_once_when_everything_had_time_to_go_on() -> None:
    a = lead("mgr-a")
    one = running(a, "judge", {"done": 1, "of": 2}, subject="4,000 PCs")
    asked = running(a, "effect", repeat="ask", subject="disable-vpn-account")
    lost(a)
    b = lead("mgr-b")
    go_on(b, "judge")
    report_mail.duty(b.term)
    assert orders() == [], "too early: it would say of everything that it waits"
    later(21)
    for _ in range(3):
        report_mail.duty(b.term)
    (order,) = orders()
    operation = Operation.objects.get(id=order.operation)
    assert (operation.kind, operation.state, operation.key) == ("mail", "waiting", "failover:2")
    assert order.recipients == ["a@example.test", "b@example.test"]
    assert order.message_id.startswith("<kanmon.")
    assert order.subject.endswith(", 1 need a person")
    assert f"{one.id}  judge  4,000 PCs  [finished]" in order.text
    assert "Resumed from 1 of 2 on mgr-b, attempt 2." in order.text
    assert f"choose: kanmon redo {asked.id}, kanmon it-ran {asked.id}, kanmon close {asked.id}" in order.text
    assert order.text.rstrip().endswith("/failovers/2")


def test_it_is_in_the_language_of_the_server(set_up: Any) -> None:
    set_up(server_language="ja")
    lost(lead("mgr-a"))
    b = lead("mgr-b")
    report_mail.order_mail(b.term)
    (order,) = orders()
    assert order.subject == "フェイルオーバー: mgr-a → mgr-b、対応不要"
    assert "判定: 実行中のものはありませんでした" in order.text
    assert "None was running" not in order.text


def test_a_first_start_a_clean_one_and_a_hand_over_are_no_news() -> None:
    a = lead("mgr-a")
    report_mail.order_mail(a.term)
    stopped(a)
    again = lead("mgr-a")
    report_mail.order_mail(again.term)
    stopped(again)
    b = lead("mgr-b")
    later(1000)
    report_mail.duty(b.term)
    assert report_mail.order_mail(b.term) is None
    assert orders() == []


def test_who_was_deposed_orders_nothing() -> None:
    lost(lead("mgr-a"))
    b = lead("mgr-b")
    lost(b)
    c = lead("mgr-c")
    with pytest.raises(TermLost):
        report_mail.order_mail(b.term)
    assert orders() == []
    later(21)
    report_mail.duty(c.term)
    assert len(orders()) == 1


@pytest.mark.parametrize(
    "settings", [{"mail_server": ""}, {"mail_administrators": ""}, {"mail_failover_report_seconds": "0"}]
)
def test_where_no_mail_can_be_sent_or_none_is_wanted_there_is_none(set_up: Any, settings: dict[str, str]) -> None:
    set_up(**settings)
    lost(lead("mgr-a"))
    b = lead("mgr-b")
    later(1000)
    report_mail.duty(b.term)
    assert orders() == []


def test_a_node_that_is_lost_again_and_again_floods_nobody(set_up: Any) -> None:
    set_up(mail_per_hour="3")
    node = lead("mgr-a")
    for _ in range(6):
        lost(node)
        node = lead("mgr-a")
        later(21)
        report_mail.duty(node.term)
    assert len(orders()) == 3
    Operation.objects.filter(kind="mail").update(begun_at=clock.now() - timedelta(hours=2))
    report_mail.duty(node.term)
    assert len(orders()) == 4, "put off, not left out"
