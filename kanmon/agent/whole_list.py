"""The Manager's whole list, when the digests differ: put aside piece by piece, then healed from in one transaction.

What an order has changed since the first piece came is newer than the list. A list that broke off is thrown away when
another one begins.
"""

import msgspec

from kanmon import ordering
from kanmon.agent.store import Store
from kanmon.wire import Entry, Piece

_entry = msgspec.json.Decoder(Entry)


class Staged(msgspec.Struct, frozen=True):
    """A list that is coming in. ``begun``: the number of changes when its first piece came."""

    id: str
    number: int
    begun: int


def staged(store: Store) -> Staged | None:
    """How far the list that is coming in has got."""
    text = store.word("staged")
    return msgspec.json.decode(text, type=Staged) if text else None


def take(store: Store, piece: Piece) -> int | None:
    """Put a piece aside; after the last one heal the list, and return how many entries were changed by that.

    A piece out of turn is passed over (None): the next exchange tells the Manager which one is due.
    """
    with store.writing() as connection:
        known = staged(store)
        if piece.number == 1:
            connection.execute("DELETE FROM staged")
            known = Staged(piece.id, 0, store.changed)
        if known is None or known.id != piece.id or known.number != piece.number - 1:
            return None
        rows = [(entry.mac, msgspec.json.encode(entry)) for entry in piece.entries]
        connection.executemany("INSERT OR REPLACE INTO staged VALUES (?, ?)", rows)
        if piece.number < piece.of:
            after = Staged(piece.id, piece.number, known.begun)
            store.set_word("staged", msgspec.json.encode(after).decode())
            return None
        changes = _heal(store, known.begun)
        connection.execute("DELETE FROM staged")
        store.set_word("staged", "")
        return changes


def _heal(store: Store, begun: int) -> int:
    mine = {}
    changed = set()
    for body, number in store.connection.execute("SELECT body, changed FROM entry"):
        entry = _entry.decode(body)
        mine[entry.mac] = entry
        if number > begun:
            changed.add(entry.mac)
    theirs = {}
    for (body,) in store.connection.execute("SELECT body FROM staged"):
        entry = _entry.decode(body)
        theirs[entry.mac] = entry
    different = []
    for mac in mine.keys() | theirs.keys():
        before = mine.get(mac)
        # without an entry any more it is an empty one, so that drivers are told
        after = ordering.healed(before, theirs.get(mac), changed_since=mac in changed) or Entry(mac=mac)
        if after != before and not (before is None and after.empty):
            different.append(after)
    store.put(different)
    return len(different)
