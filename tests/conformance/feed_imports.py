"""Feeds that a worker imports, as a Manager does; and an import that is cut off before it is committed."""

from typing import Any

import pytest

from kanmon.common import fault
from kanmon.feeds import importing
from kanmon.feeds.importing import LANE
from kanmon.flow import KINDS
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance import work

_MOST_STEPS = 5


def begun(body: bytes, name: str, **more: Any) -> Operation:
    """An import of ``body`` that waits; ``more`` as ``importing.begin`` takes it."""
    with transaction():
        return importing.begin(name, body, "alice", key=None, **more)


def worked_off(operation: Operation) -> Operation:
    """The operation when whoever leads next has done it."""
    leadership = work.leader()
    try:
        one = work.worker({"feed": KINDS["feed"]}, leadership, LANE)
        for _ in range(_MOST_STEPS):
            one._step()
            if work.state(operation) not in work.OPEN:
                break
    finally:
        work.crash(leadership)
    return Operation.objects.get(id=operation.id)


def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after all of an import was written and before it was committed."""

    class Died(BaseException):
        pass

    def die(name: str) -> None:
        if name == "feed_stored":
            raise Died

    leadership = work.leader()
    monkeypatch.setattr(fault, "point", die)
    with pytest.raises(Died):
        work.worker({"feed": KINDS["feed"]}, leadership, LANE)._step()
    monkeypatch.undo()
    work.crash(leadership)
