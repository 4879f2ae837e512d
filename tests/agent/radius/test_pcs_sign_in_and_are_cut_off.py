"""A closed loop in namespaces: wpa_supplicant, hostapd, FreeRADIUS, the agent, and Disconnect back to hostapd."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kanmon.agent.radius import change, setup
from kanmon.agent.radius.change import Told
from kanmon.agent.radius.nas import Nas
from kanmon.agent.radius.sessions import Sessions
from tests.agent.radius import certificates
from tests.agent.radius.lab import DAS_PORT, SECRET, Laboratory, Pc, Switch
from tests.agent.radius.server import SWITCH, Server
from tests.conftest import until

MAC = "02:00:00:00:00:01"
WAITS = (0.5, 0.5)


class Loop:
    """What most of these tests begin with: one switch, one PC, all of it on."""

    def __init__(self, lab: Laboratory) -> None:
        self.lab = lab
        self.switch: Switch = lab.switch("sw1", 1)
        self.server = Server(lab).start()
        self.switch.switch_on(1)
        self.pc: Pc = lab.pc(self.switch, 1, MAC)
        self.sessions = Sessions(self.server.tables)

    def peap(self, password: str = "pw01") -> None:
        """The PC signs in."""
        self.pc.connect(
            eap="PEAP", identity='"pc01"', password=f'"{password}"', phase2='"auth=MSCHAPV2"', ca_cert=self.authority
        )

    def tls(self, name: str = "pc02", folder: Path | None = None) -> None:
        """The PC signs in by its certificate."""
        certs = folder or self.server.certs
        self.pc.connect(
            eap="TLS", identity=f'"{name}"', ca_cert=self.authority, client_cert=f'"{certs / name}.pem"',
            private_key=f'"{certs / name}.key"',
        )  # fmt: skip

    @property
    def authority(self) -> str:
        return f'"{self.server.certs / "ca.pem"}"'

    def let_in(self) -> None:
        until(lambda: self.pc.is_let_in, 40)

    def change(self, nas: Nas, network: str, **other: str) -> Told:
        """What the switch says to a change, asked from the RADIUS server's machine. ``other``: of the session."""
        session = self.sessions.of(MAC)[0]._replace(**other)
        chosen = setup.read(self.server.setup)
        return self.lab.inside("rad", lambda: asyncio.run(change.change(nas, session, network, chosen, WAITS)))


@pytest.fixture
def loop(lab: Laboratory) -> Iterator[Loop]:
    return Loop(lab)


def test_peap_lets_in_whom_the_list_permits_and_accounting_says_where(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    seen = until(lambda: [one for one in loop.server.seen() if one.get("how", "accounting") == "accounting"], 20)
    assert (seen[0]["mac"], seen[0]["network"], seen[0]["nas"]) == (MAC, "corporate", "sw1")
    assert loop.server.sessions()[MAC]["nas_address"] == loop.switch.address


def test_peap_with_a_wrong_password_is_not_let_in_and_seen_as_unauthenticated(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap("wrong")
    seen = until(loop.server.seen, 40)
    assert (seen[0]["network"], seen[0]["how"]) == ("unauthenticated", "authentication")
    assert not loop.pc.is_let_in
    until(lambda: loop.server.sessions()[MAC]["state"] == "rejected", 10)


def test_right_credentials_of_a_refused_pc_do_not_let_it_in(loop: Loop) -> None:
    loop.server.decide(MAC, "refuse", "refused")
    loop.peap()
    seen = until(loop.server.seen, 40)
    assert seen[0]["network"] == "refused"
    assert not loop.pc.is_let_in


def test_eap_tls_lets_in_by_certificate(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.tls()
    loop.let_in()


def test_eap_tls_refuses_a_certificate_of_another_authority(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.tls(folder=certificates.make(loop.lab.folder / "strangers", "pc02"))
    until(lambda: "Login incorrect" in loop.server.radius.said(), 40)
    assert not loop.pc.is_let_in


def test_a_disconnect_ends_the_session_and_the_new_decision_holds(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    until(lambda: loop.server.sessions()[MAC]["session"], 20)
    loop.server.decide(MAC, "refuse", "refused")
    told = loop.change(SWITCH, "refused")
    assert (told.result, told.message_id) == ("ended", "KNM8221-I"), told.sentence()
    until(lambda: not loop.pc.is_let_in, 20)
    loop.pc.reconnect()
    until(lambda: loop.server.sessions()[MAC]["state"] == "rejected", 20)
    assert not loop.pc.is_let_in
    loop.server.decide(MAC, "permit", "corporate")  # the way back: the Disconnect ends the port's quiet period
    loop.change(SWITCH, "corporate")
    loop.pc.reconnect()
    loop.let_in()


def test_a_nak_is_told_in_words_and_coa_falls_back_to_disconnect(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    until(lambda: loop.server.sessions()[MAC]["state"] == "open", 20)
    told = loop.change(SWITCH._replace(coa=True, profile="rfc5176"), "quarantine")
    assert told.result == "ended", told.sentence()
    assert "refuses a CoA" in told.before[0]
    assert "does not know an attribute" in told.before[0]
    until(lambda: not loop.pc.is_let_in, 20)
    told = loop.change(SWITCH, "quarantine", calling="02-00-00-00-00-99", session="0123456789ABCDEF")
    assert (told.result, told.message_id) == ("none", "KNM8242-I"), told.sentence()


def test_a_session_whose_number_was_missed_is_found_by_the_mac_alone(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    until(lambda: loop.server.sessions()[MAC]["state"] == "open", 20)
    assert loop.change(SWITCH, "quarantine", session="0123456789ABCDEF").result == "ended"
    until(lambda: not loop.pc.is_let_in, 20)


def test_silence_of_a_switch_is_told_as_such_and_the_session_is_left_to_its_time_out(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    until(lambda: loop.server.sessions()[MAC]["ends_at"], 20)
    wrong = loop.change(SWITCH._replace(coa_secret="not-the-secret-of-it"), "quarantine")
    assert wrong.result == "waits"
    assert wrong.message_id == "KNM8225-W"
    assert "a switch says nothing to a wrong secret" in wrong.before[0]
    closed = loop.change(SWITCH._replace(coa_port=DAS_PORT + 50), "quarantine")
    assert "Nobody listens" in closed.before[0]
    assert loop.pc.is_let_in
    loop.switch.at[1].stop(hard=True)
    loop.lab.run("sw1", "ip", "link", "set", "m0", "down")
    off = loop.change(SWITCH, "quarantine")
    assert off.result == "waits"
    assert "does not answer" in off.before[0] or "Nobody listens" in off.before[0]


def test_reauthentication_at_the_switch_asks_the_agent_anew(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    loop.server.decide(MAC, "refuse", "refused")
    loop.switch.ask(1, "raw", "EAPOL_REAUTH", MAC)
    until(lambda: not loop.pc.is_let_in, 30)
    assert loop.server.seen()[-1]["network"] == "refused"


def test_a_switch_that_starts_anew_has_ended_its_sessions(loop: Loop) -> None:
    loop.server.decide(MAC, "permit", "corporate")
    loop.peap()
    loop.let_in()
    until(lambda: loop.server.sessions()[MAC]["state"] == "open", 20)
    loop.switch.at[1].stop(hard=True)
    loop.switch.switch_on(1)
    until(lambda: loop.server.sessions()[MAC]["state"] == "ended", 30)


def test_eapol_test_asks_without_a_switch(lab: Laboratory) -> None:
    server = Server(lab).start()
    certs = server.certs
    path = lab.folder / "peap.conf"
    path.write_text(
        f'network={{\nkey_mgmt=IEEE8021X\neap=PEAP\nidentity="pc01"\npassword="pw01"\nphase2="auth=MSCHAPV2"\n'
        f'ca_cert="{certs / "ca.pem"}"\n}}\n'
    )
    ask = ("eapol_test", "-c", str(path), "-a", "127.0.0.1", "-s", SECRET, "-M", MAC, "-t", "8")
    server.decide(MAC, "deny", "quarantine")
    said = lab.run("rad", *ask, check=False)
    assert said.splitlines()[-1] == "SUCCESS"
    assert "Attribute 81 (Tunnel-Private-Group-Id)" in said
    assert b"quarantine".hex() in said, said
    server.decide(MAC, "refuse", "refused")
    said = lab.run("rad", *ask, check=False)
    assert said.splitlines()[-1] == "FAILURE"
    rejected = said[said.rindex("code=3 (Access-Reject)") :]
    assert "from RADIUS server: EAP Failure" in rejected
    assert "Vendor-Specific" not in rejected, "keys of a session that there is not"
    assert "from RADIUS server: EAP Success" not in said
