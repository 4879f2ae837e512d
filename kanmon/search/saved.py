"""Searches that people keep under a name: their own, and those that somebody shares with all. Inside transactions."""

from django.db.models import Q

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.search.asked import MOST_QUERY_CHARS, Asked
from kanmon.search.models import SavedSearch

MOST_OWN = 10
MOST_SHARED = 20
NAME_CHARS = 60


def seen_by(person: int) -> list[SavedSearch]:
    """The searches that a person sees: the shared ones, then their own; by name."""
    found = SavedSearch.objects.filter(Q(owner=person) | Q(shared=True))
    return sorted(found, key=lambda one: (not one.shared, one.name.casefold(), one.id))


def find(number: int, person: int, changes_shared: bool) -> SavedSearch:
    """A search that this person may change: one of their own, or, if they may, a shared one. Raises Refused KNM6010-E."""
    row = SavedSearch.objects.filter(id=number).first()
    if row is None or not (row.owner == person or (row.shared and changes_shared)):
        raise Refused("KNM6010-E", status=404, what="saved search", name=str(number))
    return row


def save(search: Asked, name: str, shared: bool, person: int, called: str) -> SavedSearch:
    """Keep a search; one of the same person and name becomes this one. Raises Refused KNM7103-E, KNM7104-E."""
    query, name = search.as_query(), _name(name)
    if not search or len(query) > MOST_QUERY_CHARS:
        raise Refused("KNM7104-E", status=422, most=NAME_CHARS)
    mine = SavedSearch.objects.filter(owner=person)
    same = mine.filter(name=name).first()
    others = SavedSearch.objects.exclude(id=same.id if same else None)
    many = others.filter(shared=True).count() if shared else others.filter(owner=person, shared=False).count()
    most = MOST_SHARED if shared else MOST_OWN
    if many >= most:
        raise Refused("KNM7103-E", status=409, most=most)
    row = same or SavedSearch(owner=person, name=name, made_by=called[:150], made_at=clock.now())
    row.query, row.shared = query, shared
    row.save()
    return row


def rename(row: SavedSearch, name: str) -> None:
    """Give it another name. Raises Refused KNM7104-E, KNM7105-E when its owner has one of that name."""
    name = _name(name)
    if SavedSearch.objects.filter(owner=row.owner, name=name).exclude(id=row.id).exists():
        raise Refused("KNM7105-E", status=409, name=name)
    SavedSearch.objects.filter(id=row.id).update(name=name)


def remove(row: SavedSearch) -> None:
    """Forget it."""
    SavedSearch.objects.filter(id=row.id).delete()


def _name(text: str) -> str:
    name = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if not 1 <= len(name) <= NAME_CHARS:
        raise Refused("KNM7104-E", status=422, most=NAME_CHARS)
    return name
