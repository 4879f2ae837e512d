"""The conditions of a search in words: a line each, and how their values are said."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as plazy

from kanmon.console import network_words, words
from kanmon.console.language import language
from kanmon.judgment.explain import item_of
from kanmon.judgment.levels import Level, parse
from kanmon.judgment.wording_failing import failing


@dataclass(frozen=True, slots=True)
class FilterWords:
    """``name``: in the menu. ``label``: before the value, on the chip. ``say``: a value in words. ``hint``: of a field.

    ``level``: of a value that is one; ``head``: of the part of a list that a value stands in.
    """

    name: object
    label: object
    say: Callable[[str], str] = str
    hint: object = ""
    level: Callable[[str], Level] | None = None
    head: Callable[[str], str] | None = None


def _level(value: str) -> str:
    return str(words.LEVELS[parse(value)])


def _item(value: str) -> str:
    item, _colon, level = value.partition(":")
    return f"{words.ITEMS[item]}: {_level(level)}"


def _item_level(value: str) -> Level:
    return parse(value.partition(":")[2])


def _days(value: str) -> str:
    return ngettext("for %(n)s day", "for %(n)s days", int(value)) % {"n": value}


def _condition(value: str) -> str:
    return failing(value, language())


def _of_item(value: str) -> str:
    return str(words.ITEMS.get(item_of(value), ""))


def _yes(_value: str) -> str:
    return _("yes")


NETWORK = {**network_words.STATES, "wrong": lazy("Seen in the wrong network")}
MANAGEMENT = {"yes": lazy("enabled"), "no": lazy("disabled"), "removed": lazy("removed")}

WORDS: dict[str, FilterWords] = {
    "q": FilterWords(lazy("Text"), lazy("Text"), hint=lazy("A part of name, user, address, MAC, serial or asset number.")),
    "level": FilterWords(lazy("Level"), lazy("Level is"), _level, level=parse),
    "item": FilterWords(
        lazy("Level of an item"), lazy("Item"), _item, level=_item_level, head=lambda value: str(words.ITEMS[value.partition(":")[0]])
    ),
    "condition": FilterWords(lazy("Condition of a policy"), lazy("Fails"), _condition, head=_of_item),
    "group": FilterWords(lazy("Group"), lazy("Group under")),
    "os": FilterWords(lazy("Operating system"), plazy("condition", "OS is")),
    "software": FilterWords(
        lazy("Software, a part of its name"), lazy("Has software"), lambda value: _("with “%(text)s”") % {"text": value},
        lazy("PCs with a program whose name has this in it."),
    ),
    "title": FilterWords(
        lazy("Software, its whole name"), lazy("Has software"),
        hint=lazy("PCs with a program of exactly this name, whatever its version."),
    ),
    "network": FilterWords(lazy("Network state"), plazy("condition", "Network"), lambda value: str(NETWORK[value])),
    "seen": FilterWords(lazy("Not seen for days"), lazy("Not seen"), _days),
    "stale": FilterWords(
        lazy("Inventory too old"), lazy("Inventory too old"), _yes,
        lazy("PCs whose newest inventory is older than their policy allows."),
    ),
    "waived": FilterWords(
        lazy("Something is waived"), lazy("Something is waived"), _yes,
        lazy("PCs with a finding that a waiver leaves out of account."),
    ),
    "managed": FilterWords(lazy("Management"), lazy("Management"), lambda value: str(MANAGEMENT[value])),
}  # fmt: skip
"""Name of a condition of ``kanmon.search.table`` -> its words."""
