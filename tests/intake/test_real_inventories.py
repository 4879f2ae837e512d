"""Inventories that real agents made of real PCs are read, each within its time; a table shows what they told.

They are no part of this repository: set ``KANMON_REAL_INVENTORIES`` to the folder, or put it beside the checkout
as ``shared/data``.
"""

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from kanmon.common.facts import NAME_OF, Agent, Antivirus, Os, Patch, Software
from kanmon.intake import formats
from kanmon.intake.inflate import inflate
from kanmon.intake.report import Report, decode, encode

ROOT = Path(os.environ.get("KANMON_REAL_INVENTORIES", Path(__file__).parents[3] / "shared" / "data"))
PATTERNS = ("fusioninventory-for-glpi/*.xml", "glpi-inventory-format/*.xml", "glpi-inventory-format/computer*.json")
FILES = sorted(path for pattern in (*PATTERNS, "agents-own/*/*.req.zlib") for path in ROOT.glob(pattern))

pytestmark = pytest.mark.skipif(not FILES, reason=f"NO REAL INVENTORY TESTED: there are none in {ROOT}")


def agent_of(path: Path) -> str:
    headers = path.with_suffix(".headers") if path.suffix == ".zlib" else None
    lines = headers.read_text("latin-1").splitlines() if headers and headers.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("user-agent:")), "")


def read(path: Path):
    return formats.read(inflate(path.read_bytes()), agent_of(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_it_is_read_and_stored(path, capsys):
    message = read(path)
    if not isinstance(message, Report):
        assert message.reply()[0] == 200
        return
    began = time.perf_counter()
    read(path)
    spent_ms = (time.perf_counter() - began) * 1000
    counts = Counter(NAME_OF[type(fact)] for fact in message.facts)
    with capsys.disabled():
        told = " ".join(f"{name}:{counts[name]}" for name in sorted(message.told))
        print(f"\n{path.name[:44]:44} {message.format:15} {message.host[:17]:17} {spent_ms:5.1f} ms  {told}", end="")
    assert message.host
    assert message.device_key
    assert counts["agent"] == 1
    assert decode(encode(message)) == message
    assert not any(text in repr(message) for text in ("To be filled", "Not Specified", "00:00:00:00:00:00"))


def one(name: str) -> Report:
    return read(next(path for path in FILES if str(path).endswith(name)))


def of(report: Report, record):
    return [fact for fact in report.facts if type(fact) is record]


def test_a_windows_8_with_two_antivirus_products():
    report = one("glpi-inventory-format/2.xml")
    assert {(a.product, a.enabled, a.up_to_date) for a in of(report, Antivirus)} == {
        ("Kaspersky Endpoint Security 10 for Windows", True, True),
        ("Windows Defender", True, True),
    }
    assert Patch("KB4019215") in report.facts
    assert of(report, Os) == [Os("windows", "Microsoft Windows 8.1 Professionnel", "6.3", "9600", "", "x86_64")]


def test_the_same_linux_by_two_agents():
    fusion, ocs = one("fusioninventory-send/02.req.zlib"), one("ocs-send/02.req.zlib")
    names = [{(s.name, s.version, s.arch, s.scheme) for s in of(report, Software)} for report in (fusion, ocs)]
    assert len(names[0]) == 1029
    assert names[0] == names[1]
    assert of(fusion, Agent) == [Agent("FusionInventory-Agent", "2.6-3")]
    assert of(ocs, Agent) == [Agent("OCS-NG_unified_unix_agent", "2.10.0")]
    assert fusion.macs == ocs.macs


def test_the_partial_inventory_of_a_glpi_agent():
    report = one("computer_1_partial_softs.json")
    assert report.partial
    assert report.told == {"software"}
