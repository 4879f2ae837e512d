"""Two real Managers on one PostgreSQL: join, hand-over, drain, a killed and a frozen active, a rolling restart."""

import itertools
import json
import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.nodes import Cluster, NodeProcess, Sender, cluster
from tests.conftest import KANMON, MailServer, pc_json, until

QUICK = {"lease_seconds": 2.0}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        first = made.node("nA", cluster=QUICK).start()
        token = first.run("cluster", "invite").stdout.strip()
        second = NodeProcess(made.folder / "nB", name="nB")
        join(second, first, token)
        written = (second.home / "kanmon.toml").read_text()
        (second.home / "kanmon.toml").write_text(written.replace("# lease_seconds = 5.0", "lease_seconds = 2.0"))
        made.nodes.append(second.start())
        yield made


def join(node: NodeProcess, to: NodeProcess, token: str) -> subprocess.CompletedProcess[str]:
    environment = node.environment | {"KANMON_JOIN_TOKEN": token}
    return subprocess.run(
        [KANMON, "setup", "--join", to.url], env=environment, capture_output=True, text=True, check=False
    )


def both_up(two: Cluster) -> tuple[NodeProcess, NodeProcess]:
    """The active node and the other; both run, and the other has looked at the lease."""
    for one in two.nodes:
        if one.ended():
            one.start()
    until(lambda: two.active() != "" and states(two) == ["active", "standby"])
    active = two.by_name(two.active())
    return active, next(one for one in two.nodes if one is not active)


def states(two: Cluster) -> list[str]:
    running = next(one for one in two.nodes if not one.ended())
    return [row["state"] for row in running.json("cluster", "status")]


def test_a_second_node_has_the_secrets_of_the_first(two: Cluster) -> None:
    for name in ("signing-key", "data-key", "agent-ca.key", "agent-ca.crt"):
        first, second = (one.home / "secrets" / name for one in two.nodes)
        assert first.read_bytes() == second.read_bytes()
        assert stat.S_IMODE(second.stat().st_mode) == 0o600


def test_a_token_is_good_for_one_node(two: Cluster) -> None:
    token = two.nodes[0].run("cluster", "invite").stdout.strip()
    assert join(NodeProcess(two.folder / "nC", name="nC"), two.nodes[0], token).returncode == 0
    again = join(NodeProcess(two.folder / "nD", name="nD"), two.nodes[0], token)
    assert again.returncode == 1
    assert again.stderr.startswith("KNM4152-E")
    assert not (two.folder / "nD" / "secrets").exists()
    assert token.encode() not in b"".join(path.read_bytes() for path in (two.nodes[0].home / "log").iterdir())


def test_a_home_with_other_secrets_does_not_join(two: Cluster) -> None:
    token = two.nodes[0].run("cluster", "invite").stdout.strip()
    other = NodeProcess(two.folder / "nE", name="nE").setup()
    before = (other.home / "secrets" / "signing-key").read_bytes()
    assert join(other, two.nodes[0], token).stderr.startswith("KNM4155-E")
    assert (other.home / "secrets" / "signing-key").read_bytes() == before


def test_a_node_with_another_data_key_does_not_start(two: Cluster) -> None:
    stranger = NodeProcess(two.folder / "nF", {"database": {"url": two.url}}, name="nF")
    stranger.home.mkdir()
    (stranger.home / "kanmon.toml").write_text(f'[database]\nurl = "{two.url}"\n')
    done = stranger.run("setup", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("KNM4151-E")


def test_what_a_standby_takes_in_is_judged_by_the_active_node(two: Cluster) -> None:
    _, standby = both_up(two)
    sender = Sender(standby, standby.token("standby"), 9000)
    sender.start()
    until(lambda: len(sender.acknowledged) > 3)
    sender.stop()
    until(lambda: standby.json("pc", "pc-9000")["level"] == "safe")


def test_a_setting_that_a_standby_takes_holds_on_the_active_node(two: Cluster, mail_server: MailServer) -> None:
    """Nobody asks the active node for its settings meanwhile: that would make it read them."""
    active, standby = both_up(two)
    standby.run("settings", "set", "action.collect_seconds", "1")
    standby.run("settings", "set", "mail.administrators", "a@example.test")
    standby.run("settings", "set", "mail.server", mail_server.settings["server"])
    token, numbers = standby.token("mending"), itertools.count(9500)

    def mailed() -> bool:
        bad = json.dumps(pc_json(next(numbers), antivirus=[])).encode()
        assert standby.post(bad, token)[0] == 200
        time.sleep(0.5)
        return bool(mail_server.mails)

    until(mailed)
    standby.run("settings", "default", "mail.server")
    assert active is two.by_name(two.active())


def test_the_active_node_hands_over(two: Cluster) -> None:
    active, standby = both_up(two)
    assert standby.run("cluster", "handover").stdout == f"{standby.name} is active, {active.name} stands by\n"
    assert two.active() == standby.name
    assert two.rows("SELECT cause FROM takeover ORDER BY term DESC LIMIT 1") == [("handed_over",)]


def test_a_drained_node_stays_out_over_its_restart(two: Cluster) -> None:
    active, other = both_up(two)
    active.run("cluster", "drain")
    assert two.active() == other.name
    assert not active.ready()
    active.stop()
    active.start(wait=False)
    until(lambda: "draining" in states(two))
    refused = other.run("cluster", "drain", check=False)
    assert refused.stderr.startswith("KNM4106-E")
    active.run("cluster", "undrain")
    until(active.ready)


def test_a_killed_active_is_followed_and_no_report_is_refused(two: Cluster) -> None:
    active, standby = both_up(two)
    sender = Sender(standby, standby.token("killing"), 100)
    sender.start()
    until(lambda: len(sender.acknowledged) > 5)
    active.kill()
    until(lambda: two.active() == standby.name)
    sender.stop()
    assert set(sender.answers) == {200}
    until(lambda: recorded(two) >= sender.acknowledged, 60)
    assert two.rows("SELECT cause FROM takeover ORDER BY term DESC LIMIT 1")[0][0] in ("session_gone", "not_renewed")


def recorded(two: Cluster) -> set[str]:
    return {row[0] for row in two.rows("SELECT key FROM device WHERE pc IN (SELECT pc FROM pc_state)")}


def test_a_frozen_active_is_deposed_and_stands_by_when_it_wakes(two: Cluster) -> None:
    active, standby = both_up(two)
    assert active.process is not None
    os.kill(active.process.pid, signal.SIGSTOP)
    try:
        until(lambda: two.active() == standby.name, 60)
    finally:
        os.kill(active.process.pid, signal.SIGCONT)
    until(lambda: states(two) == ["active", "standby"], 60)
    assert two.active() == standby.name
    assert two.rows("SELECT cause FROM takeover ORDER BY term DESC LIMIT 1") == [("not_renewed",)]


def test_two_nodes_are_renewed_one_after_the_other_and_nothing_is_lost(two: Cluster) -> None:
    both_up(two)
    senders = [Sender(one, one.token(f"rolling-{one.name}"), 1000 * n) for n, one in enumerate(two.nodes, 2)]
    for sender in senders:
        sender.start()
    for one in two.nodes:
        one.run("cluster", "drain")
        one.stop()
        one.start(wait=False)
        until(lambda: sorted(states(two)) == ["active", "draining"])
        one.run("cluster", "undrain")
        until(one.ready)
    for sender in senders:
        sender.stop()
    acknowledged = senders[0].acknowledged | senders[1].acknowledged
    assert all(status == 200 for sender in senders for status in sender.answers)
    assert acknowledged
    until(lambda: recorded(two) >= acknowledged, 60)


def test_every_node_tells_the_whole_story(two: Cluster) -> None:
    both_up(two)

    def told(one: NodeProcess) -> list[str]:
        return [line for line in one.log().splitlines() if " KNM0001-I " in line]

    starts = two.rows("SELECT count(*) FROM entry WHERE event = 'service_started'")[0][0]
    until(lambda: all(len(told(one)) == starts for one in two.nodes))
    assert told(two.nodes[0]) == told(two.nodes[1])


def test_two_nodes_may_share_a_home(tmp_path: Path, two: Cluster) -> None:
    home = tmp_path / "shared"
    shared = [NodeProcess(home, name=name) for name in ("s1", "s2")]
    token = two.nodes[0].run("cluster", "invite").stdout.strip()
    join(shared[0], two.nodes[0], token)
    text = (home / "kanmon.toml").read_text().replace("# shared_home = false", "shared_home = true")
    (home / "kanmon.toml").write_text(text.replace("[cluster]", "[cluster]", 1))
    try:
        for one in shared:
            one.start()
        assert {row["name"] for row in shared[1].json("cluster", "status")} >= {"s1", "s2"}
        assert {path.name for path in (home / "nodes").iterdir()} == {"s1", "s2"}
        assert (home / "nodes" / "s1" / "log" / "manager.log").exists()
    finally:
        for one in shared:
            one.stop()
