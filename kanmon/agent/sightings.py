"""Where PCs were seen, kept until the Manager has been told: the newest sighting of each MAC.

A PC that is seen at the same place again is told again after five minutes only, or when an order for it was carried
out since: the Manager waits for the network to show that. Everything is bounded: above ``MOST_MACS`` the ones that were
told longest ago are forgotten.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from kanmon.agent.store import Store
from kanmon.wire import MOST_SEEN, Seen

MOST_MACS = 200_000
TELL_AGAIN_SECONDS = 300
_seen = msgspec.json.Decoder(Seen)


def keep(store: Store, sightings: Iterable[Seen]) -> int:
    """Keep what was seen; how many of them are to be told."""
    with store.writing() as connection:
        number = int(store.word("seen", "0"))
        before = number
        for seen in sightings:
            row = connection.execute(
                "SELECT body, (SELECT max(at) FROM answer WHERE mac = seen.mac AND result IS NOT NULL)"
                " FROM seen WHERE mac = ?", [seen.mac],
            ).fetchone()  # fmt: skip
            if row and _known(_seen.decode(row[0]), seen, row[1]):
                continue
            number += 1
            connection.execute(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, 0)", [seen.mac, msgspec.json.encode(seen), number]
            )
        if number == before:
            return 0
        store.set_word("seen", str(number))
        count = connection.execute("SELECT count(*) FROM seen").fetchone()[0]
        if count > MOST_MACS:
            connection.execute(
                "DELETE FROM seen WHERE mac IN (SELECT mac FROM seen ORDER BY told DESC, number LIMIT ?)",
                [count - MOST_MACS],
            )
        return number - before


def _known(old: Seen, new: Seen, answered: str | None) -> bool:
    if new.at <= old.at:
        return True
    if answered is not None and old.at < datetime.fromisoformat(answered) <= new.at:
        return False
    return replace(old, at=new.at) == new and (new.at - old.at).total_seconds() < TELL_AGAIN_SECONDS


def to_tell(store: Store, most: int = MOST_SEEN) -> tuple[int, tuple[Seen, ...]]:
    """The number up to which these are, and the oldest sightings that no Manager was told."""
    rows = store.connection.execute(
        "SELECT number, body FROM seen WHERE told = 0 ORDER BY number LIMIT ?", [most]
    ).fetchall()  # fmt: skip
    return (rows[-1][0] if rows else 0), tuple(_seen.decode(body) for _, body in rows)


def told(store: Store, number: int) -> None:
    """The Manager was told of all up to ``number``."""
    if number:
        with store.writing() as connection:
            connection.execute("UPDATE seen SET told = 1 WHERE told = 0 AND number <= ?", [number])
