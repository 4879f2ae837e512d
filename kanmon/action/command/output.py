"""What a command wrote: kept in its folder, on the node that ran it, for ``command.keep_days``."""

import os
from pathlib import Path
from typing import NamedTuple

from kanmon.common.errors import Refused
from kanmon.journal.models import Entry
from kanmon.supervise.place import OUTPUT

MOST_BYTES = 200_000


class Output(NamedTuple):
    """``text``: its end, where it is longer than ``MOST_BYTES``; then ``cut`` is true. ``node``: that ran it."""

    operation: int
    node: str
    folder: str
    text: str
    cut: bool


def of(operation: int) -> Output:
    """The output of the newest start of an operation. Raises Refused KNM3266-E when there is none here."""
    intent = (
        Entry.objects.filter(operation=operation, event="intent", detail__has_key="folder").order_by("-seq").first()
    )
    if intent is None:
        raise Refused("KNM3266-E", status=404, operation=operation, why="it has started none")
    node, folder = str(intent.detail["node"]), str(intent.detail["folder"])
    try:
        with open(Path(folder, OUTPUT), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MOST_BYTES))
            text = file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError as problem:
        why = f"{node}:{folder}: {problem.strerror}"
        raise Refused("KNM3266-E", status=404, operation=operation, why=why) from None
    return Output(operation, node, folder, text, size > MOST_BYTES)
