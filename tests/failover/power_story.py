"""A story of power cuts: a slim Manager works on SQLite and is recorded; then its power is cut at many moments.

After each cut the database is opened and must be whole, with all that had been acknowledged and the intent of every
effect that had been ordered. After one of them a Manager is started on what is left, and must go on.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.failover.databases import SqliteStory
from tests.failover.findings import Findings
from tests.failover.nodes import Node
from tests.failover.power import Said, cuts, read_trace
from tests.failover.preload import library
from tests.failover.slot import Slot
from tests.failover.story import Told
from tests.failover.world import World

CUTS = 20
LOAD_SECONDS = 1.5


def tell_power_cuts(slot: Slot, seed: int, shared_disk: bool, count: int = CUTS, defect: str = "") -> Told:
    """``shared_disk``: as on a disk that cluster software moves between machines."""
    environment = {"SLIM_DEFECT": defect, "KANMON_DATABASE_SHARED_DISK": "true" if shared_disk else "false"}
    name = "power_shared" if shared_disk else "power"
    with slot.world(f"{seed}-{name}", "sqlite", **environment) as world:
        node, trace = world.nodes[0], world.folder / "trace"
        before = {str(path): path.read_bytes() for path in node.home.glob("kanmon.sqlite3*")}
        node.start(
            LD_PRELOAD=str(library("record_writes", slot.tools)), RECORD_FOLDER=str(node.home), RECORD_TO=str(trace)
        )
        world.begin_load()
        world.pause(LOAD_SECONDS, LOAD_SECONDS)
        node.kill()
        assert world.senders is not None
        world.senders.give_up()
        left = world.folder / "left"
        for said in cuts(read_trace(trace), node.home, before, left, world.chance, count):
            world.hit("power cut")
            check_left(left, said, world.found)
        last = said
        if not world.found.wrong:
            _go_on(world, node, left, last)
        return Told(seed, "sqlite", name, [hit.what for hit in world.hits], world.found, world.passed)


def check_left(folder: Path, said: Said, found: Findings) -> None:
    """The database that a cut has left, and what must be in it."""
    shutil.rmtree(folder / "looked at", ignore_errors=True)
    shutil.copytree(folder, folder / "looked at")
    try:
        inputs, operations, changes, intents = _look(folder / "looked at" / "kanmon.sqlite3")
    except (sqlite3.DatabaseError, AssertionError) as problem:
        found.say("invariants_broken", f"after a power cut: {problem}")
        return
    for name in sorted(said.inputs - inputs):
        found.say("inventories_lost", f"after a power cut: input {name} had been acknowledged")
    for missing in (said.operations - operations, said.changes - changes):
        if missing:
            found.say("actions_lost", f"after a power cut: {sorted(map(str, missing))} had been acknowledged")
    for operation, attempt in sorted(said.intents - intents):
        found.say(
            "invariants_broken", f"after a power cut: effect of operation {operation}, attempt {attempt}, no intent"
        )


def _look(file: Path) -> tuple[set[str], set[int], set[str], set[tuple[int, int]]]:
    """Inputs, operations, changes and intents of a database that must be whole."""
    with closing(sqlite3.connect(file)) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        assert whole == "ok", whole
        return (
            {name for (name,) in database.execute("SELECT name FROM slim_input")},
            {id for (id,) in database.execute("SELECT id FROM operation")},
            {name for (name,) in database.execute("SELECT name FROM slim_setting")},
            set(database.execute("SELECT operation, attempt FROM entry WHERE event = 'intent'")),
        )


def _go_on(world: World, node: Node, left: Path, said: Said) -> None:
    """Start a Manager on what the last cut has left: everything that waits is done, under a new term."""
    home = world.folder / "again"
    shutil.copytree(left, home, ignore=shutil.ignore_patterns("looked at"))
    again = Node("mgr-again", home, node.environment)
    database = SqliteStory(home / "kanmon.sqlite3")
    world.nodes, world.database = [again], database
    again.start()
    world.drain()
    for row in database.rows("SELECT name, state FROM slim_input"):
        if row["state"] != "recorded":
            world.found.say("inventories_lost", f"after a power cut: input {row['name']} is {row['state']}")
    if not said.inputs <= {row["name"] for row in database.rows("SELECT name FROM slim_record")}:
        world.found.say("inventories_lost", "after a power cut: not all acknowledged inputs are recorded")
    again.stop()
