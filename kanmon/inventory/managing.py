"""Which PCs are under management: a person removes, disables and enables them.

========  ====================================  ==========================================
wanted    for whom it changes something         afterwards
========  ====================================  ==========================================
remove    PCs that are not removed              not managed, in no list, kept with its past
disable   PCs that are managed                  not managed: not judged, no action by policy
enable    PCs that are disabled or removed      managed, judged at once
========  ====================================  ==========================================

A removed PC that reports again is managed again (``record``): whoever is there is judged.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.db.models import Q, QuerySet
from pyroaring import BitMap

from kanmon.common import clock
from kanmon.inventory.models import Pc
from kanmon.journal import changes
from kanmon.journal.record import note

Wanted = Literal["remove", "disable", "enable"]
BACK: dict[str, Any] = {"managed": True, "retired_at": None, "retired_by": "", "retired_reason": ""}
_CONCERNED = {
    "remove": Q(retired_at=None),
    "disable": Q(managed=True),
    "enable": Q(managed=False),
}


def listed() -> QuerySet[Pc]:
    """The PCs that lists show: those that are not removed."""
    return Pc.objects.filter(retired_at=None)


def how_many() -> int:
    """How many PCs there are without the removed ones, without reading a row of those that are there."""
    return int(Pc.objects.count() - Pc.objects.filter(retired_at__isnull=False).count())


def called(host: str, most: int = 10) -> list[Pc]:
    """At most so many PCs of this host name; removed ones when no other has it, as a new PC often takes an old name."""
    named = Pc.objects.filter(host__iexact=host).order_by("id")
    return list(named.filter(retired_at=None)[:most]) or list(named[:most])


def change(pcs: Sequence[int], wanted: Wanted, at: datetime, by: str, reason: str) -> list[int]:
    """Make it so for ``pcs``, some hundred at most; returns those for whom that was a change. Inside a transaction.

    ``at``: since when a removed PC is said to be removed.
    """
    concerned = Pc.objects.filter(_CONCERNED[wanted], id__in=list(pcs))
    changed = list(concerned.order_by("id").values_list("id", flat=True))
    values: dict[str, Any] = {"managed": False}
    if wanted == "remove":
        values |= {"retired_at": at, "retired_by": by[:200], "retired_reason": reason[:500]}
    Pc.objects.filter(id__in=changed).update(**(BACK if wanted == "enable" else values))
    if changed:
        changes.add([("pc", pc, b"") for pc in changed])
    return changed


def removed() -> BitMap:
    """The PCs that are removed."""
    return BitMap(Pc.objects.filter(retired_at__isnull=False).values_list("id", flat=True).iterator(chunk_size=10_000))


def take_back(pcs: Sequence[Pc]) -> BitMap:
    """Removed ``pcs`` that have reported since are managed again; the journal says so of each. Inside a transaction."""
    for pc in pcs:
        removed = {"pc": pc.id, "at": f"{pc.retired_at:%Y-%m-%d %H:%M} UTC", "by": pc.retired_by}
        note(None, "pc_back", {"id": "KNM1136-I", "subject": f"{pc.host} ({pc.asset_number})", **removed})
    return BitMap(change([pc.id for pc in pcs], "enable", clock.now(), "", "") if pcs else ())


def removed_at(pcs: Sequence[int], at: datetime) -> list[int]:
    """Those of ``pcs`` that were removed at ``at`` and still are."""
    found: list[int] = []
    for start in range(0, len(pcs), 500):
        some = Pc.objects.filter(id__in=pcs[start : start + 500], retired_at=at)
        found += some.order_by("id").values_list("id", flat=True)
    return found
