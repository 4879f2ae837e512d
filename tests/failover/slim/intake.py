"""Intake of the slim process: what comes in together is committed together, and only then acknowledged.

Questions are an input, a number to count to, a change, or what a person decides about an operation. A sender that got
no answer asks again with the same name, which is then done once.
"""

import logging
import queue
import threading
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection

from kanmon.common import clock, fault
from kanmon.journal import once, record
from kanmon.journal.models import Lease, Operation
from kanmon.journal.states import IllegalStep
from kanmon.journal.writing import transaction
from tests.failover.slim.kinds import begin, begin_taking
from tests.failover.slim.models import Input, Setting

log = logging.getLogger("slim.intake")
GROUP_MOST = 50
Question = dict[str, Any]
Answer = dict[str, Any] | None


class Intake(threading.Thread):
    """The thread that commits; ``answer`` is what a connection calls."""

    def __init__(self) -> None:
        super().__init__(name="intake", daemon=True)
        self._queue: queue.SimpleQueue[tuple[Question, queue.SimpleQueue[Answer]] | None] = queue.SimpleQueue()

    def answer(self, question: Question) -> Answer:
        """After the commit. None: nobody knows whether it was done."""
        if question["do"] == "hello":
            return {"said": "ready"}
        mine: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._queue.put((question, mine))
        try:
            told = mine.get(timeout=20)
        except queue.Empty:
            return None
        return told | {"of": question} if told is not None else None

    def stop(self) -> None:
        self._queue.put(None)
        self.join(20)

    def run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            while len(group) < GROUP_MOST and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    self._queue.put(None)
                    break
                group.append(more)
            for (_, mine), said in zip(group, _settled([question for question, _ in group]), strict=True):
                mine.put(said)
        connection.close()


def _settled(questions: list[Question]) -> list[Answer]:
    """Answers in the same order."""
    inputs = [one for one in questions if one["do"] == "input"]
    answers: list[Answer] = []
    committed = _written(inputs) if inputs else False
    for question in questions:
        try:
            if question["do"] == "input":
                answers.append({"said": "ok"} if committed else None)
            else:
                answers.append(_DO[question["do"]](question))
        except IllegalStep as illegal:
            answers.append({"said": str(illegal)})
        except Exception:
            log.exception("not written")
            close_old_connections()
            answers.append(None)
    return answers


def _written(inputs: list[Question]) -> bool:
    try:
        with transaction():
            Input.objects.bulk_create(
                [Input(name=one["name"], pc=one["pc"], value=one["value"]) for one in inputs], ignore_conflicts=True
            )
            begin_taking()
            fault.point("intake_written")
    except Exception:
        log.exception("not written")
        close_old_connections()
        return False
    return True


def _count(question: Question) -> Answer:
    due_at = clock.now() + timedelta(seconds=question["delay"])
    with transaction():
        made = begin("count", question["key"], {"goal": question["goal"]}, key=question["key"], due_at=due_at)
    return {"said": "ok", "operation": made.id}


def _burst(question: Question) -> Answer:
    """Many at once, each of them short."""
    with transaction():
        keys = [f"{question['key']}-{number}" for number in range(question["many"])]
        made = [begin("count", key, {"goal": 1}, key=key) for key in keys]
    return {"said": "ok", "operations": [one.id for one in made]}


def _change(question: Question) -> Answer:
    def work() -> None:
        Setting.objects.create(name=question["key"])

    _, now = once.once(question["key"], work, actor="hanako", requester="campaign", key=question["key"])
    return {"said": "ok", "now": now}


def _decide(question: Question) -> Answer:
    verb = {"cancel": record.cancel, "hold": record.hold, "release": record.release, "it_ran": record.it_ran,
            "close": record.close, "redo": record.redo}[question["verb"]]  # fmt: skip
    with transaction():
        verb(Operation.objects.get(id=question["operation"]), "hanako", "by the campaign")
    return {"said": "ok"}


def _report(question: Question) -> Answer:
    """What the product's report says of each take-over: operation -> outcome."""
    from kanmon.cluster import report

    told = {}
    for takeover in report.failovers(limit=1000):
        whole = report.failover_report(takeover.term, rows=1000)
        rows = [*whole.in_doubt, *(row for group in whole.groups for row in group.rows)]
        told[takeover.term] = {row.id: str(row.outcome) for row in rows}
    return {"said": "ok", "report": told}


def _hand_over(question: Question) -> Answer:
    with transaction():
        Lease.objects.filter(released=False).update(asked_by="hanako")
    return {"said": "ok"}


def _audit(question: Question) -> Answer:
    """What the product's own check says of the audit, from its beginning."""
    from kanmon.audit import check

    problems, rows, after = [], 0, 0
    while after is not None:
        page = check.page(after)
        problems += [problem.sentence() for problem in page.problems]
        rows, after = rows + page.rows, page.next
    return {"said": "ok", "problems": problems, "rows": rows}


_DO = {
    "hand_over": _hand_over,
    "audit": _audit,
    "count": _count,
    "burst": _burst,
    "change": _change,
    "decide": _decide,
    "report": _report,
}
