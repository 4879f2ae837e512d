"""What the fleet has: classes, their properties, and how many PCs have which value. For who writes user definitions.

Values come from the index, as many as there are distinct ones; those of columns, which differ from PC to PC, are
counted from the rows of the first ``MOST_PCS`` PCs. A value stands as it is compared with in a policy: yes/no as
"true" and "false". Not given counts as no value. PCs that are removed from management do not count.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap

from kanmon.common.errors import Refused
from kanmon.common.facts import CLASSES, Fact, Setting
from kanmon.inventory import managing
from kanmon.inventory.models import PcColumns
from kanmon.inventory.packing import unpack_columns
from kanmon.judgment.engine import ENGINE
from kanmon.policy.check import USER_CLASSES, nearest, property_types

MOST_PCS = 100_000
_CHUNK = 1_000  # records counted before others get the index


@dataclass(frozen=True, slots=True)
class Property:
    """One property: ``type`` is bool, int or str; ``values`` the most frequent (value, PCs) first.

    ``distinct``: number of values; ``pcs``: PCs with a value, of the ``of_pcs`` that were looked at.
    """

    cls: str
    name: str
    type: str
    distinct: int
    pcs: int
    of_pcs: int
    values: list[tuple[str, int]]


def overview() -> list[dict[str, Any]]:
    """Each class with the names of its properties, its distinct records, and the PCs that have one."""
    ENGINE.catch_up()
    rows = []
    for cls in USER_CLASSES:
        held = [] if cls == "pc" else [holders for _, holders in _records(cls)]
        pcs = len(_pcs()) if cls == "pc" else len(BitMap.union(BitMap(), *held))
        rows.append({"class": cls, "properties": list(property_types(cls)), "records": len(held), "pcs": pcs})
    return rows


def of_class(cls: str, most: int = 3) -> list[Property]:
    """The properties of a class, each with its ``most`` frequent values. Raises Refused KNM2090-E."""
    return _counted(cls, list(_types(cls)), "", most)


def of_property(cls: str, name: str, search: str = "", most: int = 50) -> Property:
    """One property with its values. ``search``: part of the values that are wanted. Raises Refused KNM2090-E."""
    types = _types(cls)
    if name not in types:
        raise _unknown(f"property of {cls}", name, types)
    return _counted(cls, [name], search, most)[0]


def _types(cls: str) -> dict[str, type]:
    if cls not in USER_CLASSES:
        raise _unknown("class", cls, USER_CLASSES)
    return property_types(cls)


def _unknown(what: str, word: str, known: Iterable[str]) -> Refused:
    words = list(known)
    return Refused("KNM2090-E", status=404, what=what, word=word, nearest=nearest(word, words), known=", ".join(words))


def _counted(cls: str, names: list[str], search: str, most: int) -> list[Property]:
    types = property_types(cls)
    looked, found = _columns(names) if cls == "pc" else _fields(cls, names)
    rows = []
    for name in names:
        counts = found[name]
        wanted = Counter({value: count for value, count in counts.items() if search.casefold() in value.casefold()})
        rows.append(
            Property(
                cls, name, types[name].__name__, len(counts), looked[name], looked[""],
                sorted(wanted.items(), key=lambda one: (-one[1], one[0].casefold()))[:most],
            )
        )  # fmt: skip
    return rows


def _fields(cls: str, names: list[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """PCs with a value by property ("": of how many), and by property the PCs of each value."""
    holders: dict[str, dict[str, BitMap]] = {name: {} for name in names}
    for fact, held in _records(cls):
        for name, value in _values(fact):
            if name in holders and value not in (None, ""):
                known = holders[name].setdefault(_text(value), BitMap())
                known |= held
    looked = {name: len(BitMap.union(BitMap(), *of.values())) for name, of in holders.items()}
    counts = {name: {value: len(pcs) for value, pcs in of.items()} for name, of in holders.items()}
    return {**looked, "": len(_pcs())}, counts


def _values(fact: Fact) -> Iterator[tuple[str, object]]:
    if isinstance(fact, Setting):
        yield fact.name, fact.value
    else:
        yield from zip(fact._fields, fact, strict=True)


def _pcs() -> BitMap:
    with ENGINE.lock:
        return ENGINE.index.pcs - ENGINE.removed


def _records(cls: str) -> Iterator[tuple[Fact, BitMap]]:
    """The records of a class that a PC has, with their PCs. Others get the index now and then."""
    ENGINE.catch_up()
    at = 0
    while True:
        with ENGINE.lock:
            held = ENGINE.index.records(CLASSES[cls][0], at, at + _CHUNK)
            removed = BitMap(ENGINE.removed)
        if held is None:
            return
        cut = ((fact, pcs - removed) for fact, pcs in held) if removed else held
        yield from ((fact, pcs) for fact, pcs in cut if pcs)
        at += _CHUNK


def _columns(names: list[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    rows = PcColumns.objects.order_by("pc").values_list("pc", "packed")[:MOST_PCS]
    removed = managing.removed()
    looked = 0
    for pc, packed in rows.iterator(chunk_size=2_000):
        if pc in removed:
            continue
        looked += 1
        columns = unpack_columns(bytes(packed))
        for name in names:
            if (value := columns.get(name)) not in (None, ""):
                counts[name][_text(value)] += 1
    return {**{name: of.total() for name, of in counts.items()}, "": looked}, {**counts}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
