"""Faults, one round each: something happens to a node or to its database while it works.

A round leaves the world as the fault left it; the next round, or the end of the story, starts what is dead again.
"""

import signal
import time

from tests.failover.nodes import Node
from tests.failover.preload import library
from tests.failover.world import TTL_SECONDS, World

WAIT_SECONDS = 3.0
QUIET_SECONDS = 2.0
EX_IOERR = 74
MOST = dict.fromkeys(("after_intent", "before_effect", "in_effect", "after_effect", "decided"), 4)  # they are rarer
IN_TAKEOVER = ("takeover", "leading", "before_log", "after_log")


def _alone(world: World) -> Node:
    return world.nodes[0]


def _up(world: World) -> Node:
    world.all_up()
    return _alone(world)


def _ends(node: Node, seconds: float = WAIT_SECONDS) -> bool:
    end = time.monotonic() + seconds
    while not node.ended():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def quiet(world: World) -> None:
    """Only the waverer asks for a while: what he thinks better of is then often just being claimed."""
    assert world.senders is not None
    world.pause(0.6)
    world.senders.quiet.set()
    world.pause(2.5, 2.0)
    world.senders.quiet.clear()


def nothing(world: World) -> None:
    """No fault."""
    world.all_up()
    time.sleep(QUIET_SECONDS)


def kill(world: World) -> None:
    """kill -9 at any moment."""
    node = _alone(world)
    if node.ended():
        node.start(wait=world.chance.random() < 0.7)
    world.pause(0.5)
    node.kill()
    world.hit("kill -9")


def kill_at(world: World, point: str) -> None:
    """kill -9 as soon as a point is passed the nth time."""
    node, count = _alone(world), world.chance.randrange(1, MOST.get(point, 10))
    if point.startswith(IN_TAKEOVER):
        node, count = _up(world), 1
        world.pause(0.4)  # so that there is something to take over
    node.kill()
    node.start(wait=False, KANMON_FAULT=f"{point}:{count}=kill")
    if _ends(node):
        assert node.statuses[-1] == -signal.SIGKILL, node.output()[-2000:]
        world.hit(f"kill -9 at {point}")
    else:  # it is not passed so often
        node.kill()
        world.hit("kill -9")


def error_at(world: World, point: str) -> None:
    """An error where nobody expects one."""
    node = _alone(world)
    node.kill()
    first = world.chance.randrange(1, MOST.get(point, 6))
    before = node.output().count(f"fault point {point}")
    node.start(wait=False, KANMON_FAULT=f"{point}:{first}=error,{point}:{first + world.chance.randrange(1, 9)}=error")
    end = time.monotonic() + WAIT_SECONDS
    while node.output().count(f"fault point {point}") == before and time.monotonic() < end:
        time.sleep(0.05)
    world.pause(0.4)
    for _ in range(node.output().count(f"fault point {point}") - before):
        world.hit(f"error at {point}")


def freeze(world: World) -> None:
    """SIGSTOP, and SIGCONT when the lease is long over."""
    node = _up(world)
    world.pause(0.3)
    node.signal(signal.SIGSTOP)
    world.hit("frozen")
    world.pause(1.5 * TTL_SECONDS)
    node.signal(signal.SIGCONT)
    world.pause(0.3)


def jump(world: World) -> None:
    """The clock jumps, back or forth, by seconds or by a year."""
    node = _up(world)
    world.pause(0.3)
    seconds = world.chance.choice([-1, 1]) * world.chance.choice([2, 90, 3700, 86_400, 400 * 86_400])
    (node.home / "clock").write_text(str(seconds))
    world.hit("clock jump")
    world.pause(0.5)


def fail_fsync(world: World) -> None:
    """The nth fsync fails: the process ends at once with EX_IOERR."""
    node = _alone(world)
    node.kill()
    said = world.folder / "fsync"
    said.unlink(missing_ok=True)
    node.start(
        wait=False, LD_PRELOAD=str(library("fail_fsync", world.tools)), FAIL_FSYNC_UNDER=str(node.home),
        FAIL_FSYNC_SAID=str(said), FAIL_FSYNC_AT=str(world.chance.randrange(1, 40)),
    )  # fmt: skip
    ended = _ends(node)
    if said.exists():
        world.hit("fsync failure")
        if said.read_text().endswith("-wal") and not (ended and node.statuses[-1] == EX_IOERR):
            world.found.say("invariants_broken", f"an fsync of {said.read_text()} failed, and the process went on")


def fill_disk(world: World) -> None:
    """Not a byte is left on the disk, for a while."""
    world.all_up()
    world.pause(0.3)
    disk = world.disk
    assert disk is not None
    disk.fill()
    world.hit("disk full")
    world.pause(0.6, 0.1)
    disk.free()
    world.pause(0.3)


def kill_database(world: World) -> None:
    """kill -9 of PostgreSQL and all its processes."""
    _up(world)
    world.pause(0.4)
    world.database.server.kill()
    world.hit("kill -9 of PostgreSQL")
    world.pause(0.3)
    world.database.server.start()


def restart_database(world: World) -> None:
    """PostgreSQL is stopped in order, and started."""
    _up(world)
    world.pause(0.4)
    world.database.server.stop()
    world.hit("PostgreSQL restarted")
    world.pause(0.3)
    world.database.server.start()


def end_connections(world: World) -> None:
    """Some of Kanmon's connections are ended by the database's administrator."""
    _up(world)
    for _ in range(3):
        world.pause(0.3)
        share = world.chance.choice([0.2, 0.5, 1.0])
        ended = world.database.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE %s AND random() < %s AND datname = %s",
            "kanmon%", share, world.database.name,
        )  # fmt: skip
        if ended:
            world.hit("connections ended")
