"""kanmon simulate: made-up PCs through the real intake, judged by the real rules, and never among real PCs."""

import json
import subprocess

from tests.conftest import KANMON, ManagerProcess, pc_json, until

DAY = ("--day", "2026-01-05")


def told(manager: ManagerProcess, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command's end, whatever its exit code."""
    return subprocess.run(
        [KANMON, *words], env=manager.environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_two_hundred_pcs_are_sent_recorded_and_judged(manager: ManagerProcess) -> None:
    ended = told(manager, "simulate", "200", "--json")
    assert "none of which exists" in ended.stderr
    said = json.loads(ended.stdout)
    assert (said["changed"], said["unchanged"], said["refused"]) == (200, 0, 0)
    until(manager.idle)
    status = manager.json("status")
    assert (status["pcs"], status["reports_queued"]) == (200, 0)
    assert status["levels"]["not_judged"] == 0
    assert all(status["levels"][level] for level in ("danger", "warning", "caution", "safe"))
    judged = json.loads(manager.run("judge", "--all", "--json").stdout)
    assert (judged["state"], judged["outcome"]["judged"]) == ("finished", 200)
    assert manager.json("status")["levels"] == status["levels"]


def test_a_later_round_changes_only_some(manager: ManagerProcess) -> None:
    told(manager, "simulate", "100", *DAY)
    said = json.loads(told(manager, "simulate", "100", "--round", "1", "--changed", "20", *DAY, "--json").stdout)
    assert said["changed"] + said["unchanged"] == 100
    assert 5 < said["changed"] < 40
    assert manager.json("status")["pcs"] == 100
    assert manager.json("suspected", "list") == []


def test_simulated_pcs_are_kept_out_of_a_home_with_others(manager: ManagerProcess) -> None:
    manager.post(json.dumps(pc_json(1)).encode(), manager.token())
    until(lambda: manager.json("pcs"))
    refused = told(manager, "simulate", "5")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("KNM6020-E This home has 1 PC that")
    assert told(manager, "simulate", "5", "--force").returncode == 0
    assert manager.json("status")["pcs"] == 6


def test_over_the_network_it_needs_a_token_and_force(manager: ManagerProcess) -> None:
    token = manager.home / "token"
    token.write_text(manager.token())
    remote = ("simulate", "5", "--server", manager.url, "--token-file", str(token))
    assert told(manager, *remote).stderr.startswith("KNM6021-E")
    assert told(manager, *remote, "--force").returncode == 0
    until(lambda: manager.json("status")["pcs"] == 5)
    token.write_text("kni_wrong")
    wrong = told(manager, *remote, "--force")
    assert (wrong.returncode, wrong.stderr.splitlines()[-1][:9]) == (5, "KNM7002-E")


def test_the_fleet_can_be_written_as_lines_instead(manager: ManagerProcess) -> None:
    ended = told(manager, "simulate", "3", "--out", "-", *DAY)
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [line["asset_number"] for line in lines] == ["SIM1-0000001", "SIM1-0000002", "SIM1-0000003"]
    assert manager.json("status")["pcs"] == 0
