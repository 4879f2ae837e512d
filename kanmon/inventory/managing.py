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

from kanmon.inventory.models import Pc
from kanmon.journal import changes

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


def removed_at(pcs: Sequence[int], at: datetime) -> list[int]:
    """Those of ``pcs`` that were removed at ``at`` and still are."""
    found: list[int] = []
    for start in range(0, len(pcs), 500):
        some = Pc.objects.filter(id__in=pcs[start : start + 500], retired_at=at)
        found += some.order_by("id").values_list("id", flat=True)
    return found
