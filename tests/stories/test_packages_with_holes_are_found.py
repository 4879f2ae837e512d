"""The packages of this Debian, as dpkg tells them, are judged by a vulnerability feed that was imported by command."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ManagerProcess, until
from tests.feeds.osv_records import HIGH, affected, record, span, zipped

POLICY = """
kind: judgment
name: Packages
security_updates:
  judge: true
  vulnerabilities:
    severities: {critical: danger, important: warning, moderate: caution, low: ignored, unrated: ignored}
"""


def release() -> str:
    """The Debian or Ubuntu of this machine, as OSV names it."""
    lines = Path("/etc/os-release").read_text().splitlines()
    told = {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}
    if told.get("ID") not in ("debian", "ubuntu") or "VERSION_ID" not in told:
        pytest.skip("NO REAL PACKAGES JUDGED: this machine is neither Debian nor Ubuntu")
    return f"Debian:{told['VERSION_ID']}" if told["ID"] == "debian" else f"Ubuntu:{told['VERSION_ID']}"


def built() -> tuple[str, str, str]:
    """An installed package that has another name than its source: its name, the source, the source's version."""
    text = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Architecture} ${source:Package} ${source:Version}\n"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    rows = [line.split() for line in text.splitlines()]
    names = {row[0] for row in rows}
    return next((row[0], row[2], row[3]) for row in rows if row[0].startswith("lib") and row[2] not in names)


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="NO REAL PACKAGES JUDGED: dpkg-query is not installed")
def test_a_hole_is_found_by_the_source_of_a_package_until_the_feed_says_that_it_is_mended(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    here, (package, source, version) = release(), built()
    manager = make_manager(action={"collect_seconds": 0}).start("--this-machine")
    (tmp_path / "policy.yaml").write_text(POLICY)
    manager.run("policy", "import", str(tmp_path / "policy.yaml"))
    manager.run("assign", "Packages", "--system")

    def judged() -> dict[str, Any]:
        until(lambda: manager.idle() and manager.json("pcs"))
        (pc,) = manager.json("pcs")
        shown = manager.json("pc", pc["asset_number"])
        (item,) = (one for one in shown["items"] if one["item"] == "security_updates")
        return {"level": pc["level"], "rows": {row["condition"].rpartition(".")[2]: row for row in item["findings"]}}

    def take(day: str, *records: dict[str, Any]) -> Any:
        file = tmp_path / "all.zip"
        file.write_bytes(zipped(*({**one, "modified": f"{day}T00:00:00Z"} for one in records)))
        (done,) = manager.json("feed", "vulnerabilities", str(file))
        return done

    unknown = judged()
    assert unknown["level"] == "unknown"
    assert unknown["rows"]["critical"]["found"] == "no vulnerability feed was imported"
    assert "KNM1214-W" in manager.run("health", check=False).stdout

    other = record("USN-1", affected("Rocky Linux:9", "bash", ranges=span(fixed="0:99-1")))
    take("2026-11-01", other)
    assert f"no vulnerability feed tells all holes of {here}" in judged()["rows"]["critical"]["found"]

    calm = record("DEBIAN-CVE-2026-0001", affected(here, source, ranges=span(fixed="0~0")), severity=HIGH)
    hole = record("DEBIAN-CVE-2026-0002", affected(here, source, ranges=span(fixed=f"{version}.1")), severity=HIGH)
    done = take("2026-11-02", calm, hole)
    assert (done["changed"], done["covers"]) == (True, [here])
    found = judged()
    assert found["level"] == "danger"
    assert f"{source} {version} (critical, CVE-2026-0002, mended in {version}.1)" in found["rows"]["critical"]["found"]
    assert package  # it is a package of another name that has the hole
    assert set(found["rows"]) == {"critical"}

    take("2026-11-03", calm, {**hole, "withdrawn": "2026-11-03T00:00:00Z"})
    assert judged()["level"] == "safe"
    mended = record("DEBIAN-CVE-2026-0002", affected(here, source, ranges=span(fixed=version)), severity=HIGH)
    take("2026-11-04", mended)
    assert judged()["level"] == "safe"
    older = manager.run("feed", "vulnerabilities", str(tmp_path / "all.zip"))
    assert "known already" in older.stdout
    listed = manager.run("feed", "list").stdout
    assert f"osv {here}" in listed
    assert "osv Rocky Linux:9" in listed


def test_of_a_large_zip_only_what_is_read_is_sent_and_a_release_that_is_not_judged_is_refused(
    manager: ManagerProcess, tmp_path: Path
) -> None:
    large = tmp_path / "large.zip"
    with zipfile.ZipFile(large, "w") as archive:  # 66 MiB, of which most is not read
        for number in range(66):
            one = record(f"USN-{number}", affected("Ubuntu:22.04:LTS", "curl"), details="x" * 2**20)
            archive.writestr(f"{number}.json", json.dumps(one))
    (sent,) = manager.json("feed", "vulnerabilities", str(large))
    assert (sent["covers"], sent["records"]) == (["Ubuntu:22.04"], 66)
    refused = manager.run("feed", "vulnerabilities", str(large), "--covers", "Alpine:v3.20", check=False)
    assert "KNM1212-E Alpine:v3.20 is no release that is judged here." in refused.stderr
