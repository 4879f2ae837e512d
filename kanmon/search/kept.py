"""Sets of PCs that only the database knows, asked for at most every few seconds.

One that took long to ask for is asked again by a thread beside, while the old one is given; it is never older than
``OLD_SECONDS``.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from django.db import connection
from pyroaring import BitMap

from kanmon.common import clock

FRESH_SECONDS = 10.0
OLD_SECONDS = 120.0
LONG_SECONDS = 0.1
MOST = 60


class _Kept(NamedTuple):
    at: float
    took: float
    pcs: BitMap


_lock = threading.Lock()
_sets: "OrderedDict[Hashable, _Kept]" = OrderedDict()
_asking: set[Hashable] = set()


def kept(key: Hashable, ask: Callable[[], BitMap]) -> BitMap:
    """What ``ask`` gives, some seconds old. It is shared: never change it."""
    with _lock:
        found = _sets.get(key)
        age = clock.monotonic() - found.at if found else OLD_SECONDS
        if found is not None and age < FRESH_SECONDS:
            _sets.move_to_end(key)
            return found.pcs
        beside = found is not None and found.took > LONG_SECONDS and age < OLD_SECONDS
        begin = beside and key not in _asking
        if begin:
            _asking.add(key)
    if begin:
        threading.Thread(target=_beside, args=(key, ask), name="search", daemon=True).start()
    return found.pcs if beside and found is not None else _ask(key, ask)


def _ask(key: Hashable, ask: Callable[[], BitMap]) -> BitMap:
    began = clock.monotonic()
    pcs = ask()
    with _lock:
        _sets[key] = _Kept(clock.monotonic(), clock.monotonic() - began, pcs)
        _sets.move_to_end(key)
        while len(_sets) > MOST:
            _sets.popitem(last=False)
    return pcs


def _beside(key: Hashable, ask: Callable[[], BitMap]) -> None:
    try:
        _ask(key, ask)
    finally:
        with _lock:
            _asking.discard(key)
        connection.close()


def forget() -> None:
    """Ask again at the next call: something was changed here."""
    with _lock:
        _sets.clear()
