"""What FusionInventory, OCS and GLPI agents send becomes the same kind of report."""

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import (
    Account,
    Agent,
    Antivirus,
    Drive,
    Firewall,
    Hardware,
    Os,
    Patch,
    Service,
    Setting,
    Software,
    Told,
)  # fmt: skip
from kanmon.intake import formats
from kanmon.intake.report import content_digest


@pytest.fixture
def windows(own):
    return formats.read(own("windows.xml"))


@pytest.fixture
def linux(own):
    return formats.read(own("linux_glpi.json"))


def of(report, record):
    return [fact for fact in report.facts if type(fact) is record]


def xml(content: str, query: str = "INVENTORY", device: str = "d1") -> bytes:
    return (
        f"<REQUEST><DEVICEID>{device}</DEVICEID><QUERY>{query}</QUERY><CONTENT>{content}</CONTENT></REQUEST>".encode()
    )


def test_the_pc_is_named_by_all_that_names_it(windows):
    assert (windows.format, windows.device_key) == ("fusioninventory", "PC-0042-2026-01-05-10-00-00")
    assert (windows.host, windows.serial, windows.asset_number, windows.tag) == (
        "PC-0042",
        "EX7-00042",
        "PC-0042",
        "Osaka",
    )
    assert windows.uuid == "4c4c4544-0042-3510-8052-b4c04f4a3432"
    assert windows.macs == ("f0:1f:af:00:00:42",)


def test_times_are_told_with_the_offset_of_the_pc(windows):
    assert windows.reported_at == windows.columns["reported_at"] == 1772442245
    assert windows.columns["boot_at"] == 1772409600


def test_system_agent_and_make(windows):
    assert of(windows, Os) == [Os("windows", "Microsoft Windows 11 Pro", "10.0", "26100.6725", "", "x86_64")]
    assert of(windows, Agent) == [Agent("GLPI-Agent", "1.15")]
    assert of(windows, Hardware) == [Hardware("Example Corp.", "Book 7", "Notebook")]
    assert of(windows, Setting) == [Setting("secure_boot", True)]


def test_columns(windows):
    told = {name: windows.columns[name] for name in ("ip", "mac", "user", "domain", "memory_mb", "disk_total_mb")}
    assert told == {
        "ip": "192.0.2.10", "mac": "f0:1f:af:00:00:42", "user": "hanako", "domain": "example.test", "memory_mb": 16384,
        "disk_total_mb": 475000,
    }  # fmt: skip


def test_a_switched_off_antivirus_and_one_whose_state_is_unknown(windows):
    assert of(windows, Antivirus) == [
        Antivirus("Example Shield", "", "", "20260228.007", "2026-02-28", None, None),
        Antivirus("Windows Defender", "4.18.26010.5", "", "1.443.120.0", "2026-03-01", False, True),
    ]


def test_updates_among_the_programs_become_patches(windows):
    assert of(windows, Patch) == [Patch("KB4011000"), Patch("KB5077181")]
    assert of(windows, Software) == [Software("7-Zip 24.09 (x64)", "24.09", "Igor Pavlov", "x86_64", "windows")]


def test_one_update_of_office_does_not_tell_about_the_updates_of_windows():
    entry = "<SOFTWARES><NAME>Update for Office (KB4011000)</NAME><FROM>registry</FROM></SOFTWARES>"
    report = formats.read(xml(f"<HARDWARE><OSNAME>Microsoft Windows 10</OSNAME></HARDWARE>{entry}"))
    assert "patch" not in report.told
    assert of(report, Patch) == [Patch("KB4011000")]


def test_the_registry_of_windows_xp_tells_its_updates():
    entry = "<SOFTWARES><NAME>Security Update for Windows XP (KB958644)</NAME><FROM>registry</FROM></SOFTWARES>"
    assert "patch" in formats.read(xml(f"<HARDWARE><OSNAME>Microsoft Windows XP</OSNAME></HARDWARE>{entry}")).told


def test_only_fixed_drives_are_kept_and_unknown_encryption_stays_unknown(windows):
    assert of(windows, Drive) == [
        Drive("C:", True, True, "XTS_AES_256", "NTFS"),
        Drive("D:", False, None, "", "NTFS"),
    ]


def test_each_firewall_profile_has_its_own_state(windows):
    assert set(of(windows, Firewall)) == {
        Firewall("domain", True),
        Firewall("private", False),
        Firewall("public", True),
    }


def test_guest_and_administrators_of_windows(windows):
    told = {account.name: (account.administrator, account.guest, account.enabled) for account in of(windows, Account)}
    # the agent asks Windows for accounts that are on, and lists no other
    assert told == {"Administrator": (True, False, True), "Guest": (False, True, True), "taro": (True, False, True)}


def test_environment_and_processes_are_not_kept(windows):
    assert "must not be kept" not in repr(windows)


def test_only_sections_that_are_there_are_told(windows, linux):
    assert windows.told == {"software", "patch", "antivirus", "account", "firewall", "drive"}
    assert linux.told == {"software", "account", "firewall", "drive"}
    assert formats.read(xml("<HARDWARE><NAME>x</NAME></HARDWARE>")).told == frozenset()


def test_an_inventory_in_json_is_mapped_like_one_in_xml(linux):
    assert (linux.format, linux.serial, linux.uuid, linux.tag) == ("glpi", "", "", "lab")
    assert linux.macs == ("f0:1f:af:00:00:07",)
    assert linux.columns["ip"] == "192.0.2.7"
    assert of(linux, Os) == [Os("linux", "Debian GNU/Linux", "12.11", "6.1.0-37-amd64", "", "x86_64")]
    assert of(linux, Software) == [Software("openssl", "3.0.16-1~deb12u1", "Debian", "amd64", "deb")]
    assert of(linux, Drive) == [Drive("/", True, True, "LUKS2", "ext4"), Drive("/boot", False, False, "", "ext4")]
    assert {a.name: a.administrator for a in of(linux, Account)} == {"jun": False, "mika": True, "root": True}
    assert of(linux, Firewall) == [Firewall("system", False)]
    assert of(linux, Hardware) == [Hardware("Example Corp.")]


def test_a_partial_inventory_says_so(own):
    body = own("linux_glpi.json").replace(b'"itemtype"', b'"partial": true, "itemtype"')
    assert formats.read(body).partial is True


def test_an_ocs_agent_tells_its_version_in_the_header_only():
    body = xml("<HARDWARE><NAME>x</NAME><OSNAME>Debian GNU/Linux 12</OSNAME><OSVERSION>12</OSVERSION></HARDWARE>")
    report = formats.read(body, "OCS-NG_unified_unix_agent_v2.10.0")
    assert report.format == "ocs"
    assert of(report, Agent) == [Agent("OCS-NG_unified_unix_agent", "2.10.0")]
    assert of(report, Os) == [Os("linux", "Debian GNU/Linux", "12")]
    assert of(formats.read(body, "curl/8.5.0"), Agent) == []


def test_the_security_plugin_of_ocs():
    states = "<ENABLED>1</ENABLED><UPTODATE>0</UPTODATE>"
    center = f"<SECURITYCENTER><CATEGORY>{{}}</CATEGORY><PRODUCT>{{}}</PRODUCT>{states}</SECURITYCENTER>"
    report = formats.read(xml(center.format("AntiVirus", "Shield") + center.format("Firewall", "Wall")))
    assert of(report, Antivirus) == [Antivirus("Shield", enabled=True, up_to_date=False)]
    assert of(report, Firewall) == [Firewall("Wall", True)]
    assert report.told == {"antivirus", "firewall"}


def test_services_of_an_ocs_plugin():
    entry = (
        "<SERVICES><SVCNAME>Spooler</SVCNAME><SVCSTATE>Running</SVCSTATE><SVCSTARTMODE>Auto</SVCSTARTMODE></SERVICES>"
    )
    assert of(formats.read(xml(entry)), Service) == [Service("Spooler", True, "automatic")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_and_leading_blanks_are_read(own, encoding, windows, linux):
    assert formats.read(own("windows.xml").decode().encode(encoding)) == windows
    assert formats.read(own("linux_glpi.json").decode().encode(encoding)) == linux
    assert formats.read(b"\r\n \t" + own("windows.xml")) == windows


def test_western_xml_without_utf_8():
    body = "<?xml version='1.0' encoding='ISO-8859-1'?>" + xml("<HARDWARE><NAME>Büro</NAME></HARDWARE>").decode()
    assert formats.read(body.encode("latin-1")).host == "Büro"


def test_two_reports_that_differ_in_times_and_sizes_say_the_same(own, windows):
    later = (
        own("windows.xml")
        .replace(b"2026-03-02 18:04:05", b"2026-03-03 18:04:05")
        .replace(b"2026-03-02 09", b"2026-03-03 09")
    )
    later = (
        later.replace(b"<FREE>99000", b"<FREE>98000").replace(b"must not be kept", b"other").replace(b"hanako", b"taro")
    )
    assert content_digest(formats.read(later)) == content_digest(windows)
    newer = formats.read(own("windows.xml").replace(b"1.443.120.0", b"1.443.121.0"))
    assert content_digest(newer) != content_digest(windows)


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (xml("", query="DOWNLOAD"), "KNM1016-E"),
        (xml("<HARDWARE/>", device=""), "KNM1017-E"),
        (xml(""), "KNM1018-E"),
        (b"<html><body>hello</body></html>", "KNM1015-E"),
        (b"<REQUEST><CONTENT>", "KNM1011-E"),
        (b'{"deviceid": "a", "action": "netdiscovery"}', "KNM1023-E"),
        (b'{"deviceid": "a", "itemtype": "Printer", "content": {"hardware": {}}}', "KNM1024-E"),
        (b'{"deviceid": "a", "content": {}}', "KNM1018-E"),
        (b'{"deviceid": 7, "content": {}}', "KNM1021-E"),
        (b'{"action": "inventory"', "KNM1020-E"),
        (b'{"hello": "world"}', "KNM1010-E"),
        (b"hello", "KNM1010-E"),
        (b"PK\x03\x04....", "KNM1010-E"),
        (b"\x00\x01\x02", "KNM1010-E"),
    ],
)
def test_everything_else_is_refused_with_its_sentence(body, message_id):
    with pytest.raises(Refused) as caught:
        formats.read(body)
    assert caught.value.message_id == message_id
    assert "{" not in caught.value.sentence("ja")


def test_binary_bodies_are_not_echoed():
    with pytest.raises(Refused) as caught:
        formats.read(b"\x00\x1b[31mred")
    assert caught.value.sentence().isprintable()
    assert "00 1b 5b" in caught.value.sentence()


def test_told_facts_are_made_once(windows):
    assert len(of(windows, Told)) == len(windows.told)
