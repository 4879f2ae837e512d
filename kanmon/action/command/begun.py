"""What earlier attempts had begun, and what can be told about it from here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from kanmon.supervise import place as places
from kanmon.supervise.place import Fate, Result

TOLD = ("intent", "not_begun", "suspended", "retry")


@dataclass(frozen=True, slots=True)
class Begun:
    """The intent of an attempt: on which node and boot of its machine, in which folder, under which mark."""

    operation: int
    node: str
    boot: str
    folder: str
    mark: str

    @property
    def place(self) -> Path:
        """Its folder."""
        return Path(self.folder)


Told = tuple[int, int, str, Mapping[str, Any]]


def of(entries: Iterable[Told], operation: int) -> tuple[Begun | None, int]:
    """From (operation, attempt, event, detail) of an order's operations, oldest first: what ``operation`` has begun and
    not given up, and how many starts there may have been altogether. Pure.

    An intent came to nothing when *its* attempt was suspended, or failed in a way that is known to have begun nothing,
    and when a later one has made sure of it.
    """
    intents: list[tuple[int, Begun]] = []
    for number, attempt, event, detail in entries:
        if event == "intent":
            words = (str(detail.get(name, "")) for name in ("node", "boot", "folder", "mark"))
            intents.append((attempt, Begun(number, *words)))
        elif event == "not_begun":
            intents = [one for one in intents if one[1].mark != detail.get("mark")]
        elif not detail.get("unknown", False):
            intents = [one for one in intents if (one[1].operation, one[0]) != (number, attempt)]
    mine = [one for _, one in intents if one.operation == operation]
    return (mine[-1] if mine else None), len({one.mark for _, one in intents})


class Known(StrEnum):
    """What can be told of an attempt from this node."""

    NOT_BEGUN = "not_begun"
    RUNNING = "running"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"  # on another node
    RESTARTED = "restarted"  # its machine went down meanwhile
    GONE = "gone"  # somebody has removed the files
    LOST = "lost"  # its supervisor was killed


DOUBTS = {
    Known.ELSEWHERE: "KNM3153-W",
    Known.RESTARTED: "KNM3154-W",
    Known.GONE: "KNM3155-W",
    Known.LOST: "KNM3156-W",
}
"""Sentences on what can't be told."""

_HERE = {
    Fate.NEVER_STARTED: Known.NOT_BEGUN,
    Fate.RUNNING: Known.RUNNING,
    Fate.LOST: Known.LOST,
    Fate.GONE: Known.GONE,
    Fate.ENDED: Known.ENDED,
}


def probe(begun: Begun, node: str, boot: str) -> tuple[Known, Result | None]:
    """What became of ``begun``, asked on ``node`` in this ``boot``. A result that can be read is believed anywhere;
    that there is none means something only where it would have been written.
    """
    fate, result = places.look(begun.place, begun.mark)
    if result is not None:
        return Known.ENDED, result
    if begun.node != node:
        return Known.ELSEWHERE, None
    if begun.boot != boot:
        return Known.RESTARTED, None
    return _HERE[fate], None
