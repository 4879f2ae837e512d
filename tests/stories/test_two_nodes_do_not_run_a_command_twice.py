"""Two nodes on PostgreSQL and one command: whatever happens to the node that has begun it, it is not run twice."""

import json
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.nodes import Cluster, NodeProcess, cluster
from tests.conftest import pc_json, until

TTL_SECONDS = 2.0
POLICY = "{kind: action, name: Default, danger: {command: {program: act, interrupted: INTERRUPTED}}}"


class Pair:
    """Two nodes that may run one program; ``first`` is active, and gets the fault."""

    def __init__(self, made: Cluster, folder: Path) -> None:
        self.cluster, self.outside = made, folder / "outside"
        programs = folder / "programs"
        for one in (self.outside, programs):
            one.mkdir(mode=0o755)
        program = programs / "act"
        program.write_text(
            f'#!/bin/sh\necho "$KANMON_ORDER $KANMON_ATTEMPT" >> {self.outside}/ledger\n'
            f"while [ -e {self.outside}/held ] && [ $KANMON_ATTEMPT = 1 ]; do sleep 0.05; done\n"
        )
        program.chmod(0o755)
        settings = {"folder": str(programs), "grace_seconds": 1, "drain_seconds": 1}
        self.first, self.second = (
            made.node(
                name, command=settings | {"work_folder": str(folder / f"work-{name}")},
                cluster={"lease_seconds": TTL_SECONDS},
            )
            for name in ("mgr-a", "mgr-b")
        )  # fmt: skip
        shutil.copytree(self.first.home / "secrets", self.second.home / "secrets", dirs_exist_ok=True)

    @property
    def ledger(self) -> list[str]:
        path = self.outside / "ledger"
        return path.read_text().splitlines() if path.exists() else []

    def begin(self, fault: str = "", interrupted: str = "ask") -> None:
        """Both run, and a PC has become dangerous."""
        (self.outside / "held").touch()
        self.first.start(fault=fault)
        policy = self.outside / "policy.yaml"
        policy.write_text(POLICY.replace("INTERRUPTED", interrupted))
        self.first.run("policy", "import", str(policy))
        self.second.start()
        body = json.dumps(pc_json(1, antivirus=[])).encode()
        assert self.first.post(body, self.first.token())[0] == 200

    def states(self) -> list[str]:
        """Of all operations of this kind, oldest first."""
        return [
            state for (state,) in self.cluster.rows("SELECT state FROM operation WHERE kind = 'command' ORDER BY id")
        ]

    def sentence(self) -> str:
        """What is said of the first."""
        ((outcome,),) = self.cluster.rows("SELECT outcome FROM operation WHERE kind = 'command' AND redo_of IS NULL")
        return str(outcome["sentence"])

    def redo(self) -> None:
        """A person has it done again."""
        ((number,),) = self.cluster.rows("SELECT id FROM operation WHERE kind = 'command' AND state = 'in_doubt'")
        self.second.run("redo", str(number))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    tmp_path.chmod(0o755)
    with cluster(tmp_path) as made:
        one = Pair(made, tmp_path)
        yield one
        (one.outside / "held").unlink(missing_ok=True)


def stopped(node: NodeProcess) -> bool:
    """Whether its process has been stopped by a signal."""
    assert node.process is not None
    return Path(f"/proc/{node.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_the_other_node_asks_when_the_first_was_killed_while_it_ran(pair: Pair) -> None:
    pair.begin()
    until(lambda: pair.ledger, 60)
    pair.first.kill()
    until(lambda: pair.states() == ["in_doubt"], 60)
    assert "act was to be started on mgr-a, in " in pair.sentence()
    assert "whether it ran can't be told from mgr-b" in pair.sentence()
    pair.redo()
    assert pair.states() == ["cancelled", "finished"]
    assert [line.split()[1] for line in pair.ledger] == ["1", "2"]


def test_rerun_runs_it_on_the_other_node_and_says_so(pair: Pair) -> None:
    pair.begin(interrupted="rerun")
    until(lambda: pair.ledger, 60)
    pair.first.kill()
    until(lambda: pair.states() == ["finished"], 60)
    assert [line.split()[1] for line in pair.ledger] == ["1", "2"]
    assert pair.cluster.rows("SELECT count(*) FROM entry WHERE event = 'may_be_repeat'") == [(1,)]


@pytest.mark.parametrize("point", ["after_intent", "before_go"])
def test_a_node_that_stood_still_before_the_start_does_not_start_it_afterwards(point: str, pair: Pair) -> None:
    """The zombie: stopped for longer than its lease, deposed, and continued."""
    pair.begin(fault=f"{point}:1=stop")
    until(lambda: stopped(pair.first), 60)
    until(lambda: pair.states() == ["in_doubt"], 60)
    assert pair.ledger == [], "it stands before the start"
    assert pair.first.process is not None
    pair.first.process.send_signal(signal.SIGCONT)
    pair.redo()
    assert pair.states() == ["cancelled", "finished"]
    time.sleep(2)  # what it was about to do, it would have done by now
    assert [line.split()[1] for line in pair.ledger] == ["2"]


def test_a_hand_over_ends_what_does_not_end_in_time(pair: Pair) -> None:
    pair.begin()
    until(lambda: pair.ledger, 60)
    pair.first.stop()
    until(lambda: pair.states() == ["in_doubt"], 60)
    assert "because the Manager was stopped" in pair.sentence()
    assert len(pair.ledger) == 1
