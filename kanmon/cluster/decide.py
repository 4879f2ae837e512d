"""What a person decides on an operation, or on a take-over. Verb: decide.

Each decision is a change of its own (journal.once): one transaction, under the name of who asked, and done once for
``key``: a call that is sent again because its answer was lost finds what was done.
"""

from collections.abc import Callable
from typing import Any

from kanmon.cluster.nodes import NodeState, nodes
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.journal import eras, record
from kanmon.journal.models import Node, Operation, Takeover
from kanmon.journal.once import once
from kanmon.journal.states import IllegalStep

Step = Callable[[Operation, str, str], Operation | None]
VERBS: dict[str, Step] = {
    "redo": record.redo,
    "replay": record.replay,
    "it_ran": record.it_ran,
    "close": record.close,
    "release": record.release,
    "cancel": record.cancel,
    "hold": record.hold,
}
"""What may be asked of one operation, and by which step of the journal it is done."""


def decide(
    verb: str, number: int, *, actor: str, because: str = "", requester: str = "console", key: str | None = None
) -> tuple[Operation, bool]:
    """Do ``verb`` (of ``VERBS``) to operation ``number``: the change, whose outcome names ``again`` after a redo, and
    whether it was done now.

    Raises Refused KNM6010-E for an unknown operation, KNM4299-E when its state does not allow the verb.
    """
    step = VERBS[verb]

    def work() -> dict[str, Any]:
        found = Operation.objects.filter(id=number).first()
        if found is None:
            raise Refused("KNM6010-E", status=404, what="Operation", name=str(number))
        try:
            again = step(found, actor, because)
        except IllegalStep as problem:
            verb_said = verb.replace("_", "-")
            raise Refused("KNM4299-E", status=409, operation=number, state=problem.state, verb=verb_said) from None
        return {"of": number} | ({"again": again.id} if isinstance(again, Operation) else {})

    return once(f"{verb.replace('_', '-')} {number}", work, actor=actor, requester=requester, key=key)


def acknowledge(
    term: int | None, *, actor: str, requester: str = "console", key: str | None = None
) -> tuple[Operation, bool]:
    """Say that the take-over of ``term`` has been seen; None: all failovers that nobody has acknowledged.

    The outcome's ``terms`` are those that were acknowledged now. Raises Refused KNM6010-E for an unknown term.
    """

    def work() -> dict[str, Any]:
        rows = Takeover.objects.filter(acknowledged_at=None)
        if term is not None:
            if not Takeover.objects.filter(term=term).exists():
                raise Refused("KNM6010-E", status=404, what="Take-over", name=eras.said(term))
            rows = rows.filter(term=term)
        terms = list(rows.order_by("term").values_list("term", flat=True)[:1000])
        rows.filter(term__in=terms).update(acknowledged_by=actor[:150], acknowledged_at=clock.now())
        for one in terms:
            record.note(None, "acknowledged", {"id": "KNM4281-I", "term": eras.said(one), "actor": actor})
        return {"terms": terms}

    return once("acknowledge failover", work, actor=actor, requester=requester, key=key)


def forget(name: str, *, actor: str, requester: str = "console", key: str | None = None) -> tuple[Operation, bool]:
    """A node that is gone for good is not listed any more, and not waited for.

    Raises Refused KNM6010-E for an unknown node, KNM4258-E for one that lives.
    """

    def work() -> dict[str, Any]:
        found = next((node for node in nodes() if node.name == name), None)
        if found is None:
            raise Refused("KNM6010-E", status=404, what="Node", name=name)
        if found.state not in (NodeState.STOPPED, NodeState.NOT_ANSWERING):
            raise Refused("KNM4258-E", status=409, node=name, state=found.state)
        Node.objects.filter(name=name).delete()
        return {"node": name}

    return once(f"forget node {name}", work, actor=actor, requester=requester, key=key)
