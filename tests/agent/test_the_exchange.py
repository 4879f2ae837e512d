"""Manager and Agent on a real wire: an agent that runs as a process, and the Manager's end over real TLS."""

import json
import urllib.request
from collections.abc import Callable

from kanmon.wire import Fixed, Order, Setup
from tests.agent.ledger import Ledger
from tests.agent.manager_end import ManagerEnd
from tests.agent.processes import AgentProcess
from tests.conftest import until

A, B, C = (f"02:00:00:00:00:0{number}" for number in (1, 2, 3))


def result(ledger: Ledger, order: Order) -> str:
    answer = until(lambda: ledger.answers.get(order.id), 30)
    return answer.result


def test_an_order_is_carried_out_and_answered(enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger) -> None:
    enrolled.start()
    assert result(ledger, manager.order(A, "deny")) == "done"
    assert enrolled.network() == {A: "deny"}
    assert result(ledger, manager.order(A, "permit")) == "done"
    assert enrolled.network() == {A: "permit"}
    assert ledger.exchanges[-1].name == "gateway-1"


def test_an_order_reaches_an_agent_that_waits_without_its_asking_again(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.configure(wait_seconds=300)
    enrolled.start()
    until(lambda: ledger.exchanges and ledger.exchanges[-1].wait_seconds == 300)
    assert result(ledger, manager.order(A, "deny")) == "done"


def test_a_refusal_by_a_person_holds_until_it_is_lifted(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.start()
    for wanted, by, state in (
        ("refuse", "person", "refuse"), ("permit", "policy", "refuse"), ("lift", "person", "permit"),
    ):  # fmt: skip
        assert result(ledger, manager.order(A, wanted, by)) == "done"
        assert enrolled.network() == {A: state}


def test_an_answer_that_was_lost_on_the_way_is_told_again(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.start()
    until(lambda: ledger.exchanges)
    manager.lose_answers = 3
    order = manager.order(A, "deny")
    assert result(ledger, order) == "done"
    until(lambda: enrolled.status()["to_tell"] == 0, 30)
    assert {one.result for one in ledger.answered if one.order == order.id} == {"done"}


def test_an_order_that_comes_again_is_answered_and_not_carried_out_again(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.start()
    first = manager.order(A, "deny")
    assert result(ledger, first) == "done"
    assert result(ledger, manager.order(A, "permit")) == "done"
    del ledger.answers[first.id]  # as if this Manager had never got it
    manager.wake()
    assert result(ledger, first) == "done"
    assert enrolled.network() == {A: "permit"}


def test_a_fixed_device_stays_and_the_answer_says_so(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    ledger.setup = Setup(version=7, fixed=(Fixed(mac=A[:8], note="printers"),))
    enrolled.start()
    until(lambda: enrolled.run("fixed", "--json").count(A[:8]))
    assert result(ledger, manager.order(A, "deny")) == "fixed"
    assert enrolled.listed() == {A: "permit"}


def test_a_deposed_manager_is_told_so_and_changes_nothing(
    enrolled: AgentProcess, manager: ManagerEnd, managers: Callable[..., ManagerEnd], ledger: Ledger
) -> None:
    newer = managers(term=2)
    enrolled.configure(managers=[newer.url, manager.url])
    enrolled.start()
    assert result(ledger, newer.order(A, "permit")) == "done"
    newer.stop()
    late = manager.order(A, "deny")  # under term 1
    until(lambda: ledger.exchanges[-1].highest_term == 2 and enrolled.said("KNM8038-W"))
    answer = until(lambda: ledger.answers.get(late.id), 30)
    assert (answer.result, answer.term) == ("stale", 2)
    assert enrolled.network() == {A: "permit"}


def test_the_next_leader_gives_what_the_last_one_could_not(
    enrolled: AgentProcess, manager: ManagerEnd, managers: Callable[..., ManagerEnd], ledger: Ledger
) -> None:
    other = managers(term=2)
    other.active = False
    enrolled.configure(managers=[manager.url, other.url])
    enrolled.start()
    assert result(ledger, manager.order(A, "deny")) == "done"
    manager.active = False
    manager.wake()
    order = manager.order(B, "deny")
    other.active = True
    assert result(ledger, order) == "done"
    assert enrolled.status()["highest_term"] == 2
    assert enrolled.said(f"KNM8039-I gateway-1 The Manager at {other.url} answers (term 2)")


def test_without_a_manager_the_list_goes_on_and_the_next_one_finds_it(
    enrolled: AgentProcess, manager: ManagerEnd, managers: Callable[..., ManagerEnd], ledger: Ledger
) -> None:
    enrolled.start()
    assert result(ledger, manager.order(A, "deny")) == "done"
    manager.stop()
    until(lambda: enrolled.said("KNM8033-W"), 30)
    enrolled.kill()
    (enrolled.home / "simulated.json").unlink()
    enrolled.start()
    enrolled.until_network({A: "deny"})
    again = managers(term=2, port=manager.port)
    assert result(ledger, again.order(A, "permit")) == "done"


def test_what_differs_from_the_manager_s_list_is_healed_in_pieces(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    macs = [f"02:00:00:00:01:{number:02x}" for number in range(10)]
    for mac in macs:
        ledger.decide(mac, "deny")
    ledger.orders.clear()  # as if the agent had lost them, and had answered
    enrolled.start()
    enrolled.until_network(dict.fromkeys(macs, "deny"))
    until(lambda: ledger.exchanges[-1].digest and enrolled.said("KNM8572-I"))
    del ledger.list[macs[0]]
    manager.wake()
    enrolled.until_network(dict.fromkeys(macs[1:], "deny"))


def test_an_order_during_a_healing_is_not_undone_by_it(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    macs = [f"02:00:00:00:01:{number:02x}" for number in range(12)]
    for mac in macs:
        ledger.decide(mac, "deny")
    ledger.orders.clear()
    enrolled.start()
    until(lambda: any(one.staged for one in ledger.exchanges), 30, pause=0.001)
    order = manager.order(macs[0], "permit")
    assert result(ledger, order) == "done"
    enrolled.until_network(dict.fromkeys(macs[1:], "deny") | {macs[0]: "permit"})


def test_the_agent_s_own_list_comes_when_it_is_wanted(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.start()
    order = manager.order(A, "deny")
    assert result(ledger, order) == "done"
    ledger.want_list = True
    manager.wake()
    until(lambda: [entry.mac for entry in ledger.agent_list] == [A], 30)
    assert ledger.agent_list[0].policy.order == order.id


def test_an_import_by_another_process_is_taken_over_and_then_healed(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.start()
    assert result(ledger, manager.order(A, "deny")) == "done"
    path = enrolled.home / "list.csv"
    path.write_text('"mac","state"\r\n"02-00-00-00-00-01","permit"\r\n"0200.0000.0003","deny"\r\n', newline="")
    enrolled.run("import", str(path))
    enrolled.until_network({A: "deny", C: "deny"})  # A is the Manager's, C nobody else's
    assert enrolled.said("KNM8044-W")


def test_a_device_that_fails_is_told_and_told_again_when_it_went(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    device = enrolled.home / "simulated.json"
    device.write_text(json.dumps({"fails": [A]}))
    enrolled.start()
    order = manager.order(A, "deny")
    assert result(ledger, order) == "failed"
    assert result(ledger, manager.order(B, "deny")) == "done"
    device.write_text(json.dumps(json.loads(device.read_bytes()) | {"fails": []}))
    until(lambda: ledger.answers[order.id].result == "done", 30)
    assert enrolled.network()[A] == "deny"


def test_who_was_seen_is_told_once(enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger) -> None:
    (enrolled.home / "simulated.json").write_text(json.dumps({"strangers": [C]}))
    enrolled.start()
    assert result(ledger, manager.order(A, "deny")) == "done"
    until(lambda: {(one.mac, one.network) for one in ledger.seen} >= {(A, "quarantine"), (C, "unauthenticated")}, 30)
    before = len(ledger.exchanges)
    until(lambda: len(ledger.exchanges) > before + 1, 30)
    assert sum(one.mac == C for one in ledger.seen) == 1


def test_health_is_served_on_loopback(enrolled: AgentProcess, manager: ManagerEnd) -> None:
    enrolled.start()

    def told() -> dict[str, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{enrolled.port}/health", timeout=5) as answer:
            return {part["part"]: part["sentence"] for part in json.load(answer)["health"]}

    def linked() -> bool:
        try:
            parts = told()
        except OSError:
            return False
        return parts.get("link") == manager.url and "simulated" in parts

    until(linked, 30)
