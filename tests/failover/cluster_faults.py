"""Faults of a cluster: several nodes on one PostgreSQL, one of them leads. One round each.

Where the leader is struck, the hit carries its term, so that the time until somebody else works can be told.
"""

import signal
import time
from collections.abc import Callable

from tests.failover import faults
from tests.failover.nodes import Node
from tests.failover.world import World

LEADER_SECONDS = 30.0
BURST = 200


def _until(world: World, what: Callable[[], bool], seconds: float = LEADER_SECONDS) -> bool:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _leader(world: World) -> tuple[Node, int]:
    """Who leads now; all nodes are up."""
    world.all_up()
    found: list[tuple[Node, int]] = []

    def leads() -> bool:
        active = world.active()
        if active is not None and not active[0].ended() and world.is_working(active[1]):
            found.append(active)
        return bool(found)

    assert _until(world, leads), "nobody leads"
    return found[0]


def _until_another(world: World, term: int) -> None:
    """Until somebody works under a later term; that nobody does is a defect."""
    if not _until(world, lambda: world.is_working(term + 1, or_later=True)):
        world.found.say("invariants_broken", f"nobody took over from term {term} within {LEADER_SECONDS:.0f} s")


def kill_active(world: World) -> None:
    """kill -9 of the leader."""
    node, term = _leader(world)
    world.pause(0.4)
    node.kill()
    world.hit("active killed", term)
    _until_another(world, term)


def freeze_active(world: World) -> None:
    """The leader stands still until another leads, and then goes on as if nothing had been."""
    node, term = _leader(world)
    world.pause(0.4)
    node.signal(signal.SIGSTOP)
    world.hit("active frozen", term)
    _until_another(world, term)
    world.pause(0.3)
    node.signal(signal.SIGCONT)
    world.pause(0.3)


def _lead_with(world: World, fault: str) -> tuple[Node, int]:
    """One node, drawn by the seed, leads and will have ``fault``; the others stand by. All begin anew."""
    for node in world.nodes:
        node.kill()
    before = world.newest_term()
    first, *others = world.chance.sample(world.nodes, len(world.nodes))
    first.start(KANMON_FAULT=fault)
    assert _until(world, lambda: world.newest_term() > before or first.is_frozen()), "it does not lead"
    term = world.newest_term()
    for node in others:
        node.start(wait=False)
    return first, term


def freeze_at(world: World, point: str) -> None:
    """The same, in the middle of a step."""
    least = 20 if point.startswith("intake") else 1  # that is passed without a lease, too
    count = world.chance.randrange(least, least + faults.MOST.get(point, 10))
    first, term = _lead_with(world, f"{point}:{count}=stop")
    at_point = _until(world, first.is_frozen, faults.WAIT_SECONDS)
    first.signal(signal.SIGSTOP)  # at any moment, when the point is not passed so often
    if world.leads(first, term):
        world.hit(f"active frozen at {point}" if at_point else "active frozen")
        _until_another(world, term)
        world.pause(0.2)
    first.signal(signal.SIGCONT)
    world.pause(0.3)


def stall_lease(world: World) -> None:
    """The leader can't renew, and its workers go on: nothing but the term keeps them from writing."""
    first, term = _lead_with(world, f"renew:{world.chance.randrange(3, 7)}=pause")
    assert world.senders is not None
    world.senders.burst(f"burst-{len(world.hits)}", BURST)
    world.hit("lease stalled")
    _until_another(world, term)
    world.pause(0.3)
    first.kill()


def cut_active(world: World) -> None:
    """The leader and the database do not reach each other; nobody is told."""
    node, term = _leader(world)
    cable = world.cables[world.nodes.index(node)]
    world.pause(0.4)
    world.mend.append(cable.mend)
    cable.cut()
    world.hit("active cut off", term)
    _until_another(world, term)
    world.pause(0.5)
    cable.mend()
    world.mend.remove(cable.mend)
    world.pause(0.3)


def hand_over(world: World) -> None:
    """An administrator hands over."""
    node, term = _leader(world)
    world.pause(0.4)
    node.ask({"do": "hand_over"})
    world.hit("handed over", term)
    _until_another(world, term)


def stop_and_start(world: World) -> None:
    """A rolling upgrade: each node is stopped in order and started again; the other serves."""
    for node in world.nodes:
        world.all_up()
        _leader(world)
        world.pause(0.3)
        node.stop()
        world.hit("stopped in order")
        world.pause(0.2)
        node.start()


def kill_all(world: World) -> None:
    """All nodes at once, as when the power of a room fails."""
    world.all_up()
    world.pause(0.4)
    for node in world.nodes:
        node.signal(signal.SIGKILL)
    for node in world.nodes:
        node.kill()
        world.hit("kill -9")
