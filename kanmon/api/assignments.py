"""Assignments, groups and waivers by the API: what holds where, and what does not count where."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.accounts import scope
from kanmon.action.acting import Already
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.given import Body, Cursor, Id, Many, Number
from kanmon.api.paging import number as after_number
from kanmon.api.paging import page, whole
from kanmon.api.places import Names, place_words, places_of, spell
from kanmon.api.rejudging import rejudging
from kanmon.common.errors import Refused
from kanmon.flow import Within
from kanmon.inventory import groups, managing
from kanmon.judgment.known import check_condition
from kanmon.policy import assignment, versions, waivers
from kanmon.policy.models import Assignment, Waiver
from kanmon.policy.waivers import NOTICE_DAYS, Place

router = Router()
Kind = Literal["judgment", "action"]
PCS_MOST = 10_000


class Where(Body):
    """One of: the whole system, a group, PCs (asset numbers or hosts)."""

    system: bool = False
    group: str = ""
    pcs: list[str] = Field(default_factory=list, max_length=PCS_MOST)

    def places(self, who: Any = None) -> list[Place]:
        """The places, of those that ``who`` may change. Raises Refused KNM5065-E unless exactly one of the three is given."""
        return places_of(self.system, self.group, self.pcs, who)


class NewAssignment(Where):
    """The policy to assign; empty: take the assignment of this kind away. ``already``: of an action policy, what becomes
    of PCs that are at its levels already.
    """

    kind: Kind = "judgment"
    policy: str = ""
    already: Already = "ask"


class NewWaiver(Where):
    """What does not count there, why, who has approved it, and until when (that day included)."""

    condition: str = Field(min_length=1, max_length=700)
    reason: str
    approver: str
    expires: date
    begins: date | None = None
    notice_days: int = Field(NOTICE_DAYS, ge=0, le=365)


class GroupPath(Body):
    """The path of a group; ``to``: its new one."""

    path: str = Field(max_length=1000)
    to: str = Field("", max_length=1000)


class NewMembers(Body):
    """PCs to put into a group."""

    path: str = Field(max_length=1000)
    pcs: list[str] = Field(min_length=1, max_length=PCS_MOST)


@router.get("/assignments")
def assignments(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Which policy is assigned to what: the whole system, groups by path, PCs by asset number."""
    need(request, "view")
    rows = whole(request, response, assignment.listed(), limit, _order)
    names = Names(Place(row.target, row.target_id) for row in rows)
    return [{"kind": row.kind, "policy": row.policy, **spell(row.target, row.target_id, names)} for row in rows]


def _order(row: assignment.Assigned) -> tuple[str, int, int]:
    """Judgment policies after action policies; of each the system first, then groups, then PCs."""
    return row.kind, {"system": 0, "group": 1, "pc": 2}[row.target], row.target_id or 0


@router.post("/assignments")
def assign(request: HttpRequest, new: NewAssignment) -> dict[str, Any]:
    """Assign a policy, or take an assignment away. The PCs there are judged anew."""
    who = need(request, "edit_policy")
    places = new.places()
    where = place_words(new.system, new.group, new.pcs)

    def work() -> tuple[dict[str, Any], Within]:
        before = None
        for place in places:
            if new.policy:
                before = assignment.assign(versions.find(new.kind, new.policy), *place)
            elif assignment.unassign(new.kind, *place) is None:
                raise Refused("KNM5068-E", status=404, kind=new.kind, where=where)
        told = {"kind": new.kind, "policy": new.policy, "where": where, "before": before}
        return told, Within(places) if new.kind == "judgment" else Within(already=new.already)

    does = f"assigned to {where}" if new.policy else f"taken from {where}"
    return rejudging(request, who, f"{new.kind.capitalize()} policy {new.policy}: {does}".replace(" :", ":"), work)


@router.get("/groups")
def all_groups(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Groups by path with their number of PCs, those below not counted."""
    only = scope.groups(need(request, "view", "narrowed"))
    found = [(row, count) for row, count in groups.listed() if only is None or row.id in only]
    found = whole(request, response, found, limit, lambda one: one[0].path)
    return [{"path": row.path, "pcs": count} for row, count in found]


@router.post("/groups")
def create_group(request: HttpRequest, new: GroupPath) -> dict[str, Any]:
    """A new group; those above it are made, too."""
    who = need(request, "edit_policy")
    return rejudging(
        request, who, f"Group {new.path}: made", lambda: ({"path": groups.create(new.path).path}, Within())
    )


@router.post("/groups/move")
def move_group(request: HttpRequest, order: GroupPath) -> dict[str, Any]:
    """Give a group another path. Its PCs are judged anew: other policies may hold there."""
    who = need(request, "edit_policy")

    def work() -> tuple[dict[str, Any], Within]:
        row = groups.move(order.path, order.to)
        return {"path": row.path}, Within((Place("group", row.id),))

    return rejudging(request, who, f"Group {order.path}: moved to {order.to}", work)


@router.post("/groups/delete")
def delete_group(request: HttpRequest, order: GroupPath) -> dict[str, Any]:
    """Delete an empty group that nothing names."""
    who = need(request, "edit_policy")

    def work() -> tuple[dict[str, Any], Within]:
        row = groups.find(order.path)
        named = Assignment.objects.filter(target="group", target_id=row.id).count()
        named += waivers.open_ones().filter(target="group", target_id=row.id).count()
        return {"path": groups.delete(order.path, named).path}, Within()

    return rejudging(request, who, f"Group {order.path}: deleted", work)


@router.get("/groups/members")
def members(
    request: HttpRequest, response: HttpResponse, group: str, after: Number = 0, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """PCs of a group, those below not counted."""
    only = scope.groups(need(request, "view", "narrowed"))
    row = groups.find(group)
    if only is not None and row.id not in only:
        raise Refused("KNM6010-E", status=404, what="Group", name=group)
    start = after_number(request, after)
    found = list(managing.listed().filter(group=row, id__gt=start).order_by("id")[: limit + 1])
    rows = page(request, response, found, limit, lambda one: one.id)
    return [{"number": row.id, "asset_number": row.asset_number, "host": row.host} for row in rows]


@router.post("/groups/members")
def put(request: HttpRequest, new: NewMembers) -> dict[str, Any]:
    """Put PCs into a group. Those that were elsewhere are judged anew."""
    who = need(request, "edit_policy")
    pcs = [queries.find_pc(name).id for name in new.pcs]

    def work() -> tuple[dict[str, Any], Within]:
        moved = groups.put(pcs, groups.find(new.path))
        return {"path": new.path, "moved": len(moved)}, Within([Place("pc", pc) for pc in moved])

    return rejudging(request, who, f"Group {new.path}: PCs put in: {len(pcs):,}", work)


@router.get("/waivers")
def all_waivers(
    request: HttpRequest, response: HttpResponse, expired: bool = False, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """Waivers, those that end first before the others; ``expired``: also those that are over."""
    who = need(request, "view", "narrowed")
    rows = list(Waiver.objects.order_by("expires_on", "id") if expired else waivers.open_ones())
    rows = [row for row in rows if _is_of(waivers.place_of(row), who)]
    rows = whole(request, response, rows, limit, lambda row: (row.expires_on.isoformat(), row.id))
    names = Names(waivers.place_of(row) for row in rows)
    return [waiver_said(row, names) for row in rows]


def _is_of(place: Place, who: Any) -> bool:
    """Whether a place is one of those that ``who`` may see."""
    only = scope.groups(who)
    if only is None:
        return True
    if place.target == "pc":
        return scope.sees(who, place.target_id)
    return place.target == "group" and place.target_id in only


def waiver_said(row: Waiver, names: Names) -> dict[str, Any]:
    """A waiver as the API tells it."""
    return {
        "id": row.id, "condition": row.condition, **spell(row.target, row.target_id, names), "reason": row.reason,
        "approver": row.approver, "author": row.author, "created_at": row.created_at.isoformat(),
        "begins": row.begins_on.isoformat(), "expires": row.expires_on.isoformat(), "notice_days": row.notice_days,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None, "ended_by": row.ended_by,
    }  # fmt: skip


@router.post("/waivers")
def add_waiver(request: HttpRequest, new: NewWaiver) -> dict[str, Any]:
    """Waive a condition for a group or PCs. They are judged anew."""
    who = need(request, "edit_policy", "narrowed")
    check_condition(new.condition)
    wanted = waivers.Wanted(new.condition, new.reason, new.approver, new.expires, new.begins, new.notice_days)
    meant, where = new.places(who), place_words(new.system, new.group, new.pcs)

    def work() -> tuple[dict[str, Any], Within]:
        places = [_of_group(place) for place in meant]
        made = [waivers.add(place, wanted, who.username).id for place in places]
        return {"condition": new.condition, "where": where, "ids": made}, Within(places)

    return rejudging(request, who, f"Waiver of {new.condition}: added for {where}", work)


def _of_group(place: Place) -> Place:
    """The whole system is the root of the tree."""
    return Place("group", groups.ensure(groups.ROOT)[0].id) if place.target == "system" else place


@router.delete("/waivers/{number}")
def remove_waiver(request: HttpRequest, number: Id) -> dict[str, Any]:
    """End a waiver. The PCs there are judged anew."""
    who = need(request, "edit_policy", "narrowed")

    def work() -> tuple[dict[str, Any], Within]:
        row = waivers.find(number)
        if not _is_of(waivers.place_of(row), who):
            raise Refused("KNM6010-E", status=404, what="Waiver", name=str(number))
        waivers.end(row, who.username)
        return {"id": number, "condition": row.condition, "state": "ended"}, Within((waivers.place_of(row),))

    return rejudging(request, who, f"Waiver {number}: ended", work)
