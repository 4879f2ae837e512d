"""Each question of the antivirus item, on what real PCs reported and on an output of our own: failed, passed, missing.

Where nobody published such a state, one field of a real report is edited, and the row says which.
"""

from typing import Any

import pytest

from kanmon.client.antivirus import from_bduitool, from_mdatp, from_sentinelctl
from kanmon.common.facts import Antivirus
from kanmon.intake import formats
from kanmon.intake.formats.kanmon_schema import AntivirusPart
from kanmon.judgment.sub_results import sub_results
from tests.intake.test_real_inventories import ROOT
from tests.judgment.one import Pc, rules

FOUND = {
    "mdatp": ROOT / "glpi-agent" / "linux_antivirus_defender-101.23062.0010.json",
    "mdatp_mac": ROOT / "glpi-agent" / "macos_antivirus_defender-101.98.30.json",
    "bitdefender": ROOT / "glpi-agent" / "linux_antivirus_bduitool-7.0.3.2239",
    "sentinelone": ROOT / "glpi-agent" / "linux_antivirus_sentinelone-30.1.1.10",
    "windows_8": ROOT / "glpi-inventory-format" / "2.xml",
}
real = pytest.mark.skipif(
    not all(path.exists() for path in FOUND.values()), reason=f"NO REAL ANTIVIRUS TESTED: it is not in {ROOT}"
)

OWN = """{"appVersion": "101.1.1", "engineVersion": "1.1.26000.1", "definitionsVersion": "1.441.203.0",
 "definitionsUpdated": "1795046400000", "definitionsStatus": {"$type": "upToDate"},
 "realTimeProtectionEnabled": {"value": true}}"""


def fact(part: AntivirusPart) -> Antivirus:
    day = part.definitions_date.isoformat() if part.definitions_date else ""
    return Antivirus(part.product, part.version, part.engine, part.definitions, day, part.enabled, part.up_to_date)


def judged(lines: str, products: list[Antivirus], language: str = "en") -> dict[str, int]:
    """The four sub-results of a PC with these products, by the policy ``lines``."""
    policy = rules(f"antivirus: {{judge: true, {lines}}}")
    (item,) = [one for one in Pc(products, "antivirus").explained(policy, language) if one.item == "antivirus"]
    assert len(item.rows) == 4, "all four are shown, also what is not asked"
    return sub_results(item.rows)


def numbers(product: int, engine: int, definitions: int, resident: int) -> dict[str, int]:
    return {"product": product, "engine": engine, "definitions": definitions, "resident": resident}


ANY = "products: [{name: 'Microsoft Defender'}]"
NO_FLAG = "use_up_to_date_flag: false, not_resident: false"


def versioned(field: str, comparison: str, value: str) -> str:
    return f"products: [{{name: 'Microsoft*', {field}: {{value: '{value}', comparison: '{comparison}'}}}}], {NO_FLAG}"


# what is asked, edit of the answer of mdatp, sub-results
MDATP: list[tuple[str, dict[str, Any], dict[str, int]]] = [
    (f"products: [{{name: 'F-Secure*'}}], {NO_FLAG}", {}, numbers(1, 3, 3, 3)),
    (f"{ANY}, {NO_FLAG}", {}, numbers(0, 3, 3, 3)),
    (versioned("version", ">=", "101.23062.0010"), {}, numbers(0, 3, 3, 3)),
    (versioned("version", ">", "101.23062.0010"), {}, numbers(1, 3, 3, 3)),
    (versioned("version", "==", "101.23062.*"), {}, numbers(0, 3, 3, 3)),
    (versioned("version", ">=", "101"), {"version": ""}, numbers(2, 3, 3, 3)),
    (versioned("engine", ">=", "1.1.23070.1002"), {}, numbers(0, 0, 3, 3)),
    (versioned("engine", ">=", "1.1.23080.0"), {}, numbers(0, 1, 3, 3)),
    (versioned("engine", "<", "1.1.23070.1003"), {}, numbers(0, 0, 3, 3)),
    (versioned("engine", ">=", "1.1"), {"engine": ""}, numbers(0, 2, 3, 3)),
    (versioned("definitions", ">=", "1.395.30.0"), {}, numbers(0, 3, 0, 3)),
    (versioned("definitions", ">=", "1.395.31.0"), {}, numbers(0, 3, 1, 3)),
    (versioned("definitions", "!=", "1.395.30.0"), {}, numbers(0, 3, 1, 3)),
    (versioned("definitions", ">=", "1.395"), {"definitions": ""}, numbers(0, 3, 2, 3)),
    (f"{ANY}, {NO_FLAG}, definitions_max_age_days: 7", {"definitions_date": "2026-11-13"}, numbers(0, 3, 0, 3)),
    (f"{ANY}, {NO_FLAG}, definitions_max_age_days: 7", {}, numbers(0, 3, 1, 3)),
    (f"{ANY}, {NO_FLAG}, definitions_max_age_days: 7", {"definitions_date": ""}, numbers(0, 3, 2, 3)),
    (f"{ANY}, not_resident: false", {}, numbers(0, 3, 0, 3)),
    (f"{ANY}, not_resident: false", {"up_to_date": False}, numbers(0, 3, 1, 3)),
    (f"{ANY}, not_resident: false", {"up_to_date": None}, numbers(0, 3, 2, 3)),
    (f"{ANY}, use_up_to_date_flag: false", {}, numbers(0, 3, 3, 1)),
    (f"{ANY}, use_up_to_date_flag: false", {"enabled": True}, numbers(0, 3, 3, 0)),
    (f"{ANY}, use_up_to_date_flag: false", {"enabled": None}, numbers(0, 3, 3, 2)),
]


@real
@pytest.mark.parametrize(("lines", "edit", "wanted"), MDATP)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_defender_of_a_real_linux(lines, edit, wanted, language):
    found = fact(from_mdatp(FOUND["mdatp"].read_text("utf-8")))
    assert found.enabled is False  # as it was published
    assert judged(lines, [found._replace(**edit)], language) == wanted


# the same questions of an output of our own, with other versions
@pytest.mark.parametrize(
    ("lines", "edit", "wanted"),
    [
        ("products: [{name: '*'}]", {}, numbers(0, 3, 0, 0)),
        ("products: [{name: '*'}]", {"enabled": None}, numbers(0, 3, 0, 2)),
        ("products: [{name: '*'}]", {"enabled": False}, numbers(0, 3, 0, 1)),
        ("products: [{name: '*', engine: {value: '1.1.26000.2'}}]", {}, numbers(0, 1, 0, 0)),
        ("products: [{name: '*', engine: {value: '1.1.26000.1'}}]", {}, numbers(0, 0, 0, 0)),
        ("products: [{name: '*', engine: {value: '1.1.26000.1'}}]", {"engine": ""}, numbers(0, 2, 0, 0)),
        (
            "products: [{name: '*'}], definitions_max_age_days: 0",
            {"definitions_date": "2026-11-20"},
            numbers(0, 3, 0, 0),
        ),
        (
            "products: [{name: '*'}], definitions_max_age_days: 0",
            {"definitions_date": "2026-11-19"},
            numbers(0, 3, 1, 0),
        ),
        ("products: [{name: '*'}], definitions_max_age_days: 7", {"definitions_date": ""}, numbers(0, 3, 0, 0)),
        ("products: [{name: Other}]", {}, numbers(1, 3, 3, 3)),
    ],
)
def test_an_output_of_our_own(lines, edit, wanted):
    assert judged(lines, [fact(from_mdatp(OWN))._replace(**edit)]) == wanted


@real
def test_bitdefender_and_sentinelone_of_real_linuxes():
    bitdefender = fact(from_bduitool(FOUND["bitdefender"].read_text("utf-8")))
    sentinel = fact(from_sentinelctl(FOUND["sentinelone"].read_text("utf-8")))
    both = "products: [{name: 'Bitdefender*', engine: {value: '7.95171'}}, {name: 'SentinelOne*'}]"
    assert judged(both, [bitdefender]) == numbers(0, 0, 0, 0)
    assert judged(both.replace("7.95171", "7.95172"), [bitdefender]) == numbers(0, 1, 0, 0)
    assert judged(both, [sentinel]) == numbers(0, 3, 2, 0)  # it has no definitions
    assert judged(both, [sentinel._replace(enabled=None)]) == numbers(0, 3, 2, 2)


@real
def test_two_products_of_a_real_windows_8_one_or_all():
    report = formats.read(FOUND["windows_8"].read_bytes())
    kaspersky, defender = sorted((one for one in report.facts if type(one) is Antivirus), key=lambda one: one.product)
    table = "products: [{name: 'Kaspersky*'}, {name: Windows Defender}]"
    assert judged(table, [kaspersky, defender]) == numbers(0, 3, 0, 0)
    off = defender._replace(enabled=False)  # the one edit
    assert judged(table, [kaspersky, off]) == numbers(0, 3, 0, 0)
    assert judged(f"{table}, products_mode: all", [kaspersky, off]) == numbers(0, 3, 0, 1)
    unknown = defender._replace(enabled=None)
    assert judged(f"{table}, products_mode: all", [kaspersky, unknown]) == numbers(0, 3, 0, 2)
    assert judged(table, [kaspersky._replace(enabled=False), unknown]) == numbers(0, 3, 0, 2)
    assert judged("products: [{name: Other}]", [kaspersky, defender]) == numbers(1, 3, 3, 3)


TREND = Antivirus("Trend Micro OfficeScan Agent", "14.0.0.12032", "9.850.1008", "15.801.00", "", True)


@pytest.mark.parametrize(
    ("field", "comparison", "value", "number"),
    [
        ("engine", ">=", "9.850.1008", 0),
        ("engine", ">=", "9.850.1009", 1),
        ("engine", ">=", "9.850.999", 0),  # by value, not by letters
        ("engine", ">=", "10.000.1000", 1),
        ("engine", "==", "9.850.*", 0),
        ("engine", "<", "9.860.1000", 0),
        ("definitions", ">=", "15.801.00", 0),
        ("definitions", ">=", "15.801", 0),
        ("definitions", ">=", "15.803.00", 1),
        ("definitions", ">=", "9.999.00", 0),
        ("definitions", "==", "15.801.00", 0),
        ("definitions", "!=", "15.801.00", 1),
        ("definitions", ">", "15.801.00", 1),
        ("version", ">=", "14.0.0.9999", 0),
        ("version", "<=", "14.0.0.12032", 0),
    ],
)
def test_engine_and_pattern_versions_of_trend_micro(field, comparison, value, number):
    lines = f"products: [{{name: 'Trend Micro*', {field}: {{value: '{value}', comparison: '{comparison}'}}}}]"
    subject = "product" if field == "version" else field
    assert judged(f"{lines}, use_up_to_date_flag: false", [TREND])[subject] == number


def test_without_any_product_and_without_an_agent():
    policy = rules("antivirus: {judge: true, products: [{name: '*'}]}")
    (item,) = Pc([], "antivirus").explained(policy)
    assert sub_results(item.rows) == numbers(1, 3, 3, 3)
    (item,) = Pc([]).explained(policy)
    assert sub_results(item.rows) == numbers(2, 3, 2, 2)
    nameless = [one for one in Pc([TREND], "antivirus", agent=False).explained(policy) if one.item == "antivirus"]
    assert sub_results(nameless[0].rows)["product"] == 2
    assert sub_results(()) == numbers(3, 3, 3, 3)
