"""Reports of lynis are read: what it warns of, what it suggests, what passed and what was skipped."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Check
from kanmon.intake import formats
from kanmon.intake.report import Report
from tests.intake.conftest import OWN
from tests.intake.test_real_inventories import ROOT

BODY = (OWN / "lynis-report.dat").read_bytes()
EXCERPT = ROOT / "scap-own" / "lynis-report-excerpt.dat"


def read(body: bytes) -> Report:
    report = formats.read(body)
    assert isinstance(report, Report)
    return report


def checks(report: Report) -> set[tuple[str, str, str, str]]:
    found = [fact for fact in report.facts if isinstance(fact, Check)]
    assert {one.source for one in found} == {"lynis"}
    return {(one.profile, one.rule, one.result, one.title) for one in found}


def test_each_executed_test_has_a_result_for_warnings_and_one_for_suggestions() -> None:
    report = read(BODY)
    assert (report.host, report.macs, report.supplement, report.told) == (
        "lab-12", ("f0:1f:af:00:00:12",), True, {"check"},
    )  # fmt: skip
    assert checks(report) == {
        ("warning", "LOGG-2138", "fail", "klogd is not running"),
        ("warning", "PKGS-7394", "pass", ""),
        ("warning", "SSH-7402", "pass", ""),
        ("warning", "SSH-7408", "notapplicable", ""),
        ("suggestion", "PKGS-7394", "fail", "Install a tool that shows versions"),
        ("suggestion", "LOGG-2138", "pass", ""),
        ("suggestion", "SSH-7402", "pass", ""),
        ("suggestion", "SSH-7408", "notapplicable", ""),
        ("", "hardening_index", "informational", "58"),
    }
    assert formats.is_part(BODY)


@pytest.mark.parametrize(
    ("old", "new", "message_id"),
    [
        (b"finish=true", b"", "KNM1253-E"),
        (b"hostname=lab-12\n", b"", None),
        (b"tests_executed=", b"tests=", None),
    ],
)
def test_a_report_that_lacks_something(old: bytes, new: bytes, message_id: str | None) -> None:
    body = BODY.replace(old, new)
    if message_id is None:
        assert read(body).macs
        return
    with pytest.raises(Refused) as refused:
        formats.read(body)
    assert refused.value.message_id == message_id


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b"# Lynis Report\nfinish=true\nhardening_index=58\n", "KNM1017-E"),
        (b"# Lynis Report\nfinish=true\nhostname=x\nhardening_index=58\n", "KNM1254-E"),
        (b"# Lynis Report\n" + b"a=b\n" * 2_000_000, "KNM1156-E"),
    ],
)
def test_a_report_of_nothing_is_refused(body: bytes, message_id: str) -> None:
    with pytest.raises(Refused) as refused:
        formats.read(body)
    assert refused.value.message_id == message_id


@pytest.mark.skipif(not EXCERPT.exists(), reason=f"NO REAL REPORT OF LYNIS TESTED: there is none in {ROOT}")
def test_lines_of_a_real_report() -> None:
    """An excerpt, to which the lines are added that it lacks: the name, the tests, the end."""
    more = b"\nlynis_version=3.0.8\nhostname=vm\ntests_executed=PKGS-7392|LOGG-2138|SSH-7402|\nfinish=true\n"
    told = checks(read(b"lynis_version=3.0.8\n" + EXCERPT.read_bytes() + more))
    assert ("warning", "PKGS-7392", "fail", "Found one or more vulnerable packages.") in told
    assert ("warning", "SSH-7402", "pass", "") in told
    assert ("", "hardening_index", "informational", "58") in told


@pytest.mark.skipif(shutil.which("lynis") is None, reason="NO REAL LYNIS TESTED: it is not installed")
def test_lynis_itself_writes_such_a_report(tmp_path: Path) -> None:
    """Only one test of it, as a whole audit takes minutes."""
    report = tmp_path / "report.dat"
    subprocess.run(
        ["lynis", "audit", "system", "--quick", "--no-colors", "--tests", "KRNL-5820 FILE-6310", "--report-file",
         str(report), "--logfile", str(tmp_path / "log")],
        capture_output=True, timeout=300, check=True,
    )  # fmt: skip
    told = {(profile, rule) for profile, rule, _, _ in checks(read(report.read_bytes()))}
    assert {("warning", "KRNL-5820"), ("suggestion", "FILE-6310")} <= told
