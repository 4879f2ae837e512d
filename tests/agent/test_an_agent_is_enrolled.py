"""Enrolment: an invitation, a key that stays at the agent, renewal and revocation; over real TLS."""

import stat
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from kanmon import wire
from kanmon.agent import enrol
from kanmon.common import clock
from kanmon.common.redact import redact
from tests.agent.ledger import Authority, Ledger
from tests.agent.manager_end import ManagerEnd
from tests.agent.processes import AgentProcess
from tests.conftest import until

NAME = "gateway-1"


def test_an_invitation_makes_a_key_and_a_certificate_that_stay_private(
    agent: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    said = agent.enrol(ledger.invite(NAME, manager.url))
    assert said.startswith(f"KNM8029-I Enrolled as {NAME}")
    for name in ("identity.pem", "authority.pem"):
        assert stat.S_IMODE((agent.home / "secrets" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((agent.home / "secrets").stat().st_mode) == 0o700
    assert not (agent.home / "secrets" / "next.key").exists()
    who = enrol.identity(agent.home)
    assert (who.name, {who.serial}) == (NAME, ledger.serials[NAME])
    assert agent.status()["managers"] == manager.url


def test_a_token_can_be_told_by_its_shape_and_is_taken_out_of_logs(ledger: Ledger) -> None:
    token = ledger.invite(NAME, "https://10.0.0.1:8445")
    assert redact(f"token {token}, used") == "token kne_***, used"
    assert wire.read_invitation(token).managers == ("https://10.0.0.1:8445",)


@pytest.mark.parametrize("token", ["", "kne_", "kna_abcdefghijklmnop", "kne_" + "A" * 5000, "kne_e30", "kne_日本"])
def test_what_is_no_token_is_refused_with_a_sentence(agent: AgentProcess, token: str) -> None:
    said = agent.run("enrol", code=1, extra={"KANMON_AGENT_TOKEN": token or "x"})
    assert said.startswith("KNM8022-E")


def test_an_invitation_is_good_for_one_key_and_the_same_key_may_come_again(
    agent: AgentProcess, manager: ManagerEnd, ledger: Ledger, tmp_path: Path
) -> None:
    token = ledger.invite(NAME, manager.url)
    agent.enrol(token, code=-9, extra={"KANMON_FAULT": "agent_certificate_told=kill"})
    assert not enrol.identity_path(agent.home).exists()
    agent.enrol(token)  # the answer was lost, the key is the same
    other = AgentProcess(tmp_path / "other")
    assert other.enrol(token, code=5).startswith("KNM8025-E")


@pytest.mark.parametrize("point", ["agent_authority_kept", "agent_identity_kept"])
def test_enrolment_killed_at_any_point_is_done_again(
    agent: AgentProcess, manager: ManagerEnd, ledger: Ledger, point: str
) -> None:
    token = ledger.invite(NAME, manager.url)
    agent.enrol(token, code=-9, extra={"KANMON_FAULT": f"{point}=kill"})
    agent.enrol(token)
    agent.start()
    until(lambda: ledger.exchanges, 30)


def test_an_old_invitation_and_one_for_another_name_are_refused(
    agent: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    old = ledger.invite(NAME, manager.url, age=timedelta(hours=2))
    assert agent.enrol(old, code=5).startswith("KNM8025-E")
    stolen = wire.read_invitation(ledger.invite(NAME, manager.url))
    renamed = wire.invitation_text(wire.Invitation(
        name="another", authority=stolen.authority, secret=stolen.secret, managers=stolen.managers))  # fmt: skip
    assert agent.enrol(renamed, code=5).startswith("KNM8025-E")


def test_who_answers_instead_of_the_manager_never_sees_the_token(
    agent: AgentProcess, managers: Callable[..., ManagerEnd], ledger: Ledger, tmp_path: Path
) -> None:
    false = Ledger(tmp_path / "false")
    there = ManagerEnd(false, managers().port + 1).start()
    try:
        said = agent.enrol(ledger.invite(NAME, there.url), code=1)
        assert said.startswith("KNM8024-E")
        # the right authority's certificate can be had by anybody; a server without its key is found out all the same
        false.authority.pem = ledger.authority.pem
        assert agent.enrol(ledger.invite(NAME, there.url), code=4).startswith("KNM8023-E")
        assert false.exchanges == []
    finally:
        there.stop()


def test_another_agent_can_not_pass_for_the_manager(
    agent: AgentProcess, managers: Callable[..., ManagerEnd], ledger: Ledger
) -> None:
    impostor = managers(server_pem=ledger.authority.server_pem("gateway-2"))
    assert agent.enrol(ledger.invite(NAME, impostor.url), code=4).startswith("KNM8023-E")


def test_no_manager_answers(agent: AgentProcess, ledger: Ledger) -> None:
    assert agent.enrol(ledger.invite(NAME, "https://127.0.0.1:9"), code=4).startswith("KNM8023-E")


def test_the_token_stands_in_no_file_and_no_log(enrolled: AgentProcess, ledger: Ledger) -> None:
    enrolled.start()
    until(lambda: ledger.exchanges, 30)
    enrolled.stop()
    found = subprocess.run(["grep", "-rl", "kne_", str(enrolled.home)], capture_output=True, text=True)
    assert found.stdout == ""


def test_a_certificate_is_renewed_with_a_new_key_before_it_ends(
    agent: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    ledger.life = timedelta(days=90)
    agent.enrol(ledger.invite(NAME, manager.url))
    first = x509.load_pem_x509_certificate(enrol.identity_path(agent.home).read_bytes())
    agent.start(KANMON_CLOCK_SKEW_SECONDS=str(61 * 86400))
    until(lambda: agent.said("KNM8028-I"), 30)
    second = x509.load_pem_x509_certificate(enrol.identity_path(agent.home).read_bytes())
    assert second.public_key() != first.public_key()
    assert second.serial_number != first.serial_number
    before = len(ledger.exchanges)
    until(lambda: len(ledger.exchanges) > before, 30)  # it goes on with the new one
    assert not enrol.due(enrol.identity(agent.home), clock.now() + timedelta(days=59))


@pytest.mark.parametrize("point", ["agent_certificate_told", "agent_authority_kept", "agent_identity_kept"])
def test_a_renewal_that_is_killed_leaves_an_identity_that_works(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger, point: str
) -> None:
    later = str(61 * 86400)
    enrolled.start(KANMON_CLOCK_SKEW_SECONDS=later, KANMON_FAULT=f"{point}=kill")
    assert enrolled.ended() == -9
    before = len(ledger.exchanges)
    enrolled.start(KANMON_CLOCK_SKEW_SECONDS=later)
    until(lambda: enrolled.said("KNM8028-I") or point == "agent_identity_kept", 30)
    until(lambda: len(ledger.exchanges) > before, 30)


def test_a_revoked_agent_is_refused_at_its_next_call_and_keeps_its_list(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger
) -> None:
    enrolled.start()
    order = manager.order("02:00:00:00:00:01", "deny")
    until(lambda: order.id in ledger.answers, 30)
    ledger.revoked.add(NAME)
    manager.wake()
    until(lambda: enrolled.said("KNM8035-E"), 30)
    assert enrolled.network() == {"02:00:00:00:00:01": "deny"}
    ledger.revoked.clear()
    again = manager.order("02:00:00:00:00:01", "permit")
    until(lambda: again.id in ledger.answers, 60)


def test_a_certificate_of_another_authority_is_refused_in_the_handshake(
    enrolled: AgentProcess, manager: ManagerEnd, ledger: Ledger, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger")
    enrol.identity_path(enrolled.home).write_bytes(stranger.server_pem(NAME).read_bytes())
    enrolled.start()
    until(lambda: enrolled.said("KNM8033-W"), 30)
    assert ledger.exchanges == []
