"""The PC settings that each kind of source tells are judged: failed, passed, and missing where it is silent."""

import json

import pytest

from kanmon.intake import formats
from kanmon.intake.report import Report
from tests.intake.conftest import OWN
from tests.intake.test_lists_of_wmi import glpi_agent
from tests.intake.test_osquery_states import GROUPS, HKLM, PEOPLE, WALL, registry
from tests.intake.test_policies_of_osquery import HOST
from tests.intake.test_sections_of_plugins import xml
from tests.judgment.one import Pc, rules

# Each condition says "unknown" of what the source does not tell.
UNTOLD = "missing: unknown"
GUEST = "accounts: {guest_enabled: {missing: unknown}}"
ADMINISTRATORS = "accounts: {other_administrators: {accepted: [Administrator], missing: unknown}}"
EXPIRES = "passwords: {never_expires: {missing: unknown}}"
SHARED = "shared_folders: {any: {missing: unknown}}"
ADMIN_SHARES = "shared_folders: {administrative: {missing: unknown}}"
FIREWALL = "firewall: {'off': {missing: unknown}}"
EXCEPTIONS = "firewall: {exceptions: {missing: unknown}}"
SYSTEM_DRIVE = "drive_encryption: {'off': {missing: unknown}}"
ALL_DRIVES = "drive_encryption: {'off': {drives: all, missing: unknown}}"
METHOD = "drive_encryption: {method: {accepted: ['XTS*'], missing: unknown}}"
DESK = "remote_desktop: {'on': {missing: unknown}}"
SMB1 = "protocols: {smb1: {missing: unknown}}"
LOCK = "screensaver: {lock_delay: {seconds: 900, missing: unknown}}"
TPM = "firmware: {no_tpm: {missing: unknown}}"
USB = "usb_storage: {usable: {missing: unknown}}"
LOGON = "logon: {automatic: {missing: unknown}}"
UPDATES = "automatic_updates: {'off': {missing: unknown}}"
ANONYMOUS = "anonymous_connections: {unrestricted: {missing: unknown}}"


def service(name: str, must: str) -> str:
    return f"services: [{{name: {name}, must: {must}, {UNTOLD}}}]"


def judged(report: object, rule: str) -> str:
    assert isinstance(report, Report)
    return Pc(report.facts).judged(rules(f"pc_settings: {{judge: true, {rule}}}"))[0].word


WMI = [
    (GUEST, "safe"), (EXPIRES, "safe"), (SHARED, "caution"), (ADMIN_SHARES, "caution"), (SYSTEM_DRIVE, "safe"),
    (ALL_DRIVES, "caution"), (METHOD, "safe"), (service("RemoteRegistry", "not_run"), "safe"),
    (service("Spooler", "not_run"), "caution"), (service("Spooler", "run"), "safe"), (FIREWALL, "unknown"),
    (ADMINISTRATORS, "unknown"), (LOCK, "unknown"),
]  # fmt: skip
REG = [
    (FIREWALL, "caution"), (EXCEPTIONS, "unknown"), (DESK, "safe"), (SMB1, "safe"), (LOCK, "safe"), (USB, "safe"),
    (LOGON, "safe"), (UPDATES, "safe"), (ANONYMOUS, "safe"), ("firmware: {secure_boot_off: {}}", "safe"),
    ("protocols: {llmnr: {}}", "safe"), (TPM, "unknown"), (GUEST, "unknown"), (SHARED, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "level"), WMI)
def test_lists_of_wmi(rule: str, level: str) -> None:
    assert judged(formats.read((OWN / "wmi.txt").read_bytes()), rule) == level


@pytest.mark.parametrize(("rule", "level"), REG)
def test_exported_keys(rule: str, level: str) -> None:
    assert judged(formats.read((OWN / "settings.reg").read_bytes()), rule) == level


def test_one_other_value_of_a_key_turns_each_setting() -> None:
    """So that "safe" above is not the answer of a rule that looks at nothing."""
    text = (OWN / "settings.reg").read_text()
    others = {
        DESK: ('"fDenyTSConnections"=dword:00000001', "0"), SMB1: ('"SMB1"=dword:00000000', "1"),
        LOCK: ('"InactivityTimeoutSecs"=dword:00000384', "385"), USB: ("USBSTOR]\n\"Start\"=dword:00000004", "3"),
        UPDATES: ('"NoAutoUpdate"=dword:00000000', "1"), ANONYMOUS: ('"RestrictAnonymous"=dword:00000001', "0"),
        LOGON: ('"AutoAdminLogon"="0"', '"AutoAdminLogon"="1"'),
    }  # fmt: skip
    for rule, (old, new) in others.items():
        assert old in text
        edited = text.replace(old, new if "=" in new else old.partition("dword:")[0] + f"dword:{new}")
        wanted = "warning" if "automatic_updates" in rule else "caution"
        assert judged(formats.read(edited.encode()), rule) == wanted, rule
        silent = text.replace(old, "")
        assert judged(formats.read(silent.encode()), rule) == "unknown", rule


def osquery(**tables: object) -> Report:
    whole = {"system_info": [{"hostname": "lab-1"}], "osquery_info": [{"version": "5.4.0"}], **tables}
    report = formats.read(json.dumps({"osquery": whole}).encode())
    assert isinstance(report, Report)
    return report


ROWS = registry((WALL + r"\PublicProfile\EnableFirewall", "0"),
                (HKLM + r"\SYSTEM\CurrentControlSet\Services\USBSTOR\Start", "3"))  # fmt: skip


@pytest.mark.parametrize(
    ("tables", "rule", "level"),
    [
        ({"users": PEOPLE, **GROUPS}, ADMINISTRATORS, "caution"),
        ({"users": PEOPLE}, ADMINISTRATORS, "unknown"),
        ({"users": PEOPLE}, GUEST, "unknown"),
        ({"registry": ROWS}, FIREWALL, "caution"),
        ({"registry": ROWS}, USB, "caution"),
        ({"registry": ROWS}, LOCK, "unknown"),
        ({"tpm_info": []}, TPM, "caution"),
        ({}, TPM, "unknown"),
        ({"shared_resources": [{"name": "Plans", "type": "0"}]}, SHARED, "caution"),
        ({"shared_resources": []}, SHARED, "safe"),
        ({"services": [{"name": "RemoteRegistry", "status": "RUNNING"}]}, service("RemoteRegistry", "not_run"), "caution"),
        ({"services": [{"name": "RemoteRegistry", "status": "STOPPED"}]}, service("RemoteRegistry", "not_run"), "safe"),
        ({}, service("RemoteRegistry", "not_run"), "unknown"),
        ({"bitlocker_info": [{"drive_letter": "C:", "protection_status": "1", "encryption_method": "AES_128"}]}, METHOD, "caution"),
        ({"bitlocker_info": [{"drive_letter": "C:", "protection_status": "0"}]}, SYSTEM_DRIVE, "caution"),
        ({"windows_security_center": [{"autoupdate": "Poor"}]}, UPDATES, "warning"),
    ],
)  # fmt: skip
def test_tables_of_osquery(tables: dict[str, object], rule: str, level: str) -> None:
    assert judged(osquery(**tables), rule) == level


def test_a_host_of_fleet() -> None:
    report = formats.read(json.dumps({"host": HOST}).encode())
    assert judged(report, SYSTEM_DRIVE) == "safe"
    report = formats.read(json.dumps({"host": {**HOST, "disk_encryption_enabled": False}}).encode())
    assert judged(report, SYSTEM_DRIVE) == "caution"
    report = formats.read(json.dumps({"host": {**HOST, "disk_encryption_enabled": None}}).encode())
    assert judged(report, SYSTEM_DRIVE) == "unknown"


def test_sections_of_agents_and_plugins() -> None:
    drive = "<DRIVES><LETTER>C:</LETTER><TYPE>Hard Drive</TYPE><FILESYSTEM>NTFS</FILESYSTEM></DRIVES>"
    status = "<BITLOCKERSTATUS><DRIVE>C:</DRIVE><PROTECTIONSTATUS>On</PROTECTIONSTATUS></BITLOCKERSTATUS>"
    assert judged(xml(drive + status), SYSTEM_DRIVE) == "safe"
    assert judged(xml(drive + status.replace("On", "Off")), SYSTEM_DRIVE) == "caution"
    assert judged(xml(drive), SYSTEM_DRIVE) == "unknown"
    folder = "<SHAREDFOLDERS><SHARENAME>Plans</SHARENAME><SHARETYPE>User</SHARETYPE></SHAREDFOLDERS>"
    assert (judged(xml(folder), SHARED), judged(xml(folder), ADMIN_SHARES), judged(xml(drive), SHARED)) == (
        "caution", "safe", "unknown",
    )  # fmt: skip
    guest = "<LOCAL_USERS><ID>S-1-5-21-1-2-3-501</ID><NAME>Guest</NAME></LOCAL_USERS>"
    assert judged(xml(guest, "FusionInventory-Agent_v2.6-3"), GUEST) == "caution"
    assert judged(xml(guest), GUEST) == "unknown", "an OCS agent does not say whether it is on"
    plugin = "<WINUSERS><NAME>Gast</NAME><STATUS>Disabled</STATUS><SID>S-1-5-21-1-2-3-501</SID></WINUSERS>"
    assert judged(xml(plugin), GUEST) == "safe"


def test_real_accounts_and_a_real_volume() -> None:
    accounts = formats.read(glpi_agent("win32_wmi_10-StandAlone-Win32_UserAccount.wmi"))
    assert (judged(accounts, GUEST), judged(accounts, EXPIRES), judged(accounts, SYSTEM_DRIVE)) == (
        "safe", "caution", "unknown",
    )  # fmt: skip
    name = "CSName=LAB-09\r\n\r\n".encode("utf-16")
    volume = formats.read(name + glpi_agent("win32_wmi_win10-crypt-Win32_EncryptableVolume.wmi"))
    assert (judged(volume, SYSTEM_DRIVE), judged(volume, METHOD)) == ("safe", "caution")
