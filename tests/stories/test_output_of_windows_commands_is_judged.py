"""A PC that has no agent is judged by what systeminfo and wmic qfe say of it, whatever comes first."""

from collections.abc import Callable
from pathlib import Path

from tests.conftest import ManagerProcess

DATA = Path(__file__).parent.parent / "intake" / "data" / "systeminfo"
LISTED = "CSName=LAB-EN-01\r\r\nHotFixID={}\r\r\n\r\r\n"


def test_parts_of_one_pc_come_in_two_files(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    manager = make_manager()
    text = (DATA / "en.txt").read_text("utf-8")
    cut = text.replace("3 Hotfix(s)", "9 Hotfix(s)").partition("[03]")
    whole = tmp_path / "lab_systeminfo.txt"
    whole.write_bytes((cut[0] + "\n" + cut[2].partition("\n")[2]).encode("utf-16"))
    part = tmp_path / "lab_qfe.txt"
    part.write_bytes("".join(LISTED.format(kb) for kb in ("KB5000001", "KB5000002", "KB5000077")).encode("utf-16"))

    done = manager.run("import", str(part), check=False)
    assert (done.returncode, "KNM1031-E" in done.stderr) == (6, True), done
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "kind: judgment\nname: Default\nsecurity_updates: {judge: true, specified: [{kb: KB5000088, level: danger}]}\n"
    )
    manager.run("policy", "import", str(policy))
    manager.run("import", str(whole))
    assert [row["level"] for row in manager.json("pcs")] == ["unknown"], "the list is cut off: it may be in"
    for _ in range(2):  # the part stands first, and is taken after the whole each time
        manager.run("import", str(part), str(whole))
        (pc,) = manager.json("pcs")
        assert (pc["host"], pc["level"]) == ("LAB-EN-01", "danger")
    shown = manager.json("pc", "LAB-EN-01")
    assert all(item["level"] != "unknown" or item["findings"] for item in shown["items"])
    assert not [row for row in shown["inventory"] if row["condition"] == "inventory.agent"]
    manager.start()
    status, _, body = manager.post(whole.read_bytes(), manager.token())
    assert (status, b'"accepted"' in body) == (200, True)
