"""The frame of every page."""

from dataclasses import replace
from datetime import datetime

from kanmon.accounts.scope import pcs_of
from kanmon.action import asked, hold
from kanmon.console.read import keep
from kanmon.console.read.pcs import how_many
from kanmon.console.shown.frame import Shell
from kanmon.intake.models import Receipt, Refusal
from kanmon.journal import eras
from kanmon.journal.here import HERE
from kanmon.journal.models import Lease, Operation
from kanmon.journal.states import State


@keep.for_seconds(3)
def shell(only: frozenset[int] | None = None) -> Shell:
    """Node and counts, at most 3 seconds old; ``only``: counts of the PCs of these groups, and none of the system."""
    if only is not None:
        waiting = len(asked.everybody() & pcs_of(only))
        return replace(shell(), pcs=how_many(only), suspected=0, refused=0, in_doubt=0, waiting=waiting)
    held = hold.told()
    lease = Lease.objects.filter(shard=0).first()
    if lease is None or lease.released:
        role = "none"
    else:
        role = "active" if lease.node == HERE.node else "standby"
    return Shell(
        node=HERE.node,
        role=role,
        active=lease.node if lease and not lease.released else "",
        term=eras.said(lease.term) if lease else "",
        pcs=how_many(),
        suspected=Receipt.objects.filter(state=Receipt.SUSPECTED).count(),
        refused=Refusal.objects.count(),
        in_doubt=Operation.objects.filter(state=State.IN_DOUBT).count(),
        waiting=len(asked.everybody()),
        held_by=held["by"],
        held_since=datetime.fromisoformat(held["since"]) if held["since"] else None,
    )
