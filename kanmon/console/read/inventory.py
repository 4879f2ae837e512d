"""What a PC has: its facts class by class."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kanmon.common.facts import CLASSES, NAME_OF, TOLD_CLASSES, Fact, Told
from kanmon.console.shown.lists import Page
from kanmon.console.shown.pc import FactTable, InventoryShown
from kanmon.judgment import why

SHOWN_CLASSES = [name for name in CLASSES if name != "told"]


def known(pc: int) -> tuple[dict[str, list[Fact]], dict[str, Any]]:
    """The facts of a PC by the name of their class, and its columns."""
    by_number, columns = why.facts_of_pc(pc)
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in by_number.values():
        found[NAME_OF[type(fact)]].append(fact)
    return found, columns


def inventory(pc: int, chosen: str, text: str, number: int, size: int = 100) -> InventoryShown | None:
    """Page ``number`` (from 1) of the records of class ``chosen`` that hold ``text``; "" is the first class.

    None when the PC has no inventory or there is no such class.
    """
    found, _columns = known(pc)
    if not found:
        return None
    told = {fact.cls for fact in found["told"] if isinstance(fact, Told)}
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
    page: Page[Sequence[Any]] = Page(
        records[start : start + size],
        len(records),
        start + 1 if records else 0,
        size,
        previous=str(number - 1) if number > 1 else "",
        next=str(number + 1) if number < last else "",
    )
    return InventoryShown(tables, chosen, CLASSES[chosen][1]._fields, page)
