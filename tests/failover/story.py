"""One story: seeded, on one database, with faults of one kind, told to its end and checked."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.failover import faults
from tests.failover.check_effects import check_actions, check_inputs, check_verdicts
from tests.failover.check_journal import check_log, check_stories, check_terms
from tests.failover.databases import Postgresql, Sqlite
from tests.failover.disk import small_disk
from tests.failover.findings import Findings
from tests.failover.world import World

ROUNDS = 5
ANYWHERE = (
    "after_claim", "record_chunk", "judge_chunk", "count_chunk", "decided", "after_intent", "before_effect",
    "in_effect", "after_effect", "before_commit", "after_commit",
)  # fmt: skip
TAKEOVER = ("takeover_before_put_back", "takeover_before_commit", "takeover_committed")


@dataclass
class Told:
    """A story that was told."""

    seed: int
    database: str
    fault: str
    hits: list[str]
    found: Findings
    passed: set[str] = field(default_factory=set)

    @property
    def again(self) -> str:
        """The command that tells it again."""
        return f"python -m tests.failover --seed {self.seed} --database {self.database} --fault {self.fault}"

    def problems(self) -> str:
        """What was wrong, with that command."""
        return "\n".join([self.again, *(f"  {name}: {sentence}" for name, sentence in self.found.wrong)])


class Slot:
    """What stories need that takes long to make: a template, and a PostgreSQL server. One story at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        self._stack = ExitStack()
        self._made: dict[str, Sqlite | Postgresql] = {}
        self._count = 0

    def database(self, name: str) -> Sqlite | Postgresql:
        """The maker of databases."""
        if name not in self._made:
            if name == "sqlite":
                self._made[name] = Sqlite(self.folder / "sqlite")
            else:
                self._made[name] = self._stack.enter_context(Postgresql(self.folder / "postgresql", "*"))
        return self._made[name]

    def close(self) -> None:
        self._stack.close()

    @contextmanager
    def world(self, seed: int, database: str, fault: str, **environment: str) -> Iterator[World]:
        """A world whose nodes have not been started."""
        self._count += 1
        folder = self.folder / f"story{self._count}"
        home = folder / "a"
        with ExitStack() as stack:
            if fault == "fill_disk":
                disk = stack.enter_context(
                    small_disk(home if database == "sqlite" else folder / "server", 8 if database == "sqlite" else 160)
                )
            maker = self.database(database)
            story = stack.enter_context(maker.fresh(home, f"story{self._count}"))
            world = World(folder, f"{seed}-{fault}", story, environment)
            stack.callback(shutil.rmtree, folder, ignore_errors=True) if not os.environ.get("KEEP") else None
            stack.callback(world.close)
            if fault == "fill_disk":
                world.disk = disk
            world.add_node(home)
            yield world


def tell(slot: Slot, seed: int, database: str, fault: str, rounds: int = ROUNDS, defect: str = "") -> Told:
    """Tell the story of ``seed``. ``fault`` is a name of ``rounds_of``."""
    environment = {"SLIM_DEFECT": defect} if defect else {}
    with slot.world(seed, database, fault, **environment) as world:
        world.nodes[0].start()
        world.begin_load()
        for number in range(rounds):
            round_of(fault)(world, number)
        world.settle()
        check(world)
        return Told(seed, database, fault, [hit.what for hit in world.hits], world.found, world.passed)


def round_of(fault: str) -> Callable[[World, int], None]:
    """The function of a fault's name."""
    kind, _, point = fault.partition(":")
    if kind in ("kill_at", "error_at"):
        choice = {"": ANYWHERE, "takeover": TAKEOVER}.get(point, (point,))

        def at_a_point(world: World, number: int) -> None:
            faults.POINTS[kind](world, world.chance.choice(choice))

        return at_a_point
    plain: Callable[[World], None] = getattr(faults, kind)
    return lambda world, number: plain(world)


def check(world: World) -> None:
    """Everything, from the outside."""
    assert world.senders is not None
    known, database, found = world.senders.known, world.database, world.found
    check_inputs(database, known, found)
    check_verdicts(database, known, found)
    check_actions(database, world.ledger, found)
    check_stories(database, found)
    check_terms(database, found)
    for node in world.nodes:
        check_log(database, node.home / "log" / "manager.log", found)
    found.shown["inventories acknowledged"] += len(known.inputs)
    found.shown["operations"] += database.rows("SELECT count(*) AS n FROM operation")[0]["n"]
    found.shown["effects"] += len(world.ledger.deliveries)
