"""About which PCs a person is asked, action by action: for every face."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pyroaring import BitMap

from kanmon.action.deciding import Slot
from kanmon.action.models import Waiting
from kanmon.policy.models import Policy


@dataclass(frozen=True, slots=True)
class Question:
    """One action of one step, and the PCs for which a person says whether it is done.

    ``why``: cap, beyond what may be done in an hour; already, they were at the level when it was switched on.
    ``operation``: that asked first.
    """

    number: int
    slot: Slot
    policy: str
    why: str
    since: datetime
    operation: int
    pcs: BitMap


def questions(kinds: Sequence[str] = ()) -> list[Question]:
    """All questions, the oldest first; of some ``kinds`` only, or all."""
    rows = Waiting.objects.order_by("id")
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    found = list(rows)
    names = dict(Policy.objects.filter(id__in={row.policy for row in found}).values_list("id", "name"))
    return [
        Question(
            row.id, Slot(row.policy, row.level, row.step, row.kind), names.get(row.policy, ""), row.why, row.since,
            row.operation, BitMap.deserialize(bytes(row.pcs)),
        )
        for row in found
    ]  # fmt: skip


def narrowed(found: Sequence[Question], within: BitMap | None) -> list[Question]:
    """Questions as far as they are about the PCs ``within`` (None: about all); without those that are about none."""
    if within is None:
        return list(found)
    return [replace(one, pcs=some) for one in found if (some := one.pcs & within)]


def everybody(kinds: Sequence[str] = ()) -> BitMap:
    """The PCs about which a person is asked."""
    return BitMap.union(BitMap(), *(one.pcs for one in questions(kinds)))


def about(pc: int, kinds: Sequence[str] = ()) -> Iterator[Question]:
    """What a person is asked about ``pc``."""
    return (one for one in questions(kinds) if pc in one.pcs)
