"""CoA and Disconnect as switches answer them: acknowledged, refused with each Error-Cause, silent."""

import asyncio

import pytest

from kanmon.agent.radius import change, setup
from kanmon.agent.radius.change import CAUSES, Told
from kanmon.agent.radius.nas import Nas
from kanmon.agent.radius.sessions import Session
from kanmon.common import messages
from tests.agent.radius.coa_switch import SECRET, CoaSwitch
from tests.agent.radius.lab import Laboratory

PORT = 3799
NAS = Nas("sw9", "127.0.0.1", SECRET, profile="rfc5176", coa=True, coa_port=PORT)
CHOSEN = setup.read({"networks": {"quarantine": {"vlan": "20"}}})


def session(mac: str = "02:00:00:00:aa:01", **more: object) -> Session:
    calling = mac.replace(":", "-").upper()
    one = Session(mac, "sw9", "127.0.0.1", "1", calling, "A1", "", "corporate", "open", 0.0, 0.0, 2_000_000_000.0)
    return one._replace(**more)


def told(lab: Laboratory, nas: Nas, one: Session, network: str = "quarantine", *, waits: float = 0.5) -> Told:
    return lab.inside("rad", lambda: asyncio.run(change.change(nas, one, network, CHOSEN, (waits, waits))))


def test_a_switch_that_takes_coa_is_told_the_new_network(lab: Laboratory) -> None:
    switch = CoaSwitch(lab, PORT)
    said = told(lab, NAS, session())
    assert (said.result, said.message_id) == ("moved", "KNM8220-I"), said.sentence()
    kind, mac, number, vlan, *_ = switch.asked()[0].split(" ")
    assert (kind, mac, number, vlan) == ("CoA-Request", "02-00-00-00-AA-01", "A1", "20")
    cisco = told(lab, NAS._replace(profile="cisco"), session())
    assert cisco.result == "moved"
    assert "subscriber:command=reauthenticate" in switch.asked()[1]
    refused = told(lab, NAS, session(), "refused")  # what is not accepted into can't be told by CoA
    assert refused.result == "ended"
    assert switch.asked()[2].startswith("Disconnect-Request")


def test_a_switch_that_refuses_coa_is_asked_to_disconnect(lab: Laboratory) -> None:
    switch = CoaSwitch(lab, PORT, refuses="CoA-Request")
    said = told(lab, NAS, session())
    assert (said.result, said.message_id) == ("ended", "KNM8221-I"), said.sentence()
    assert "refuses a CoA" in said.before[0]
    assert [line.split(" ")[0] for line in switch.asked()] == ["CoA-Request", "Disconnect-Request"]


@pytest.mark.parametrize("number", [1, 2])
def test_each_error_cause_is_told_in_words(lab: Laboratory, number: int) -> None:
    CoaSwitch(lab, PORT)
    nas = NAS._replace(coa=False)
    for code in sorted(CAUSES)[number - 1 :: 2]:
        said = told(lab, nas, session(f"02:00:00:00:0{code // 100}:{code % 100:02d}"))
        if code in (201, 507):
            assert said.result == "ended", said.sentence()
        elif code == 503:
            assert (said.result, said.message_id) == ("none", CAUSES[503])
        else:
            assert said.result == "waits", said.sentence()
            assert said.before[0].startswith("sw9 refuses a Disconnect"), said.before
            assert str(code or "without saying why") in said.before[0]
        assert messages.text(CAUSES[code], said.params, "ja")


def test_a_session_without_an_end_at_a_switch_that_takes_nothing_is_an_error_in_words(lab: Laboratory) -> None:
    said = told(lab, NAS._replace(coa=False, disconnect=False), session(ends_at=None))
    assert (said.result, said.message_id) == ("failed", "KNM8226-E")
    waits = told(lab, NAS._replace(coa=False, disconnect=False), session())
    assert (waits.result, waits.message_id) == ("waits", "KNM8225-W")
    assert "2033-05-18T03:33:20+00:00" in waits.sentence()


def test_a_wrong_secret_is_silence_and_told_as_such(lab: Laboratory) -> None:
    switch = CoaSwitch(lab, PORT)
    said = told(lab, NAS._replace(secret="wrong-secret-wrong-secret"), session())
    assert said.silent
    assert said.message_id == "KNM8225-W"
    assert len(said.before) == 2
    assert all("a switch says nothing to a wrong secret" in one for one in said.before)
    assert switch.asked() == []


def test_what_is_sent_again_is_done_once(lab: Laboratory) -> None:
    switch = CoaSwitch(lab, PORT)
    # the answer is lost: it leads nowhere for the first second
    drop = "table inet lost {\n chain out {\n type filter hook output priority 0;\n udp sport 3799 drop;\n}\n}\n"
    lab.run("rad", "nft", "-f", "-", text=drop)

    def both() -> Told:
        async def run() -> Told:
            asking = asyncio.create_task(change.change(NAS, session(), "quarantine", CHOSEN, (1.0, 5.0)))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(lab.run, "rad", "nft", "delete", "table", "inet", "lost")
            return await asking

        return asyncio.run(run())

    assert lab.inside("rad", both).result == "moved"
    assert len(switch.asked()) == 1


def test_an_attribute_that_cannot_be_sent_is_told_and_disconnect_is_used(lab: Laboratory) -> None:
    CoaSwitch(lab, PORT)
    chosen = setup.read({"profiles": {"odd": {"coa": {"Unheard-Of": "1"}}}})
    nas = NAS._replace(profile="odd")
    said = lab.inside("rad", lambda: asyncio.run(change.change(nas, session(), "quarantine", chosen, (0.5, 0.5))))
    assert said.result == "ended"
    assert "Unheard-Of" in said.before[0]


def test_an_answer_that_another_secret_has_signed_is_not_believed(lab: Laboratory) -> None:
    """Somebody on the way answers in the switch's place."""
    import socket
    import threading

    def both() -> Told:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
            forger.bind(("127.0.0.1", PORT))

            def forge() -> None:
                for _ in range(2):
                    data, whence = forger.recvfrom(4096)
                    forger.sendto(bytes([44, data[1], 0, 20]) + bytes(16), whence)
                    forger.sendto(b"\x2c", whence)

            thread = threading.Thread(target=forge, daemon=True)
            thread.start()
            nas = NAS._replace(disconnect=False)
            return asyncio.run(change.change(nas, session(), "quarantine", CHOSEN, (0.3, 0.3)))

    said = lab.inside("rad", both)
    assert said.result == "waits"
    assert said.before[0].startswith("What answers a CoA")
