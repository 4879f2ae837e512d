"""Every kind of action while the Manager is killed again and again: PCs turn bad and good, and in the end each time that a PC
came to a level was answered by one order of each kind that its policy wants, and each order arrived once, or says that
it may be a repeat. The receivers keep what they get; the orders are read from the database by SQL.
"""

import json
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from tests.conftest import CAMPAIGN, MailServer, ManagerProcess, pc_json, until
from tests.failover.checker import check_log
from tests.receiver import Receiver, receiving
from tests.syslog import SyslogReceiver, listening

Make = Callable[..., ManagerProcess]
SEEDS = range(10) if CAMPAIGN else range(1)
TURNS = 14 if CAMPAIGN else 5
PCS = 6
KINDS = ("network", "mail", "user_mail", "webhook", "event", "command", "message")
ACTIONS = (
    "network: {network}, mail: {{to: administrators}}, user_mail: {{to: user}}, webhook: {{to: siem}}, event: {{to: log}},"
    " command: {{program: act, interrupted: rerun}}, message: {{expires_days: 3}}"
)
POLICY = (
    f"{{kind: action, name: Default, danger: {{{ACTIONS.format(network='deny')}}},"
    f" safe: {{{ACTIONS.format(network='permit')}}}}}"
)
POINTS = (
    "decided", "after_intent", "before_effect", "in_effect", "after_effect", "after_commit", "before_commit", "before_claim",
    "judge_chunk", "network_written",
)  # fmt: skip
PROGRAM = '#!/bin/sh\necho "$KANMON_ORDER $KANMON_ATTEMPT" >> {ledger}\n'


@dataclass
class World:
    """The receivers, and what the database has."""

    manager: ManagerProcess
    mails: MailServer
    webhooks: Receiver
    events: SyslogReceiver
    ledger: Path
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def read(self) -> None:
        """All rows of the tables that are looked at."""
        with closing(sqlite3.connect(f"file:{self.manager.home}/kanmon.sqlite3?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            for table in ("action_order", "operation", "verdict", "user_message", "entry"):
                self.tables[table] = [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY 1")]

    def orders(self, kind: str) -> list[dict[str, Any]]:
        """The orders of a kind."""
        return [row for row in self.tables["action_order"] if row["kind"] == kind]

    def wrong(self) -> Iterator[str]:
        """What must not be, a sentence each."""
        yield from self._decided()
        yield from self._ended()
        yield from self._arrived("mail", Counter(_mark(mail) for mail in self.mails.mails), self._flagged_mails())
        keys = Counter(one.headers["webhook-id"] for one in self.webhooks.carried_out)
        flagged = Counter(one.headers["webhook-id"] for one in self.webhooks.carried_out if one.flagged)
        yield from self._arrived("webhook", keys, flagged)
        yield from self._events()
        yield from self._commands()
        rows = Counter((row["operation"], row["pc"]) for row in self.tables["user_message"])
        wanted = {(one["operation"], pc) for one in self.orders("message") for pc in _pcs(one)}
        if set(rows) != wanted or any(count > 1 for count in rows.values()):
            yield f"messages: {len(wanted)} were ordered, {sum(rows.values())} stand there"

    def _decided(self) -> Iterator[str]:
        """For each time that a PC came to a level there is one order of each kind."""
        came = Counter(
            (row["pc"], row["level"]) for row in self.tables["verdict"]
            if row["level"] != row["level_before"] and row["level"] in (400, 100)
        )  # fmt: skip
        for kind in KINDS:
            found = Counter((pc, one["level"]) for one in self.orders(kind) for pc in _pcs(one))
            for (pc, level), count in (found - came).items():
                yield f"{kind}: PC {pc} has {count} orders at {level} too many"
            # a PC that came and went within one decision is decided on as it is then
            missing = came - found
            for (pc, level), count in missing.items():
                if self._now(pc) == level and not found[pc, level]:
                    yield f"{kind}: PC {pc} is at {level} and nothing was ordered, {count} missing"

    def _now(self, pc: int) -> int:
        return max((row["id"], row["level"]) for row in self.tables["verdict"] if row["pc"] == pc)[1]

    def _ended(self) -> Iterator[str]:
        for row in self.tables["operation"]:
            if row["state"] not in ("finished", "cancelled"):
                yield f"operation {row['id']} ({row['kind']}) has ended as {row['state']}: {row['outcome']}"

    def _flagged_mails(self) -> Counter[str]:
        return Counter(_mark(mail) for mail in self.mails.mails if "X-Kanmon-Attempt" in mail)

    def _arrived(self, kind: str, marks: Counter[str], flagged: Counter[str]) -> Iterator[str]:
        kinds = ("mail", "letter") if kind == "mail" else (kind,)
        skipped = {
            row["id"] for row in self.tables["operation"]
            if row["kind"] == "letter" and json.loads(row["outcome"] or "{}").get("result") == "not_executed"
        }  # fmt: skip
        wanted = {
            one["message_id"] for name in kinds for one in self.orders(name) if one["operation"] not in skipped
        }  # fmt: skip
        for mark in wanted - set(marks):
            yield f"{kind} {mark} never arrived"
        for mark in set(marks) - wanted:
            yield f"{kind} {mark} arrived, and nobody has ordered it"
        for mark, count in marks.items():
            if count - flagged[mark] > 1:
                yield f"{kind} {mark} arrived {count} times, {flagged[mark]} of them marked"

    def _events(self) -> Iterator[str]:
        ids = Counter(self.events.ids)
        for one in self.orders("event"):
            for pc in _pcs(one):
                if not any(id.startswith(one["message_id"]) and id.endswith(f"_{pc}") for id in ids):
                    yield f"event of order {one['id']} about PC {pc} never arrived"

    def _commands(self) -> Iterator[str]:
        ran = Counter(line.split()[0] for line in self.ledger.read_text().splitlines())
        interrupted = Counter(
            row["operation"] for row in self.tables["entry"] if row["event"] in ("interrupted", "intent")
        )  # fmt: skip
        for one in self.orders("command"):
            runs = ran[str(one["operation"])]
            if not runs:
                yield f"the command of operation {one['operation']} never ran"
            elif runs > max(1, interrupted[one["operation"]]):
                yield f"the command of operation {one['operation']} ran {runs} times"


def _mark(mail: Any) -> str:
    return str(mail["Message-ID"]).strip()


def _pcs(order: dict[str, Any]) -> list[int]:
    return list(BitMap.deserialize(bytes(order["pcs"]))) if order["pcs"] else []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_is_carried_out_once_or_says_so(
    make_manager: Make, mail_server: MailServer, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    programs, ledger = tmp_path / "programs", tmp_path / "ledger"
    programs.mkdir(mode=0o755)
    (programs / "act").write_text(PROGRAM.format(ledger=ledger))
    (programs / "act").chmod(0o755)
    ledger.touch()
    ledger.chmod(0o666)
    tmp_path.chmod(0o755)
    with receiving() as webhooks, listening() as events:
        manager = make_manager(
            mail=mail_server.settings | {"user_address": "{user}@example.test", "per_hour": 1000},
            webhook=webhooks.settings("siem", tmp_path / "secrets"),
            events={"targets": [f"log=tcp://127.0.0.1:{events.port}"], "allow_private": ["log"]},
            command={"folder": str(programs), "work_folder": str(tmp_path / "work")},
            action={"collect_seconds": 0, "most_per_hour": []},
        ).start()  # fmt: skip
        (tmp_path / "actions.yaml").write_text(POLICY)
        manager.run("policy", "import", str(tmp_path / "actions.yaml"))
        token = manager.token()
        for turn in range(TURNS):
            for number in chance.sample(range(1, PCS + 1), 3):
                body = pc_json(
                    number, columns={"user": "hanako"}, **({"antivirus": []} if chance.random() < 0.5 else {})
                )
                body["software"] = [{"name": "bash", "version": f"5.{turn}.{number}"}]
                until(lambda body=body: manager.post(json.dumps(body).encode(), token)[0] == 200)
            if chance.random() < 0.5:
                time.sleep(chance.random() * 1.5)
                manager.kill()
                manager.start()
            else:
                manager.stop()
                manager.start(fault=f"{chance.choice(POINTS)}:{chance.randint(1, 6)}=kill", wait=False)
                until(lambda: manager.ready() or manager.ended(), 60)
                time.sleep(chance.random() * 2)
                manager.kill() if not manager.ended() else None
                manager.start()
        until(manager.idle, 180, 0.5)
        manager.stop()
        world = World(manager, mail_server, webhooks, events, ledger)
        world.read()
        assert list(world.wrong()) == [], f"seed {seed}"
        assert all(world.orders(kind) for kind in KINDS)
        check_log(manager.home)
