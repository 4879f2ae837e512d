"""What a PC has: its facts class by class."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from kanmon.common.facts import CLASS_OF, CLASSES, COLUMNS, NAME_OF, TOLD_CLASSES, Fact
from kanmon.console.shown import FactTable, InventoryShown, Page
from kanmon.inventory.models import FactRow, PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns

SHOWN_CLASSES = [name for name in CLASSES if name != "told"]
CHUNK = 500  # numbers in one query; SQLite has a limit


def numbers_of(pc: int) -> list[int]:
    """The numbers of a PC's facts."""
    row = PcFacts.objects.filter(pc=pc).first()
    return unpack(bytes(row.packed)).tolist() if row else []


def decode(numbers: Iterable[int]) -> dict[int, Fact]:
    """The facts with these numbers."""
    wanted, found = sorted(set(numbers)), {}
    for start in range(0, len(wanted), CHUNK):
        some = FactRow.objects.filter(pk__in=wanted[start : start + CHUNK])
        for number, cls, body in some.values_list("id", "cls", "body"):
            found[number] = CLASS_OF[cls](*msgspec.msgpack.decode(bytes(body)))
    return found


def facts(pc: int) -> dict[str, list[Fact]]:
    """The facts of a PC by the name of their class."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in decode(numbers_of(pc)).values():
        found[NAME_OF[type(fact)]].append(fact)
    return found


def columns(pc: int) -> dict[str, Any]:
    """The columns of a PC; only those that are in the table."""
    row = PcColumns.objects.filter(pc=pc).first()
    told = unpack_columns(bytes(row.packed)) if row else {}
    return {name: told[name] for name in COLUMNS if name in told}


def inventory(pc: int, chosen: str, text: str, number: int, size: int = 100) -> InventoryShown | None:
    """Page ``number`` (from 1) of the records of class ``chosen`` that hold ``text``; "" is the first class.

    None when the PC has no inventory or there is no such class.
    """
    found = facts(pc)
    if not found and not PcFacts.objects.filter(pc=pc).exists():
        return None
    told = {fact.cls for fact in found.get("told", []) if hasattr(fact, "cls")}
    tables = [
        FactTable(name, len(found[name]), name not in TOLD_CLASSES or name in told or bool(found[name]))
        for name in SHOWN_CLASSES
    ]
    chosen = chosen or "software"
    if chosen not in SHOWN_CLASSES:
        return None
    records = sorted(found[chosen], key=lambda record: [str(value).casefold() for value in record])
    if text:
        wanted = text.casefold()
        records = [record for record in records if any(wanted in str(value).casefold() for value in record)]
    last = max(1, -(-len(records) // size))
    number = min(max(1, number), last)
    start = (number - 1) * size
    page = Page(
        records[start : start + size],
        len(records),
        start + 1 if records else 0,
        size,
        previous=str(number - 1) if number > 1 else "",
        next=str(number + 1) if number < last else "",
    )
    return InventoryShown(tables, chosen, CLASSES[chosen][1]._fields, page)
