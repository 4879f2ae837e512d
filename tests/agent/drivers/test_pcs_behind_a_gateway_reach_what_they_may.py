"""Real PCs behind a real gateway: who reaches what, asked by ping and HTTP from the PC's own namespace."""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from kanmon.agent.drivers.base import Change, Driver, Entry
from kanmon.wire import Fixed, Network, Setup
from tests.agent.drivers.benches import missing
from tests.agent.drivers.lab import MACS, Lab, sets
from tests.conftest import ROOT, until

PC1, PC2 = MACS.values()
ALL = {"ping", "ping6", "corporate", "corporate6", "treatment", "treatment6", "dns"}
QUARANTINE = {"page", "page6", "treatment", "treatment6", "dns"}
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")
if missing():
    warnings.warn(missing(), stacklevel=1)


@pytest.fixture(scope="module", params=["bridge", "routed"])
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = Lab(request.param, tmp_path_factory.mktemp("lab"))
    try:
        yield made.up()
    finally:
        made.down()


@pytest.fixture
def driver(lab: Lab) -> Iterator[Driver]:
    """A gateway that lets nobody through whom it does not know."""
    made = lab.driver()
    made.whole([], setup())
    yield made
    made.remove()


def setup(unregistered: Network = "refused", refused: Network = "refused", *fixed: str) -> Setup:
    return Setup(version=1, unregistered=unregistered, refused=refused, fixed=tuple(Fixed(mac=one) for one in fixed))


def test_permitted_denied_refused_and_back(lab: Lab, driver: Driver) -> None:
    driver.apply([Change(PC1, "permit"), Change(PC2, "permit")])
    assert lab.reaches("pc1") == lab.reaches("pc2") == ALL
    driver.apply([Change(PC1, "deny")])
    assert lab.reaches("pc1") == QUARANTINE
    assert lab.reaches("pc2") == ALL
    driver.apply([Change(PC1, "refuse")])
    assert lab.reaches("pc1") == set()
    assert lab.reaches("pc2") == ALL
    driver.apply([Change(PC1, "permit")])
    assert lab.reaches("pc1") == ALL


@pytest.mark.parametrize(
    ("network", "reached"),
    [("corporate", ALL), ("quarantine", QUARANTINE), ("unauthenticated", set()), ("refused", set())],
)
def test_the_unregistered_get_the_network_of_the_setup(
    lab: Lab, driver: Driver, network: Network, reached: set[str]
) -> None:
    driver.whole([Entry(PC2, "permit")], setup(unregistered=network))
    assert lab.reaches("pc1") == reached
    assert lab.reaches("pc2") == ALL


def test_the_refused_get_the_network_of_the_setup(lab: Lab, driver: Driver) -> None:
    driver.whole([Entry(PC1, "refuse")], setup(refused="quarantine"))
    assert lab.reaches("pc1") == QUARANTINE


def test_a_fixed_device_passes_whatever_the_list_says(lab: Lab, driver: Driver) -> None:
    driver.whole([Entry(PC1, "refuse"), Entry(PC2, "deny")], setup("refused", "refused", "02:00:00:00:00:01"))
    assert lab.reaches("pc1") == ALL
    assert lab.reaches("pc2") == QUARANTINE
    driver.whole([Entry(PC1, "refuse"), Entry(PC2, "deny")], setup("refused", "refused", "02:00:00"))
    assert lab.reaches("pc2") == ALL


def test_a_quarantined_pc_reaches_only_the_ports_that_are_allowed(lab: Lab, driver: Driver) -> None:
    driver.apply([Change(PC1, "deny")])
    assert lab.http("pc1", lab.address(7), 8443) == "treatment"
    assert lab.http("pc1", lab.address(7), 80) == f"-> {lab.page}"
    assert not lab.ping("pc1", lab.address(7))
    assert not lab.name_server("pc1", 1)
    assert lab.http("pc1", f"10.{lab.lan}.0.254", 8081) == ""  # nor this, past the redirect


def test_a_quarantined_pc_is_kept_from_its_neighbours(lab: Lab, driver: Driver) -> None:
    driver.apply([Change(PC1, "deny"), Change(PC2, "permit")])
    assert not lab.ping("pc1", f"10.{lab.lan}.0.254")
    if lab.layout == "bridge":
        assert not lab.ping("pc1", f"10.{lab.lan}.0.12")
        assert not lab.ping("pc2", f"10.{lab.lan}.0.11")


def test_what_others_send_to_a_quarantined_pc_is_held_back_on_a_bridge(lab: Lab, driver: Driver) -> None:
    if lab.layout == "routed":
        pytest.skip("a router learns the MAC of a destination after all rules; said in the documentation")
    driver.apply([Change(PC1, "deny")])
    before = _received(lab)
    lab.try_("servers", "ping", "-c3", "-i0.2", "-W1", f"10.{lab.lan}.0.11")
    assert _received(lab) == before
    driver.apply([Change(PC1, "permit")])
    lab.run("servers", "ping", "-c1", "-W2", f"10.{lab.lan}.0.11")
    assert _received(lab) > before


def _received(lab: Lab) -> int:
    """Echo requests that have come to the first PC."""
    counters = lab.run("pc1", "cat", "/proc/net/snmp").splitlines()
    names, values = (line.split() for line in counters if line.startswith("Icmp:"))
    return int(values[names.index("InEchos")])


def test_a_quarantined_pc_may_ask_for_an_address(lab: Lab, driver: Driver) -> None:
    if lab.layout == "routed":
        pytest.skip("there the gateway itself, or a relay on it, answers DHCP")
    asking = (
        "import socket,sys; s=socket.socket(type=socket.SOCK_DGRAM); s.settimeout(1);"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1); s.bind(('', 68));"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'e0');"
        "s.sendto(b'?', ('255.255.255.255', 67)); s.recv(9)"
    )
    for state, answered in (("deny", True), ("refuse", False), ("permit", True)):
        driver.apply([Change(PC1, state)])  # type: ignore[arg-type]
        assert (lab.try_("pc1", sys.executable, "-c", asking).returncode == 0) == answered


def test_connections_that_were_open_are_cut_as_well(lab: Lab, driver: Driver) -> None:
    driver.apply([Change(PC1, "permit")])
    talking = (
        "import http.client,sys\n"
        "c=http.client.HTTPConnection(sys.argv[1], timeout=2)\n"
        "for line in sys.stdin:\n"
        "    try:\n"
        "        c.request('GET','/'); print(c.getresponse().read().decode(), flush=True)\n"
        "    except OSError: print('cut', flush=True)\n"
    )
    process = lab.start("pc1", sys.executable, "-c", talking, lab.address(1))
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for state, said in (("permit", b"corporate\n"), ("deny", b"cut\n")):
            driver.apply([Change(PC1, state)])  # type: ignore[arg-type]
            process.stdin.write(b"ask\n")
            process.stdin.flush()
            assert process.stdout.readline() == said
    finally:
        process.kill()
        process.communicate()


def test_who_passes_is_seen_where_and_by_which_address(lab: Lab, driver: Driver) -> None:
    driver.whole([Entry(PC1, "permit")], setup(unregistered="quarantine"))
    lab.ping("pc1", lab.address(1))
    lab.http("pc2", lab.address(7), 8443)
    port = {"bridge": ("p1", "p2"), "routed": ("br0", "br0")}[lab.layout]
    found = {one.mac: one for one in driver.seen()}
    assert (found[PC1].network, found[PC1].ip, found[PC1].port) == ("corporate", f"10.{lab.lan}.0.11", port[0])
    assert (found[PC2].network, found[PC2].ip, found[PC2].port) == ("quarantine", f"10.{lab.lan}.0.12", port[1])
    assert {one.how for one in found.values()} == {"counter"}


def test_after_a_change_it_is_seen_in_its_new_network_and_not_before_it_has_sent(lab: Lab, driver: Driver) -> None:
    driver.whole([Entry(PC1, "permit")], setup())
    lab.ping("pc1", lab.address(1))
    (before,) = [one for one in driver.seen() if one.mac == PC1]
    assert [one for one in driver.seen() if one.mac == PC1] == []  # told once
    driver.apply([Change(PC1, "deny")])
    lab.http("pc1", lab.address(1))
    after = until(lambda: [one for one in driver.seen() if one.mac == PC1 and one.network == "quarantine"])
    assert after[0].at >= before.at


def test_a_thousand_are_denied_at_once_and_this_pc_among_them(lab: Lab, driver: Driver) -> None:
    others = [f"02:00:00:09:{number // 256:02x}:{number % 256:02x}" for number in range(999)]
    driver.apply([Change(mac, "permit") for mac in (*others, PC1)])
    assert lab.reaches("pc1") == ALL
    assert {one.result for one in driver.apply([Change(mac, "deny") for mac in (*others, PC1)])} == {"done"}
    assert lab.reaches("pc1") == QUARANTINE
    assert sets(lab) == {"permit": set(), "deny": {*others, PC1}, "refuse": set()}


def test_there_is_no_moment_without_rules_while_they_are_made_anew(lab: Lab, driver: Driver) -> None:
    listed = [Entry(PC1, "deny"), Entry(PC2, "permit")]
    driver.whole(listed, setup())
    pings = ("ping", "-q", "-i0.005", "-c600", "-W1", lab.address(1))
    asking = {pc: lab.start(pc, *pings) for pc in MACS}
    while asking["pc2"].poll() is None:
        driver.whole(listed, setup())
        driver.apply([Change(PC1, "deny"), Change(PC2, "permit")])
    said = {pc: process.communicate()[0].decode() for pc, process in asking.items()}
    assert "600 packets transmitted, 0 received" in said["pc1"]
    assert "600 packets transmitted, 600 received" in said["pc2"]


def test_a_restart_of_nft_loads_the_rules_from_the_files_of_the_agent(lab: Lab, driver: Driver) -> None:
    driver.whole([Entry(PC1, "permit"), Entry(PC2, "permit")], setup())
    driver.apply([Change(PC1, "deny")])
    configuration = f'flush ruleset\ninclude "{lab.folder}/keep/*.nft"\n'
    lab.run("gateway", "nft", "-f", "-", given=configuration)
    assert lab.reaches("pc1") == QUARANTINE
    assert lab.reaches("pc2") == ALL
    assert driver.drift([Entry(PC1, "deny"), Entry(PC2, "permit")]) == []


def test_a_rule_that_somebody_changes_by_hand_is_drift(lab: Lab, driver: Driver) -> None:
    listed = [Entry(PC1, "deny")]
    driver.whole(listed, setup())
    family = "bridge" if lab.layout == "bridge" else "inet"
    lab.run("gateway", "nft", "insert", "rule", family, "kanmon", "quarantine", "accept")
    assert [one.found for one in driver.drift(listed)] == ["other rules"]
    driver.whole(listed, setup())
    assert lab.reaches("pc1") == QUARANTINE
    assert driver.drift(listed) == []


def test_a_pc_that_somebody_puts_into_a_second_set_is_drift(lab: Lab, driver: Driver) -> None:
    listed = [Entry(PC1, "deny")]
    driver.whole(listed, setup())
    family = "bridge" if lab.layout == "bridge" else "inet"
    lab.run("gateway", "nft", "add", "element", family, "kanmon", "permit", f"{{ {PC1} }}")
    assert [(one.mac, one.found) for one in driver.drift(listed)] == [(PC1, "permit+deny")]
    driver.apply([Change(PC1, "deny")])
    assert driver.drift(listed) == []


def test_a_bridge_that_gets_another_address_is_drift_and_the_page_is_found_again(lab: Lab, driver: Driver) -> None:
    if lab.layout == "routed":
        pytest.skip("only frames on a bridge carry its address")
    listed = [Entry(PC1, "deny")]
    driver.whole(listed, setup())
    lab.run("gateway", "ip", "link", "set", "br0", "address", "02:00:00:00:77:01")
    assert [one.found for one in driver.drift(listed)] == ["br0 has another MAC address"]
    driver.whole(listed, setup())
    assert lab.reaches("pc1") == QUARANTINE


def test_the_manager_may_set_what_a_quarantined_pc_reaches(lab: Lab, driver: Driver) -> None:
    parts = {"nftables": {"allowed": [f"{lab.address(1)} tcp/80"], "dns": ["any"], "page": ""}}
    driver.whole([Entry(PC1, "deny")], Setup(version=2, unregistered="refused", parts=parts))
    assert lab.reaches("pc1") == {"corporate", "dns"}
    assert lab.name_server("pc1", 1)


def test_when_it_is_removed_everybody_passes_and_nothing_of_it_is_left(lab: Lab, driver: Driver) -> None:
    driver.whole([Entry(PC1, "deny")], setup())
    driver.remove()
    assert lab.reaches("pc1") == ALL
    assert lab.run("gateway", "nft", "list", "ruleset") == ""
    assert list((lab.folder / "keep").iterdir()) == []


def test_a_table_of_the_same_name_that_somebody_else_made_is_left_alone(lab: Lab) -> None:
    family = "bridge" if lab.layout == "bridge" else "inet"
    theirs = f"add table {family} other\nadd set {family} other permit {{ type ether_addr; }}\n"
    lab.run("gateway", "nft", "-f", "-", given=theirs)
    driver = lab.driver(table="other")
    with pytest.raises(Exception, match="the agent has not made"):
        driver.whole([Entry(PC1, "deny")], setup())
    driver.remove()
    assert "set permit" in lab.run("gateway", "nft", "list", "table", family, "other")
    lab.run("gateway", "nft", "delete", "table", family, "other")


def test_killed_again_and_again_in_the_middle_of_changes_all_are_in_one_state(lab: Lab, driver: Driver) -> None:
    """kill -9 comes whenever it comes: each change of 500 PCs is there as a whole or not at all."""
    macs = {f"02:00:00:0a:{number // 256:02x}:{number % 256:02x}" for number in range(499)} | {PC1}
    driver.whole([Entry(mac, "permit") for mac in macs], setup())
    seen_states = set()
    for round_ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.agent.drivers.flipping", str(lab.folder), lab.layout, lab.ns("gateway")],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(" ".join(sorted(macs)) + "\n")
        process.stdin.flush()
        for _ in range(1 + round_ % 4):
            process.stdout.readline()
        process.kill()
        process.wait()
        until(partial(_still, process.pid))
        has = {state: found for state, found in sets(lab).items() if found}
        assert list(has.values()) == [macs], f"round {round_}: {[(state, len(found)) for state, found in has.items()]}"
        (state,) = has
        seen_states.add(state)
        if round_ % 4 == 3:
            assert lab.reaches("pc1") == {"permit": ALL, "deny": QUARANTINE, "refuse": set()}[state]
    driver.whole([Entry(mac, "permit") for mac in macs], setup())
    assert lab.reaches("pc1") == ALL


def _still(pid: int) -> bool:
    """Nothing that the killed process has started is left."""
    for stat in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"\0{pid}\0".encode() in stat.read_bytes():
                return False
        except OSError:  # it has just ended
            continue
    return True


def test_what_can_not_be_read_is_said(lab: Lab, tmp_path: Path) -> None:
    broken = lab.driver(namespace="there-is-none")
    assert broken.health().id == "KNM8310-E"
    (told,) = broken.apply([Change(PC1, "deny")])
    assert told.result == "failed"
    assert told.sentence.startswith("KNM8310-E")
    never = lab.driver(table="never_made")
    (told,) = never.apply([Change(PC1, "deny")])
    assert told.sentence.startswith("KNM8311-E")
    assert "No such file or directory" in told.sentence
