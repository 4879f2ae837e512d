"""Where a PC belongs: its group with all below, its management, and since when it was not seen."""

from collections import Counter
from datetime import timedelta

import numpy as np
from pyroaring import BitMap

from kanmon.common import clock
from kanmon.inventory.models import Group, Pc
from kanmon.judgment.places import numbers
from kanmon.search.condition import Choice, Filter, counted, one_of
from kanmon.search.kept import kept
from kanmon.search.roster import ROSTER

MANAGEMENT = ("yes", "no", "removed")
DAYS = (1, 7, 14, 30, 90)
MOST_DAYS = 3_650
MOST_GROUPS = 2_000


def _read_group(value: str) -> str:
    path = "/" + value.strip("/")
    return "" if path == "/" else path


def _group_pcs(value: str) -> BitMap:
    below = Group.objects.filter(path__startswith=f"{value}/") | Group.objects.filter(path=value)
    return ROSTER.in_groups(below.values_list("id", flat=True))


def _groups(among: BitMap) -> list[Choice]:
    """The groups with a PC in them or below, by path."""
    own, counts = np.unique(ROSTER.groups_of(numbers(among)), return_counts=True)
    tree = {id: (parent, path) for id, parent, path in Group.objects.values_list("id", "parent_id", "path")}
    below: Counter[int] = Counter()
    for group, count in zip(own.tolist(), counts.tolist(), strict=True):
        at: int | None = group
        while at is not None and at in tree:
            below[at] += count
            at = tree[at][0]
    found = [Choice(tree[group][1], count) for group, count in below.items() if tree[group][1] != "/"]
    return sorted(found)[:MOST_GROUPS]


def _management(value: str) -> BitMap:
    if value == "removed":
        return ROSTER.removed()
    managed = ROSTER.managed()
    return managed if value == "yes" else ROSTER.kept("disabled", lambda: ROSTER.listed() - managed)


def _read_days(value: str) -> str:
    return str(int(value)) if value.isdecimal() and len(value) < 5 and 0 < int(value) <= MOST_DAYS else ""


def _not_seen(value: str) -> BitMap:
    def ask() -> BitMap:
        before = clock.now() - timedelta(days=int(value))
        rows = Pc.objects.filter(last_seen_at__lt=before).values_list("id", flat=True)
        return BitMap(rows.iterator(chunk_size=10_000))

    return kept(("seen", value), ask)


GROUP = Filter("group", "choices", _read_group, _group_pcs, _groups)
MANAGED = Filter("managed", "choices", one_of(MANAGEMENT), _management, counted(MANAGEMENT, _management))
SEEN = Filter("seen", "choices", _read_days, _not_seen, counted([str(days) for days in DAYS], _not_seen))
