"""One Windows has one key, however it is spelt; what is spelt otherwise has none."""

import pytest

from kanmon.common.facts import Os
from kanmon.feeds.platforms import build_of, place, platform_of

PRODUCTS = [
    ("Windows 11 version 21H2 for x64-based Systems", "windows 11 21h2 x64", ""),
    ("Windows 11 Version 22H2 for x64-based Systems", "windows 11 22h2 x64", ""),
    ("Windows 11 Version 26H1 for x64-based Systems - extra", "windows 11 26h1 x64", ""),
    ("Windows 11 for ARM64-based Systems", "windows 11 21h2 arm64", ""),
    ("Windows 10 for 32-bit Systems", "windows 10 1507 x86", ""),
    ("Microsoft .NET Framework 3.5 AND 4.8 on Windows 10 Version 22H2 for x64-based Systems", "windows 10 22h2 x64", ".net framework 4"),
    ("Microsoft .NET Framework 3.5 on Windows Server 2019 (Server Core installation)", "windows server 2019", ".net framework 2"),
    ("Microsoft Defender for Endpoint for Windows on Windows Server 2016", "windows server 2016", "defender for endpoint for windows"),
    ("Windows Server 2008 R2 for x64-based Systems Service Pack 1", "windows server 2008 r2 x64 sp1", ""),
    ("Windows Server, version 20H2 (Server Core Installation)", "windows server 20h2", ""),
    ("Windows Server 2022, 23H2 Edition (Server Core installation)", "windows server 23h2", ""),
    ("Microsoft Windows XP Professional x64 Edition Service Pack 2", "windows xp x64 sp2", ""),
    ("Microsoft Windows XP Service Pack 3", "windows xp x86 sp3", ""),
    ("Windows 8.1 for x64-based systems", "windows 8.1 x64", ""),
    ("Microsoft Windows Server 2003 x64 Edition", "windows server 2003 x64", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "key", "component"), PRODUCTS)
def test_the_dirt_of_feeds_is_read(name: str, key: str, component: str) -> None:
    assert place(name) == (key, component)


@pytest.mark.parametrize(
    "name",
    [
        "Windows Defender Antimalware Platform", "Microsoft Office 2016", "Windows Admin Center", "Windows 10",
        "Windows 10 HLK Version 20H2", "Windows 10 Version 1809 for HoloLens", "", "Windows 99 for x64-based Systems",
    ],
)  # fmt: skip
def test_what_is_no_windows_that_is_known_here_has_no_key(name: str) -> None:
    assert place(name) is None


PCS = [
    (Os("windows", "Microsoft Windows 11 Pro", "10.0", "22631.6199", "", "x86_64"), "windows 11 23h2 x64"),
    (Os("windows", "Microsoft Windows 11 Enterprise", "10.0.22000", "22000", "", "x64-based PC"), "windows 11 21h2 x64"),
    (Os("windows", "Microsoft Windows 10 Pro", "10.0.19045", "", "", "64-bit"), "windows 10 22h2 x64"),
    (Os("windows", "Microsoft Windows Server 2019 Datacenter", "10.0", "17763.1", "", ""), "windows server 2019"),
    (Os("windows", "Microsoft\u00ae Windows Vista\u2122 Enterprise", "6.0", "6002", "Service Pack 2", "x86_64"), "windows vista x64 sp2"),
    (Os("windows", "Microsoft(R) Windows(R) Server 2003, Standard Edition", "5.2", "3790", "", "i386"), "windows server 2003 x86"),
    (Os("windows", "Microsoft Windows XP Professional", "5.1", "2600", "Service Pack 3", "i386"), "windows xp x86 sp3"),
    (Os("windows", "Windows Server 2008 R2 Enterprise", "6.1", "7601", "Service Pack 1", "x86_64"), "windows server 2008 r2 x64 sp1"),
    (Os("windows", "Microsoft Windows 11 Pro", "10.0", "99999.1", "", "x86_64"), None),  # newer than this Kanmon
    (Os("windows", "Microsoft Windows 11 Pro", "10.0", "22631", "", ""), None),  # its architecture is not told
    (Os("windows", "Windows NT 4.0", "4.0", "1381", "", "i386"), None),
    (Os("linux", "Debian GNU/Linux", "12"), None),
]  # fmt: skip


@pytest.mark.parametrize(("os", "key"), PCS)
def test_the_windows_of_a_pc_has_the_key_of_the_feed_or_none(os: Os, key: str | None) -> None:
    assert platform_of(os) == key


def test_build_and_revision_come_from_build_or_version() -> None:
    assert build_of(Os("windows", "x", "10.0", "22631.6199")) == (22631, 6199)
    assert build_of(Os("windows", "x", "10.0.22631.6199")) == (22631, 6199)
    assert build_of(Os("windows", "x", "10.0", "22631")) == (22631, None)
    assert build_of(Os("windows", "x")) == (0, None)
