"""What the history of a PC says of its network: orders that no action of a policy has given, and how far all came."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kanmon.action.history.line import Line
from kanmon.action.history.results import became
from kanmon.common import messages
from kanmon.journal.models import Operation
from kanmon.network.models import NetworkOrder

RESULTS = {
    "ordered": "waiting", "acknowledged": "success", "verified": "success", "failed": "failure", "fixed": "not_executed",
    "overtaken": "not_executed",
}  # fmt: skip
SENTENCES = {
    "ordered": "KNM3296-I", "acknowledged": "KNM3297-I", "verified": "KNM3298-I", "failed": "KNM3296-I",
    "fixed": "KNM3299-I", "overtaken": "KNM3299-I",
}  # fmt: skip


class NetworkOrders:
    """A source of the history of PCs (``history.of_pc.Source``). Of several MACs the newest order stands for all."""

    def rows(self, pc: int) -> "tuple[QuerySet[Any], str]":
        """Orders of persons, and those that followed new network cards; a row an operation."""
        newer = NetworkOrder.objects.filter(operation=OuterRef("operation"), pc=pc, id__gt=OuterRef("id"))
        of_run = Operation.objects.filter(id=OuterRef("operation"), run__isnull=False)
        mine = NetworkOrder.objects.filter(pc=pc)
        return mine.filter(~Exists(newer), ~Exists(of_run)), "ordered_at"

    def lines(self, rows: Sequence[NetworkOrder], language: str) -> Mapping[int, Line]:
        """Rows as lines."""
        ended = became([row.operation for row in rows], language)
        found = {}
        for row in rows:
            one = ended.get(row.operation)
            by = one.requester if one else row.by
            found[row.id] = Line(
                at=row.ordered_at, kind="network", result=RESULTS.get(row.progress, "unknown"), operation=row.operation,
                cause=by, requester=by, actor=one.actor if one else "", subject=f"{row.wanted}: {row.reason}" if row.reason else row.wanted, pcs=1,
                attempts=one.attempts if one else 0, ended=_ended(row), sentence=_sentence(row, language),
            )  # fmt: skip
        return found

    def told(self, pc: int, lines: Sequence[Line], language: str) -> Mapping[int, Line]:
        """How far the orders of policies have come with this PC."""
        mine = {line.operation: line for line in lines if line.kind == "network" and line.operation is not None}
        rows = NetworkOrder.objects.filter(operation__in=list(mine)[:500], pc=pc).order_by("id") if mine else ()
        return {
            row.operation: replace(
                mine[row.operation], result=RESULTS.get(row.progress, "unknown"), pcs=1, ended=_ended(row),
                sentence=_sentence(row, language),
            )
            for row in rows
        }  # fmt: skip


def _ended(row: NetworkOrder) -> Any:
    return row.verified_at or row.acknowledged_at


def _sentence(row: NetworkOrder, language: str) -> str:
    return row.sentence or messages.text(SENTENCES[row.progress], {"wanted": row.wanted}, language)
