"""Orders for tests, and a worker of one lane that is driven step by step."""

from typing import Any

from pyroaring import BitMap

from kanmon.action.command import told
from kanmon.action.models import Order
from kanmon.common import clock
from kanmon.flow import KINDS
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.window import OPEN, Window
from kanmon.journal.worker import Worker
from kanmon.journal.writing import transaction
from kanmon.policy.rules_action import Command

BODY = '{"type":"kanmon.level","timestamp":"2026-11-22T20:15:03Z","data":{"pcs":[{"host":"pc-0001 本社"}]}}'


def webhook(target: str = "siem", **more: Any) -> Operation:
    """An order for a webhook, and its operation."""
    with transaction():
        operation = record.begin("webhook", requester="tests", repeat="keyed", subject="danger, 1 PC", **more)
        Order.objects.create(
            operation=operation.id, kind="webhook", run=1, policy_version=1, level=400, recipients=[target],
            message_id=f"kanmon_test_{operation.id}", subject=target, text=BODY, pcs=BitMap([1]).serialize(),
            created_at=clock.now(),
        )  # fmt: skip
    return operation


def event(target: str = "siem", pcs: BitMap | None = None, **more: Any) -> Operation:
    """An order for events, and its operation."""
    about = BitMap([1]) if pcs is None else pcs
    with transaction():
        operation = record.begin(
            "event", requester="tests", repeat="keyed", subject=f"danger, {len(about)} PCs", **more
        )
        Order.objects.create(
            operation=operation.id, kind="event", run=7, policy_version=1, level=400, recipients=[target],
            message_id=f"kanmon_test_{operation.id}", subject=target, pcs=about.serialize(), created_at=clock.now(),
            input={
                "policy": "Night shift", "version": 3, "when": "level_changed", "pcs": len(about), "judged": 1000,
                "changed": 41, "requester": "inventory", "actor": "", "verdict": 2**40,
            },
        )  # fmt: skip
    return operation


def command(program: str, *arguments: str, pcs: BitMap | None = None, **more: Any) -> Operation:
    """An order for a command, and its operation; ``more`` are words of the policy."""
    what = Command(program=program, arguments=arguments, **more)
    about = BitMap() if pcs is None else pcs
    with transaction():
        operation = record.begin("command", requester="tests", repeat="ask", subject=f"danger, {len(about)} PCs")
        Order.objects.create(
            operation=operation.id, kind="command", run=7, policy_version=1, level=400, subject=program,
            pcs=about.serialize(), input=told.decided(what, "Night shift", len(about)), created_at=clock.now(),
        )  # fmt: skip
    return operation


def worker(lane: str, term: int, window: Window = OPEN) -> Worker:
    """The worker of a lane as the Manager has it."""
    return Worker(lane, KINDS, term, lambda: None, window)
