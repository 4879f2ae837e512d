"""What a person changes about groups: which policy is assigned, and the tree itself. Judged anew is whom it concerns."""

from collections.abc import Mapping, Sequence
from typing import Any

from kanmon.action.acting import Already
from kanmon.common.errors import Refused
from kanmon.console.change import Done
from kanmon.console.change_policies import rejudging
from kanmon.flow import Within
from kanmon.inventory import groups
from kanmon.inventory.models import Group
from kanmon.policy import assignment, versions, waivers
from kanmon.policy.models import Assignment
from kanmon.policy.waivers import Place


def where(path: str) -> str:
    """A place in the words of the journal."""
    return "the whole system" if path == groups.ROOT else f"group {path}"


def _place(row: Group) -> Place:
    return Place("system") if row.path == groups.ROOT else Place("group", row.id)


def _found(number: int) -> Group:
    row = Group.objects.filter(id=number).first()
    if row is None:
        raise Refused("KNM6010-E", status=404, what="Group", name=str(number))
    return row


def assign(kind: str, name: str, number: int, already: Already, actor: str, form_key: str) -> Done:
    """Assign a policy to a group, or take the assignment away (``name`` empty).

    ``already``: of an action policy, what becomes of PCs that are at its levels already. Raises Refused KNM5050-E,
    KNM5068-E, KNM6010-E.
    """
    row = _found(number)
    place, said = _place(row), where(row.path)

    def work() -> tuple[Mapping[str, Any], Within]:
        before = None
        if name:
            before = assignment.assign(versions.find(kind, name), *place)
        elif assignment.unassign(kind, *place) is None:
            raise Refused("KNM5068-E", status=404, kind=kind, where=said)
        told = {"kind": kind, "policy": name, "where": said, "before": before}
        return told, Within((place,)) if kind == "judgment" else Within(already=already)

    does = f" {name}: assigned to {said}" if name else f": taken from {said}"
    return rejudging(f"{kind.capitalize()} policy{does}", work, actor, form_key)


def make(above: str, name: str, actor: str, form_key: str) -> Done:
    """A new group below the one at ``above``. Raises Refused KNM5050-E, KNM5056-E, KNM5064-E."""
    path = f"{above.rstrip('/')}/{name.strip().strip('/')}"

    def work() -> tuple[Mapping[str, Any], Within]:
        groups.find(above)
        return {"path": groups.create(path).path}, Within()

    return rejudging(f"Group {path}: made", work, actor, form_key)


def move(path: str, to: str, actor: str, form_key: str) -> Done:
    """Give a group another path; its PCs are judged anew. Raises Refused KNM5055-E, KNM5056-E, KNM5057-E."""

    def work() -> tuple[Mapping[str, Any], Within]:
        moved = groups.move(path, to)
        return {"path": moved.path}, Within((Place("group", moved.id),))

    return rejudging(f"Group {path}: moved to {to}", work, actor, form_key)


def put(pcs: Sequence[int], path: str, actor: str, form_key: str) -> Done:
    """Put PCs into a group; those that were elsewhere are judged anew. Raises Refused KNM5050-E (no such group)."""

    def work() -> tuple[Mapping[str, Any], Within]:
        moved = groups.put(pcs, groups.find(path))
        return {"path": path, "moved": len(moved)}, Within([Place("pc", pc) for pc in moved])

    return rejudging(f"Group {path}: PCs put in: {len(pcs):,}", work, actor, form_key)


def remove(path: str, actor: str, form_key: str) -> Done:
    """Remove an empty group that nothing names. Raises Refused KNM5050-E, KNM5055-E."""

    def work() -> tuple[Mapping[str, Any], Within]:
        row = groups.find(path)
        named = Assignment.objects.filter(target="group", target_id=row.id).count()
        named += waivers.open_ones().filter(target="group", target_id=row.id).count()
        return {"path": groups.delete(path, named).path}, Within()

    return rejudging(f"Group {path}: deleted", work, actor, form_key)
