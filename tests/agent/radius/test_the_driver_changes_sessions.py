"""The driver: a list in, sessions at real switches changed; and what it does when a switch is silent."""

import sys
from pathlib import Path

import pytest

from kanmon.agent import program
from kanmon.agent.drivers.base import Applied, Change, Entry
from kanmon.agent.radius import driver as drivers
from kanmon.agent.radius import parts
from kanmon.agent.radius.driver import RadiusDriver
from kanmon.agent.radius.nas import Nas
from kanmon.agent.radius.request import Request
from kanmon.agent.radius.sessions import Answered, Sessions
from kanmon.common.errors import Refused
from kanmon.wire import Fixed, Setup
from tests.agent.radius.coa_switch import SECRET, CoaSwitch
from tests.agent.radius.lab import Laboratory
from tests.conftest import ROOT

PORT = 3799
TOLD = Setup(parts={"radius": {"networks": {"quarantine": {"vlan": "20", "session_seconds": 600}}}})
FIRST, SECOND, THIRD = "02:00:00:00:aa:01", "02:00:00:00:aa:02", "02:00:00:00:aa:03"


class Place:
    """A home of the agent with two switches: sw1 is there, sw2 is not."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab
        self.home = lab.folder / "home"
        program.make_home(self.home)
        self.tables = parts.tables(self.home)
        self.sessions = Sessions(self.tables)
        table = parts.nas_table(self.home, self.tables)
        table.add(Nas("sw1", "127.0.0.1", SECRET, coa_port=PORT))
        table.add(Nas("sw2", "127.0.0.2", SECRET, coa_port=PORT + 1))
        self.switch = CoaSwitch(lab, PORT)
        self.driver = RadiusDriver(self.home, {}, waits=(0.2, 0.2))
        self.whole()

    def whole(self, *entries: Entry) -> None:
        self.lab.inside("rad", lambda: self.driver.whole(entries, TOLD))

    def apply(self, *changes: Change) -> list[Applied]:
        return self.lab.inside("rad", lambda: self.driver.apply(changes))

    def connect(self, mac: str, nas: str = "sw1", network: str = "corporate", *, accepted: bool = True) -> None:
        calling = mac.replace(":", "-").upper()
        address = "127.0.0.1" if nas == "sw1" else "127.0.0.2"
        request = Request(mac=mac, nas=nas, nas_address=address, session="A1", calling=calling)
        self.sessions.answered([Answered(request, network, accepted, 600)])

    def asked(self) -> list[str]:
        """Kind and MAC of each request that sw1 has got."""
        return [" ".join(line.split(" ")[:2]) for line in self.switch.asked()]


@pytest.fixture
def place(lab: Laboratory) -> Place:
    return Place(lab)


def test_who_is_denied_is_cut_off_and_who_has_no_session_is_done(place: Place) -> None:
    place.connect(FIRST)
    assert place.apply(Change(FIRST, "deny"), Change(SECOND, "deny")) == [
        Applied(FIRST, "done"), Applied(SECOND, "done"),
    ]  # fmt: skip
    assert place.asked() == ["Disconnect-Request 02-00-00-00-AA-01"]
    assert place.apply(Change(FIRST, "deny")) == [Applied(FIRST, "done")]  # again: nothing to do
    assert len(place.asked()) == 1


def test_a_silent_switch_is_asked_once_and_does_not_hold_up_others(place: Place) -> None:
    for number in range(40):
        place.connect(f"02:00:00:00:bb:{number:02x}", "sw2")
    place.connect(FIRST)
    changes = [Change(f"02:00:00:00:bb:{number:02x}", "deny") for number in range(40)] + [Change(FIRST, "deny")]
    said = {one.mac: one for one in place.apply(*changes)}
    assert said[FIRST].result == "done"
    assert [one.result for mac, one in said.items() if mac != FIRST] == ["failed"] * 40
    assert all("KNM8225-W" in one.sentence for mac, one in said.items() if mac != FIRST)
    health = place.driver.health()
    assert health.id == "KNM8225-W"
    assert "sw2" in health.sentence


def test_whole_mends_what_differs_and_drift_names_it(place: Place) -> None:
    place.connect(FIRST, network="quarantine")  # let in by FreeRADIUS while the agent was gone
    place.connect(SECOND, network="corporate")  # in no list
    place.connect(THIRD, network="corporate")
    entries = (Entry(FIRST, "permit"), Entry(THIRD, "permit"))
    assert [(one.mac, one.wanted, one.found) for one in place.driver.drift(entries)] == [
        (FIRST, "permit", "deny"), (SECOND, "unregistered", "permit"),
    ]  # fmt: skip
    place.whole(*entries)
    assert sorted(place.asked()) == ["Disconnect-Request 02-00-00-00-AA-01", "Disconnect-Request 02-00-00-00-AA-02"]
    assert place.driver.drift(entries) == []
    assert place.driver.health().id == ""


def test_who_was_let_in_by_another_server_is_cut_off_only_when_the_list_denies_it(place: Place) -> None:
    for mac in (FIRST, SECOND):
        calling = mac.replace(":", "-").upper()
        told = Request(mac=mac, nas="sw1", nas_address="127.0.0.1", session="A1", calling=calling, status="Start")
        assert place.sessions.accounted(told) == "unknown"
    place.whole(Entry(FIRST, "permit"))
    assert place.asked() == []
    place.whole(Entry(FIRST, "deny"))
    assert place.asked() == ["Disconnect-Request 02-00-00-00-AA-01"]


def test_a_fixed_device_stays_in_whatever_the_list_says(place: Place) -> None:
    place.connect(FIRST)
    fixed = Setup(parts=TOLD.parts, fixed=(Fixed(mac="02:00:00:00:aa"),))
    place.lab.inside("rad", lambda: place.driver.whole((Entry(FIRST, "deny"),), fixed))
    assert place.asked() == []
    assert place.driver.drift((Entry(FIRST, "deny"),)) == []


def test_who_was_rejected_and_is_permitted_is_freed_from_the_hold_of_the_port(place: Place) -> None:
    place.connect(FIRST, network="refused", accepted=False)
    assert place.apply(Change(FIRST, "permit")) == [Applied(FIRST, "done")]
    assert place.asked() == ["Disconnect-Request 02-00-00-00-AA-01"]


KILLED = """
import sys
from pathlib import Path
from kanmon.agent.drivers.base import Change
from kanmon.agent.radius.driver import RadiusDriver
driver = RadiusDriver(Path(sys.argv[1]), {}, waits=(0.2, 0.2))
driver.apply([Change(sys.argv[2], "deny")])
"""


@pytest.mark.parametrize(("point", "asked"), [("driver_changing", 1), ("driver_changed", 2)])
def test_killed_while_a_switch_is_told_the_next_process_brings_it_to_the_list(
    place: Place, point: str, asked: int
) -> None:
    place.connect(FIRST)
    env = ["env", f"KANMON_FAULT={point}:1=kill", f"PYTHONPATH={ROOT}"]
    place.lab.run("rad", *env, sys.executable, "-c", KILLED, str(place.home), FIRST, check=False)
    assert place.sessions.of(FIRST)[0].state == "open", "killed before it could write down what the switch said"
    place.whole(Entry(FIRST, "deny"))
    assert place.driver.drift((Entry(FIRST, "deny"),)) == []
    assert len(place.asked()) == asked  # asked again, a switch does it again or says that there is no such session


def test_a_session_at_a_switch_that_was_removed_is_an_error_in_words(place: Place) -> None:
    place.connect(FIRST)
    parts.nas_table(place.home, place.tables).remove("sw1")
    said = place.apply(Change(FIRST, "deny"))
    assert (said[0].result, said[0].sentence[:9]) == ("failed", "KNM8227-E")


def test_without_a_section_of_radius_the_driver_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    program.make_home(home)
    with pytest.raises(Refused, match="no section"):
        drivers.make({}, home)
    (home / "agent.toml").write_text("[radius]\n")
    assert drivers.make({}, home).health().id == ""
