"""A search of the PC list in words: its chips, the menu of conditions, and the editor of one."""

from collections.abc import Iterator, Sequence

from kanmon.common import clock
from kanmon.console import wording
from kanmon.console.read import keep
from kanmon.console.search_words import WORDS
from kanmon.console.shown.pcs import Chip, Editor, Offered, SavedTab
from kanmon.search import saved
from kanmon.search.asked import Asked, of_query
from kanmon.search.condition import Choice
from kanmon.search.find import choices, find
from kanmon.search.table import FILTERS, READ

MOST_OFFERED = 200
FEW_NAMED = 3
COUNT_SECONDS = 0.06


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


@keep.for_seconds(30)
def _counted(search: Asked, only: frozenset[int] | None) -> int:
    return len(find(search, only).pcs)


def saved_ones(search: Asked, person: int, only: frozenset[int] | None = None) -> list[SavedTab]:
    """The searches that a person sees as tabs. Counts are at most 30 seconds old; when counting takes long, the others
    are counted when the page is loaded the next time.
    """
    until = clock.monotonic() + COUNT_SECONDS
    tabs = []
    for row in saved.seen_by(person):
        its = of_query(row.query, READ)
        count = _counted(its, only) if clock.monotonic() < until else None
        tabs.append(SavedTab(row.id, row.name, row.query, count, row.shared, row.owner == person, its == search))
    return tabs


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
