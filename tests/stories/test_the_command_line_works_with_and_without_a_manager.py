"""Commands as a new user tries them: with a running Manager, without one, and wrongly."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import DATA, ManagerProcess, pc_json, until


def test_check_shows_every_setting_with_its_source(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager(mail={"server": "127.0.0.1:2525"})
    rows = {row["name"]: row for row in manager.json("check")["settings"]}
    assert rows["mail.server"]["value"] == "127.0.0.1:2525"
    assert rows["mail.server"]["source"].endswith("kanmon.toml")
    assert rows["action.collect_seconds"] | {"unit": ""} == {
        "name": "action.collect_seconds", "value": 60, "unit": "", "source": "default",
    }  # fmt: skip
    (manager.home / "kanmon.toml").write_text('[mail]\nserverr = "x"\n')
    wrong = manager.run("check", check=False)
    assert wrong.returncode == 1
    assert "mail.serverr" in wrong.stderr
    assert "mail.server." in wrong.stderr


def test_import_and_judge_work_without_a_manager(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    manager = make_manager()
    for number in range(3):
        (tmp_path / f"{number}.json").write_text(
            json.dumps(pc_json(number, antivirus=[] if number == 2 else pc_json(0)["antivirus"]))
        )
    (tmp_path / "bad.json").write_text("{}")
    done = manager.run("import", *sorted(map(str, tmp_path.glob("*.json"))), check=False)
    assert done.returncode == 7, done
    assert "KNM6012-I" in done.stderr
    assert "bad.json" in done.stderr
    assert [row["level"] for row in manager.json("pcs")] == ["safe", "safe", "danger"]
    assert [row["host"] for row in manager.json("pcs", "--level", "danger")] == ["pc-0002"]
    judged = manager.json("judge", "--all")
    assert judged["outcome"]["judged"] == 3
    assert judged["state"] == "finished"
    names = tmp_path / "names.txt"
    names.write_text("pc-0001\n")
    assert manager.json("judge", "-f", str(names))["outcome"]["judged"] == 1
    assert manager.json("judge", "--all", "-s")["outcome"]["judged"] == 0


def test_wrong_words_get_a_sentence_and_an_exit_code(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager().start()
    for words, code, mark in [
        (("pc", "nobody"), 3, "KNM6010-E"),
        (("pcs", "--level", "dangerous"), 1, "danger"),
        (("judge",), 1, "KNM6009-E"),
        (("pcs", "--server", "http://127.0.0.1:9"), 4, "KNM6007-E"),
        (("pcs", "--server", manager.url), 5, "KNM7002-E"),
        (("token", "create", "a/b"), 1, "KNM7005-E"),
    ]:
        done = manager.run(*words, check=False)
        assert (done.returncode, mark in done.stderr) == (code, True), (words, done)


def test_a_second_manager_of_the_same_home_is_refused(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager().start()
    second = ManagerProcess(manager.home)
    done = second.run("manager", "--listen", f"127.0.0.1:{second.port}", check=False)
    assert done.returncode == 8
    assert "KNM4006-E" in done.stderr
    assert manager.ready()


def test_not_set_up_and_not_on_loopback_are_refused(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    nothing = ManagerProcess(tmp_path / "nothing")
    assert "KNM6004-E" in nothing.run("manager", check=False).stderr
    manager = make_manager()
    assert "KNM6005-E" in manager.run("manager", "--listen", "0.0.0.0:8080", check=False).stderr


def test_an_api_token_may_do_what_its_role_may(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    manager = make_manager().start()
    token = tmp_path / "token"
    token.write_text(manager.run("token", "create", "reader", "--api").stdout)
    there = ("--server", manager.url, "--token-file", str(token))
    assert manager.json("pcs", *there) == []
    refused = manager.run("token", "create", "x", *there, check=False)
    assert refused.returncode == 5
    assert "KNM7001-E" in refused.stderr
    manager.run("token", "revoke", "reader", "--api")
    assert [row["state"] for row in manager.json("token", "list", "--api")] == ["revoked"]
    assert manager.run("pcs", *there, check=False).returncode == 5


def test_this_machine_is_collected_and_judged(make_manager: Callable[..., ManagerProcess]) -> None:
    manager = make_manager(action={"collect_seconds": 0}).start("--this-machine")
    row = until(lambda: manager.json("pcs") and manager.json("pcs")[0]["judged_at"] and manager.json("pcs")[0], 40)
    one = manager.json("pc", row["asset_number"])
    antivirus = next(item for item in one["items"] if item["item"] == "antivirus")
    import shutil

    if shutil.which("clamscan") is None:
        assert [found["condition"] for found in antivirus["findings"]][:1] == ["antivirus.product"]
    assert one["level"] in ("danger", "warning", "caution", "safe")


def test_every_real_inventory_is_taken_in_or_refused_with_a_sentence(
    make_manager: Callable[..., ManagerProcess],
) -> None:
    if not DATA.is_dir():
        import pytest

        pytest.skip(f"no real inventories: {DATA} is not there")
    manager = make_manager(action={"collect_seconds": 1}).start()
    files = sorted(
        str(path)
        for folder in (
            "glpi-inventory-format",
            "fusioninventory-for-glpi",
            "agents-own",
            "glpi-agent",
            "fleet",
            "scap-own",
        )
        for path in (DATA / folder).rglob("*")
        if path.suffix in (".xml", ".json", ".zlib")
    )
    done = manager.run("import", "--json", *files, check=False)
    results = {row["file"]: row for row in json.loads(done.stdout)}
    assert len(results) == len(files) >= 28
    taken = [row for row in results.values() if row["result"] != "refused"]
    assert len(taken) >= 25
    for row in results.values():
        if row["result"] == "refused":
            assert row["sentence"].startswith("KNM"), row
    until(manager.idle, 30)
    rows = manager.json("pcs")
    assert len(rows) >= 20
    assert all(row["judged_at"] for row in rows)
    assert "Traceback" not in (manager.home / "log" / "service.log").read_text()
