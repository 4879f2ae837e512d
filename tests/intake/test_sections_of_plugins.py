"""Sections about accounts, drives and shares, of agents and of plugins of OCS, become the right facts."""

import json
from typing import Any

import pytest

from kanmon.common.facts import Account, Drive, Service, Share
from kanmon.intake import formats
from kanmon.intake.report import Report
from tests.intake.test_antivirus_states import of

WINDOWS = "<OPERATINGSYSTEM><KERNEL_NAME>MSWin32</KERNEL_NAME><FULL_NAME>Windows 11 Pro</FULL_NAME></OPERATINGSYSTEM>"


def xml(content: str, agent: str = "OCS-NG_WINDOWS_AGENT_v2.11.0.1") -> Report:
    report = formats.read(
        f"<REQUEST><DEVICEID>d</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT><HARDWARE><NAME>d</NAME></HARDWARE>{WINDOWS}"
        f"{content}</CONTENT></REQUEST>".encode(),
        agent,
    )
    assert isinstance(report, Report)
    return report


def glpi(**content: Any) -> Report:
    system = {"kernel_name": "MSWin32", "full_name": "Windows 11 Pro"}
    body = {"deviceid": "d", "action": "inventory", "content": {"operatingsystem": system, **content}}
    report = formats.read(json.dumps(body).encode())
    assert isinstance(report, Report)
    return report


def test_shared_folders_of_the_plugin() -> None:
    report = xml(
        "<SHAREDFOLDERS><SHARENAME>C$</SHARENAME><SHAREPATH>C:\\</SHAREPATH><SHARETYPE>Admin</SHARETYPE></SHAREDFOLDERS>"
        "<SHAREDFOLDERS><SHARENAME>Plans</SHARENAME><SHARETYPE>User</SHARETYPE></SHAREDFOLDERS>"
    )
    assert (set(of(report, Share)), report.told) == ({Share("C$", True), Share("Plans")}, {"share"})


@pytest.mark.parametrize(
    ("status", "method", "wanted"),
    [
        ("On", "XtsAes256", Drive("C:", True, True, "XtsAes256", "NTFS")),
        ("Locked", "XTS AES 128", Drive("C:", True, True, "XTS AES 128", "NTFS")),  # as the older plugin says it
        ("Off", "None", Drive("C:", True, False, "", "NTFS")),
        ("Unknown", "None", Drive("C:", True, None, "", "NTFS")),
    ],
)
def test_bitlocker_status_of_the_plugin(status: str, method: str, wanted: Drive) -> None:
    report = xml(
        "<DRIVES><LETTER>C:/</LETTER><TYPE>Hard Drive</TYPE><FILESYSTEM>NTFS</FILESYSTEM></DRIVES>".replace("C:/", "C:")
        + f"<BITLOCKERSTATUS><DRIVE>C:</DRIVE><VOLUMETYPE>OperatingSystem</VOLUMETYPE><PROTECTIONSTATUS>{status}"
        f"</PROTECTIONSTATUS><ENCRYPMETHOD>{method}</ENCRYPMETHOD></BITLOCKERSTATUS>"
    )
    assert of(report, Drive) == [wanted]


def test_users_and_services_of_the_plugins() -> None:
    report = xml(
        "<WINUSERS><NAME>Gast</NAME><TYPE>Local user</TYPE><STATUS>Disabled</STATUS><SID>S-1-5-21-1-2-3-501</SID></WINUSERS>"
        "<WINUSERS><NAME>jo</NAME><TYPE>Admin user</TYPE><STATUS>Enabled</STATUS><PASSWORDEXPIRES>12/31/2026 10:00:00"
        "</PASSWORDEXPIRES></WINUSERS><WINUSERS><NAME>kim</NAME><TYPE>Domain user</TYPE></WINUSERS>"
        "<SERVICE><SVCNAME>Spooler</SVCNAME><SVCSTATE>Running</SVCSTATE><SVCSTARTMODE>Auto</SVCSTARTMODE></SERVICE>"
    )
    assert set(of(report, Account)) == {
        Account("Gast", False, False, True), Account("jo", True, True, password_expires=True),
    }  # fmt: skip
    assert of(report, Service) == [Service("Spooler", True, "automatic")]
    assert report.told == {"account", "service"}


def test_accounts_that_agents_of_windows_list_are_on() -> None:
    users = [{"id": "S-1-5-21-1-2-3-500", "name": "Administrator"}, {"sid": "S-1-5-21-1-2-3-501", "login": "Guest"}]
    assert set(of(glpi(local_users=users), Account)) == {
        Account("Administrator", True, True), Account("Guest", True, None, True),
    }  # fmt: skip
    local = "<LOCAL_USERS><ID>S-1-5-21-1-2-3-501</ID><NAME>Guest</NAME></LOCAL_USERS>"
    assert of(xml(local, "FusionInventory-Agent_v2.6-3"), Account) == [Account("Guest", True, None, True)]
    assert of(xml(local), Account) == [Account("Guest", None, None, True)]


@pytest.mark.parametrize(
    ("status", "encrypted"), [("Yes", True), ("No", False), ("Partially", False), ("Unknown", None), ("", None)]
)
def test_encryption_of_drives(status: str, encrypted: bool | None) -> None:
    drive = {"letter": "C:", "type": "Local Disk", "systemdrive": True, "filesystem": "NTFS", "encrypt_name": "BitLocker",
             "encrypt_algo": "XTS_AES_128", "encrypt_status": status}  # fmt: skip
    assert of(glpi(drives=[drive]), Drive) == [Drive("C:", True, encrypted, "XTS_AES_128" if encrypted else "", "NTFS")]
