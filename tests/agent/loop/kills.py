"""A story of kills: a Manager and an agent, forty PCs whose inventories flip, persons who refuse and permit, and
somebody who kills Manager and agent in turn, at any moment and at named points. In the end the network is as ordered.

Everything that is chosen comes from the seed; when what happens is not repeated, as processes run as they like.
"""

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from kanmon.cli.client import Client, ServerSaid, _Unix
from kanmon.common.errors import Refused
from tests.agent.loop import rows
from tests.agent.processes import AgentProcess
from tests.conftest import ManagerProcess, pc_json, until
from tests.postgresql import free_port

PCS = 40
FIXED = 3
CAP = 12
POLICY = "{kind: action, name: Default, danger: {network: deny}, safe: {network: permit}}"
AGENT_POINTS = (
    "agent_before_kept", "agent_kept", "driver_changing", "driver_changed", "agent_applied", "agent_before_answered",
    "agent_answered",
)  # fmt: skip
MANAGER_POINTS = ("network_written", "after_commit", "before_commit", "after_intent", "before_claim")
_GIVEN = re.compile(r"KNM8030-I \S+ (.*)")
_ORDER = re.compile(r"[Oo]rder (\d+)")


class _Local(Client):
    """By the Manager's own socket, as somebody at its machine."""

    def __init__(self, home: Path) -> None:
        super().__init__(wait_seconds=20)
        self.home = home

    def _connection(self) -> Any:
        return _Unix(self.home / "run" / "manager.sock", self.wait_seconds)


class Story:
    """One seed. ``tell`` runs it and returns what was wrong."""

    def __init__(self, seed: int, folder: Path, ready_made: Path | None = None) -> None:
        self.seed, self.chance = seed, random.Random(seed)
        self.hits: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        settings: dict[str, dict[str, Any]] = {
            "agents": {"listen": f"127.0.0.1:{free_port()}"}, "action": {"collect_seconds": 0, "most_per_hour": [f"network={CAP}"]},
        }  # fmt: skip
        self.manager = ManagerProcess(folder / "manager", settings).setup(ready_made)
        self.agent = AgentProcess(folder / "agent", settings={"agent": {"reconcile_seconds": 5}})
        self.client = _Local(self.manager.home)
        self._over = threading.Event()
        self._problem: BaseException | None = None

    def tell(self, seconds: float) -> list[str]:
        """Kill for ``seconds``, let both come to rest, and look."""
        try:
            self._begin()
            acting = threading.Thread(target=self._act, args=(random.Random(self.seed + 1),))
            acting.start()
            self._kill_in_turn(seconds)
            self._over.set()
            acting.join(120)
            if self._problem is not None:
                raise self._problem
            self._rest()
            return list(self._look())
        finally:
            self._over.set()
            self.agent.kill()
            self.manager.stop()

    def summary(self) -> str:
        """What happened, in a line."""
        told = rows.read(self.manager.home)
        progress = Counter(one["progress"] for one in told["network_order"])
        parts = (self.hits, self.acts, progress)
        return "; ".join(", ".join(f"{count} {name}" for name, count in sorted(one.items())) for one in parts)

    def _begin(self) -> None:
        self.manager.start(wait=False)
        until(self.manager.ready, 120)
        folder = self.manager.home.parent
        (folder / "actions.yaml").write_text(POLICY)
        self.manager.run("policy", "import", str(folder / "actions.yaml"))
        fixed = [{"mac": mac(number)} for number in range(1, FIXED + 1)]
        (folder / "networks.json").write_text(json.dumps({"fixed": fixed, "unregistered": "quarantine"}))
        self.manager.run("network", "setup", str(folder / "networks.json"))
        self.token = self.manager.token()
        self.agent.enrol(self.manager.run("network", "invite", "gateway-1").stdout.strip())
        self.agent.start()
        until(lambda: self.agent.said("KNM8045-I"), 60)

    def _kill_in_turn(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        turn = self.chance.randrange(2)
        while time.monotonic() < end:
            turn += 1
            (self._manager_dies if turn % 2 else self._agent_dies)()
            time.sleep(self.chance.uniform(0, 2))

    def _agent_dies(self) -> None:
        fault, point = self._fault(AGENT_POINTS, 4)
        if fault:
            self.agent.kill()
            self.agent.start(KANMON_FAULT=fault)
            process = self.agent.process
            if process is not None and _ends(lambda: process.poll() is not None):
                self.hits[f"agent at {point}"] += 1
            else:
                self.hits["agent"] += 1
        else:
            time.sleep(self.chance.uniform(0, 3))
            self.hits["agent"] += 1
        self.agent.kill()
        self.agent.start()

    def _manager_dies(self) -> None:
        fault, point = self._fault(MANAGER_POINTS, 40)
        self.manager.kill()
        if fault:
            self.manager.start(fault=fault, wait=False)
            if _ends(self.manager.ended):
                self.hits[f"manager at {point}"] += 1
            else:
                self.hits["manager"] += 1
                self.manager.kill()
        else:
            self.hits["manager"] += 1
        self.manager.start(wait=False)
        until(self.manager.ready, 120)

    def _fault(self, points: tuple[str, ...], most: int) -> tuple[str, str]:
        if self.chance.random() < 0.4:
            return "", ""
        point = self.chance.choice(points)
        return f"{point}:{self.chance.randint(1, most)}=kill", point

    def _act(self, chance: random.Random) -> None:
        """Inventories flip, persons order: until it is over. What was begun is brought to its end."""
        try:
            while not self._over.wait(chance.uniform(0, 0.4)):
                if chance.random() < 0.7:
                    self._report(chance.randint(1, PCS), bad=chance.random() < 0.5)
                else:
                    self._by_hand(chance)
            for number in range(1, PCS + 1):
                self._report(number, bad=chance.random() < 0.3, count=PCS + 1)
        except BaseException as problem:
            self._problem = problem

    def _report(self, number: int, *, bad: bool, count: int = 1) -> None:
        told = pc_json(number, **({"antivirus": []} if bad else {}))
        told["software"] = [{"name": "bash", "version": f"5.{time.monotonic_ns()}"}]  # never the same twice
        self._tried(lambda: self.manager.post(json.dumps(told).encode(), self.token)[0] == 200 or None)
        self.acts["reports"] += 1

    def _by_hand(self, chance: random.Random) -> None:
        key = str(UUID(int=chance.getrandbits(128), version=4))
        wanted = chance.choice(["refuse", "lift", "lift", "permit", "deny", "withdraw", "withdraw", "decide"])
        if wanted == "decide":
            body: dict[str, Any] = {"decision": chance.choice(["approve", "decline"]), "all": True}
            path = "/waiting"
        else:
            macs = [mac(number) for number in chance.sample(range(1, PCS + 1), chance.choice([1, 1, 1, 5]))]
            body, path = {"wanted": wanted, "mac": macs, "reason": f"act {key[:8]}"}, "/network/orders"
        self._tried(lambda: self.client.call("POST", path, body, key=key))
        self.acts[wanted] += 1

    def _tried(self, what: Callable[[], Any]) -> None:
        """Again and again, by the same key, until the Manager has answered."""

        def answered() -> Any:
            with suppress(OSError, Refused):
                try:
                    return what()
                except ServerSaid as problem:
                    if problem.status < 500 and problem.status not in (409, 429):
                        raise
            return None

        until(answered, 240, 0.3)

    def _rest(self) -> None:
        """Nothing is under way any more."""
        until(self.manager.idle, 240, 1)
        until(lambda: not self.manager.json("network", "orders", "--open", "--limit", "1") or self._all_seen(), 120, 1)
        until(lambda: self.manager.json("network", "agents")[0]["in_step"], 60, 1)

    def _all_seen(self) -> bool:
        """What is open is only not seen: of PCs that are not in the list, the simulated device shows nothing."""
        told = self.manager.json("network", "orders", "--open", "--limit", "1000")
        status = self.agent.status()
        return {one["progress"] for one in told} == {"acknowledged"} and not status["open"] + status["to_tell"]

    def _look(self) -> Iterator[str]:
        found = rows.read(self.manager.home)
        yield from rows.wrong(found, self.agent.network(), self._given(), CAP)

    def _given(self) -> dict[str, set[str]]:
        """By order, what the agent's log says that it was given."""
        told: dict[str, set[str]] = {}
        for path in sorted((self.agent.home / "log").glob("agent.log*")):
            for line in path.read_text("utf-8", "replace").splitlines():
                if (given := _GIVEN.search(line)) and (order := _ORDER.search(given[1])):
                    told.setdefault(order[1], set()).add(given[1])
        return told


def mac(number: int) -> str:
    """Of a PC."""
    return str(pc_json(number)["identity"]["macs"][0])


def _ends(ended: Callable[[], bool]) -> bool:
    """Within some seconds; else it does not come to its fault."""
    with suppress(AssertionError):
        return bool(until(ended, 8, 0.1))
    return False
