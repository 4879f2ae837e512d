"""The invented company's journal: a day of operations, and a failover from mgr-a to mgr-b that left two in doubt.

What happened in the failover is written by the journal itself, as the two nodes would have written it.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Lease, Node, Operation, Takeover, Term
from kanmon.journal.once import once
from kanmon.journal.takeover import Cause, take_over
from kanmon.journal.writing import transaction

TERM = 41
DAY = [
    ("record", "reports", "finished", "inventory", ""),
    ("judge", "38 PCs", "finished", "inventory", ""),
    ("judge", "all PCs", "finished", "schedule", ""),
    ("mail", "warning, 5 PCs", "failed", "schedule", ""),
    ("act", "run 17", "finished", "console", "tanabe"),
    ("judge", "1 PC", "held", "pc_list", "mori"),
    ("mail", "danger, 3 PCs", "finished", "inventory", ""),
]
RESULT = {"result": "success", "sentence": "", "judged": 38, "changed": 4, "recorded": 38, "suspected": 1, "older": 0}
ENDS = {"judge": "KNM2002-I", "record": "KNM2004-I", "act": "KNM3002-I", "mail": "KNM3012-I"}
NO_MAILBOX = "The mail server mx1.example.jp answered 550: mailbox unknown."


def fill(now: datetime) -> None:
    """A day of operations, then the failover."""
    here = HERE.node, HERE.term
    HERE.node, HERE.term = "mgr-a", TERM
    try:
        with transaction():
            Term.objects.update_or_create(shard=0, defaults={"term": TERM, "node": "mgr-a"})
            Lease.objects.update_or_create(shard=0, defaults={"term": TERM, "node": "mgr-a"})
            Takeover.objects.create(
                term=TERM, to_node="mgr-a", cause="first", at=now - timedelta(days=40), counts={},
                ready_at=now - timedelta(days=40),
            )  # fmt: skip
            for number, row in enumerate(DAY * 6):
                _past(number, now - timedelta(minutes=11 * (45 - number)), *row)
        _failover()
        with transaction():
            for name, state in (("mgr-a", "standby"), ("mgr-b", "stopped")):
                Node.objects.create(
                    name=name, version="0.1.0", started_at=now - timedelta(hours=9), pid=1, seen_at=now, state=state,
                    address=f"10.20.0.1{1 + (name == 'mgr-b')}:8443", ready=True,
                )  # fmt: skip
            Lease.objects.update(released=True)
    finally:
        HERE.node, HERE.term = here


def _past(number: int, at: datetime, kind: str, subject: str, state: str, requester: str, actor: str) -> None:
    ended = state in ("finished", "failed")
    one = Operation.objects.create(
        kind=kind, subject=subject, requester=requester, actor=actor, state=state, due_at=at,
        attempt=2 if state == "failed" else int(ended), repeat="keyed", begun_at=at,
        ended_at=at + timedelta(seconds=1.41) if ended else None,
    )  # fmt: skip
    events: list[tuple[str, dict[str, Any]]] = [("begun", {})]
    events += [("started", {})] if ended else [("held", {"id": "KNM4012-I", "actor": actor, "sentence": ""})]
    if state == "failed":
        events += [("retry", {"id": "KNM4005-W", "sentence": "The mail server mx1 did not answer.", "seconds": 30})]
        events += [("failed", {"sentence": NO_MAILBOX})]
    elif ended:
        events += [("finished", {"id": ENDS[kind], **RESULT})]
    for place, (event, detail) in enumerate(events):
        told = {"operation": one.id, "subject": subject, **detail}
        Entry.objects.create(
            operation=one.id, at=at + timedelta(seconds=place / 2), node="mgr-a", term=TERM, attempt=1, event=event,
            detail=told,
        )  # fmt: skip


def _begun(kind: str, subject: str, requester: str, actor: str = "", repeat: str = "idempotent") -> Operation:
    one = record.begin(kind, requester=requester, subject=subject, actor=actor, repeat=repeat)
    claimed = record.claim(one.id, HERE.term, {})
    assert claimed is not None
    return claimed


def _ended(one: Operation) -> None:
    again = record.claim(one.id, HERE.term, {})
    assert again is not None
    if one.kind == "mail":
        mark = {"id": "KNM4003-W", "what": "the mail", "mark": f"Message-ID <{one.id}@mgr-a.example.jp>"}
        record.note(again, "may_be_repeat", {**mark, "operation": one.id})
    record.finish(again, RESULT, {"id": ENDS[one.kind]})


def _failover() -> None:
    """mgr-a is lost while eight operations run; mgr-b takes over, resumes four, and can't tell of two commands."""
    once("Source osaka-glpi: token made", lambda: None, actor="mori", requester="api", key=None)
    with transaction():
        before = _begun("judge", "640 PCs", "inventory")
        record.finish(before, RESULT, {"id": ENDS["judge"]})
        halfway = _begun("judge", "4,000 PCs", "inventory")
        record.save_progress(halfway, {"done": 2000, "of": 4000})
        repeatable = [halfway, _begun("judge", "1 PC", "pc_list", "tanabe"), _begun("record", "reports", "inventory")]
        repeatable.append(_begun("mail", "danger, 12 PCs", "inventory", repeat="keyed"))
        for subject in ("danger, 12 PCs", "warning, 31 PCs"):
            record.note(_begun("command", subject, "inventory", repeat="ask"), "intent")
    time.sleep(0.3)
    HERE.node = "mgr-b"
    take_over(cause=Cause.SESSION_GONE)
    time.sleep(0.05)
    with transaction():
        for one in repeatable:
            _ended(one)
