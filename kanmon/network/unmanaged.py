"""Devices that the network saw and no inventory knows: one answer for the console, the API and the command."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from kanmon.inventory.models import Identity
from kanmon.network import setup
from kanmon.network.models import Entry, Sighting
from kanmon.ordering import FixedDevices

MOST_LOOKED_AT = 50_000  # sightings: as many fixed devices and more may stand between those that are looked for


def sightings() -> QuerySet[Sighting]:
    """Where devices were seen that no inventory knows and no person has permitted: of each the newest sighting.

    Fixed devices are among them; ``FixedDevices`` says which.
    """
    rows = Sighting.objects.filter(
        ~Exists(Identity.objects.filter(kind="mac", value=OuterRef("mac"))),
        ~Exists(Entry.objects.filter(mac=OuterRef("mac"), why="person", state="permit")),
        ~Exists(Sighting.objects.filter(mac=OuterRef("mac"), id__gt=OuterRef("id"))),
    )
    return rows.select_related("agent")


def devices(before: int = 0) -> Iterator[Sighting]:
    """Those of ``sightings`` that are no fixed devices, the newest first; of the first ``MOST_LOOKED_AT`` sightings.

    ``before``: only those with a smaller id; 0: all.
    """
    fixed = FixedDevices(setup.newest())
    rows = sightings().order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    return (row for row in rows[:MOST_LOOKED_AT].iterator(chunk_size=1000) if row.mac not in fixed)
