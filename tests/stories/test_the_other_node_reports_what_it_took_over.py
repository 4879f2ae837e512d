"""Two nodes on one PostgreSQL: the active one is killed in the middle of a judgment, the other one tells all of it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.nodes import Cluster, NodeProcess, cluster
from tests.conftest import KANMON, MailServer, as_toml, pc_json, until
from tests.failover.by_hand import interrupted

QUICK = {"lease_seconds": 2.0}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Cluster]:
    """A database of its own."""
    with cluster(tmp_path) as made:
        yield made


def joined(made: Cluster, name: str, first: NodeProcess, settings: dict[str, Any]) -> NodeProcess:
    """A second node with the secrets of the first; it stands by."""
    token = first.run("cluster", "invite").stdout.strip()
    node = NodeProcess(
        made.folder / name, {"database": {"url": made.url}, "action": {"collect_seconds": 0}} | settings, name=name
    )
    environment = node.environment | {"KANMON_JOIN_TOKEN": token}
    subprocess.run([KANMON, "setup", "--join", first.url], env=environment, check=True, capture_output=True)
    (node.home / "kanmon.toml").write_text(as_toml(node.settings))
    made.nodes.append(node.start())
    return node


def test_from_the_kill_to_the_acknowledgement(made: Cluster, mail_server: MailServer) -> None:
    settings = {"cluster": QUICK, "mail": mail_server.settings | {"failover_report_seconds": 1}}
    a = made.node("nA", **settings).start(fault="judge_chunk:1=kill")
    b = joined(made, "nB", a, settings)
    status, _, _ = b.post(json.dumps(pc_json(1, antivirus=[])).encode(), b.token())
    assert status == 200
    until(a.ended, 60)
    until(lambda: made.active() == "nB", 60)
    until(b.idle, 60)

    report = b.json("report", "failover")
    assert report["cause"] in ("session_gone", "not_renewed")
    assert (report["from"]["node"], report["to"]["node"]) == ("nA", "nB")
    assert report["to"]["term"] == report["from"]["term"] + 1
    assert report["unserved"]["seconds"] >= 0
    assert report["unserved"]["said"]["en"].endswith("to readiness, by one clock."), "the database's"
    rows = {row["id"]: row for group in report["groups"] for row in group["operations"]}
    (judged,) = [row for row in rows.values() if row["kind"] == "judge"]
    assert (judged["node"], judged["outcome"], judged["state"]) == ("nA", "resumed", "finished")
    assert judged["said"]["en"].startswith("Resumed from the beginning on nB, attempt 2;")
    expected = {row["id"] for row in rows.values() if row["outcome"] != "finished_before"}
    until(lambda: interrupted(b.log()) == expected)
    until(lambda: any("Failover from nA to nB" in mail["Subject"] for mail in mail_server.mails), 60)

    sick = {one["id"] for one in json.loads(b.run("health", "--json", check=False).stdout)["warnings"]}
    assert {"KNM4282-W", "KNM4290-W", "KNM4291-W"} <= sick, "not acknowledged; nobody stands by; a node is gone"
    a.start()
    until(lambda: "KNM4290-W" not in b.run("health", check=False).stdout, 60)
    assert a.json("report", "failover")["term"] == report["term"], "every node tells it"
    a.run("acknowledge", "failover")
    until(lambda: b.run("health", check=False).stdout.strip() == "Healthy.", 60)
