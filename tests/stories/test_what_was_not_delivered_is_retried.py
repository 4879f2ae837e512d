"""Dead letters: a receiver that fails and comes back, one that refuses, and what a person does about it by command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import ManagerProcess, pc_json, until
from tests.failover.checker import check_log
from tests.receiver import receiving

Make = Callable[..., ManagerProcess]
POLICY = """
kind: action
name: Default
danger:
  webhook: {to: siem}
  event: {to: nobody}
  command: {program: act, arguments: ["{level}", "{step}"]}
"""


def orders(manager: ManagerProcess, *words: str) -> dict[str, Any]:
    """Orders by kind."""
    return {one["kind"]: one for one in manager.json("orders", *words)}


def test_what_was_not_delivered_stays_until_somebody_does_something_about_it(
    make_manager: Make, tmp_path: Path
) -> None:
    (tmp_path / "programs").mkdir(mode=0o755)
    (tmp_path / "programs" / "act").write_text("#!/bin/sh\necho $1 step $2 order $KANMON_ORDER\nwc -l < results.csv\n")
    (tmp_path / "programs" / "act").chmod(0o755)
    tmp_path.chmod(0o755)
    with receiving() as receiver:
        receiver.answers.extend([(503, {}), (404, {})])  # it fails, and refuses when it is back
        manager = make_manager(
            webhook=receiver.settings("siem", tmp_path / "secrets"), action={"collect_seconds": 1},
            command={"folder": str(tmp_path / "programs"), "work_folder": str(tmp_path / "work")},
        ).start()  # fmt: skip
        (tmp_path / "actions.yaml").write_text(POLICY)
        manager.run("policy", "import", str(tmp_path / "actions.yaml"))
        assert manager.post(json.dumps(pc_json(1, antivirus=[])).encode(), manager.token())[0] == 200
        until(lambda: all(one in manager.log() for one in ("KNM3101-I", "KNM3249-I", "KNM3131-I")), 180)
        failed = orders(manager, "--state", "failed")
        assert "siem (localhost) refused the webhook: 404 Not Found" in failed["webhook"]["sentence"]
        assert failed["webhook"]["attempts"] == 2
        assert "events.targets has no address for nobody" in failed["event"]["sentence"]
        assert failed["event"]["to"] == ["nobody"]
        health = manager.run("health", check=False).stdout
        assert "KNM3260-W 2 orders were not delivered in the last 7 days" in health

        ran = orders(manager, "--state", "delivered")["command"]
        said = manager.run("orders", "output", str(ran["operation"])).stdout
        assert said == f"danger step 0 order {ran['order']}\n2\n"

        webhook = str(failed["webhook"]["order"])
        said = manager.run("orders", "retry", webhook, "--because", "its table is mended").stdout
        assert "finished siem took it: 204 No Content." in said
        manager.run("orders", "replay", webhook)
        assert [one.headers.get("x-kanmon-replay") for one in receiver.requests] == [None, None, None, "true"]
        assert len({one.key for one in receiver.requests}) == 1
        assert len({one.body for one in receiver.requests}) == 1
        assert len(receiver.done) == 1

        retried = manager.run("orders", "retry", "--all-failed", check=False).stdout
        assert "events.targets has no address for nobody" in retried
        assert manager.run("orders", "cancel", "--all-failed").stdout.startswith("Cancelled or given up: ")
        assert orders(manager, "--state", "failed") == {}
        assert orders(manager, "--state", "given_up")["event"]["order"] == failed["event"]["order"]
        assert manager.run("orders", "retry", check=False).stderr.startswith("KNM3265-E")
        until(manager.idle)
        check_log(manager.home)
