"""The list at the agent changes, and a real PC at a real switch is where it belongs: the whole agent, nothing by hand."""

import pytest

from tests.agent.radius.lab import Laboratory, Pc, Switch
from tests.agent.radius.server import SETUP
from tests.agent.radius.whole_server import WholeServer
from tests.conftest import until

MAC = "02:00:00:00:00:01"


class Loop:
    """A PC that is signed in by PEAP and in the corporate network."""

    def __init__(self, lab: Laboratory, when_gone: str = "reject", **switch: str) -> None:
        self.lab = lab
        self.switch: Switch = lab.switch("sw1", 1, **switch)
        self.server = WholeServer(lab, SETUP | {"when_gone": when_gone})
        self.server.decide(MAC, "permit")
        self.server.start()
        self.switch.switch_on(1)
        self.pc: Pc = lab.pc(self.switch, 1, MAC)
        certs = self.server.certs
        self.pc.connect(
            eap="PEAP", identity='"pc01"', password='"pw01"', phase2='"auth=MSCHAPV2"', ca_cert=f'"{certs / "ca.pem"}"'
        )  # fmt: skip
        self.is_in("corporate")

    def is_in(self, network: str) -> None:
        """The switch has it in, and the agent knows where."""
        until(lambda: self._place() == (True, network, "open"), 40, 0.2)

    def is_out(self) -> None:
        """The switch does not let it in."""
        until(lambda: not self.pc.is_let_in, 40, 0.2)

    def _place(self) -> tuple[bool, str, str]:
        row = self.server.sessions().get(MAC)
        return (self.pc.is_let_in, row["network"], row["state"]) if row else (False, "", "")


@pytest.fixture
def loop(lab: Laboratory) -> Loop:
    return Loop(lab)


def test_denied_it_is_in_quarantine_permitted_it_is_back_refused_it_is_out(loop: Loop) -> None:
    loop.server.decide(MAC, "deny")
    loop.is_out()
    loop.pc.reconnect()
    loop.is_in("quarantine")
    loop.server.decide(MAC, "permit")
    loop.is_out()
    loop.pc.reconnect()
    loop.is_in("corporate")
    loop.server.decide(MAC, "refuse")
    loop.is_out()
    loop.pc.reconnect()
    until(lambda: loop.server.sessions()[MAC]["state"] == "rejected", 30)
    assert not loop.pc.is_let_in
    loop.server.decide(MAC, "permit")
    until(lambda: loop.pc.reconnect() or loop.pc.is_let_in, 60, 3)
    loop.is_in("corporate")


def test_what_was_decided_while_the_agent_was_down_is_done_when_it_is_back(loop: Loop) -> None:
    loop.server.kill_agent()
    loop.server.decide(MAC, "deny")
    assert loop.pc.is_let_in
    loop.server.start_agent()
    loop.is_out()
    loop.pc.reconnect()
    loop.is_in("quarantine")


def test_who_came_in_elsewhere_while_the_agent_was_down_is_moved_when_it_is_back(lab: Laboratory) -> None:
    loop = Loop(lab, "quarantine", radius_acct_interim_interval="2")
    loop.server.kill_agent()
    before = loop.server.radius.said().count("Login OK: [pc01]")
    loop.switch.ask(1, "raw", "EAPOL_REAUTH", MAC)
    until(lambda: loop.server.radius.said().count("Login OK: [pc01]") > before, 40)
    assert loop.pc.is_let_in
    assert loop.server.sessions()[MAC]["network"] == "corporate"  # nobody has told the agent
    loop.server.start_agent()
    until(lambda: "KNM8042-W" in loop.server.agent.said(), 60)  # its interim accounting says quarantine: drift
    loop.is_out()
    loop.pc.reconnect()
    loop.is_in("corporate")


def test_a_pc_that_is_forgotten_is_unregistered_and_let_in_no_more(loop: Loop) -> None:
    loop.server.forget(MAC)
    loop.is_out()
    loop.pc.reconnect()
    until(lambda: loop.server.sessions()[MAC]["state"] == "rejected", 30)


def test_radius_and_agent_killed_together_come_back_to_the_list(loop: Loop) -> None:
    loop.server.radius.stop(hard=True)
    loop.server.kill_agent()
    loop.server.decide(MAC, "deny")
    loop.server.start_radius()
    loop.server.start_agent()
    loop.is_out()
    loop.pc.reconnect()
    loop.is_in("quarantine")
