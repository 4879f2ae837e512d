"""The tree of groups, as people change it: make, move, delete, and put PCs into one.

A report puts a new PC into the group that it names; afterwards only a person moves it. Paths are kept in every row, so
moving a group rewrites those below it. Every change writes rows of the order of change, by which each node's index
follows.
"""

from collections.abc import Iterable

from django.db.models import Count, Q

from kanmon.common.errors import Refused
from kanmon.inventory.book import clean_path
from kanmon.inventory.models import Group, Pc
from kanmon.journal import changes
from kanmon.policy.check import nearest

ROOT = "/"
MOST_CHARACTERS = 1000
NAME_CHARACTERS = 100


def find(path: str) -> Group:
    """The group at ``path``. Raises Refused KNM5050-E with the nearest path."""
    row = Group.objects.filter(path=clean_path(path)).first()
    if row is None:
        near = nearest(path, Group.objects.values_list("path", flat=True))
        raise Refused("KNM5050-E", status=404, what="group", name=path, nearest=near)
    return row


def ensure(path: str) -> tuple[Group, bool]:
    """The group at ``path``, made with those above it when it is new, and whether it was. Inside a transaction."""
    if any(len(part.strip()) > NAME_CHARACTERS for part in path.split("/")) or len(path) > MOST_CHARACTERS:
        raise Refused("KNM5064-E", path=path[:200], name=NAME_CHARACTERS, most=MOST_CHARACTERS)
    path = clean_path(path)
    row = Group.objects.filter(path=path).first()
    if row is not None:
        return row, False
    above, _, name = path.rpartition("/")
    parent = None if path == ROOT else ensure(above or ROOT)[0]
    row = Group.objects.create(path=path, name=name or ROOT, parent=parent)
    changes.add([("group", row.id, b"")])
    return row, True


def create(path: str) -> Group:
    """A new group. Inside a transaction. Raises Refused KNM5056-E when it is there."""
    row, new = ensure(path)
    if not new:
        raise Refused("KNM5056-E", status=409, path=row.path)
    return row


def below(row: Group) -> list[Group]:
    """The group and all below it, by path."""
    inside = Group.objects.filter(path__startswith=row.path.rstrip("/") + "/").exclude(id=row.id)
    return [row, *inside.order_by("path")]


def move(path: str, to: str) -> Group:
    """Give the group at ``path`` the path ``to``, with all that is in it; the group above is made when it is new.

    Inside a transaction. Raises Refused KNM5055-E for the root, KNM5056-E, KNM5057-E.
    """
    row, new_path = check_move(path, to)
    if new_path == row.path:
        return row
    members = below(row)
    above, _, name = new_path.rpartition("/")
    parent, _ = ensure(above or ROOT)
    if any(len(new_path + one.path[len(row.path) :]) > MOST_CHARACTERS for one in members):
        raise Refused("KNM5064-E", path=new_path[:200], name=NAME_CHARACTERS, most=MOST_CHARACTERS)
    for one in members:
        Group.objects.filter(id=one.id).update(path=new_path + one.path[len(row.path) :])
    Group.objects.filter(id=row.id).update(parent=parent, name=name)
    changes.add([("group", one.id, b"") for one in members])
    return Group.objects.get(id=row.id)


def check_move(path: str, to: str) -> tuple[Group, str]:
    """The group at ``path`` and its new path, as it would be kept. Raises what ``move`` raises."""
    row, new_path = find(path), clean_path(to)
    if row.path == ROOT:
        raise Refused("KNM5055-E", status=409, path=ROOT, why="it is the root")
    if new_path != row.path and (new_path == ROOT or Group.objects.filter(path=new_path).exists()):
        raise Refused("KNM5056-E", status=409, path=new_path)
    if new_path.startswith(row.path + "/"):
        raise Refused("KNM5057-E", status=409, path=row.path, to=new_path)
    return row, new_path


def delete(path: str, assigned: int) -> Group:
    """Delete a group without PCs, groups, assignments or waivers; ``assigned``: how many of those name it.

    Inside a transaction. Raises Refused KNM5055-E with what is in the way.
    """
    row = find(path)
    pcs, groups = Pc.objects.filter(group=row).count(), Group.objects.filter(parent=row).count()
    if row.path == ROOT or pcs or groups or assigned:
        removed = Pc.objects.filter(group=row, retired_at__isnull=False).count()
        parts = (
            (pcs - removed, "PCs in it"),
            (removed, "removed PCs in it"),
            (groups, "groups below it"),
            (assigned, "assignments and waivers that name it"),
        )
        why = "it is the root" if row.path == ROOT else ", ".join(f"{what}: {count}" for count, what in parts if count)
        raise Refused("KNM5055-E", status=409, path=row.path, why=why)
    changes.add([("group", row.id, b"")])
    Group.objects.filter(id=row.id).delete()
    return row


def put(pcs: Iterable[int], row: Group) -> list[int]:
    """Put PCs into a group. Returns those that were elsewhere. Inside a transaction."""
    wanted = sorted(set(pcs))
    moved: list[int] = []
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        moved += Pc.objects.filter(id__in=some).exclude(group=row).values_list("id", flat=True)
    for start in range(0, len(moved), 500):
        Pc.objects.filter(id__in=moved[start : start + 500]).update(group=row)
    changes.add([("pc", pc, b"") for pc in moved])
    return moved


def listed() -> list[tuple[Group, int]]:
    """All groups by path, each with its number of PCs (without those below, and without removed ones)."""
    rows = Group.objects.annotate(pcs=Count("pc", filter=Q(pc__retired_at=None))).order_by("path")
    return [(row, row.pcs) for row in rows]
