"""Lists of WMI (wmic, Get-CimInstance) and exported keys of the registry are parts of the inventory of systeminfo."""

from typing import Any

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Account, Antivirus, Drive, Firewall, Patch, Service, Setting, Share
from kanmon.intake import formats
from kanmon.intake.formats import reg, wmi
from kanmon.intake.report import Report, merged
from tests.intake.conftest import OWN
from tests.intake.test_real_inventories import ROOT

BODY = (OWN / "wmi.txt").read_bytes()
KEYS = (OWN / "settings.reg").read_bytes()


def read(body: bytes) -> Report:
    report = formats.read(body)
    assert isinstance(report, Report)
    return report


def of(report: Report, record: type) -> list[Any]:
    return [fact for fact in report.facts if type(fact) is record]


def wmic(text: bytes) -> bytes:
    """As a redirected wmic writes it: UTF-16 with a mark, and CR CR LF."""
    return text.decode().replace("\n", "\r\r\n").encode("utf-16")


def powershell(text: bytes) -> bytes:
    """As Format-List writes it: names padded to one width, CR LF."""
    rows = [line.partition("=") for line in text.decode().splitlines()]
    return "\r\n".join(f"{name:30} : {value}" if mark else name for name, mark, value in rows).encode("utf-16-le")


@pytest.mark.parametrize("written", [bytes, wmic, powershell])
def test_each_list_becomes_its_facts(written: Any) -> None:
    report = read(written(BODY))
    assert (report.format, report.host, report.device_key, report.partial) == (
        "systeminfo", "LAB-EN-01", "windows:LAB-EN-01", True,
    )  # fmt: skip
    assert report.told == {"account", "antivirus", "drive", "patch", "service", "share"}
    assert set(of(report, Account)) == {
        Account("Administrator", False, True, password_expires=False),
        Account("Guest", False, None, True, password_expires=False),
        Account("jo", True, None, password_expires=True),
    }
    assert set(of(report, Drive)) == {Drive("C:", True, True, "XTS_AES_256"), Drive("D:", False, False)}
    assert set(of(report, Share)) == {Share("C$", True), Share("Plans")}
    assert set(of(report, Service)) == {
        Service("Spooler", True, "automatic"),
        Service("RemoteRegistry", False, "disabled"),
    }
    assert of(report, Antivirus) == [Antivirus("Windows Defender", enabled=True, up_to_date=True)]
    assert of(report, Patch) == [Patch("KB5031354")]
    assert formats.is_part(written(BODY))


def test_a_list_is_added_to_the_report_of_systeminfo() -> None:
    whole = read((OWN / "systeminfo" / "en.txt").read_bytes())
    part = read(BODY)
    assert part.device_key == whole.device_key
    told = merged(part, whole)
    assert told.host == whole.host
    assert {type(fact) for fact in whole.facts} < {type(fact) for fact in told.facts}


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b"DriveLetter=C:\r\nProtectionStatus=1\r\n", "KNM1160-E"),
        (BODY + b"\nCSName=LAB-02\n", "KNM1159-E"),
        (b"ProtectionStatus=1\n" * 20_001, "KNM1161-E"),
        (b"ProtectionStatus=1\n" + b"x" * wmi.MAX_TEXT_BYTES, "KNM1156-E"),
    ],
)
def test_a_list_of_no_pc_of_two_or_of_too_many_is_refused(body: bytes, message_id: str) -> None:
    with pytest.raises(Refused) as refused:
        formats.read(body)
    assert refused.value.message_id == message_id


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("0", Share("x")),
        ("2147483648", Share("x", True)),
        ("-2147483648", Share("x", True)),
        ("1", None),
        ("3", None),
        ("2147483651", None),
        ("", None),
        ("much", None),
    ],
)
def test_shares_are_folders_only(kind: str, wanted: Share | None) -> None:
    assert wmi.share("x", kind) == wanted


def glpi_agent(name: str) -> bytes:
    path = ROOT / "glpi-agent" / name
    if not path.exists():
        pytest.skip(f"NO REAL LIST TESTED: there is none in {ROOT}")
    return path.read_bytes()


NAME = "CSName=LAB-09\r\n\r\n".encode("utf-16")


def test_real_accounts_in_french() -> None:
    report = read(glpi_agent("win32_wmi_10-StandAlone-Win32_UserAccount.wmi"))
    assert (report.host, report.told) == ("XPS-FUSIONINVEN", {"account"})
    assert {(one.name, one.enabled, one.administrator, one.guest) for one in of(report, Account)} == {
        ("Administrateur", False, True, False), ("DefaultAccount", False, None, False),
        ("Invité", False, None, True), ("teclib", True, None, False),
    }  # fmt: skip
    assert {one.password_expires for one in of(report, Account)} == {False}


def test_a_real_volume_of_bitlocker() -> None:
    body = glpi_agent("win32_wmi_win10-crypt-Win32_EncryptableVolume.wmi")
    report = read(NAME + body)
    assert (report.host, of(report, Drive)) == ("LAB-09", [Drive("C:", True, True, "AES_256")])
    with pytest.raises(Refused, match="does not name its PC"):
        formats.read(body)


def test_real_updates_of_a_windows_xp() -> None:
    report = read(glpi_agent("win32_wmi_xp-Win32_QuickFixEngineering.wmi"))
    assert (report.host, report.told) == ("ORDI-DE-GONÉRI", {"patch"})
    assert Patch("KB2079403") in report.facts


def test_real_firewall_profiles_of_the_registry() -> None:
    parts = [glpi_agent(f"win32_registry_10-{name}Profile.reg") for name in ("Domain", "Standard", "Public")]
    named = (OWN / "settings.reg").read_text().partition("[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services")[0]
    report = read(named.encode("utf-16") + b"".join(parts))
    assert set(of(report, Firewall)) == {Firewall(name, True) for name in ("domain", "private", "public")}
    report = read(named.encode("utf-16") + parts[0])
    assert set(of(report, Firewall)) == {Firewall("domain", True), Firewall("private"), Firewall("public")}
    with pytest.raises(Refused, match="does not name its PC"):
        formats.read(parts[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_exported_keys_become_settings(encoding: str) -> None:
    report = read(KEYS.decode().replace("\n", "\r\n").encode(encoding))
    assert (report.host, report.device_key, report.partial, report.told) == (
        "LAB-EN-01", "windows:LAB-EN-01", True, {"firewall"},
    )  # fmt: skip
    assert {one.name: one.value for one in of(report, Setting)} == {
        "automatic_logon": False, "anonymous_restricted": True, "automatic_updates": True, "secure_boot": True,
        "remote_desktop": False, "llmnr": False, "usb_storage": False, "smb1": False, "screensaver": True,
        "screensaver_password": True, "screen_lock_seconds": 900,
    }  # fmt: skip
    assert set(of(report, Firewall)) == {
        Firewall("domain", True), Firewall("private", True, False), Firewall("public", False, True),
    }  # fmt: skip


PREFIX = 'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n"ComputerName"="LAB-09"\n'
MACHINE = "HKEY_LOCAL_MACHINE"


def settings(*keys: tuple[str, str]) -> dict[str, Any]:
    text = PREFIX + "".join(f"[{key}]\n{value}\n" for key, value in keys)
    return {one.name: one.value for one in of(read(text.encode()), Setting)}


PERSON = r"HKEY_USERS\S-1-5-21-1-2-3-1001\Control Panel\Desktop"
OTHER = r"HKEY_USERS\S-1-5-21-1-2-3-1002\Control Panel\Desktop"
POLICY = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Windows\Control Panel\Desktop"
OWN_KEY = r"HKEY_CURRENT_USER\Control Panel\Desktop"
LOCKS = '"ScreenSaveActive"="1"\n"ScreenSaverIsSecure"="1"\n"ScreenSaveTimeOut"="{}"'
SERVER = MACHINE + r"\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters"
CLIENT = MACHINE + r"\SYSTEM\CurrentControlSet\Services\mrxsmb10"
DESK = MACHINE + r"\SYSTEM\CurrentControlSet\Control\Terminal Server"
DESK_POLICY = MACHINE + r"\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([(OWN_KEY, LOCKS.format(600))], {"screensaver": True, "screensaver_password": True, "screen_lock_seconds": 600}),
        ([(PERSON, LOCKS.format(600)), (OTHER, LOCKS.format(1200))], {"screensaver": True, "screensaver_password": True, "screen_lock_seconds": 1200}),
        ([(PERSON, LOCKS.format(600)), (OTHER, '"ScreenSaveActive"="0"')], {"screensaver": False}),
        ([(OWN_KEY, LOCKS.format(60)), (OWN_KEY, '"SCRNSAVE.EXE"=""')], {"screensaver": False, "screensaver_password": True}),
        ([(OWN_KEY, LOCKS.format(60)), (POLICY, '"ScreenSaverIsSecure"="0"')], {"screensaver": True, "screensaver_password": False}),
        ([(r"HKEY_USERS\.DEFAULT\Control Panel\Desktop", LOCKS.format(60)), (DESK, '"fDenyTSConnections"=dword:1')], {"remote_desktop": False}),
        ([(DESK, '"fDenyTSConnections"=dword:00000001'), (DESK_POLICY, '"fDenyTSConnections"=dword:00000000')], {"remote_desktop": True}),
        ([(SERVER, '"SMB1"=dword:1')], {"smb1": True}),
        ([(SERVER, '"SMB1"=dword:0'), (DESK, '"fDenyTSConnections"=dword:0')], {"remote_desktop": True}),
        ([(SERVER, '"SMB1"=dword:0'), (CLIENT, '"Start"=dword:4')], {"smb1": False}),
        ([(SERVER, '"SMB1"=dword:0'), (CLIENT, '"Start"=dword:2')], {"smb1": True}),
    ],
)  # fmt: skip
def test_a_setting_is_told_only_when_its_values_say_it(keys: list[tuple[str, str]], wanted: dict[str, Any]) -> None:
    assert settings(*keys) == wanted


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (PREFIX.encode(), "KNM1162-E"),
        (KEYS.replace(b'"ComputerName"=', b'"Other"='), "KNM1160-E"),
        (KEYS + b'[HKEY_LOCAL_MACHINE\\X]\n"a"=dword:1\n', "KNM1161-E"),
    ],
)
def test_keys_that_tell_nothing_no_pc_or_too_much_are_refused(
    body: bytes, message_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reg, "MAX_VALUES", KEYS.count(b'"=') - 1)
    if message_id != "KNM1161-E":
        monkeypatch.undo()
    with pytest.raises(Refused) as refused:
        formats.read(body)
    assert refused.value.message_id == message_id
