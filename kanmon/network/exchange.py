"""One call of an agent: what it tells is kept, and it is told what it has not carried out yet.

An order is given as long as it has no answer of this agent, and again, under our term, when the agent had heard of a
newer leadership than the one that gave it. Only when nothing is open are the lists compared: each order changes both.
An agent that has never had our list and whose own is empty, a new one, gets the whole list before any order.
"""

from kanmon import wire
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal.here import HERE
from kanmon.journal.writing import transaction
from kanmon.network import runs, said, seen, setup
from kanmon.network.book import on_the_wire
from kanmon.network.models import Agent, AgentRun, Given
from kanmon.network.whole import Whole


def keep(agent: Agent, told: wire.Exchange, address: str) -> tuple[str, ...]:
    """Keep what the agent tells; the ids of the answers that it need not keep any more.

    Raises TermLost when another node leads by now: then nothing is kept, and the agent tells it again there.
    """
    with transaction(HERE.term):
        runs.note_start(agent, told)
        confirmed = seen.keep_answers(agent, told.answers) if told.answers else ()
        if told.seen:
            seen.keep_sightings(agent, told.seen)
        Agent.objects.filter(id=agent.id).update(
            seen_at=clock.now(), address=address[:64], version=told.version, highest_term=told.highest_term,
            setup=told.setup, entries=told.entries,
            health=[said.kept(one) for one in told.health],
        )  # fmt: skip
    return confirmed


def instructions(agent: Agent, told: wire.Exchange, confirmed: tuple[str, ...], whole: Whole) -> wire.Instructions:
    """What the agent is told now. Raises Refused KNM8425-E when it was revoked meanwhile, KNM8580-W."""
    term = HERE.term
    if not Agent.objects.filter(id=agent.id, revoked_at=None).exists():  # it may have been revoked while it waited
        raise Refused("KNM8425-E", status=403, name=agent.name)
    list_first = not told.entries and not agent.in_step and whole.digest() != told.digest
    orders = () if list_first else tuple(on_the_wire(order.order, term) for order in _open(agent, term))
    wanted = setup.newest()
    piece = None
    if not orders:
        ours = whole.digest()
        _note_step(agent, ours == told.digest, told)
        if ours != told.digest:
            piece = whole.piece(agent.id, told.staged, ours, f"{told.digest} {told.run}")
        else:
            whole.forget(agent.id)
    return wire.Instructions(
        term=term, orders=orders, confirmed=confirmed, whole_list=piece,
        setup=wanted if wanted.version and wanted.version != told.setup else None,
    )  # fmt: skip


def _note_step(agent: Agent, in_step: bool, told: wire.Exchange) -> None:
    waits = AgentRun.objects.filter(agent=agent, run=told.run, caught_up_at=None)
    if agent.in_step == in_step and not waits.exists():
        return
    agent.in_step = in_step
    with transaction(HERE.term):
        Agent.objects.filter(id=agent.id).update(in_step=in_step)
        runs.note_progress(agent, in_step)


def _open(agent: Agent, term: int) -> list[Given]:
    rows = Given.objects.filter(agent=agent).select_related("order")
    fresh = list(rows.filter(result="").order_by("order")[: wire.MOST_ORDERS])
    again = rows.filter(result="stale", term__lt=term, order__progress="ordered")
    return fresh or list(again.order_by("order")[: wire.MOST_ORDERS])
