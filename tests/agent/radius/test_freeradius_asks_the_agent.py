"""The configuration that is written, with a real FreeRADIUS: MAC bypass, accounting, and the agent gone."""

from collections.abc import Callable

import pytest

from tests.agent.radius.lab import Laboratory
from tests.agent.radius.server import SETUP, Server
from tests.conftest import until

MAC = "02:00:00:00:00:01"


def test_mac_bypass_gives_the_attributes_of_the_network(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.decide(MAC, "permit", "corporate")
    said = server.bypass(MAC)
    assert "Received Access-Accept" in said, said + server.radius.said()
    assert 'Tunnel-Private-Group-Id:0 = "10"' in said
    assert "Tunnel-Type:0 = VLAN" in said
    assert "Tunnel-Medium-Type:0 = IEEE-802" in said
    assert "Session-Timeout = 3600" in said
    assert "Termination-Action = RADIUS-Request" in said
    assert f"Class = 0x{b'kanmon:corporate'.hex()}" in said
    assert "Message-Authenticator = 0x" in said.split("Received Access-Accept")[1]
    server.decide(MAC, "deny", "quarantine")
    said = server.bypass(MAC)
    assert 'Tunnel-Private-Group-Id:0 = "20"' in said
    assert 'Filter-Id = "quarantine"' in said
    server.decide(MAC, "refuse", "refused")
    assert "Received Access-Reject" in server.bypass(MAC)
    assert "Received Access-Reject" in server.bypass("02:00:00:00:00:77")
    assert [one["network"] for one in server.seen()] == ["corporate", "quarantine", "refused", "unauthenticated"]


def test_a_mac_as_a_name_lets_nobody_in_at_the_switch_itself(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.decide(MAC, "permit", "corporate")
    assert "Received Access-Reject" in server.bypass(MAC, Service_Type="NAS-Prompt-User")
    assert "Received Access-Reject" in server.bypass(MAC, Service_Type="Administrative-User")
    assert "Received Access-Reject" in server.bypass(MAC, NAS_Port_Type="Virtual")
    assert "Received Access-Reject" in server.bypass(MAC, user="admin", password="admin")
    assert "Received Access-Reject" in server.bypass(MAC, user="02-00-00-00-00-02")
    assert "KNM8214-W" in server.agent.said()
    assert server.seen() == []


def test_attributes_of_a_vendor_reach_the_switch_as_they_are_set_up(lab: Laboratory) -> None:
    acl = ["ip:inacl#1=permit ip any host 10.77.0.1", "ip:inacl#2=deny ip any any"]
    networks = SETUP["networks"] | {
        "quarantine": {"acl": "20", "attributes": {"Cisco-AVPair": acl, "Filter-Id": "{acl}.in"}},
    }
    server = Server(lab, {"networks": networks}).start()
    server.decide(MAC, "deny", "quarantine")
    said = server.bypass(MAC)
    assert f'Cisco-AVPair = "{acl[0]}"' in said, said + server.radius.said()
    assert f'Cisco-AVPair = "{acl[1]}"' in said
    assert 'Filter-Id = "20.in"' in said


def test_accounting_tells_where_a_pc_is_and_in_which_network(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.decide(MAC, "deny", "quarantine")
    server.bypass(MAC, Acct_Session_Id="A1")
    server.decide(MAC, "permit", "corporate")  # decided since; the session has what it was given
    told = {"Acct_Session_Id": "A1", "NAS_Port_Id": "Gi1/0/7", "Class": f"0x{b'kanmon:quarantine'.hex()}"}
    assert "Accounting-Response" in server.account("Start", MAC, Framed_IP_Address="10.77.0.11", **told)
    assert "Accounting-Response" in server.account("Interim-Update", MAC.replace(":", "").upper(), **told)
    session = server.sessions()[MAC]
    assert (session["network"], session["state"], session["ip"]) == ("quarantine", "open", "10.77.0.11")
    accounted = [one for one in server.seen() if one.get("how", "accounting") == "accounting"]
    assert [(one["network"], one["nas"], one["port"]) for one in accounted] == [
        ("quarantine", "loopback", "Gi1/0/7")
    ] * 2
    assert "Accounting-Response" in server.account("Stop", MAC, Acct_Session_Id="A0")  # late, of an older session
    assert server.sessions()[MAC]["state"] == "open"
    assert "Accounting-Response" in server.account("Stop", MAC, Acct_Session_Id="A1")
    assert server.sessions()[MAC]["state"] == "ended"
    server.account("Start", MAC, Acct_Session_Id="A2")
    assert server.sessions()[MAC]["state"] == "open"
    assert "Accounting-Response" in server.account("Accounting-On", NAS_Identifier="sw")
    assert server.sessions()[MAC]["state"] == "ended"


def test_without_the_agent_accounting_is_left_unanswered_so_that_it_comes_again(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.kill_agent()
    assert "No reply" in server.account("Start", MAC, Acct_Session_Id="A1")
    server.start_agent()
    assert "Accounting-Response" in server.account("Start", MAC, Acct_Session_Id="A1")
    assert server.sessions()[MAC]["state"] == "open"


def test_agent_gone_setting_reject(lab: Laboratory) -> None:
    server = Server(lab, SETUP | {"when_gone": "reject"}).start()
    server.decide(MAC, "permit", "corporate")
    assert "Received Access-Accept" in server.bypass(MAC)
    server.kill_agent()
    assert "Received Access-Reject" in server.bypass(MAC)
    server.start_agent()
    assert _within_a_while(lambda: "Received Access-Accept" in server.bypass(MAC))


def test_agent_gone_setting_quarantine(lab: Laboratory) -> None:
    server = Server(lab, SETUP | {"when_gone": "quarantine"}).start()
    server.decide(MAC, "permit", "corporate")
    server.kill_agent()
    said = server.bypass(MAC)
    assert "Received Access-Accept" in said, said + server.radius.said()
    assert 'Tunnel-Private-Group-Id:0 = "20"' in said
    assert 'Filter-Id = "quarantine"' in said
    assert f"Class = 0x{b'kanmon:quarantine'.hex()}" in said
    server.start_agent()
    assert _within_a_while(lambda: 'Tunnel-Private-Group-Id:0 = "10"' in server.bypass(MAC))


def test_agent_gone_setting_last_known(lab: Laboratory) -> None:
    server = Server(lab, SETUP | {"when_gone": "last_known"}).start()
    denied, refused, unknown = "02:00:00:00:00:02", "02:00:00:00:00:03", "02:00:00:00:00:04"
    server.decide(MAC, "deny", "quarantine")
    server.decide(denied, "permit", "corporate")
    server.decide(refused, "permit", "corporate")
    for mac in (MAC, denied, refused):
        assert "Received Access-Accept" in server.bypass(mac), server.radius.said()
    server.decide(MAC, "permit", "corporate")  # what was said last counts, not what was said first
    server.decide(denied, "deny", "quarantine")
    server.decide(refused, "refuse", "refused")
    for mac in (MAC, denied, refused):
        server.bypass(mac)
    server.kill_agent()
    for _ in range(2):  # a look into the memory does not change it
        assert 'Tunnel-Private-Group-Id:0 = "10"' in server.bypass(MAC), server.radius.said()
        assert 'Tunnel-Private-Group-Id:0 = "20"' in server.bypass(denied, Calling_Station_Id="0200.0000.0002")
        assert "Received Access-Reject" in server.bypass(refused)
        assert "Received Access-Reject" in server.bypass(unknown)
    server.radius.stop()
    server.start_radius()  # its memory is gone: nobody is known any more
    assert "Received Access-Reject" in server.bypass(MAC)
    server.start_agent()
    assert _within_a_while(lambda: 'Tunnel-Private-Group-Id:0 = "10"' in server.bypass(MAC))


@pytest.mark.parametrize("when_gone", ["reject", "quarantine", "last_known"])
def test_a_wrong_password_of_freeradius_lets_nobody_in(lab: Laboratory, when_gone: str) -> None:
    server = Server(lab, SETUP | {"when_gone": when_gone}).start()
    server.decide(MAC, "permit", "corporate")
    assert "Received Access-Accept" in server.bypass(MAC)
    server.kill_agent()
    (server.home / "secrets" / "freeradius").write_text("another-password\n")
    server.start_agent()
    assert _within_a_while(lambda: "KNM8211-E" in server.bypass(MAC) + server.agent.said())
    assert "Received Access-Reject" in server.bypass(MAC)


def test_a_switch_with_a_wrong_secret_or_without_a_signature_is_not_answered(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.decide(MAC, "permit", "corporate")
    spelled = MAC.replace(":", "-")
    asked = f'User-Name = "{spelled}", Calling-Station-Id = "{spelled}", Service-Type = Call-Check'
    ask = ("radclient", "-r", "1", "-t", "2", "127.0.0.1", "auth")
    wrong = lab.run("rad", *ask, "not-the-secret-at-all", text=f"{asked}, Message-Authenticator = 0x00", check=False)
    assert "Sent Access-Request" in wrong
    assert "Received" not in wrong
    unsigned = lab.run("rad", *ask, "laboratory-secret-1", text=asked, check=False)
    assert "Sent Access-Request" in unsigned
    assert "Received" not in unsigned
    assert server.seen() == []


def test_sessions_that_cannot_be_recorded_do_not_change_the_answer(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.decide(MAC, "deny", "quarantine")
    with server.tables.transaction() as connection:
        connection.execute("DROP TABLE radius_session")
    assert 'Tunnel-Private-Group-Id:0 = "20"' in server.bypass(MAC)
    assert until(lambda: "KNM8218-E" in server.agent.said(), 10)
    assert "No reply" in server.account("Start", MAC, Acct_Session_Id="A1")


def test_radius_restarted_goes_on_as_before(lab: Laboratory) -> None:
    server = Server(lab).start()
    server.decide(MAC, "permit", "corporate")
    server.radius.stop(hard=True)
    server.start_radius()
    assert "Received Access-Accept" in server.bypass(MAC)


def _within_a_while(what: Callable[[], bool]) -> bool:
    """FreeRADIUS looks for a lost agent once a second."""
    return bool(until(what, 30, 0.5))
