"""Conditions of software, settings and user definitions on inventories of real PCs: failed, passed, missing.

The inventories are no part of this repository (see ``tests/intake/test_real_inventories.py``). Where no real one has a
value, one field of a real one is edited; the test says so.
"""

import lzma
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec import structs

from kanmon.common.facts import Account, Check, Drive, Fact, Firewall, Setting, Software, Told
from kanmon.intake import formats
from kanmon.intake.inflate import inflate
from kanmon.intake.report import Report
from tests.intake.test_real_inventories import FILES, ROOT, agent_of
from tests.judgment.one import Pc, rules

pytestmark = pytest.mark.skipif(not FILES, reason=f"NO REAL INVENTORY TESTED: there are none in {ROOT}")


def real(name: str) -> Report:
    path = next(path for path in FILES if str(path).endswith(name))
    report = formats.read(inflate(path.read_bytes()), agent_of(path))
    assert isinstance(report, Report)
    return report


def level(report: Report, items: str, facts: Iterable[Fact] | None = None) -> str:
    pc = Pc(report.facts if facts is None else facts, agent=False, **report.columns)
    return pc.judged(rules(items))[0].word


def without(report: Report, *classes: type) -> list[Fact]:
    """The facts of ``report`` as if its agent did not look for these classes."""
    names = {cls.__name__.lower() for cls in classes}
    return [one for one in report.facts if type(one) not in classes and not (type(one) is Told and one.cls in names)]


def edited(report: Report, old: Fact, new: Fact) -> list[Fact]:
    """The facts of a real inventory with one record edited."""
    assert old in report.facts
    return [new if one == old and type(one) is type(old) else one for one in report.facts]


def prohibited(line: str) -> str:
    return f"prohibited_software: {{judge: true, programs: [{{{line}}}]}}"


def mandatory(line: str) -> str:
    return f"mandatory_software: {{judge: true, groups: [{{name: g, any_of: [{line}]}}]}}"


DEBIAN, WINDOWS_8 = "fusioninventory-send/02.req.zlib", "glpi-inventory-format/2.xml"
SOFTWARE = [
    (DEBIAN, prohibited("name: bash"), "caution"), (DEBIAN, prohibited("name: 'ba?h', level: danger"), "danger"),
    (DEBIAN, prohibited("name: '/^lib.*torrent/'"), "safe"), (DEBIAN, prohibited("name: bash, os: windows"), "not_applicable"),
    (DEBIAN, prohibited("name: bash, versions: '>=5.2~rc1, <6'"), "caution"), (DEBIAN, prohibited("name: bash, versions: '<5.2~rc1'"), "safe"),
    (DEBIAN, mandatory("{name: zsh-no-such}, {name: bash, version: {value: '5.2'}}"), "safe"),
    (DEBIAN, mandatory("{name: bash, version: {value: '1:0.1'}}"), "caution"),
    (WINDOWS_8, prohibited("name: 'ccleaner*', publisher: piriform, version: {value: '5.9', comparison: '=='}"), "caution"),
    (WINDOWS_8, prohibited("name: 'ccleaner*', publisher: 'somebody else'"), "safe"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "items", "wanted"), SOFTWARE)
def test_software_of_a_real_pc(name: str, items: str, wanted: str) -> None:
    report = real(name)
    assert level(report, items) == wanted
    missing = level(report, items, without(report, Software))
    assert missing == ("not_applicable" if "os: windows" in items else "unknown")


def test_accounts_firewall_and_drives_of_a_real_pc() -> None:
    """A Fedora of GLPI's examples; one field edited where it has no such case."""
    report = real("glpi-inventory-format/1.xml")
    administrators = "pc_settings: {judge: true, accounts: {other_administrators: {missing: unknown, accepted: [%s]}}}"
    assert level(report, administrators % "root") == "caution"
    assert level(report, administrators % "root, builder, teclib") == "safe"
    assert level(report, administrators % "root", without(report, Account)) == "unknown"
    walls = [one for one in report.facts if type(one) is Firewall]
    off = "pc_settings: {judge: true, firewall: {'off': {level: warning, missing: unknown}}}"
    assert walls
    assert level(report, off, edited(report, walls[0], walls[0]._replace(enabled=True))) == "safe"
    assert level(report, off, edited(report, walls[0], walls[0]._replace(enabled=False))) == "warning"
    assert level(report, off, without(report, Firewall)) == "unknown"
    method = (
        "pc_settings: {judge: true, drive_encryption: {method: {accepted: ['*LUKS*'], drives: all, missing: unknown}}}"
    )
    drive = next(one for one in report.facts if type(one) is Drive)
    rest = [one for one in report.facts if type(one) is not Drive]
    assert level(report, method, [*rest, drive._replace(encrypted=True, method="LUKS2")]) == "safe"
    assert level(report, method, [*rest, drive._replace(encrypted=True, method="XtsAes128")]) == "caution"
    assert level(report, method, without(report, Drive)) == "unknown"


@pytest.mark.parametrize(
    ("line", "name", "good", "bad"),
    [
        ("firmware: {secure_boot_off: {missing: unknown}}", "secure_boot", True, False),
        ("firmware: {no_tpm: {missing: unknown}}", "tpm", True, False),
        ("remote_desktop: {'on': {missing: unknown}}", "remote_desktop", False, True),
        ("protocols: {smb1: {missing: unknown}}", "smb1", False, True),
        ("protocols: {llmnr: {missing: unknown}}", "llmnr", False, True),
        ("usb_storage: {usable: {missing: unknown}}", "usb_storage", False, True),
        ("screensaver: {lock_delay: {seconds: 600, missing: unknown}}", "screen_lock_seconds", 600, 1200),
    ],
)
def test_settings_of_a_real_windows_with_one_of_them_added(line: str, name: str, good: object, bad: object) -> None:
    """No real inventory tells these settings: one is added to that of a real Windows 8.1."""
    report, items = real(WINDOWS_8), f"pc_settings: {{judge: true, {line}}}"
    kept = [one for one in report.facts if type(one) is not Setting or one.name != name]
    assert level(report, items, kept) == "unknown"
    assert level(report, items, [*kept, Setting(name, good)]) == "safe"  # type: ignore[arg-type]
    assert level(report, items, [*kept, Setting(name, bad)]) == "caution"  # type: ignore[arg-type]


def scan() -> Report:
    """The real scan of the PC that the FusionInventory agent's inventory is of."""
    found = formats.read(lzma.decompress((Path(ROOT) / "scap-own" / "arf-debian-standard.xml.xz").read_bytes()))
    assert isinstance(found, Report)
    return found


def outside(line: str) -> str:
    return f"pc_settings: {{judge: true, outside_checks: [{{name: Guide, {line}}}]}}"


def test_a_real_scan_judges_the_pc_it_was_made_on() -> None:
    report, found = real(DEBIAN), scan()
    assert set(report.macs) & set(found.macs)
    facts = [*report.facts, *found.facts]
    assert level(report, outside("profile: '*_profile_standard', level: danger"), facts) == "danger"
    assert level(report, outside("rule: '*_rule_file_permissions_etc_passwd'"), facts) == "safe"
    assert level(report, outside("rule: '*_rule_partition_for_tmp'"), facts) == "not_applicable"
    assert level(report, outside("rule: '*', missing: unknown")) == "unknown"
    nothing_applies = [one._replace(result="notapplicable") if type(one) is Check else one for one in facts]
    assert level(report, outside("rule: '*'"), nothing_applies) == "not_applicable"


def test_a_user_definition_on_a_real_pc() -> None:
    report = real(DEBIAN)
    item = "user_definition: {judge: true, items: [{name: u, missing: unknown, conditions: [%s]}]}"
    old = (
        item
        % "{class: software, property: name, value: bash}, {class: software, property: version, comparison: <, value: '%s'}"
    )
    assert level(report, old % "6") == "caution"
    assert level(report, old % "5") == "safe"
    assert level(report, old % "6", without(report, Software)) == "unknown"
    little = item % "{class: pc, property: memory_mb, comparison: <, value: '%s'}"
    memory = int(report.columns["memory_mb"])
    assert level(report, little % (memory + 1)) == "caution"
    assert level(report, little % memory) == "safe"
    assert level(structs.replace(report, columns={}), little % memory) == "unknown"
    failed = item % "{class: check, property: result, value: fail}, {class: check, property: rule, value: '%s'}"
    facts = [*report.facts, *scan().facts]
    assert level(report, failed % "*_systemmap", facts) == "caution"
    assert level(report, failed % "*_etc_passwd", facts) == "safe"
    assert level(report, failed % "*_systemmap") == "unknown"
    severe = item % "{class: check, property: result, value: fail}, {class: check, property: severity, value: high}"
    assert level(report, severe, facts) == "unknown", "the scan does not tell the severity of what failed"
