"""Tables of osquery about accounts, shares, services, drives and settings become facts."""

from typing import Any

import pytest

from kanmon.common.facts import Account, Drive, Firewall, Service, Setting, Share
from kanmon.intake.report import Report
from tests.intake.test_antivirus_states import of, osquery
from tests.intake.test_real_inventories import ROOT

HKLM = "HKEY_LOCAL_MACHINE"
WALL = HKLM + r"\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"


def registry(*rows: tuple[str, str]) -> list[dict[str, str]]:
    """Rows as osquery answers: the path is key and name."""
    found = []
    for path, data in rows:
        key, _, name = path.rpartition("\\")
        found.append({"key": key, "path": path, "name": name, "type": "REG_DWORD", "data": data, "mtime": "0"})
    return found


def settings(report: Report) -> dict[str, Any]:
    return {one.name: one.value for one in of(report, Setting)}


def test_the_registry_tells_settings_and_firewall_profiles() -> None:
    report = osquery(
        registry=registry(
            (WALL + r"\DomainProfile\EnableFirewall", "1"),
            (WALL + r"\StandardProfile\EnableFirewall", "1"),
            (WALL + r"\PublicProfile\EnableFirewall", "0"),
            (HKLM + r"\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\AutoAdminLogon", "1"),
            (HKLM + r"\Software\Microsoft\Windows\CurrentVersion\Policies\System\InactivityTimeoutSecs", "900"),
            (HKLM + r"\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\EnableMulticast", "0"),
            (HKLM + r"\SYSTEM\CurrentControlSet\Services\USBSTOR\Start", "3"),
        )
    )
    assert settings(report) == {
        "automatic_logon": True, "screensaver": True, "screensaver_password": True, "screen_lock_seconds": 900,
        "llmnr": False, "usb_storage": True,
    }  # fmt: skip
    assert set(of(report, Firewall)) == {Firewall("domain", True), Firewall("private", True), Firewall("public", False)}
    assert report.told == {"firewall"}


def test_the_profiles_of_the_registry_go_before_one_word_for_windows_firewall() -> None:
    rows = [{"type": "Firewall", "name": "Windows Firewall", "state": "On", "signatures_up_to_date": "1"},
            {"type": "Firewall", "name": "Example Firewall", "state": "On", "signatures_up_to_date": "1"}]  # fmt: skip
    report = osquery(windows_security_products=rows, registry=registry((WALL + r"\PublicProfile\EnableFirewall", "0")))
    assert set(of(report, Firewall)) == {
        Firewall("Example Firewall", True), Firewall("domain"), Firewall("private"), Firewall("public", False),
    }  # fmt: skip
    policy = HKLM + r"\Software\Policies\Microsoft\Windows\WindowsUpdate\AU\NoAutoUpdate"
    report = osquery(windows_security_center=[{"autoupdate": "Good"}], registry=registry((policy, "1")))
    assert settings(report) == {"automatic_updates": False}


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [
        ({"secureboot": [{"secure_boot": "1", "setup_mode": "0"}]}, {"secure_boot": True}),
        ({"secureboot": [{"secure_boot": "0"}]}, {"secure_boot": False}),
        ({"secureboot": []}, {}),
        ({"tpm_info": [{"activated": "1", "enabled": "1", "owned": "1"}]}, {"tpm": True}),
        ({"tpm_info": [{"activated": "0", "enabled": "1"}]}, {"tpm": False}),
        ({"tpm_info": []}, {"tpm": False}),
        ({"windows_optional_features": [{"name": "SMB1Protocol", "state": "2"}]}, {"smb1": False}),
        ({"windows_optional_features": [{"name": "SMB1Protocol-Client", "state": "1"}]}, {"smb1": True}),
        ({"windows_optional_features": [{"name": "SMB1Protocol-Client", "state": "3"}]}, {}),
        (
            {
                "windows_optional_features": [
                    {"name": f"SMB1Protocol-{one}", "state": "2"} for one in ("Client", "Server")
                ]
            },
            {"smb1": False},
        ),
        ({"windows_optional_features": [{"name": "TelnetClient", "state": "1"}]}, {}),
    ],
)
def test_tables_with_one_setting(tables: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert settings(osquery(**tables)) == wanted


SIDS = "S-1-5-21-1111111111-2222222222-3333333333-"
PEOPLE = [
    {"uid": "500", "username": "Administrator", "uuid": SIDS + "500", "type": "local"},
    {"uid": "501", "username": "Guest", "uuid": SIDS + "501", "type": "local"},
    {"uid": "1001", "username": "jo", "uuid": SIDS + "1001", "type": "local"},
    {"uid": "1002", "username": "kim", "uuid": SIDS + "1002", "type": "local"},
    {"uid": "18", "username": "SYSTEM", "uuid": "S-1-5-18", "type": "special"},
]
GROUPS = {
    "groups": [{"gid": "544", "groupname": "Administratoren", "group_sid": "S-1-5-32-544"},
               {"gid": "545", "groupname": "Benutzer", "group_sid": "S-1-5-32-545"}],
    "user_groups": [{"uid": "1001", "gid": "544"}, {"uid": "1002", "gid": "545"}, {"uid": "500", "gid": "544"}],
}  # fmt: skip


def test_accounts_of_windows_with_and_without_groups() -> None:
    report = osquery(users=PEOPLE, **GROUPS)
    assert set(of(report, Account)) == {
        Account("Administrator", administrator=True), Account("Guest", administrator=False, guest=True),
        Account("jo", administrator=True), Account("kim", administrator=False),
    }  # fmt: skip
    assert report.told == {"account"}
    report = osquery(users=PEOPLE)
    assert {one.name: one.administrator for one in of(report, Account)} == {
        "Administrator": True, "Guest": None, "jo": None, "kim": None,
    }  # fmt: skip


def test_accounts_of_linux_with_their_passwords() -> None:
    report = osquery(
        users=[{"uid": "0", "username": "root", "shell": "/bin/bash"}, {"uid": "1000", "username": "jo", "shell": "/bin/sh"},
               {"uid": "33", "username": "www-data", "shell": "/usr/sbin/nologin"}],
        groups=[{"gid": "27", "groupname": "sudo"}],
        user_groups=[{"uid": "1000", "gid": "27"}],
        shadow=[{"username": "root", "password_status": "locked", "last_change": "20000", "max": "99999"},
                {"username": "jo", "password_status": "empty", "last_change": "20000", "max": "90"}],
    )  # fmt: skip
    assert set(of(report, Account)) == {
        Account("root", False, True, False, None, None, "2024-10-04"),
        Account("jo", True, True, False, False, True, "2024-10-04"),
    }


def test_shares_services_and_volumes() -> None:
    report = osquery(
        shared_resources=[{"name": "C$", "type": "2147483648"}, {"name": "IPC$", "type": "2147483651"},
                          {"name": "Plans", "type": "0"}],
        services=[{"name": "RemoteRegistry", "status": "STOPPED", "start_type": "DISABLED"}],
        systemd_units=[{"id": "ssh.service", "load_state": "loaded", "active_state": "active", "unit_file_state": "enabled"},
                       {"id": "gone.service", "load_state": "not-found", "active_state": "inactive"},
                       {"id": "tmp.mount", "load_state": "loaded", "active_state": "active"}],
        bitlocker_info=[{"drive_letter": "C:", "protection_status": "1", "encryption_method": "XTS_AES_128"},
                        {"drive_letter": "D:", "protection_status": "0", "encryption_method": "None"}],
    )  # fmt: skip
    assert set(of(report, Share)) == {Share("C$", True), Share("Plans")}
    assert set(of(report, Service)) == {Service("RemoteRegistry", False, "disabled"), Service("ssh", True, "automatic")}
    assert set(of(report, Drive)) == {Drive("C:", True, True, "XTS_AES_128"), Drive("D:", False, False)}
    assert report.told == {"share", "service", "drive"}


def test_the_columns_are_those_of_osquerys_schema() -> None:
    path = ROOT / "fleet" / "osquery_fleet_schema.json.gz"
    if not path.exists():
        pytest.skip(f"THE SCHEMA OF OSQUERY WAS NOT LOOKED AT: it is not in {ROOT}")
    import gzip
    import json

    columns = {
        one["name"]: {c["name"] for c in one["columns"]} for one in json.loads(gzip.decompress(path.read_bytes()))
    }
    for table, used in {
        "registry": "key path name type data", "secureboot": "secure_boot", "tpm_info": "enabled activated",
        "windows_optional_features": "name state", "users": "uid username uuid shell", "user_groups": "uid gid",
        "groups": "gid groupname group_sid", "shadow": "username password_status last_change max",
        "shared_resources": "name type", "services": "name status start_type",
        "systemd_units": "id load_state active_state unit_file_state",
        "bitlocker_info": "drive_letter protection_status encryption_method",
    }.items():  # fmt: skip
        assert set(used.split()) <= columns[table], table
