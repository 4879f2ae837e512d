"""Results of SCAP checks are read: XCCDF and ARF, real ones and hostile ones."""

import lzma
from collections import Counter

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Check, Told
from kanmon.intake import formats
from kanmon.intake.formats import scap_xml
from kanmon.intake.report import Report, decode, encode
from tests.intake.conftest import OWN
from tests.intake.test_real_inventories import ROOT

BODY = (OWN / "scap-results.xml").read_bytes()
REAL = sorted((ROOT / "scap-own").glob("*.xml.xz"))


def read(body: bytes) -> Report:
    report = formats.read(body)
    assert isinstance(report, Report)
    return report


def test_results_are_read_with_titles_and_the_worst_of_several_counts() -> None:
    report = read(BODY)
    profile = "xccdf_example_profile_standard"
    assert set(report.facts) == {
        Check("scap", "xccdf_example_rule_shadow_permissions", "pass", "Only root reads /etc/shadow", "high", profile),
        Check("scap", "xccdf_example_rule_sshd_root", "fail", "root can't log in by SSH", "medium", profile),
        Check("scap", "xccdf_example_rule_tmp", "notapplicable", "/tmp has a file system of its own", "low", profile),
        Told("check"),
    }
    assert (report.host, report.macs, report.reported_at) == ("pc-0004", ("f0:1f:af:00:00:04",), 1795129205)
    assert report.supplement
    assert decode(encode(report)) == report


def test_a_later_scan_in_the_same_file_takes_the_place_of_an_earlier_one() -> None:
    begin = BODY.index(b"  <x:TestResult")
    again = BODY[begin:].replace(b">fail<", b">fixed<").replace(b"08:00:05", b"09:00:05")
    report = read(BODY.replace(b"</x:Benchmark>", b"") + again)
    assert Counter(one.result for one in report.facts if type(one) is Check) == {"pass": 2, "notapplicable": 1}


@pytest.mark.skipif(not REAL, reason=f"NO REAL SCAP RESULT TESTED: there are none in {ROOT}")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_scan_says_what_oscap_said(path) -> None:
    report = read(lzma.decompress(path.read_bytes()))
    assert Counter(one.result for one in report.facts if type(one) is Check) == {
        "pass": 17,
        "notapplicable": 26,
        "fail": 1,
    }
    failed = next(one for one in report.facts if type(one) is Check and one.result == "fail")
    assert failed.rule == "xccdf_org.ssgproject.content_rule_file_permissions_systemmap"
    assert failed.title.startswith("Verify that local System.map file")
    assert (report.host, report.macs) == ("vm", ("02:00:00:00:00:01",))


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><TestResult>&b;</TestResult>', "KNM1012-E"),
        (b"<TestResult>" + b"<a>" * 200, "KNM1013-E"),
        (BODY[:-30], "KNM1011-E"),
        (BODY.replace(b"rule-result", b"no-result"), "KNM1252-E"),
        (b"<Benchmark" + b' a="="' * 10 + b"/>", "KNM1011-E"),
        (BODY.replace(b"pc-0004", b"").replace(b"F0:1F:AF:00:00:04", b""), "KNM1017-E"),
    ],
)
def test_what_is_hostile_or_empty_is_refused_with_a_sentence(body: bytes, message_id: str) -> None:
    with pytest.raises(Refused) as refused:
        formats.read(body)
    assert refused.value.message_id == message_id
    assert refused.value.sentence("ja")


@pytest.mark.parametrize(
    ("bound", "message_id"),
    [("MAX_ELEMENTS", "KNM1014-E"), ("MAX_RESULTS", "KNM1251-E"), ("MAX_EQUALS_SIGNS", "KNM1019-E")],
)
def test_what_is_too_large_is_refused(bound: str, message_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scap_xml, bound, 2)
    with pytest.raises(Refused) as refused:
        formats.read(BODY)
    assert refused.value.message_id == message_id


def test_comments_before_the_root_change_nothing() -> None:
    assert (
        scap_xml.root(b'<?xml version="1.0"?><!-- <REQUEST> --><arf:asset-report-collection a="b">') in scap_xml.ROOTS
    )
    assert scap_xml.root(b"<!-- never ends <TestResult>") == ""
    assert scap_xml.root(b"<REQUEST><CONTENT/></REQUEST>") == "REQUEST"
