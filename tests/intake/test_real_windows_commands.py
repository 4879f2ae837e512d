"""Reports of systeminfo and lists of wmic qfe of real PCs are read: XP to 11, six languages, three encodings.

They are no part of this repository; see ``test_real_inventories.py``.
"""

import re

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Os, Patch
from kanmon.intake import formats
from kanmon.intake.report import merged
from tests.intake.test_real_inventories import ROOT

PCS = ROOT / "wesng" / "pcs"
SYSTEMINFO = sorted(PCS.glob("*systeminfo*.txt"))
QFE = sorted(PCS.glob("*_qfe.txt"))
REDACTED = "10_1809_x64_education_es_systeminfo.txt"  # its owner put "..." for the name of the PC

pytestmark = pytest.mark.skipif(not SYSTEMINFO, reason=f"NO REAL SYSTEMINFO TESTED: there is none in {PCS}")

# file -> name, version, build, service pack, architecture
SYSTEMS = {
    "xp_rtm_x86": ("Microsoft Windows XP Professional", "5.1", "2600", "", "i386"),
    "xp_sp3_x86": ("Microsoft Windows XP Professional", "5.1", "2600", "Service Pack 3", "i386"),
    "srv_2003_rtm": ("Microsoft Windows Server 2003, Standard Edition", "5.2", "3790", "", "i386"),
    "vista_x64_sp2": ("Microsoft Windows Vista Enterprise", "6.0", "6002", "Service Pack 2", "x86_64"),
    "7_sp1_x64_enterprise_fr": ("Microsoft Windows 7 Entreprise N", "6.1", "7601", "Service Pack 1", "x86_64"),
    "7_sp1_x64_ultimaten_de": ("Microsoft Windows 7 Ultimate N", "6.1", "7601", "Service Pack 1", "x86_64"),
    "10_1803_x64_pro_it": ("Microsoft Windows 10 Pro", "10.0", "17134", "", "x86_64"),
    "10_1803_x86_enterprise_nl": ("Microsoft Windows 10 Enterprise", "10.0", "17134", "", "i386"),
    "10_1809_x64_education_es": ("Microsoft Windows 10 Education", "10.0", "17763", "", "x86_64"),
    "11_23H2": ("Microsoft Windows 11 Enterprise", "10.0", "22631", "", "x86_64"),
}
CUT_OFF = ("7_sp1_x64_enterprise_en-us", "7_sp1_x64_ultimaten_de", "xp_sp3_x86")


def body_of(path):
    body = path.read_bytes()
    if path.name == REDACTED:  # the one change that is made to any of them
        body = re.sub(rb"(Nombre de host: +)\.\.\.", rb"\1PC-ES", body)
    return body


def of(report, record):
    return [fact for fact in report.facts if type(fact) is record]


@pytest.mark.parametrize("path", SYSTEMINFO, ids=lambda path: path.name)
def test_it_is_read(path):
    body = body_of(path)
    report = formats.read(body)
    text = body.decode("utf-16") if body[:2] == b"\xff\xfe" else body.decode("latin-1")
    named = {f"KB{number}" for number in re.findall(r"\]\s?: (?:KB|Q|)(\d{5,8})(?:\b|_)", text)}
    named |= {f"KB{number}" for number in re.findall(r"\]\s?: KB(\d{6})v\d", text)}
    listed = {one.kb for one in of(report, Patch)}
    assert report.host
    assert report.columns["memory_mb"] > 100
    assert report.columns["domain"]
    assert listed == named
    assert ("patch" in report.told) != path.name.startswith(CUT_OFF)
    (system,) = of(report, Os)
    for start, known in SYSTEMS.items():
        if path.name.startswith(start):
            assert system == Os("windows", *known)


def test_a_redacted_report_is_refused():
    with pytest.raises(Refused) as refused:
        formats.read((PCS / REDACTED).read_bytes())
    assert refused.value.message_id == "KNM1150-E"


@pytest.mark.parametrize("path", QFE, ids=lambda path: path.name)
def test_a_list_of_updates_is_read_or_names_no_pc(path):
    body = path.read_bytes()
    text = body.decode("utf-16") if body[:2] == b"\xff\xfe" else body.decode("ascii")
    if "CSName" not in text:
        with pytest.raises(Refused) as refused:
            formats.read(body)
        assert refused.value.message_id == "KNM1151-E"
        return
    report = formats.read(body)
    assert report.partial
    assert {one.kb for one in of(report, Patch)} >= {f"KB{number}" for number in re.findall(r"\bKB(\d{5,8})", text)}


def test_a_cut_off_report_of_windows_xp_is_made_whole_by_its_list_of_updates():
    whole = formats.read((PCS / "xp_sp3_x86_professional_en-us_systeminfo.txt").read_bytes())
    part = formats.read((PCS / "xp_sp3_x86_professional_en-us_qfe.txt").read_bytes())
    both = merged(part, whole)
    assert part.device_key == whole.device_key
    assert "patch" not in whole.told
    assert "patch" in both.told
    assert {one.kb for one in of(both, Patch)} > {one.kb for one in of(whole, Patch)}
