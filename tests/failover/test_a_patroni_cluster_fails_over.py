"""A real Patroni cluster fails over under load: nothing that was acknowledged is lost, and no Manager dies of it."""

import contextlib
import shutil
import statistics
import time
from pathlib import Path

import psycopg
import pytest

from tests.cluster.nodes import Cluster, NodeProcess, Sender
from tests.conftest import CAMPAIGN, MailServer, until
from tests.failover.patroni import patroni

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not CAMPAIGN, reason="long: only in make campaign"),
]
ROUNDS = 3


def seconds_without_commits(two: Cluster, since: float) -> float:
    """How long after ``since`` (monotonic) the database could be written again."""
    while True:
        try:
            with psycopg.connect(two.url, autocommit=True, connect_timeout=2) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS campaign (at timestamptz)")
                connection.execute("INSERT INTO campaign VALUES (now())")
                return time.monotonic() - since
        except psycopg.Error:
            time.sleep(0.1)


def test_the_primary_is_killed_again_and_again(tmp_path: Path, mail_server: MailServer) -> None:
    with patroni() as database, contextlib.ExitStack() as ends:
        two = Cluster(database.url, tmp_path)
        ends.callback(lambda: [one.stop() for one in two.nodes])
        mail = mail_server.settings | {"per_hour": 1000}
        first = two.node("nA", mail=mail, cluster={"lease_seconds": 3.0}).start()
        second = NodeProcess(tmp_path / "nB", first.settings, name="nB")
        shutil.copytree(first.home / "secrets", second.home / "secrets")
        two.nodes.append(second.setup().start())
        senders = [Sender(one, one.token(f"patroni-{one.name}"), 1000 * n, bad=0.3) for n, one in enumerate(two.nodes)]
        for sender in senders:
            sender.start()
        own, after = [], []
        try:
            for _ in range(ROUNDS):
                until(database.synchronous, 180)
                count = sum(len(sender.acknowledged) for sender in senders)
                until(lambda: sum(len(sender.acknowledged) for sender in senders) > count + 5, 120)  # noqa: B023
                killed = database.leader()
                assert killed is not None
                begin = time.monotonic()
                killed.kill()
                own.append(seconds_without_commits(two, begin))
                count = sum(len(sender.acknowledged) for sender in senders)
                until(lambda: sum(len(sender.acknowledged) for sender in senders) > count, 120)  # noqa: B023
                after.append(time.monotonic() - begin - own[-1])
                killed.start()
        finally:
            for sender in senders:
                sender.stop()
            dead = [one.name for one in two.nodes if one.ended()]
        print(f"\ndatabase away: {own}; Kanmon serves after that: {after}, median {statistics.median(after):.1f} s")
        assert not dead, "nobody dies of a failover of the database"
        check(two, senders, mail_server)


def check(two: Cluster, senders: list[Sender], mail_server: MailServer) -> None:
    """What was acknowledged is recorded and judged, everything has ended, and no mail was sent twice unflagged."""
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    until(lambda: two.rows("SELECT count(*) FROM operation WHERE ended_at IS NULL") == [(0,)], 120)
    judged = {row[0] for row in two.rows("SELECT key FROM device JOIN pc_state ON pc_state.pc = device.pc")}
    assert acknowledged <= judged, f"lost: {sorted(acknowledged - judged)}"
    assert two.rows("SELECT count(*) FROM receipt WHERE state = 'queued'") == [(0,)]
    ordered = {row[0] for row in two.rows("SELECT message_id FROM action_order WHERE kind = 'mail'")}
    seen: set[str] = set()
    for mail in mail_server.mails:
        assert mail["Message-ID"] in ordered
        if mail["Message-ID"] in seen:
            assert "may be a repeat" in mail.get_body().get_content()
        seen.add(mail["Message-ID"])
    assert seen == ordered
    eras = two.rows("SELECT count(*) FROM takeover WHERE cause = 'database_failed_over'")
    assert eras[0][0] >= 1
