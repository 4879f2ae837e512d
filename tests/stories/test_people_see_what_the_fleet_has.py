"""The property browser: classes, properties and values that inventories have told, by command and by API."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ManagerProcess, pc_json
from tests.intake.conftest import OWN


def told(manager: ManagerProcess, *words: str) -> dict[str, int]:
    return {one["value"]: one["pcs"] for one in manager.json("properties", *words)["values"]}


def test_values_are_counted_by_pc_and_a_scan_belongs_to_its_pc(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager()
    editors = [{"name": "vim", "version": "9.0", "publisher": "Bram"}, {"name": "nano", "version": "7"}]
    for number in range(4):
        more = {"software": editors[: number % 3], "columns": {"domain": "EXAMPLE" if number else "LAB"}}
        if number == 3:
            more["settings"] = {"tpm": False, "screen_lock_seconds": 600}
        body = pc_json(number, identity={"macs": [f"f0:1f:af:00:00:{number:02x}"]}, **more)
        (tmp_path / f"{number}.json").write_text(json.dumps(body))
    scan = (OWN / "scap-results.xml").read_bytes().replace(b"F0:1F:AF:00:00:04", b"F0:1F:AF:00:00:03")
    (tmp_path / "scan.xml").write_bytes(scan)
    manager.run("import", *(str(tmp_path / f"{number}.json") for number in range(4)))
    manager.run("import", str(tmp_path / "scan.xml"))

    classes = {one["class"]: one for one in manager.json("properties")}
    assert (classes["software"]["records"], classes["software"]["pcs"]) == (2, 2)
    assert classes["pc"]["pcs"] == 4
    assert "told" not in classes
    software = {one["property"]: one for one in manager.json("properties", "--class", "software")}
    assert (software["publisher"]["distinct"], software["publisher"]["pcs"], software["publisher"]["of_pcs"]) == (
        1,
        2,
        4,
    )
    assert told(manager, "--class", "software", "--property", "name") == {"vim": 2, "nano": 1}
    assert told(manager, "--class", "software", "--property", "name", "--search", "NAN") == {"nano": 1}
    assert told(manager, "--class", "setting", "--property", "tpm") == {"false": 1}
    assert told(manager, "--class", "pc", "--property", "domain") == {"EXAMPLE": 3, "LAB": 1}
    assert told(manager, "--class", "check", "--property", "result") == {"fail": 1, "notapplicable": 1, "pass": 1}
    wrong = manager.run("properties", "--class", "software", "--property", "publsher", check=False)
    assert wrong.returncode == 1
    assert 'KNM2090-E There is no property of software "publsher". Nearest: "publisher".' in wrong.stderr
