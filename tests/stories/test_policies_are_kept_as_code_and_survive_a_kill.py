"""A folder of policies is planned, applied and judged by a real Manager, also when it is killed in the middle."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ManagerProcess, pc_json, until

STRICT = """
kind: judgment
name: Strict
prohibited_software: {judge: true, programs: [{name: bash, level: danger}]}
"""
WHERE = "kind: assignments\nassignments: [{policy: Strict, group: /Sales}, {policy: Default, system: true}]\n"


def levels(manager: ManagerProcess) -> dict[str, str]:
    """Host -> level."""
    return {row["host"]: row["level"] for row in manager.json("pcs")}


def fleet(manager: ManagerProcess, folder: Path) -> None:
    """Two PCs, one of them in /Sales, judged by Default."""
    folder.mkdir()
    for number, group in ((1, "/Sales"), (2, "")):
        (folder / f"{number}.json").write_text(json.dumps(pc_json(number, group=group)))
    manager.run("import", *map(str, sorted(folder.glob("*.json"))))
    manager.run("judge", "--all")


def test_plan_says_by_its_exit_status_whether_something_would_change(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager(action={"collect_seconds": 0}).start()
    fleet(manager, tmp_path / "pcs")
    wanted = tmp_path / "wanted"
    (wanted / "policies").mkdir(parents=True)
    (wanted / "policies" / "strict.yaml").write_text(STRICT)
    (wanted / "where.yml").write_text(WHERE)
    planned = manager.run("policy", "plan", str(wanted), check=False)
    assert planned.returncode == 2, planned
    assert "+ Judgment policy Strict\n" in planned.stdout
    assert "+ Judgment policy of group /Sales\n    Strict\n" in planned.stdout
    assert "What if: Strict at /Sales: 1 of 1 PCs at another level" in planned.stdout
    assert levels(manager) == {"pc-0001": "safe", "pc-0002": "safe"}
    applied = manager.run("policy", "apply", str(wanted))
    assert "Changes: 2, operation" in applied.stdout
    until(lambda: levels(manager) == {"pc-0001": "danger", "pc-0002": "safe"}, 60)
    again = manager.run("policy", "plan", str(wanted))
    assert again.stdout == "Nothing would change.\n"
    (wanted / "where.yml").write_text(WHERE.replace("Strict", "Strikt"))
    wrong = manager.run("policy", "plan", str(wanted), check=False)
    assert wrong.returncode == 1
    assert (
        'File where.yml: Line 2, assignments[0]: There is no judgment policy "Strikt". Nearest: "Strict".'
        in wrong.stderr
    )
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    assert manager.run("policy", "plan", str(nothing), check=False).returncode == 1
    manager.stop()
    assert manager.run("policy", "plan", str(wanted), check=False).returncode == 1  # without a Manager, too


def test_a_kill_leaves_a_change_done_with_its_judgment_or_not_done_at_all(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager(action={"collect_seconds": 0}).start()
    fleet(manager, tmp_path / "pcs")
    strict = tmp_path / "strict.yaml"
    strict.write_text(STRICT)
    manager.run("policy", "import", str(strict))
    manager.stop()
    manager.start(fault="judge_chunk:1=kill")
    manager.run("assign", "Strict", "--group", "/Sales", check=False)
    until(manager.ended, 60)
    manager.start()
    until(manager.idle, 60)
    assert levels(manager) == {"pc-0001": "danger", "pc-0002": "safe"}
    rows = [row for row in manager.json("operations", "--kind", "judge") if row["requester"] == "policy"]
    assert [(row["state"], row["attempt"], row["outcome"]["judged"]) for row in rows] == [("finished", 2, 1)]
    found = manager.json("assign", "--list")
    assert {"kind": "judgment", "policy": "Strict", "group": "/Sales"} in found


def test_a_policy_and_its_lists_go_out_to_files_and_come_back_the_same(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    manager = make_manager().start()
    manager.run("policy", "copy", "Default", "Mine")
    file, lists = tmp_path / "mine.yaml", tmp_path / "list.csv"
    manager.run("policy", "export", "Mine", "-o", str(file))
    assert manager.run("policy", "import", str(file)).stdout == "Mine version 1\n"
    for name in ("prohibited", "mandatory", "updates", "antivirus", "user"):
        manager.run("policy", "export", "Mine", "--list", name, "-o", str(lists))
        assert lists.read_bytes().startswith(b'\xef\xbb\xbf"')
        assert (
            manager.run("policy", "import", str(lists), "--list", name, "--into", "Mine").stdout == "Mine version 1\n"
        )
    manager.run("policy", "export", "Default", "--list", "addresses", "-o", str(lists))
    assert manager.run("policy", "import", str(lists), "--list", "addresses").stdout == "Default version 1\n"
    file.write_text(file.read_text().replace("definitions_max_age_days: 7", "definitions_max_age_days: 3"))
    assert manager.run("policy", "import", str(file), "--comment", "fresher").stdout == "Mine version 2\n"
    said = manager.run("policy", "diff", "Mine").stdout
    assert said == "Mine: version 1 -> 2\n  Antivirus: definitions at most 7 days old -> 3 days\n"
    japanese = manager.run("policy", "diff", "Mine", "--language", "ja").stdout
    assert "ウイルス対策: 定義ファイルの経過日数の上限 7 日 -> 3 日" in japanese
    assert manager.run("policy", "rollback", "Mine", "1").stdout == "Mine version 3\n"
    assert [row["comment"] for row in manager.json("policy", "versions", "Mine")][:2] == [
        "Back to version 1",
        "fresher",
    ]
    manager.run("policy", "delete", "Mine")
    assert manager.run("policy", "show", "Mine", check=False).returncode == 3
