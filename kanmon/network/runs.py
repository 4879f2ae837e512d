"""Starts of agents: what was under way when one ended, and when all of it was made good.

An agent keeps its list and its answers on its disk, so a restart needs nobody's help, and a failover to another machine
with the same disk is the same. Here it is written down for who asks afterwards: how long it was silent, how many orders
had no answer, whether its list had to be healed, and when everything was as it should be again.
"""

from kanmon import wire
from kanmon.common import clock
from kanmon.journal import record
from kanmon.network.models import Agent, AgentRun, Given


def note_start(agent: Agent, told: wire.Exchange) -> None:
    """A call of a run that has not called before. Inside a transaction, before the call is kept."""
    before = AgentRun.objects.filter(agent=agent).order_by("-id").first()
    if not told.run or (before is not None and before.run == told.run):
        return
    under_way = Given.objects.filter(agent=agent, result="").count()
    run = AgentRun.objects.create(
        agent=agent, run=told.run, host=told.host, host_before=before.host if before else "", silent_since=agent.seen_at,
        began_at=clock.now(), under_way=under_way,
    )  # fmt: skip
    if before is not None:
        silent = (run.began_at - agent.seen_at).total_seconds() if agent.seen_at else 0.0
        moved = "KNM8436-W" if told.host != before.host else "KNM8435-I"
        record.note(
            None, "agent_started",
            {"id": moved, "name": agent.name, "host": told.host, "before": before.host, "seconds": f"{silent:.0f}",
             "under_way": under_way},
        )  # fmt: skip


def note_progress(agent: Agent, in_step: bool) -> None:
    """Nothing is open for the agent; its list is ours, or is being healed. Inside a transaction."""
    run = AgentRun.objects.filter(agent=agent, caught_up_at=None).order_by("-id").first()
    if run is None:
        return
    if not in_step:
        AgentRun.objects.filter(id=run.id).update(healed=True)
        return
    now = clock.now()
    AgentRun.objects.filter(id=run.id).update(caught_up_at=now)
    if run.host_before:
        seconds = (now - run.began_at).total_seconds()
        told = {"name": agent.name, "under_way": run.under_way, "seconds": f"{seconds:.1f}"}
        record.note(None, "agent_caught_up", {"id": "KNM8438-I" if run.healed else "KNM8437-I", **told})
