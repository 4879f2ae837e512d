"""One story: seeded, on one database, with faults of one kind, told to its end and checked."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.failover import cluster_faults, faults
from tests.failover.check_effects import check_actions, check_inputs, check_verdicts
from tests.failover.check_journal import check_log, check_stories, check_terms
from tests.failover.findings import Findings
from tests.failover.slot import Slot
from tests.failover.world import DRAIN_SECONDS, World

ROUNDS = 5
DEFECT_DRAIN_SECONDS = 8.0  # what hangs by a defect hangs for ever
ANYWHERE = (
    "before_claim", "after_claim", "record_chunk", "judge_chunk", "count_chunk", "decided", "after_intent", "before_effect",
    "in_effect", "after_effect", "before_commit", "after_commit",
)  # fmt: skip
TAKEOVER = ("takeover_before_put_back", "takeover_before_commit", "takeover_committed")
CHOICES = {
    "": ANYWHERE, "takeover": TAKEOVER, "log": ("before_log", "after_log"),
    "audit": ("audit_rows_written", "audit_seal_written"),
}  # fmt: skip


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
        return "\n".join([self.again, *(f"  {name}: {sentence[:500]}" for name, sentence in self.found.wrong[:30])])


def tell(slot: Slot, seed: int, database: str, fault: str, rounds: int = ROUNDS, defect: str = "") -> Told:
    """Tell the story of ``seed``. ``fault``: the name of a function of faults.py or cluster_faults.py; "kill_at" and
    "error_at", "freeze_at" may be followed by ":" and a point, or a name of CHOICES. "2:" before it: by two nodes.
    """
    environment = {"SLIM_DEFECT": defect} if defect else {}
    name = fault.removeprefix("2:")
    among = 2 if name != fault or hasattr(cluster_faults, name.partition(":")[0]) else 1
    with slot.world(
        f"{seed}-{fault}", database, nodes=among, cables=name == "cut_active", disk=name == "fill_disk", **environment
    ) as world:
        for node in world.nodes:
            node.start(wait=False)
        world.all_up()
        world.begin_load()
        for number in range(rounds):
            round_of(name, seed * rounds + number)(world)
        world.drain_seconds = DRAIN_SECONDS if not defect else DEFECT_DRAIN_SECONDS
        world.settle()
        check(world)
        return Told(seed, database, fault, [hit.what for hit in world.hits], world.found, world.passed)


def round_of(fault: str, turn: int) -> Callable[[World], None]:
    """The function of a fault's name. Points take turns, so that a few stories come to all of them."""
    kind, _, point = fault.partition(":")
    found: Callable[..., None] = getattr(faults if hasattr(faults, kind) else cluster_faults, kind)
    if not kind.endswith("_at"):
        return found
    choice = CHOICES.get(point, (point,))
    return lambda world: found(world, choice[turn % len(choice)])


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
        check_log(database, node.home / "log" / "manager.log", node is world.nodes[-1], found)
    _time_takeovers(world)
    found.shown["inventories acknowledged"] += len(known.inputs)
    found.shown["operations"] += database.rows("SELECT count(*) AS n FROM operation")[0]["n"]
    found.shown["effects"] += len(world.ledger.deliveries)


def _time_takeovers(world: World) -> None:
    """From the fault to the first operation that was started under a later term, by this machine's clock."""
    for hit in world.hits:
        if hit.term is None:
            continue
        after = [
            row["at"]
            for row in world.database.rows(
                "SELECT at FROM entry WHERE event = 'started' AND term > ? ORDER BY seq LIMIT 1", hit.term
            )
        ]
        if after:
            world.found.takeover_seconds.setdefault(hit.what, []).append(after[0].timestamp() - hit.at)
