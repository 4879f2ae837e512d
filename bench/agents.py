"""Bodies as agents send them: Kanmon JSON of the simulated fleet, FusionInventory XML of 290 KB, real ones if there."""

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from kanmon.simulate.fleet import pcs

NOW = datetime.now(UTC) - timedelta(hours=6)
REAL = Path(__file__).parents[2] / "shared" / "data" / "agents-own" / "fusioninventory-send" / "02.req.zlib"
PACKAGES = 940
_SECTIONS = ("admin", "devel", "libs", "net", "python", "sound", "text", "utils", "web", "x11")


def kanmon(count: int, round: int, later: int = 0) -> list[bytes]:
    """Kanmon JSON of ``count`` PCs; each round all have changed, ``later`` hours change only the time."""
    at = NOW + timedelta(hours=round + later)
    return list(pcs(count, 7, round=round, changed=100, at=at, day=NOW.date()))


def fusioninventory(count: int, round: int, later: int = 0) -> list[bytes]:
    """FusionInventory XML, compressed as agents do: ``PACKAGES`` packages, some of another version each round."""
    return [zlib.compress(_xml(number, round, later).encode()) for number in range(1, count + 1)]


def _xml(number: int, round: int, later: int) -> str:
    random = Random(number)
    logged = NOW + timedelta(hours=round + later)
    host = f"bench-{number:05}"
    parts = [
        '<?xml version="1.0" encoding="UTF-8" ?>\n<REQUEST>\n  <CONTENT>\n    <ACCESSLOG>\n      <LOGDATE>'
        f"{logged:%Y-%m-%d %H:%M:%S}</LOGDATE>\n    </ACCESSLOG>\n",
        _section("BIOS", BMANUFACTURER="Dell Inc.", SMANUFACTURER="Dell Inc.", SSN=f"BX{number:07}", TYPE="Notebook"),
        _section("HARDWARE", DNS="192.0.2.53", IPADDR=f"10.9.{number >> 8}.{number & 255}", MEMORY="16384", NAME=host,
                 OSNAME="Debian GNU/Linux 12 (bookworm)", OSVERSION="6.1.0-41-amd64", UUID=f"{number:032x}"),
        _section("OPERATINGSYSTEM", ARCH="x86_64", FULL_NAME="Debian GNU/Linux 12 (bookworm)", KERNEL_NAME="linux",
                 NAME="Debian", VERSION="12", BOOT_TIME=f"{logged:%Y-%m-%d} 06:00:00"),
        _section("NETWORKS", DESCRIPTION="eth0", MACADDR=_mac(number), STATUS="Up", TYPE="ethernet"),
        _section("DRIVES", FILESYSTEM="ext4", FREE=str(100_000 - round - later), TOTAL="200000", TYPE="/"),
    ]  # fmt: skip
    for place in range(PACKAGES):
        minor = (random.randrange(3) + (round if place % 90 == 0 else 0)) % 9
        parts.append(_section("SOFTWARES", ARCH=("all", "amd64")[place % 2], FILESIZE=str(20_000 + place * 137),
                              FROM="deb", NAME=f"package-{place // 3}-{_SECTIONS[place % 10]}", PUBLISHER="Debian",
                              SYSTEM_CATEGORY=_SECTIONS[place % 10], VERSION=f"{place % 7}.{minor}-{place % 5}+deb12u1"))  # fmt: skip
    parts.append(_section("VERSIONPROVIDER", NAME="FusionInventory", VERSION="2.6-3"))
    return "".join(parts) + (
        "    <VERSIONCLIENT>FusionInventory-Agent_v2.6-3</VERSIONCLIENT>\n  </CONTENT>\n"
        f"  <DEVICEID>{host}-2026-01-05-08-00-00</DEVICEID>\n  <QUERY>INVENTORY</QUERY>\n</REQUEST>\n"
    )


def _section(name: str, **fields: str) -> str:
    lines = "".join(f"      <{field}>{value}</{field}>\n" for field, value in fields.items())
    return f"    <{name}>\n{lines}    </{name}>\n"


def _mac(number: int) -> str:
    digits = f"{0x5CBA00000000 + number:012x}"
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def real(count: int, round: int, later: int = 0) -> list[bytes]:
    """A recorded FusionInventory body with the names, marks, time and one version of each PC put in."""
    plain = zlib.decompress(REAL.read_bytes()).decode()
    return [zlib.compress(body.encode()) for body in _renamed(plain, count, round, later)]


def _renamed(plain: str, count: int, round: int, later: int) -> Iterator[str]:
    logged = f"{NOW + timedelta(hours=round + later):%Y-%m-%d %H:%M:%S}"
    text = re.sub(r"<LOGDATE>[^<]*", f"<LOGDATE>{logged}", plain)
    text = re.sub(r"<MACADDR>[^<]*</MACADDR>|<(SSN|UUID|MSN)>[^<]*</\1>", "", text)
    text = re.sub(r"<VERSION>3\.134<", f"<VERSION>3.134.{round}<", text)
    for number in range(1, count + 1):
        name = f"real-{number:05}"
        mac = f"<NETWORKS><DESCRIPTION>eth9</DESCRIPTION><MACADDR>{_mac(number + 2**24)}</MACADDR></NETWORKS>"
        own = re.sub(r"<DEVICEID>[^<]*", f"<DEVICEID>{name}-2026-01-05-08-00-00", text)
        yield own.replace("</CONTENT>", f"{mac}</CONTENT>", 1)
