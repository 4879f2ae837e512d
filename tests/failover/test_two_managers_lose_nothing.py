"""Two real Managers on one PostgreSQL, and agents that talk to both: the active one is killed, frozen or stopped in order
while it works. The other goes on, and refuses no report.
"""

import contextlib
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster.nodes import Cluster, NodeProcess, cluster
from tests.conftest import CAMPAIGN, MailServer, until
from tests.failover.agents import Agents
from tests.failover.checker import check_log, check_mails, check_records, check_verdicts

SEEDS = 15 if CAMPAIGN else 1
ROUNDS = 4
LEASE_SECONDS = 2.0
POINTS = (
    "after_claim", "record_chunk", "judge_chunk", "decided", "after_intent", "in_effect", "after_effect",
    "before_commit", "after_commit", "takeover_before_commit",
)  # fmt: skip


@pytest.fixture
def two(tmp_path: Path, mail_server: MailServer) -> Iterator[Cluster]:
    with cluster(tmp_path) as made:
        first = made.node(
            "nA", cluster={"lease_seconds": LEASE_SECONDS}, mail=mail_server.settings | {"per_hour": 1000}
        )
        second = NodeProcess(tmp_path / "nB", first.settings, name="nB")
        shutil.copytree(first.home / "secrets", second.home / "secrets")
        made.nodes.append(second.setup())
        for one in made.nodes:
            one.start()
        yield made


def kill(two: Cluster, active: NodeProcess, chance: random.Random) -> None:
    active.kill()


def kill_at(two: Cluster, active: NodeProcess, chance: random.Random) -> None:
    """Both are struck: the standby will die at a point, as soon as it passes it, and the active one dies first."""
    standby = other(two, active)
    standby.stop()
    standby.start(fault=f"{chance.choice(POINTS)}:{chance.randrange(1, 6)}=kill", wait=False)
    until(lambda: standby.ready() or standby.ended(), 60)
    active.kill()
    with contextlib.suppress(AssertionError):  # it may not pass the point so often
        until(standby.ended, 30)
    standby.kill()


def freeze(two: Cluster, active: NodeProcess, chance: random.Random) -> None:
    assert active.process is not None
    active.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: two.active() == other(two, active).name, 60)
    finally:
        active.process.send_signal(signal.SIGCONT)


def stop(two: Cluster, active: NodeProcess, chance: random.Random) -> None:
    active.stop()


FAULTS: tuple[Callable[[Cluster, NodeProcess, random.Random], None], ...] = (kill, freeze, stop, kill_at)


def other(two: Cluster, one: NodeProcess) -> NodeProcess:
    return next(node for node in two.nodes if node is not one)


def newest_term(two: Cluster) -> int:
    return int(two.rows("SELECT max(term) FROM term")[0][0])


def first_started(two: Cluster, after: int) -> float:
    """When the first operation was started under a term later than ``after``: seconds of the clock; 0 not yet."""
    found = two.rows(f"SELECT min(at) FROM entry WHERE event = 'started' AND attempt > 0 AND term > {after}")[0][0]
    return float(found.timestamp()) if found else 0.0


def all_up(two: Cluster) -> NodeProcess:
    """All nodes serve, one of them leads: that one."""
    for one in two.nodes:
        if one.ended():
            one.start(wait=False)
    until(lambda: all(one.ready() for one in two.nodes) and two.active(), 60)
    return two.by_name(two.active())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_other_goes_on_and_refuses_nothing(two: Cluster, mail_server: MailServer, seed: int) -> None:
    chance = random.Random(seed)
    token = all_up(two).token()
    asked = [two.nodes, *([one] for one in two.nodes)]  # whoever asks a frozen node waits for it
    agents = [Agents(nodes, token, seed * 10 + number, 100 * number) for number, nodes in enumerate(asked)]
    struck: list[tuple[float, float, str]] = []
    seconds: dict[str, list[float]] = {}
    for one in agents:
        one.start()
    for turn in range(ROUNDS):
        active = all_up(two)
        time.sleep(chance.uniform(0.3, 1.0))
        fault, began, at, term = FAULTS[turn % len(FAULTS)], time.monotonic(), time.time(), newest_term(two)
        fault(two, active, chance)
        until(lambda: two.active() not in ("", active.name) or fault is kill_at, 60)  # noqa: B023
        all_up(two)
        if fault is not kill_at:  # which strikes both
            struck.append((began, time.monotonic(), other(two, active).url))
            until(lambda: first_started(two, term), 60)  # noqa: B023
            seconds.setdefault(fault.__name__, []).append(first_started(two, term) - at)
    time.sleep(0.3)
    for one in agents:
        one.stop()
    any_one = all_up(two)
    until(lambda: two.rows("SELECT 1 FROM operation WHERE ended_at IS NULL LIMIT 1") == [], 120)
    until(any_one.idle, 60)
    first, last = two.nodes
    first.stop()
    last.stop()
    for began, ended, survivor in struck:
        said = [status for one in agents for at, status in one.answers[survivor] if began <= at <= ended]
        assert said, "the survivor was asked"
        assert not [status for status in said if status >= 500], "it took everything"
    print(f"\nfrom the fault to the first operation (lease {LEASE_SECONDS} s):", seconds)
    check_records(last.home, {name: sent for one in agents for name, sent in one.acknowledged.items()})
    check_verdicts(last.home)
    check_mails(last.home, mail_server.mails)
    check_log(first.home, whole=False)
    check_log(last.home)
