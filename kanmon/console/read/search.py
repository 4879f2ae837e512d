"""A search of the PC list in words: its chips, the menu of conditions, and the editor of one."""

from collections.abc import Iterator, Sequence

from kanmon.console import wording
from kanmon.console.search_words import WORDS
from kanmon.console.shown.pcs import Chip, Editor, Offered
from kanmon.search.asked import Asked
from kanmon.search.condition import Choice
from kanmon.search.find import choices
from kanmon.search.table import FILTERS

MOST_OFFERED = 200
FEW_NAMED = 3


def chips(search: Asked) -> list[Chip]:
    """The conditions of the search, as they stand beside its field."""
    return [Chip(name, str(WORDS[name].label), _said(name, values)) for name, values in search.conditions]


def _said(name: str, values: Sequence[str]) -> str:
    if FILTERS[name].form == "yes":
        return ""
    level = WORDS[name].level
    said = [WORDS[name].say(value) for value in (sorted(values, key=level, reverse=True) if level else values)]
    text = wording.listed(said[:FEW_NAMED])
    return text if len(said) <= FEW_NAMED else f"{text} +{len(said) - FEW_NAMED}"


def menu(search: Asked) -> list[tuple[str, str]]:
    """The conditions that can be added: name and words."""
    return [(name, str(one.name)) for name, one in WORDS.items() if name != "q" and name not in search.names]


def in_words(search: Asked) -> str:
    """The whole search as one line, for a confirmation."""
    return "; ".join(f"{one.label} {one.value}".strip() for one in chips(search))


def editor(name: str, search: Asked, only: frozenset[int] | None = None) -> Editor | None:
    """The condition ``name`` while a person gives it values; None when there is none of this name."""
    if name not in WORDS:
        return None
    how, said = FILTERS[name], WORDS[name]
    found = choices(name, search, only)
    chosen = search.values(name)
    missing = [Choice(value, 0) for value in chosen if value not in {one.value for one in found}]
    offered = list(_offered(name, [*missing, *found] if how.form == "choices" else found, chosen))
    return Editor(
        name, str(said.name), str(said.hint), how.form, offered[:MOST_OFFERED], chosen[0] if chosen else "",
        search.without(name).pairs(), more=len(offered) > MOST_OFFERED,
    )  # fmt: skip


def _offered(name: str, found: Sequence[Choice], chosen: Sequence[str]) -> Iterator[Offered]:
    said, before = WORDS[name], ""
    head = said.head or (lambda value: "")
    for one in sorted(found, key=lambda one: head(one.value)) if name == "condition" else found:
        level = said.level(one.value) if said.level is not None else None
        own = head(one.value)
        yield Offered(
            one.value, said.say(one.value), one.pcs, one.value in chosen, level, own if own != before else ""
        )  # fmt: skip
        before = own
