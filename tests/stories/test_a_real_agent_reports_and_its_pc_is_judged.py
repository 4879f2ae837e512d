"""The agents that people already run, as they are packaged, against a running Manager."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MailServer, ManagerProcess, until

PACKAGE = "apt-get install --no-install-recommends {0} (make test does it when it is root)"
ANTIVIRUS_OFF = """<?xml version="1.0" encoding="UTF-8"?>
<REQUEST><CONTENT><ANTIVIRUS><NAME>ClamAV</NAME><ENABLED>0</ENABLED><UPTODATE>1</UPTODATE>
<VERSION>1.0.7</VERSION></ANTIVIRUS></CONTENT></REQUEST>
"""


def fusioninventory(manager: ManagerProcess, token: str, var: Path, *more: str) -> str:
    """One run of the real agent; its log."""
    if shutil.which("fusioninventory-agent") is None:
        pytest.fail("fusioninventory-agent is missing: " + PACKAGE.format("fusioninventory-agent"))
    done = subprocess.run(
        [
            "fusioninventory-agent", "--server", f"{manager.url}/intake/{token}", "--wait=0",
            "--logger=stderr", "--no-category=environment,process",
            "--no-task=deploy,netdiscovery,netinventory,esx,wakeonlan,collect", *more,
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def ocsinventory(manager: ManagerProcess, token: str, var: Path) -> str:
    """One run of the real agent; its log. Debian's configuration file wins over --server, so it gets an empty one."""
    if shutil.which("ocsinventory-agent") is None:
        pytest.fail("ocsinventory-agent is missing: " + PACKAGE.format("ocsinventory-agent"))
    config = Path("/etc/ocsinventory/ocsinventory-agent.cfg")
    before = config.read_bytes() if config.exists() else None
    try:
        config.write_bytes(b"")
        done = subprocess.run(
            ["ocsinventory-agent", "--server", f"{manager.url}/intake/{token}", f"--basevardir={var}", "--tag=POC", "--debug"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    finally:
        if before is not None:
            config.write_bytes(before)
    return done.stdout + done.stderr


def software_count(manager: ManagerProcess, host: str) -> int:
    """How many programs the Manager knows of the PC, from the body that it keeps."""
    import sqlite3

    from kanmon.intake import formats
    from kanmon.intake.inflate import inflate

    with sqlite3.connect(f"file:{manager.home}/kanmon.sqlite3?mode=ro", uri=True) as database:
        row = database.execute(
            "SELECT body FROM pc_body JOIN pc ON pc.id = pc_body.pc WHERE host = ?", [host]
        ).fetchone()
    report = formats.read(inflate(bytes(row[0])))
    return sum(type(fact).__name__ == "Software" for fact in report.facts)


@pytest.mark.parametrize("agent", [fusioninventory, ocsinventory])
def test_it_appears_judged_with_all_its_packages(
    manager: ManagerProcess, tmp_path: Path, agent: Callable[..., str]
) -> None:
    said = agent(manager, manager.token(), tmp_path / "agent")
    rows = until(lambda: [row for row in manager.json("pcs") if row["judged_at"]] or None, 15)
    assert len(rows) == 1, said
    packages = subprocess.run(["dpkg-query", "-W", "-f", "x"], capture_output=True, text=True, check=True).stdout.count(
        "x"
    )
    assert packages - 40 <= software_count(manager, rows[0]["host"]) <= packages
    one = manager.json("pc", rows[0]["asset_number"])
    levels = {item["item"]: item["level"] for item in one["items"]}
    assert levels["antivirus"] == "unknown", "this agent does not look for antivirus on Linux, so nothing is known"
    assert levels["prohibited_software"] in ("safe", "danger", "warning")


def test_sent_twice_the_second_is_unchanged(manager: ManagerProcess, tmp_path: Path) -> None:
    token = manager.token()
    fusioninventory(manager, token, tmp_path / "agent")
    until(lambda: [row for row in manager.json("pcs") if row["judged_at"]])
    until(manager.idle)
    first = manager.json("pcs")[0]["judged_at"]
    fusioninventory(manager, token, tmp_path / "agent")
    until(lambda: manager.log().count("KNM2004-I") == 2)
    until(manager.idle)
    assert manager.log().count("KNM2001-I") == 1, "what is unchanged is not judged again"
    assert manager.json("pcs")[0]["judged_at"] == first


def test_an_antivirus_that_is_off_makes_it_danger_and_a_mail_arrives(
    make_manager: Callable[..., ManagerProcess], mail_server: MailServer, tmp_path: Path
) -> None:
    manager = make_manager(mail=mail_server.settings, action={"collect_seconds": 1}).start()
    token = manager.token()
    fusioninventory(manager, token, tmp_path / "agent")
    before = until(lambda: [row for row in manager.json("pcs") if row["judged_at"]])[0]
    assert before["level"] != "danger"
    extra = tmp_path / "antivirus.xml"
    extra.write_text(ANTIVIRUS_OFF, "utf-8")
    fusioninventory(manager, token, tmp_path / "agent", f"--additional-content={extra}")
    until(lambda: manager.json("pcs")[0]["level"] == "danger")
    findings = _findings(manager, before["asset_number"], "antivirus")
    assert [one["condition"] for one in findings if one["level"] == "danger"] == ["antivirus.resident"]
    mail = until(lambda: mail_server.mails)[0]
    assert before["host"] in mail.get_body().get_content()
    assert "Danger" in mail["Subject"]
    until(lambda: "KNM3012-I" in manager.log())


def _findings(manager: ManagerProcess, asset: str, item: str) -> list[dict[str, Any]]:
    one = manager.json("pc", asset)
    found: list[dict[str, Any]] = next(entry["findings"] for entry in one["items"] if entry["item"] == item)
    return found
