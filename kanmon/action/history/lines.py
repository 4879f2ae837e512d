"""Rows of the tables as lines: orders with what became of them, and what was withheld."""

from collections.abc import Collection, Mapping, Sequence

from kanmon.action import withheld
from kanmon.action.deciding import Slot
from kanmon.action.history.line import Line
from kanmon.action.history.results import Became, became, chunks, policies
from kanmon.action.models import Order, Withheld
from kanmon.journal.models import Run
from kanmon.judgment.levels import Level

HEAVY = ("attachment", "text", "pcs", "input", "recipients")


def of_orders(rows: Sequence[Order], runs: Mapping[int, Run], language: str) -> dict[int, Line]:
    """By order: its line."""
    ended = became([row.operation for row in rows], language)
    names = policies(row.policy_version for row in rows)
    return {row.id: _order(row, ended.get(row.operation), runs.get(row.run), names) for row in rows}


def _order(row: Order, one: Became | None, run: Run | None, names: Mapping[int, str]) -> Line:
    return Line(
        at=row.created_at, kind=row.kind, result=one.result if one else "unknown", run=row.run,
        operation=one.operation if one else row.operation, cause=run.cause if run else "",
        requester=one.requester if one else "", actor=one.actor if one else "", level=Level(row.level),
        policy=names.get(row.policy_version, ""), step=row.step, subject=row.subject, pcs=row.pc_count,
        attempts=one.attempts if one else 0, ended=one.ended if one else None, sentence=one.sentence if one else "",
    )  # fmt: skip


def of_withheld(rows: Sequence[Withheld], runs: Mapping[int, Run], language: str) -> dict[int, Line]:
    """By row: its line. ``runs`` has those of the rows."""
    names = policies(row.policy_version for row in rows)
    return {row.id: _withheld(row, runs.get(row.run), names, language) for row in rows}


def _withheld(row: Withheld, run: Run | None, names: Mapping[int, str], language: str) -> Line:
    slot = Slot(0, row.level, row.step, row.kind)
    return Line(
        at=row.at, kind=row.kind, result="held_back", run=row.run, operation=row.operation,
        cause=run.cause if run else "", requester=run.cause if run else "", actor=run.actor if run else "",
        level=Level(row.level), policy=names.get(row.policy_version, ""), step=row.step, pcs=row.pc_count, why=row.why,
        ended=row.at, sentence=withheld.sentence(slot, row.why, row.pc_count, language),
    )  # fmt: skip


def runs_of(numbers: Collection[int]) -> dict[int, Run]:
    """Runs by number, without their PCs."""
    found: dict[int, Run] = {}
    for ids in chunks(set(numbers)):
        found |= {run.id: run for run in Run.objects.defer("scope", "versions").filter(id__in=ids)}
    return found
