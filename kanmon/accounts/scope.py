"""To which PCs a person or a token is limited: those of some groups and of what is below these.

Whoever is not limited has the whole system: None. ``within`` is for lists and counts, kept for a few seconds;
``sees`` looks one PC up as it stands now, for its pages and for every change that names it. What is asked for
outside is answered as if it were not there.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import Any

from pyroaring import BitMap

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.inventory.models import Group, Pc

KEPT_SECONDS = 5.0
MOST_KEPT = 50  # sets of PCs: as many limits as are in use at a time
MOST_GROUPS = 100  # that one person may be limited to

Ids = frozenset[int]
_lock = threading.Lock()
_tree: list[tuple[float, dict[int, int | None]]] = []
_pcs: "OrderedDict[Ids, tuple[float, BitMap]]" = OrderedDict()


def is_limited(user: Any) -> bool:
    """Whether a person, a token or a caller is limited to groups."""
    return getattr(user, "groups_only", None) is not None


def groups(user: Any) -> Ids | None:
    """The ids of the groups that ``user`` may see, with what is below; None: the whole system."""
    chosen = getattr(user, "groups_only", None)
    if chosen is None:
        return None
    wanted, parents = set(chosen), _parents()
    return frozenset(one for one in parents if _is_below(one, wanted, parents))


def within(user: Any) -> BitMap | None:
    """The PCs that ``user`` may see, at most ``KEPT_SECONDS`` old; None: all. It is shared: never change it."""
    ids = groups(user)
    return None if ids is None else pcs_of(ids)


def pcs_of(ids: Ids) -> BitMap:
    """The PCs of these groups, without those below, at most ``KEPT_SECONDS`` old. It is shared: never change it."""
    now = clock.monotonic()
    with _lock:
        kept = _pcs.get(ids)
        if kept is not None and now - kept[0] < KEPT_SECONDS:
            _pcs.move_to_end(ids)
            return kept[1]
    found = BitMap(Pc.objects.filter(group__in=ids).values_list("id", flat=True).iterator(chunk_size=10_000))
    with _lock:
        _pcs[ids] = (now, found)
        _pcs.move_to_end(ids)
        while len(_pcs) > MOST_KEPT:
            _pcs.popitem(last=False)
    return found


def sees(user: Any, pc: int) -> bool:
    """Whether ``user`` may see this PC, as it stands now. A PC that is not there is seen by nobody who is limited."""
    ids = groups(user)
    return ids is None or Pc.objects.filter(id=pc, group__in=ids).exists()


def check(user: Any, pcs: Iterable[int]) -> None:
    """All of ``pcs`` are of those that ``user`` may see, as it stands now. Raises Refused KNM6010-E (404)."""
    ids = groups(user)
    if ids is None:
        return
    asked = sorted(set(pcs))
    for start in range(0, len(asked), 500):
        some = asked[start : start + 500]
        seen = set(Pc.objects.filter(id__in=some, group__in=ids).values_list("id", flat=True))
        if len(seen) < len(some):
            missing = next(one for one in some if one not in seen)
            raise Refused("KNM6010-E", status=404, what="PC", name=str(missing))


def narrowed(user: Any, pcs: BitMap) -> BitMap:
    """Those of ``pcs`` that ``user`` may see; a set of its own."""
    mine = within(user)
    return pcs.copy() if mine is None else pcs & mine


def paths(user: Any) -> list[str]:
    """The paths of the groups that ``user`` is limited to; empty for the whole system, "?" for one that is gone."""
    return paths_of(getattr(user, "groups_only", None) or ())


def paths_of(chosen: Collection[int]) -> list[str]:
    """The paths of these groups, "?" for one that is gone."""
    known = dict(Group.objects.filter(id__in=chosen).values_list("id", "path"))
    return sorted(known.get(one, "?") for one in chosen)


def ids_of(asked: Collection[str]) -> list[int] | None:
    """Paths of groups as ids, for ``groups_only``; none: the whole system, None. Raises Refused KNM5050-E, KNM7201-E."""
    from kanmon.inventory import groups as tree

    wanted = list(dict.fromkeys(path.strip() for path in asked if path.strip()))
    if not wanted or tree.ROOT in wanted:
        return None
    if len(wanted) > MOST_GROUPS:
        raise Refused("KNM7201-E", count=len(wanted), most=MOST_GROUPS)
    return sorted({tree.find(path).id for path in wanted})


def forget() -> None:
    """Look everything up again at the next call (a limit was changed, tests)."""
    with _lock:
        _pcs.clear()
        _tree.clear()


def _parents() -> dict[int, int | None]:
    now = clock.monotonic()
    with _lock:
        if _tree and now - _tree[0][0] < KEPT_SECONDS:
            return _tree[0][1]
    found = dict(Group.objects.values_list("id", "parent_id"))
    with _lock:
        _tree[:] = [(now, found)]
    return found


def _is_below(one: int, wanted: set[int], parents: dict[int, int | None]) -> bool:
    at: int | None = one
    while at is not None:
        if at in wanted:
            return True
        at = parents.get(at)
    return False
