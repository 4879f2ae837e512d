"""What Windows, agents and osquery say of antivirus products: on or off, fresh or old, or not told."""

import json
import re

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Agent, Antivirus, Drive, Firewall, Os, Patch, Service, Setting, Software
from kanmon.intake import formats, security_center
from tests.intake.test_real_inventories import ROOT


@pytest.mark.parametrize(
    ("state", "enabled", "up_to_date"),
    [
        (397568, True, True),  # published outputs of AntiVirusProduct, root/SecurityCenter2
        (397312, True, True),
        (266240, True, True),
        (266256, True, False),
        (262144, False, True),
        (393216, False, True),
        (262160, False, False),
        (393232, False, False),
        (393488, False, False),
        (0x61000 | 0x2000, False, True),  # snoozed and expired, of WSC_SECURITY_PRODUCT_STATE
        (0x60000 | 0x3000, False, True),
        (0x68000, None, True),  # neither is described anywhere
        (0x61020, True, None),
        (None, None, None),
        (-1, None, None),
        (2**40, None, None),
    ],
)
def test_the_state_of_a_product_in_security_center(state, enabled, up_to_date):
    assert security_center.decode(state) == (enabled, up_to_date)


def products(message):
    return [fact for fact in message.facts if type(fact) is Antivirus]


def kanmon(**product):
    body = {
        "kanmon": 1, "agent": {"name": "t", "version": "1"}, "device_id": "d", "reported_at": "2026-11-20T10:00:00Z",
        "host": "d", "antivirus": [{"product": "Example Antivirus", **product}],
    }  # fmt: skip
    return products(formats.read(json.dumps(body).encode()))


def test_kanmon_json_takes_the_number_where_words_are_missing():
    assert kanmon(product_state=266256) == [Antivirus("Example Antivirus", enabled=True, up_to_date=False)]
    assert kanmon(product_state=266256, up_to_date=True) == [
        Antivirus("Example Antivirus", enabled=True, up_to_date=True)
    ]
    assert kanmon() == [Antivirus("Example Antivirus")]
    with pytest.raises(Refused, match="product_state"):
        kanmon(product_state=-1)


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ("<ENABLED>1</ENABLED><UPTODATE>0</UPTODATE>", {"enabled": True, "up_to_date": False}),
        ("<ENABLED>0</ENABLED>", {"enabled": False}),
        ("", {}),
        ("<PRODUCTSTATE>397568</PRODUCTSTATE>", {"enabled": True, "up_to_date": True}),
        ("<PRODUCTSTATE>397568</PRODUCTSTATE><ENABLED>0</ENABLED>", {"enabled": False, "up_to_date": True}),
        (
            "<VERSION>14.0</VERSION><ENGINE_VERSION>9.850.1008</ENGINE_VERSION><BASE_VERSION>15.801.00</BASE_VERSION>",
            {"version": "14.0", "engine": "9.850.1008", "definitions": "15.801.00"},
        ),
        (
            "<BASE_VERSION>20200310.007</BASE_VERSION>",
            {"definitions": "20200310.007", "definitions_date": "2020-03-10"},
        ),
        ("<BASE_CREATION>01/04/2019</BASE_CREATION>", {"definitions_date": "2019-04-01"}),
    ],
)
def test_the_section_of_agents(fields, known):
    body = (
        "<REQUEST><DEVICEID>d</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT><HARDWARE><NAME>d</NAME></HARDWARE>"
        f"<ANTIVIRUS><NAME>Example Antivirus</NAME>{fields}</ANTIVIRUS></CONTENT></REQUEST>"
    )
    message = formats.read(body.encode())
    assert products(message) == [Antivirus("Example Antivirus", **known)]
    assert "antivirus" in message.told


MACHINE = {
    "osquery_info": [{"version": "5.4.0"}],
    "system_info": [{"hostname": "lab-1.example.test", "uuid": "4C4C4544-0042-3510-8052-B4C04F4A3432",
                     "hardware_serial": "5CG1234XYZ", "physical_memory": "17179869184"}],
    "os_version": [{"name": "Microsoft Windows 11 Pro", "version": "10.0.22621.2715", "platform": "windows", "arch": "64-bit"}],
}  # fmt: skip


def osquery(**tables):
    return formats.read(json.dumps({"unixTime": 1795100000, "osquery": {**MACHINE, **tables}}).encode())


def of(message, record):
    return [fact for fact in message.facts if type(fact) is record]


def test_osquery_names_the_pc_and_itself():
    message = osquery()
    assert (message.host, message.serial, message.format) == ("lab-1", "5CG1234XYZ", "osquery")
    assert message.uuid == message.device_key.lower() == "4c4c4544-0042-3510-8052-b4c04f4a3432"
    assert message.columns["memory_mb"] == 16384
    assert message.reported_at == 1795100000
    assert of(message, Agent) == [Agent("osquery", "5.4.0")]
    assert of(message, Os) == [Os("windows", "Microsoft Windows 11 Pro", "10.0", "22621.2715", "", "x86_64")]
    assert message.told == set()


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ({"state": "On", "signatures_up_to_date": "1"}, {"enabled": True, "up_to_date": True}),
        ({"state": "On", "signatures_up_to_date": "0"}, {"enabled": True, "up_to_date": False}),
        ({"state": "Off", "signatures_up_to_date": "1"}, {"enabled": False, "up_to_date": True}),
        ({"state": "Snoozed"}, {"enabled": False}),
        ({"state": "Expired"}, {"enabled": False}),
        ({"state": ""}, {}),
    ],
)
def test_products_of_osquery(row, known):
    message = osquery(windows_security_products=[{"type": "Antivirus", "name": "Windows Defender", **row}])
    assert products(message) == [Antivirus("Windows Defender", **known)]
    assert message.told == {"antivirus", "firewall"}


def test_two_products_and_a_firewall_of_osquery():
    rows = [
        {"type": "Antivirus", "name": "Windows Defender", "state": "Off", "signatures_up_to_date": "1"},
        {"type": "Antivirus", "name": "Example Antivirus", "state": "On", "signatures_up_to_date": "1"},
        {"type": "Firewall", "name": "Windows Firewall", "state": "On", "signatures_up_to_date": "1"},
        {"type": "Autoupdate", "name": "Windows Update", "state": "On"},
    ]
    message = osquery(
        windows_security_products=rows, windows_security_center=[{"autoupdate": "Poor", "antivirus": "Good"}]
    )
    assert {one.product: one.enabled for one in products(message)} == {
        "Windows Defender": False,
        "Example Antivirus": True,
    }
    assert of(message, Firewall) == [Firewall("Windows Firewall", True)]
    assert of(message, Setting) == [Setting("automatic_updates", False)]


@pytest.mark.parametrize(("health", "known"), [("Good", True), ("Poor", None), ("Not Monitored", None)])
def test_the_health_of_security_center_stands_in_for_products_only_when_it_is_good(health, known):
    message = osquery(windows_security_center=[{"antivirus": health, "firewall": "Poor"}])
    assert products(message) == [Antivirus("Windows Security Center", enabled=known, up_to_date=known)]
    assert of(message, Firewall) == [Firewall("Windows Security Center", False)]


def test_other_tables_of_osquery():
    message = osquery(
        patches=[{"hotfix_id": "KB5031354"}, {"hotfix_id": ""}],
        programs=[{"name": "7-Zip", "version": "24.07", "publisher": "Igor Pavlov"}],
        rpm_packages=[{"name": "bash", "epoch": "0", "version": "5.2", "release": "3.el9", "vendor": "Example", "arch": "x86_64"}],
        services=[{"name": "WinDefend", "status": "RUNNING", "start_type": "AUTO_START"}],
        bitlocker_info=[{"drive_letter": "C:", "protection_status": "1", "encryption_method": "XTS-AES 128"},
                        {"drive_letter": "D:", "protection_status": "2"}],
    )  # fmt: skip
    assert of(message, Patch) == [Patch("KB5031354")]
    assert set(of(message, Software)) == {
        Software("7-Zip", "24.07", "Igor Pavlov", "", "windows"), Software("bash", "5.2-3.el9", "Example", "x86_64", "rpm"),
    }  # fmt: skip
    assert of(message, Service) == [Service("WinDefend", True, "automatic")]
    assert of(message, Drive) == [Drive("C:", True, True, "XTS-AES 128"), Drive("D:")]
    assert message.told == {"patch", "software", "service", "drive"}


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        ({"osquery": {}}, "KNM1155-E"),
        ({"osquery": {"system_info": []}}, "KNM1155-E"),
        ({"osquery": []}, "KNM1021-E"),
        ({"osquery": {"system_info": {"hostname": "x"}}}, "KNM1021-E"),
    ],
)
def test_tables_that_are_none_are_refused(body, message_id):
    with pytest.raises(Refused) as refused:
        formats.read(json.dumps(body).encode())
    assert refused.value.message_id == message_id


TEMPLATES = sorted((ROOT / "fleet").glob("*.tmpl"))


@pytest.mark.skipif(not TEMPLATES, reason=f"NO REAL OSQUERY ANSWER TESTED: there is none in {ROOT}")
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_osquery_says_of_a_real_machine(path):
    text = path.read_text("utf-8")
    details = re.search(r'"host_details": (\{.*?\n    \}),', text, re.DOTALL)
    assert details is not None
    filled = re.sub(r"\{\{.*?UUID.*?\}\}", "4C4C4544-0042-3510-8052-B4C04F4A3432", details[1])
    filled = re.sub(r"\{\{.*?\}\}", "lab-7", filled)
    tables = {name: [row] for name, row in json.loads(filled).items()}
    message = formats.read(json.dumps({"osquery": tables}).encode())
    (system,) = of(message, Os)
    assert (message.host, system.family) == ("lab-7", {"w": "windows", "m": "macos", "u": "linux"}[path.name[0]])
    assert system.version in ("10.0", "14.1.2", "22.04.1")
    assert of(message, Agent)[0].version.count(".") == 2
