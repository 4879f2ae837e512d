"""Waivers: conditions that do not count for a PC or a group for a time, with a reason, an approver and an end.

A day counts whole, by the setting ``server.time_zone``, as the judge counts days. What a waiver says never changes; a person can end it, and give a
new one. So the waiver that stood behind a verdict of the past can always be told.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from kanmon.common import clock, zone
from kanmon.common.errors import Refused
from kanmon.policy.models import Waiver

MOST_DAYS = 3_660
NOTICE_DAYS = 14


class Place(NamedTuple):
    """Where something is assigned or waived: ``target`` is system, group or pc."""

    target: str
    target_id: int = 0


class Wanted(NamedTuple):
    """What a waiver says."""

    condition: str
    reason: str
    approver: str
    expires_on: date
    begins_on: date | None = None
    notice_days: int = NOTICE_DAYS


def open_ones() -> "QuerySet[Waiver]":
    """Waivers that nobody has ended and whose last day is not over."""
    return Waiver.objects.filter(ended_at=None, expires_on__gte=zone.today()).order_by("expires_on", "id")


def in_force(day: date) -> list[tuple[str, str, int]]:
    """(condition, target, number of the group or PC) of the waivers that count on ``day``, as it is known now."""
    rows = Waiver.objects.filter(ended_at=None, begins_on__lte=day, expires_on__gte=day)
    return list(rows.values_list("condition", "target", "target_id").order_by("id"))


def turning(after: date, through: date) -> list[Place]:
    """Where a waiver begins, or has ended because its last day is over, on a day after ``after`` up to ``through``.

    For the rejudging by day: the PCs at these places have another level from then on without an inventory.
    """
    begins = Q(begins_on__gt=after, begins_on__lte=through)
    expired = Q(expires_on__gte=after, expires_on__lt=through)
    rows = Waiver.objects.filter(begins | expired, ended_at=None).values_list("target", "target_id")
    return [Place(*row) for row in sorted(set(rows))]


def of_place(chain: Iterable[Place], moment: datetime) -> dict[str, Waiver]:
    """Condition -> the waiver that counted at ``moment`` for a PC; ``chain``: the PC, then its groups, nearest first."""
    order = {place: turn for turn, place in enumerate(chain)}
    day = zone.day_of(moment)
    rows = Waiver.objects.filter(created_at__lte=moment, begins_on__lte=day, expires_on__gte=day)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=moment))
    groups = [place.target_id for place in order if place.target == "group"]
    pcs = [place.target_id for place in order if place.target == "pc"]
    rows = rows.filter(Q(target="group", target_id__in=groups) | Q(target="pc", target_id__in=pcs))
    found: dict[str, Waiver] = {}
    for row in sorted(rows, key=lambda one: order[Place(one.target, one.target_id)]):
        found.setdefault(row.condition, row)
    return found


def add(place: Place, wanted: Wanted, author: str) -> Waiver:
    """Give a waiver; one of the same place and condition is ended by it. The same one again: as it is.

    Inside a transaction. Raises Refused KNM5058-E, KNM5063-E for days and texts that cannot be.
    """
    today = zone.today()
    begins = wanted.begins_on or today
    check(wanted, today)
    row = Waiver.objects.filter(
        target=place.target, target_id=place.target_id, condition=wanted.condition, ended_at=None
    ).first()
    if row is not None:
        if says(row) == wanted._replace(begins_on=wanted.begins_on or row.begins_on):
            return row
        end(row, author)
    row = _new(place, wanted._replace(begins_on=begins), author)
    row.save(force_insert=True)
    return row


def _new(place: Place, wanted: Wanted, author: str) -> Waiver:
    return Waiver(
        target=place.target, target_id=place.target_id, condition=wanted.condition, reason=wanted.reason,
        approver=wanted.approver, author=author, created_at=clock.now(), begins_on=wanted.begins_on,
        expires_on=wanted.expires_on, notice_days=wanted.notice_days,
    )  # fmt: skip


def add_for_pcs(pcs: Sequence[int], wanted: Wanted, author: str) -> list[int]:
    """Give each of these PCs a waiver, as ``add`` does. Inside a transaction. Returns the PCs to which it is new.

    Raises Refused KNM5058-E, KNM5063-E.
    """
    today, new = zone.today(), []
    check(wanted, today)
    rows = Waiver.objects.filter(target="pc", condition=wanted.condition, ended_at=None)
    meant = wanted._replace(begins_on=wanted.begins_on or today)
    for start in range(0, len(pcs), 500):
        some = pcs[start : start + 500]
        there = list(rows.filter(target_id__in=some))
        same = {
            row.target_id for row in there if says(row) == wanted._replace(begins_on=wanted.begins_on or row.begins_on)
        }
        rows.filter(target_id__in=set(some) - same).update(ended_at=clock.now(), ended_by=author)
        fresh = [pc for pc in some if pc not in same]
        Waiver.objects.bulk_create([_new(Place("pc", pc), meant, author) for pc in fresh])
        new += fresh
    return new


def check(wanted: Wanted, today: date) -> None:
    """Raises Refused KNM5058-E (days), KNM5063-E (a text that is missing)."""
    begins = wanted.begins_on or today
    last = today + timedelta(days=MOST_DAYS)
    if not today <= wanted.expires_on <= last or begins > wanted.expires_on:
        first = max(today, begins)
        raise Refused("KNM5058-E", expires=wanted.expires_on, first=first, last=last)
    for word, text, most in (("reason", wanted.reason, 1000), ("approver", wanted.approver, 150)):
        if not text.strip() or len(text) > most:
            raise Refused("KNM5063-E", word=word, most=most)


def says(row: Waiver) -> Wanted:
    """What a stored waiver says."""
    return Wanted(row.condition, row.reason, row.approver, row.expires_on, row.begins_on, row.notice_days)


def find(number: int) -> Waiver:
    """The waiver of this number that nobody has ended. Raises Refused KNM5059-E."""
    row = Waiver.objects.filter(id=number, ended_at=None).first()
    if row is None:
        raise Refused("KNM5059-E", status=404, number=number)
    return row


def end(row: Waiver, author: str) -> None:
    """End a waiver now. Inside a transaction."""
    Waiver.objects.filter(id=row.id, ended_at=None).update(ended_at=clock.now(), ended_by=author)


def place_of(row: Waiver) -> Place:
    """Where a waiver counts."""
    return Place(row.target, row.target_id)


def expiring(day: date) -> list[Waiver]:
    """Waivers that count on ``day`` and whose notice has begun: at most ``notice_days`` are left."""
    rows = Waiver.objects.filter(ended_at=None, begins_on__lte=day, expires_on__gte=day).order_by("expires_on", "id")
    return [row for row in rows if row.expires_on - day <= timedelta(days=row.notice_days)]
