"""Greetings of agents get the answers without which no agent sends its inventory."""

import json
import zlib

import pytest

from kanmon.intake import formats
from kanmon.intake.formats import Contact, Prolog


def prolog(more: str = "") -> bytes:
    return f"<REQUEST><DEVICEID>d1</DEVICEID><QUERY>PROLOG</QUERY>{more}</REQUEST>".encode()


def test_a_prolog_is_answered_by_send_in_compressed_xml():
    message = formats.read(prolog(), "OCS-NG_unified_unix_agent_v2.10.0")
    assert message == Prolog("ocs", "d1")
    status, kind, body = message.reply()
    assert (status, kind, body[:2]) == (200, "application/x-compress", b"\x78\x9c")
    assert b"<REPLY><RESPONSE>SEND</RESPONSE><PROLOG_FREQ>24</PROLOG_FREQ></REPLY>" in zlib.decompress(body)


def test_a_prolog_with_a_token_is_one_of_fusioninventory():
    assert formats.read(prolog("<TOKEN>12345678</TOKEN>")).format == "fusioninventory"


def test_a_contact_of_a_glpi_agent_is_asked_for_its_inventory_only():
    body = {"action": "contact", "deviceid": "d1", "name": "GLPI-Agent", "version": "1.15", "httpd-port": 62354,
            "enabled-tasks": ["inventory", "netdiscovery"], "installed-tasks": ["inventory", "collect"]}  # fmt: skip
    message = formats.read(json.dumps(body).encode())
    assert message == Contact("glpi", "d1", ("inventory", "netdiscovery"))
    status, kind, answer = message.reply()
    told = json.loads(answer)
    assert (status, kind, told["status"], told["expiration"]) == (200, "application/json", "ok", 24)
    assert told["disabled"] == ["netdiscovery"]
    assert "inventory" in told["tasks"]


@pytest.mark.parametrize(
    ("format", "answer"),
    [("ocs", b"<REPLY><RESPONSE>ACCOUNT_UPDATE</RESPONSE></REPLY>"), ("fusioninventory", b"<REPLY></REPLY>")],
)
def test_an_inventory_in_xml_is_acknowledged_in_xml(format, answer):
    assert zlib.decompress(formats.accepted(format)[2]).endswith(answer)


def test_an_inventory_in_json_is_acknowledged_in_json():
    assert json.loads(formats.accepted("glpi")[2]) == {"status": "ok", "expiration": 24}
    assert json.loads(formats.accepted("kanmon", "", "changed")[2]) == {"status": "accepted", "result": "changed"}
