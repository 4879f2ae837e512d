"""A change that is one transaction: an operation that begins and ends in it.

What a person changes in a window, or a program by the API, is either wholly done or not at all, and ``key`` (the
form's one-time key, or the Idempotency-Key of a call) makes that a repeated submit finds what was done instead of
doing it again. It also answers "was my last change done?" after a failover: look the key up.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction

KIND = "change"
STARTED, ENDED = "KNM4020-I", "KNM4021-I"


def once(
    subject: str, work: Callable[[], Mapping[str, Any] | None], *, actor: str, requester: str, key: str | None
) -> tuple[Operation, bool]:
    """Do ``work`` in a transaction, once for ``key``. Returns the operation, and whether it was done now.

    ``work`` returns what is kept as the outcome, without secrets. What it raises undoes everything, the operation too.
    Raises Refused KNM7020-E when ``key`` was given with another subject before.
    """
    with transaction():
        if key is not None:
            earlier = Operation.objects.filter(key=key).first()
            if earlier is not None:
                return _same(earlier, subject, actor), False
        operation = record.begin(KIND, requester=requester, subject=subject[:200], actor=actor, key=key)
        claimed = record.claim(operation.id, HERE.term, {"id": STARTED, "actor": actor})
        if claimed is None:  # the same key, a moment earlier, by another node
            return _same(Operation.objects.get(id=operation.id), subject, actor), False
        outcome = dict(work() or {})
        record.finish(claimed, {"result": "success", "sentence": "", **outcome}, {"id": ENDED, "actor": actor})
        return claimed, True


def _same(earlier: Operation, subject: str, actor: str) -> Operation:
    """A key stands for one change: with another one it is a mistake of the sender, and must not pass for done."""
    if (earlier.kind, earlier.subject) != (KIND, subject[:200]):
        raise Refused("KNM7020-E", status=422, subject=earlier.subject, operation=earlier.id)
    return record.asked_again(earlier, actor)


def was_done(key: str) -> Operation | None:
    """The operation that was begun with ``key``, if its transaction was committed."""
    return Operation.objects.filter(key=key).first()
