"""Newer antivirus versions reach the policies: by a file, by a program, and each PC is judged by them."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ManagerProcess, pc_json, until

POLICY = """\
kind: judgment
name: Default
antivirus:
  judge: true
  not_resident: false
  use_up_to_date_flag: false
  level: warning
  products: [{name: "Example*", definitions: {value: "15.799.00"}}]
"""


def test_a_list_of_versions_makes_new_policies_and_new_verdicts(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager().start()
    (tmp_path / "policy.yaml").write_text(POLICY)
    manager.run("policy", "import", str(tmp_path / "policy.yaml"))
    pc = tmp_path / "pc.json"
    pc.write_text(json.dumps(pc_json(1, antivirus=[{"product": "Example Antivirus", "definitions": "15.801.00"}])))
    manager.run("import", str(pc))
    shown = manager.json("pc", "pc-0001")
    (item,) = [one for one in shown["items"] if one["item"] == "antivirus"]
    assert item["sub_results"] == {"product": 0, "engine": 3, "definitions": 0, "resident": 3}

    versions = tmp_path / "versions.csv"
    versions.write_text("product,definitions\nExample Antivirus,15.803.00\nUnheard Antivirus,1\n")
    done = manager.run("feed", "antivirus", str(versions))
    assert "Example*: definitions 15.799.00 -> 15.803.00" in done.stdout
    assert "Unheard Antivirus" in done.stderr
    assert until(lambda: manager.json("pc", "pc-0001")["level"] == "warning")
    text = manager.run("pc", "pc-0001").stdout
    assert "product no problem, engine not judged, definitions problem, resident not judged" in text
    assert "No policy wants an older version" in manager.run("feed", "antivirus", str(versions)).stdout

    versions.write_text("produkt\nx\n")
    wrong = manager.run("feed", "antivirus", str(versions), check=False)
    assert (wrong.returncode, "KNM2052-E" in wrong.stderr) == (1, True)
    nobody = tmp_path / "more.json"
    nobody.write_text('[{"product": "Example Antivirus", "definitions": "99"}]')
    missing = manager.run("feed", "antivirus", str(nobody), "--policy", "Defualt", check=False)
    assert (missing.returncode, "Default" in missing.stderr) == (3, True)
    read_only = manager.run("feed", "antivirus", str(nobody), "--policy", "Initial", check=False)
    assert (read_only.returncode, "KNM3121-E" in read_only.stderr) == (1, True)
