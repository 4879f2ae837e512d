"""The waivers that count for a PC, all waivers, and what one more would do."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from kanmon.common import clock, zone
from kanmon.console.language import language
from kanmon.console.read import paging
from kanmon.console.read.paging import Order
from kanmon.console.shown.waivers import WaiverAsked, WaiverRow, WaiversShown, level_without
from kanmon.inventory.models import Group, Pc
from kanmon.judgment import waived, why
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.judgment.wording_failing import failing
from kanmon.policy.models import Waiver
from kanmon.search.asked import Asked
from kanmon.search.find import find


class WaiverShown(NamedTuple):
    """A waiver. ``of_group``: it is given to a group of the PC, not to the PC itself."""

    condition: str
    reason: str
    approver: str
    expires: date
    days_left: int
    of_group: bool


def of_pc(pc: int) -> list[WaiverShown]:
    """Those that count now, the first to end first; of several of one condition the nearest."""
    today, found = zone.today(), waived.of_pc(pc, clock.now())
    shown = [
        WaiverShown(
            failing(condition, language()), one.reason, one.approver, one.expires_on, (one.expires_on - today).days,
            one.target == "group",
        )
        for condition, one in found.items()
    ]  # fmt: skip
    return sorted(shown, key=lambda one: (one.expires, one.condition))


def waivers(state: str, text: str, cursor: str, only: frozenset[int] | None) -> WaiversShown:
    """The list of waivers of a ``state``, those that end first before the others; what is over, the newest first.

    ``text``: part of a condition, a place, a reason or a person. ``only``: those of these groups and of their PCs.
    """
    found = _of_groups(only)
    if text:
        found = found.filter(_speaks_of(text))
    parts = {"open": found.filter(_is_open(), ended_at=None), "soon": found.filter(_is_soon(), ended_at=None)}
    parts["over"] = found.filter(~_is_open() | Q(ended_at__isnull=False))
    counts = [(name, rows.count()) for name, rows in parts.items()]
    order = Order("expires_on", "id", state == "over", paging.read(cursor, date))
    page = order.page(order.fetch(parts[state]), dict(counts)[state], _rows)
    return WaiversShown(page, state, text, counts)


def _is_open() -> Q:
    return Q(expires_on__gte=zone.today())


def _of_groups(only: frozenset[int] | None) -> "QuerySet[Waiver]":
    if only is None:
        return Waiver.objects.all()
    pcs = Pc.objects.filter(group__in=only).values("id")
    return Waiver.objects.filter(Q(target="pc", target_id__in=pcs) | Q(target="group", target_id__in=only))


def _speaks_of(text: str) -> Q:
    pcs = Pc.objects.filter(Q(host__icontains=text) | Q(asset_number__iexact=text)).values("id")
    groups = Group.objects.filter(path__icontains=text).values("id")
    said = Q(condition__icontains=text) | Q(reason__icontains=text) | Q(approver__icontains=text)
    return said | Q(target="pc", target_id__in=pcs) | Q(target="group", target_id__in=groups)


def _is_soon() -> Q:
    """Its notice has begun, as ``policy.waivers.expiring`` says."""
    today, soon = zone.today(), Q(pk__in=[])
    for days in Waiver.objects.filter(ended_at=None).values_list("notice_days", flat=True).distinct():
        soon |= Q(notice_days=days, expires_on__lte=today + timedelta(days=days))
    return soon & Q(begins_on__lte=today, expires_on__gte=today)


def _rows(found: Sequence[Waiver]) -> list[WaiverRow]:
    today = zone.today()
    numbers = {kind: {one.target_id for one in found if one.target == kind} for kind in ("pc", "group")}
    hosts = dict(Pc.objects.filter(id__in=numbers["pc"]).values_list("id", "host"))
    paths = dict(Group.objects.filter(id__in=numbers["group"]).values_list("id", "path"))
    shown = []
    for one in found:
        left, names = (one.expires_on - today).days, hosts if one.target == "pc" else paths
        is_there = one.target_id in names
        shown.append(WaiverRow(
            one.id, one.condition, failing(one.condition, language()), names.get(one.target_id, f"#{one.target_id}"),
            one.target_id if is_there and one.target == "pc" else None,
            one.target_id if is_there and one.target == "group" else None,
            one.reason, one.approver, one.author, one.begins_on, one.expires_on, left,
            one.begins_on <= today and left <= one.notice_days, left < 0 or one.ended_at is not None, one.ended_by,
        ))  # fmt: skip
    return shown


def asked(pc: int, condition: str, only: frozenset[int] | None) -> WaiverAsked | None:
    """What a waiver of ``condition`` would do; None when there is no such PC in these groups."""
    row = Pc.objects.filter(id=pc).select_related("group").first()
    if row is None or (only is not None and row.group_id not in only):
        return None
    level = PcState.objects.filter(pc=pc).exclude(verdict=None).values_list("level", flat=True).first()
    search = Asked((("condition", (condition,)), ("group", (row.group.path,))))
    return WaiverAsked(
        condition, failing(condition, language()), pc, row.host, Level(level or Level.NOT_JUDGED),
        level_without(why.of_pc(pc, language()), condition) if level else Level.NOT_JUDGED, row.group_id,
        row.group.path, len(find(search, only).pcs),
    )  # fmt: skip
