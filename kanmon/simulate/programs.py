"""Programs: some thousands of titles with their versions, and how common each is.

The title of rank ``k`` is on a PC with the chance ``min(1, taste / k)`` (Zipf's law), where ``taste`` differs
from PC to PC. Every version is encoded once; a PC's list is a choice of these pieces.
"""

from dataclasses import dataclass
from functools import cache
from random import Random

import msgspec
import numpy as np
from numpy.typing import NDArray

from kanmon.simulate.draw import random_of, words

TITLES = 4_000
_WELL_KNOWN = """
Microsoft Edge|Microsoft Corporation;Microsoft Visual C++ 2022 X64 Minimum Runtime|Microsoft Corporation
Microsoft 365 Apps for business|Microsoft Corporation;Microsoft Edge WebView2 Runtime|Microsoft Corporation
Google Chrome|Google LLC;Microsoft Update Health Tools|Microsoft Corporation;Microsoft OneDrive|Microsoft Corporation
Microsoft Visual C++ 2022 X86 Minimum Runtime|Microsoft Corporation;Microsoft Teams|Microsoft Corporation
Adobe Acrobat (64-bit)|Adobe;7-Zip|Igor Pavlov;Microsoft .NET Runtime - 8 (x64)|Microsoft Corporation
Intel(R) Graphics Driver|Intel Corporation;Realtek Audio Driver|Realtek Semiconductor Corp.
Microsoft Visual C++ 2013 x64 Additional Runtime|Microsoft Corporation;Intel(R) Management Engine Components|Intel Corporation
Zoom Workplace (64-bit)|Zoom;Microsoft ASP.NET Core 8 Shared Framework|Microsoft Corporation;Lhaplus|Schezo
Microsoft Windows Desktop Runtime - 8 (x64)|Microsoft Corporation;Mozilla Firefox (x64)|Mozilla
Intel(R) Wireless Bluetooth(R)|Intel Corporation;Sakura Editor|Sakura Editor Project;Notepad++|Notepad++ Team
VLC media player|VideoLAN;Microsoft Visual Studio Code|Microsoft Corporation;Git|The Git Development Community
Cisco Secure Client|Cisco Systems, Inc.;WinSCP|Martin Prikryl;PuTTY release|Simon Tatham;Cube PDF|CubeSoft
Python 3 (64-bit)|Python Software Foundation;Java 8 (64-bit)|Oracle Corporation;Box Drive|Box, Inc.;Slack|Slack Technologies
Power Automate for desktop|Microsoft Corporation;SQL Server Management Studio|Microsoft Corporation;GIMP|The GIMP Team
Wireshark|The Wireshark developer community;Tera Term|TeraTerm Project;Inkscape|Inkscape;LibreOffice|The Document Foundation
"""
_MAKERS = words(
    "Aoba Asahi Bluefin Chiyoda Cobalt Daichi Eastline Fuyo Granite Hakuba Hinode Icho Juniper Kasumi Keyaki Kumo"
    " Lakeside Maple Midori Northgate Oakfield Orion Pinecrest Quartz Ridge Sakae Shinonome Stonebridge Sumire Tatsumi"
    " Tenjin Umi Vertex Wakaba Westbay Yagumo Yamabiko Zelkova"
)
_SUBJECTS = words(
    "Account Archive Asset Barcode Billing CAD Calendar Chart Claim Contract Data Delivery Document Drawing Expense"
    " Fax Form Gateway Image Invoice Label Ledger Mail Map Meeting Order Payroll Permit Photo Plan Plant Print Project"
    " Purchase Quality Report Safety Scan Schedule Sensor Shipping Shop Stock Survey Tax Ticket Time Training Travel"
)
_KINDS = words(
    "Add-in Agent Client Connector Console Converter Driver Editor Explorer Helper Kit Library Manager Monitor Plug-in"
    " Reader Runtime Server Studio Suite Toolbox Updater Utility Viewer"
)
_LINUX = words(
    "base-files bash coreutils openssl libc6 systemd openssh-server python3 perl curl tar gzip sudo apt dpkg util-linux"
    " ca-certificates libssl3 libxml2 zlib1g sqlite3 libsqlite3-0 vim-tiny less rsyslog cron dbus udev iproute2 nftables"
    " libgnutls30 libkrb5-3 linux-image-amd64 tzdata wget git rsync nginx postgresql-15 redis-server docker.io"
)
_UNWELCOME = (
    (0.0035, "qBittorrent", "The qBittorrent Project", "4.6.5"), (0.0015, "uTorrent Web", "BitTorrent Limited", "1.4.0"),
    (0.0006, "Winny 2", "", "2.0"), (0.0004, "Share EX2", "", "2.0"), (0.0008, "Ammyy Admin", "Ammyy LLC", "3.10"),
    (0.0005, "LimeWire", "Lime Wire LLC", "5.5"), (0.009, "AnyDesk", "AnyDesk Software GmbH", "8.1.0"),
    (0.026, "TeamViewer", "TeamViewer", "15.58.4"),
)  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """Titles of one kind of system. ``first[k]`` is the place of the oldest version of title ``k`` in ``pieces``."""

    pieces: list[bytes]
    first: NDArray[np.int32]
    versions: NDArray[np.int32]
    rarity: NDArray[np.float32]  # 1, 2, 3...: chance is taste / rarity

    def choose(self, random: np.random.Generator, taste: float) -> tuple[NDArray[np.int64], list[int]]:
        """The titles of one PC and, for each, how many versions it is behind (most often none)."""
        titles = np.flatnonzero(random.random(len(self.rarity), dtype=np.float32) * self.rarity < taste)
        behind = random.standard_exponential(len(titles), dtype=np.float32) * np.float32(0.8)
        return titles, np.minimum(behind.astype(np.int32), self.versions[titles] - 1).tolist()

    def listed(self, titles: NDArray[np.int64], behind: list[int]) -> list[bytes]:
        """The encoded programs."""
        newest = (self.first[titles] + self.versions[titles] - 1).tolist()
        pieces = self.pieces
        return [pieces[place - late] for place, late in zip(newest, behind, strict=True)]


@cache
def shelf(linux: bool) -> Shelf:
    """The titles of Windows or of Linux. They are the same for every seed, like the market's."""
    random = random_of(20 if linux else 10)
    pieces: list[bytes] = []
    counts: list[int] = []
    for name, publisher in _linux_titles() if linux else _windows_titles(random):
        major, minor = random.randrange(1, 25), random.randrange(10)
        arch = random.choice(("amd64", "all")) if linux else random.choice(("x64", "x64", "x86"))
        counts.append(random.randrange(3, 9))
        for step in range(counts[-1]):
            version = (
                f"{major}.{minor}.{step}-{step + 1}+deb12u{step}" if linux else f"{major}.{minor + step}.{step * 1171}"
            )
            pieces.append(_piece(name, version, publisher, arch, linux))
    versions = np.array(counts, dtype=np.int32)
    first = np.concatenate([[0], np.cumsum(versions)[:-1]]).astype(np.int32)
    return Shelf(pieces, first, versions, np.arange(1, len(counts) + 1, dtype=np.float32))


def _piece(name: str, version: str, publisher: str, arch: str, linux: bool) -> bytes:
    told = {"name": name, "version": version, "publisher": publisher, "arch": arch}
    return msgspec.json.encode(told | ({"scheme": "deb"} if linux else {}))


def _windows_titles(random: Random) -> list[tuple[str, str]]:
    known = [one.split("|") for one in _WELL_KNOWN.replace("\n", ";").split(";") if one]
    titles: dict[str, str] = {one[0]: one[1] for one in known}
    while len(titles) < TITLES:
        maker, subject, kind = random.choice(_MAKERS), random.choice(_SUBJECTS), random.choice(_KINDS)
        titles.setdefault(f"{maker} {subject} {kind}", f"{maker} Software Co., Ltd.")
    return list(titles.items())


def _linux_titles() -> list[tuple[str, str]]:
    made = [
        f"{form}{subject}-{kind}".lower()
        for form in ("lib", "python3-", "")
        for kind in _KINDS
        for subject in _SUBJECTS
    ]
    names = dict.fromkeys([*_LINUX, *random_of(30).sample(made, TITLES - 1000)])
    return [(name, "Debian") for name in names]


def unwelcome(random: Random) -> list[bytes]:
    """Programs that a policy may prohibit: each on few PCs."""
    return [_piece(name, version, publisher, "x86", False)
            for chance, name, publisher, version in _UNWELCOME if random.random() < chance]  # fmt: skip
