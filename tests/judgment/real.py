"""Real inventories as a PC's facts: a file, or several files of one PC, each perhaps with one field edited.

Files of others are in ``../shared/data`` (see ``tests/intake/test_real_inventories.py``), our own in ``tests/intake/data``. All of
them go through the product's own readers. An edit is made on the text of the file, in which the old one must
stand just once.
"""

import bz2
import functools
import lzma
import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from kanmon.client.antivirus import from_mdatp
from kanmon.intake import formats
from kanmon.intake.formats.windows_text import decode
from kanmon.intake.inflate import inflate
from kanmon.intake.report import Report
from kanmon.judgment.sub_results import sub_results as sub_results
from tests.intake.test_real_inventories import ROOT, agent_of
from tests.judgment.one import Pc

OWN = Path(__file__).parents[1] / "intake" / "data" / "client"
_NAMED = {"hostname": "win-11", "UUID": "4c4c4544-0046-4710-8047-b2c04f503732"}


class Edit(NamedTuple):
    """One field edited: ``old`` stood there, ``new`` stands there now."""

    old: str
    new: str


class Inventory(NamedTuple):
    """What was told of one PC: ``files`` under ``../shared/data``, or of our own (``own/...``), or made by ``MADE``."""

    files: tuple[str, ...]
    edit: Edit | None = None

    def __str__(self) -> str:
        return " + ".join(self.files) + (f" ({self.edit.old!r} -> {self.edit.new!r})" if self.edit else "")

    def edited(self, old: str, new: str) -> "Inventory":
        """The same with one field edited (of the first file)."""
        assert self.edit is None, "one field, not two"
        return self._replace(edit=Edit(old, new))

    @property
    def is_here(self) -> bool:
        """Whether its files are on this machine."""
        return ROOT.exists() or all(name.startswith("own/") for name in self.files)

    def pc(self) -> Pc:
        """The PC as it is judged: the facts and columns of all its files."""
        reports = [_read(name, self.edit if place == 0 else None) for place, name in enumerate(self.files)]
        columns = {name: value for report in reversed(reports) for name, value in report.columns.items()}
        return Pc([fact for report in reports for fact in report.facts], agent=False, **columns)


def real(*files: str) -> Inventory:
    """An inventory of these files."""
    return Inventory(files)


@functools.cache
def _read(name: str, edit: Edit | None) -> Report:
    path = OWN / name.removeprefix("own/") if name.startswith("own/") else ROOT / name
    body = MADE[name]() if name in MADE else _unpacked(path)
    if edit is not None:
        body = decode(body).encode() if name.startswith("wesng/") else body
        count = body.count(edit.old.encode())
        assert count == 1, f"{name}: {edit.old!r} stands there {count} times"
        body = body.replace(edit.old.encode(), edit.new.encode())
    report = formats.read(body, agent_of(path))
    assert isinstance(report, Report), name
    return report


def _unpacked(path: Path) -> bytes:
    body = path.read_bytes()
    return lzma.decompress(body) if path.suffix == ".xz" else inflate(body)


def _windows_11() -> bytes:
    """Answers of osquery on a Windows 11, names filled in; ``bitlocker_info`` is that of another real Windows 10."""
    text = (ROOT / "fleet" / "windows_11_22H2_2861.tmpl").read_text("utf-8")
    tables: dict[str, Any] = {}
    for table, rows in re.findall(r'define "fleet_detail_query_(\w+)" -\}\}\n(.*?)\{\{- end', text, re.DOTALL):
        filled = re.sub(
            r'\{\{ (?:\.CachedString "(\w+)"|\.(\w+)) \}\}', lambda at: _NAMED.get(at[1] or at[2], "-"), rows
        )
        if table in ("os_version", "osquery_info", "system_info"):
            tables[table] = msgspec.json.decode(re.sub(r"\{\{.*?\}\}", "-", filled))
    tables["programs"] = msgspec.json.decode(
        bz2.decompress((ROOT / "fleet" / "windows_11-software.json.bz2").read_bytes())
    )
    volume = dict(
        line.split("=", 1)
        for line in (ROOT / "glpi-agent" / "win32_wmi_win10-crypt-Win32_EncryptableVolume.wmi")
        .read_text("utf-16")
        .split("\n")
        if "=" in line
    )
    methods = {"4": "AES_256"}  # as osquery spells EncryptionMethod of Win32_EncryptableVolume
    tables["bitlocker_info"] = [
        {
            "drive_letter": volume["DriveLetter"],
            "protection_status": volume["ProtectionStatus"],
            "encryption_method": methods[volume["EncryptionMethod"]],
        }
    ]
    return msgspec.json.encode({"osquery": tables})


def _ubuntu() -> bytes:
    """Answers of osquery on an Ubuntu 22.04, names filled in."""
    text = (ROOT / "fleet" / "ubuntu_22.04.tmpl").read_text("utf-8")
    tables: dict[str, Any] = {}
    for table, rows in re.findall(r'define "fleet_detail_query_(\w+)" -\}\}\n(.*?)\{\{- end', text, re.DOTALL):
        if table in ("os_version", "osquery_info", "system_info"):
            tables[table] = msgspec.json.decode(re.sub(r"\{\{.*?\}\}", "ubuntu-22", rows))
    packages = (ROOT / "fleet" / "ubuntu_2204-software.json.bz2").read_bytes()
    tables["deb_packages"] = msgspec.json.decode(bz2.decompress(packages))
    return msgspec.json.encode({"osquery": tables})


def _with_defender(name: str) -> bytes:
    """Our own careful PC with what the client reads of a real ``mdatp health``."""
    found = from_mdatp((ROOT / "glpi-agent" / name).read_text("utf-8"))
    body = (OWN / "careful.json").read_bytes()
    return body.replace(b'"antivirus": []', b'"antivirus": [' + msgspec.json.encode(found) + b"]")


MADE = {
    "fleet/windows_11": _windows_11,
    "fleet/ubuntu_22.04": _ubuntu,
    "defender of 2023-08": lambda: _with_defender("linux_antivirus_defender-101.23062.0010.json"),
    "defender of 2023-05": lambda: _with_defender("macos_antivirus_defender-101.98.30.json"),
}
"""Inventories that are put together from real parts."""
