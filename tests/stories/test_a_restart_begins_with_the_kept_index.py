"""A Manager keeps its index when it stops, and the next start has no need to read all inventories."""

import re
from pathlib import Path

from tests.cluster.nodes import cluster
from tests.conftest import ManagerProcess, until
from tests.stories.test_the_other_node_reports_what_it_took_over import joined

BEGINS = "The index begins with its checkpoint: 30 PCs"


def service_log(home: Path) -> str:
    return (home / "log" / "service.log").read_text("utf-8")


def test_a_manager_that_was_stopped_begins_with_its_index(manager: ManagerProcess) -> None:
    manager.run("simulate", "30")
    until(manager.idle)
    before = manager.json("status")["levels"]
    manager.stop()
    checkpoint = manager.home / "run" / "index.checkpoint"
    assert checkpoint.stat().st_mode & 0o777 == 0o600
    manager.start()
    judged = manager.json("judge", "--all")
    assert judged["outcome"]["judged"] == 30
    assert BEGINS in service_log(manager.home)
    assert manager.json("status")["levels"] == before


def test_one_that_was_killed_while_it_wrote_begins_all_the_same(manager: ManagerProcess) -> None:
    manager.run("simulate", "30")
    until(manager.idle)
    manager.stop()
    whole = manager.home / "run" / "index.checkpoint"
    (manager.home / "run" / "index.checkpoint.new").write_bytes(whole.read_bytes()[:1000])
    manager.start()
    manager.run("simulate", "30", "--round", "1", "--changed", "100")
    until(manager.idle)
    manager.kill()
    manager.start()
    assert manager.json("judge", "--all")["outcome"]["judged"] == 30
    assert service_log(manager.home).count(BEGINS) == 2
    manager.stop()
    assert not (manager.home / "run" / "index.checkpoint.new").exists()


def test_a_standby_begins_with_its_own(tmp_path: Path) -> None:
    settings = {"cluster": {"lease_seconds": 2.0}}
    with cluster(tmp_path) as two:
        first = two.node("nA", **settings).start()
        second = joined(two, "nB", first, settings)
        first.run("simulate", "30")
        until(first.idle)
        until(lambda: '"ready": true' in second.run("cluster", "status", "--json").stdout)
        second.stop()
        until((second.home / "run" / "index.checkpoint").exists)
        second.start()
        until(lambda: re.search(r"The index begins with its checkpoint: \d+ PC", service_log(second.home)))
        first.kill()
        until(lambda: two.active() == "nB", 60)
        assert second.json("judge", "--all")["outcome"]["judged"] == 30
