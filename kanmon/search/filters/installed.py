"""What is installed on a PC, from the index of the judge: its operating system, and programs by name."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyroaring import BitMap

from kanmon.common.errors import Refused
from kanmon.common.facts import CODE_OF, Os, Software
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.index import Index
from kanmon.search.condition import Choice, Filter

WAIT_SECONDS = 10.0
MOST_SYSTEMS = 200
MOST_KEPT = 100


class _Names:
    """The names of a class's records in small letters, as far as the dictionary goes."""

    def __init__(self, cls: type) -> None:
        self._code = CODE_OF[cls]
        self._index: Index | None = None
        self._names: list[tuple[int, str, str]] = []

    def all(self) -> list[tuple[int, str, str]]:
        """(number, name in small letters, name) of every record. The engine's lock is held."""
        if self._index is not ENGINE.index:
            self._index, self._names = ENGINE.index, []
        for number, fact in ENGINE.index.numbered(self._code, len(self._names)):
            name = _called(fact)
            self._names.append((number, name.casefold(), name))
        return self._names


def _called(fact: object) -> str:
    return (fact.name or fact.family) if isinstance(fact, Os) else str(getattr(fact, "name", ""))


_programs, _systems = _Names(Software), _Names(Os)
_kept: "OrderedDict[tuple[object, ...], BitMap]" = OrderedDict()
_lock = threading.Lock()


@contextmanager
def engine() -> Iterator[None]:
    """The index, at its newest. Raises Refused KNM7100-E when it takes long to be loaded."""
    if not ENGINE.lock.acquire(timeout=WAIT_SECONDS):
        raise Refused("KNM7100-E", status=503)
    try:
        ENGINE.catch_up()
        yield
    finally:
        ENGINE.lock.release()


def _having(names: _Names, kind: str, value: str, meant: Callable[[str], bool]) -> BitMap:
    with engine():
        key = (kind, value, ENGINE.position, ENGINE.learned, id(ENGINE.index))
        with _lock:
            if key in _kept:
                return _kept[key]
        found = ENGINE.index.having_any([number for number, small, _ in names.all() if meant(small)])
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _software(value: str) -> BitMap:
    wanted = value.casefold()
    return _having(_programs, "software", value, lambda name: wanted in name)


def _title(value: str) -> BitMap:
    wanted = value.casefold()
    return _having(_programs, "title", value, lambda name: name == wanted)


def _os(value: str) -> BitMap:
    wanted = value.casefold()
    return _having(_systems, "os", value, lambda name: name == wanted)


def _choices(among: BitMap) -> list[Choice]:
    with engine():
        names = {small: name for _, small, name in _systems.all()}
    found = [Choice(name, among.intersection_cardinality(_os(name))) for name in names.values()]
    return sorted((one for one in found if one.pcs), key=lambda one: (-one.pcs, one.value))[:MOST_SYSTEMS]


def _as_given(value: str) -> str:
    return value


OS = Filter("os", "choices", _as_given, _os, _choices)
SOFTWARE = Filter("software", "text", _as_given, _software)
TITLE = Filter("title", "text", _as_given, _title)
