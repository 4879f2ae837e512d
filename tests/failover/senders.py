"""Who talks to the Managers while they are killed: agents that send until they are answered, and a person.

Whatever was acknowledged is remembered here, and is what the checker asks for.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.failover.nodes import Node

PCS = 6  # a sender
REPEAT_SHARE = 0.1  # an answer that was lost on its way: asked again all the same
PAUSE_SECONDS = 0.02


@dataclass
class Acknowledged:
    """What must not be lost."""

    inputs: dict[str, tuple[int, int]] = field(default_factory=dict)  # name -> pc, value
    newest: dict[int, tuple[str, int]] = field(default_factory=dict)  # pc -> name, value
    counts: dict[int, int] = field(default_factory=dict)  # operation -> goal
    keys: dict[str, int] = field(default_factory=dict)  # key -> operation
    changes: set[str] = field(default_factory=set)
    decided: dict[int, list[str]] = field(default_factory=dict)  # operation -> verbs that were accepted
    wrong: list[str] = field(default_factory=list)  # answers that can't be


class Senders:
    """Threads that send until ``stop``; each then waits for the answer to its last question."""

    def __init__(self, nodes: list[Node], seed: int, agents: int = 2) -> None:
        self.nodes, self.seed = nodes, seed
        self.known = Acknowledged()
        self._stopping = threading.Event()
        self._given_up = threading.Event()
        self.quiet = threading.Event()  # only the waverer asks: what is due has its turn at once
        self._threads = [threading.Thread(target=self._agent, args=(number,), daemon=True) for number in range(agents)]
        self._threads += [threading.Thread(target=one, daemon=True) for one in (self._person, self._waverer)]
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 60.0) -> None:
        """Send nothing new; fails when the last questions are not answered in time."""
        self._stopping.set()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, end - time.monotonic()))
        hang = any(thread.is_alive() for thread in self._threads)
        self._given_up.set()
        assert not hang, "a sender is not answered any more"

    def give_up(self) -> None:
        """Nobody will answer any more."""
        self._stopping.set()
        self._given_up.set()
        for thread in self._threads:
            thread.join(20)

    def _until_answered(self, chance: random.Random, question: dict[str, Any]) -> dict[str, Any] | None:
        while not self._given_up.is_set():
            answer = chance.choice(self.nodes).ask(question)
            if answer is not None and chance.random() >= REPEAT_SHARE:
                return answer
            time.sleep(PAUSE_SECONDS)
        return None

    def _agent(self, number: int) -> None:
        chance = random.Random(f"{self.seed}-agent-{number}")
        count = 0
        while not self._stopping.is_set():
            count += 1
            name, pc, value = f"{number}-{count}", number * PCS + chance.randrange(PCS), chance.randrange(1000)
            answer = self._until_answered(chance, {"do": "input", "name": name, "pc": pc, "value": value})
            if answer is not None:
                self.known.inputs[name] = pc, value
                self.known.newest[pc] = name, value
            self._rest(chance.uniform(0, PAUSE_SECONDS))

    def _rest(self, seconds: float) -> None:
        self._stopping.wait(seconds)
        while self.quiet.is_set() and not self._stopping.is_set():
            self._stopping.wait(PAUSE_SECONDS)

    def _person(self) -> None:
        chance = random.Random(f"{self.seed}-person")
        does: list[Callable[[random.Random, str], None]] = [self._count, self._count, self._change]
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            chance.choice(does)(chance, f"by-hand-{turn}")
            self._rest(chance.uniform(0, 3 * PAUSE_SECONDS))

    def _waverer(self) -> None:
        """A person who thinks better of it just when it is due."""
        chance = random.Random(f"{self.seed}-waverer")
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            self._ask_to_count(chance, f"wavering-{turn}", 1, 0.05)
            self._stopping.wait(chance.uniform(0, 3 * PAUSE_SECONDS))

    def _count(self, chance: random.Random, key: str) -> None:
        goal = chance.randrange(1, 150)
        self._ask_to_count(chance, key, goal, 0)

    def _ask_to_count(self, chance: random.Random, key: str, goal: int, delay: float) -> None:
        question = {"do": "count", "key": key, "goal": goal, "delay": delay}
        answer = self._until_answered(chance, question)
        if answer is None:
            return
        operation = answer["operation"]
        if self.known.keys.setdefault(key, operation) != operation or operation in self.known.counts:
            self.known.wrong.append(f"{key} was begun twice: {self.known.keys[key]} and {operation}")
        self.known.counts[operation] = goal
        if delay:
            self._decide(chance, operation)

    def burst(self, key: str, many: int) -> None:
        """Many short operations, so that a worker is busy for some seconds."""
        answer = self._until_answered(random.Random(key), {"do": "burst", "key": key, "many": many})
        if answer is not None:
            self.known.counts |= dict.fromkeys(answer["operations"], 1)

    def _decide(self, chance: random.Random, operation: int) -> None:
        """Hold, release or cancel; asked once, because the answer is about the state."""
        self._stopping.wait(chance.uniform(0, 0.07))  # often just when it is due
        for verb in chance.choice([["cancel"], ["hold", "release"], ["hold", "cancel"]]):
            answer = chance.choice(self.nodes).ask({"do": "decide", "verb": verb, "operation": operation})
            if answer is not None and answer["said"] == "ok":
                self.known.decided.setdefault(operation, []).append(verb)

    def _change(self, chance: random.Random, key: str) -> None:
        if self._until_answered(chance, {"do": "change", "key": key}) is not None:
            self.known.changes.add(key)
