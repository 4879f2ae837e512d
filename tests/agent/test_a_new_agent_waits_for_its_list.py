"""An agent with a new home cuts nobody off before it knows a list: what its device has stays, and it says why."""

import contextlib
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from kanmon.agent import by_hand, schema
from kanmon.agent.book import Book
from kanmon.agent.files import Row
from kanmon.agent.radius.parts import FromBook
from kanmon.agent.store import Store
from kanmon.common.errors import Refused
from kanmon.wire import Setup
from tests.agent.ledger import Ledger
from tests.agent.manager_end import ManagerEnd
from tests.agent.processes import AgentProcess
from tests.conftest import until

MACS = [f"02:00:00:00:00:{number:02x}" for number in range(1, 9)]  # a list of three pieces
STRANGER = "02:00:00:00:00:ff"


@pytest.fixture
def device(enrolled: AgentProcess) -> Path:
    """A device that lets a PC in of which no list knows."""
    path = enrolled.home / "simulated.json"
    path.write_text(json.dumps({"entries": {STRANGER: "permit"}}))
    return path


def health(agent: AgentProcess) -> set[str]:
    def asked() -> list[dict[str, str]] | None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{agent.port}/health", timeout=5) as answer,
        ):
            return json.loads(answer.read())["health"]
        return None

    return {one.get("id", "") for one in until(asked, 30)}


def start(agent: AgentProcess) -> None:
    agent.start()
    until(lambda: agent.said("KNM8000-I"), 60)


def test_without_a_manager_the_network_stays_as_it_is_and_its_health_says_why(
    device: Path, enrolled: AgentProcess, manager: ManagerEnd, managers: Callable[..., ManagerEnd], ledger: Ledger
) -> None:
    for mac in MACS:
        ledger.decide(mac, "permit")
    manager.stop()
    start(enrolled)
    until(lambda: enrolled.said("KNM8033-W"), 60)
    assert enrolled.network() == {STRANGER: "permit"}
    assert "KNM8570-W" in health(enrolled)
    enrolled.kill()
    managers(port=manager.port)
    start(enrolled)
    enrolled.until_network(dict.fromkeys(MACS, "permit"))
    until(lambda: "KNM8570-W" not in health(enrolled))
    assert enrolled.said("KNM8572-I")


def test_an_order_that_comes_before_the_list_waits_for_it(
    device: Path, enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    for mac in MACS:
        ledger.decide(mac, "permit")
    ledger.orders.clear()
    order = ledger.decide(MACS[0], "deny")
    start(enrolled)
    enrolled.until_network(dict.fromkeys(MACS, "permit") | {MACS[0]: "deny"})
    until(lambda: order.id in ledger.answers and ledger.answers[order.id].result == "done", 30)


@pytest.mark.parametrize("kept", [{}, {"agent_kept:1": "kill"}])
def test_a_manager_that_knows_no_list_first_is_borne(
    device: Path, enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger, kept: dict[str, str]
) -> None:
    """Orders come, and the list only when they are answered: no PC is cut off by the first of them."""
    manager.list_first = False
    for mac in MACS:
        ledger.decide(mac, "permit")
    for mac in MACS[3:]:
        del ledger.orders[f"{mac}/1"]
    if kept:
        enrolled.start(KANMON_FAULT=",".join(f"{point}={kind}" for point, kind in kept.items()))
        enrolled.ended()
        assert enrolled.network() == {STRANGER: "permit"}
    start(enrolled)
    until(lambda: len(enrolled.network()) != 1, 30)
    assert enrolled.network() == dict.fromkeys(MACS, "permit")
    until(lambda: {one.result for one in ledger.answers.values()} == {"done"}, 30)


def test_a_manager_that_has_nobody_in_its_list_has_said_so(
    device: Path, enrolled: AgentProcess, manager: ManagerEnd
) -> None:
    start(enrolled)
    until(lambda: enrolled.network() == {}, 30)


def test_without_any_manager_an_imported_list_is_one(enrolled: AgentProcess, manager: ManagerEnd) -> None:
    manager.stop()
    start(enrolled)
    path = enrolled.home / "list.json"
    path.write_text(json.dumps([{"mac": MACS[0], "state": "deny"}]))
    enrolled.run("import", str(path))
    enrolled.until_network({MACS[0]: "deny"})


def test_setting_networks_up_is_no_list(device: Path, enrolled: AgentProcess, manager: ManagerEnd) -> None:
    manager.stop()
    enrolled.run("networks", "--unregistered", "refused")
    start(enrolled)
    until(lambda: enrolled.said("KNM8033-W"), 60)
    assert enrolled.network() == {STRANGER: "permit"}


def test_radius_is_answered_as_if_no_agent_were_there() -> None:
    book = Book()
    book.waits = True
    with pytest.raises(Refused) as refused:
        FromBook(book).decide(MACS[0])
    assert (refused.value.message_id, refused.value.status) == ("KNM8571-W", 503)
    book.waits = False
    assert FromBook(book).decide(MACS[0]).state == "unregistered"


def test_a_home_that_had_a_list_before_goes_on_with_it(tmp_path: Path) -> None:
    connection = schema.connect(tmp_path)
    schema.migrate(connection, "core", schema.TABLES[:1])
    connection.execute("INSERT INTO word VALUES ('changed', '7')")
    connection.close()
    assert Store(tmp_path).listed


def test_what_a_home_must_hear_before_it_has_a_list(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.set_up(Setup(unregistered="refused"))
    assert not store.listed
    by_hand.take(store, [Row(MACS[0], "deny")])
    assert store.listed
