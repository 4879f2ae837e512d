"""What a person keeps of searches: each change once for the form's key, in the journal."""

from kanmon.console.change import Done, key
from kanmon.journal.once import once
from kanmon.search import saved
from kanmon.search.asked import Asked


def save(search: Asked, name: str, shared: bool, person: int, actor: str, form_key: str) -> Done:
    """Keep a search under a name."""
    subject = f"Search {name[: saved.NAME_CHARS]}: saved{' for all' if shared else ''}"

    def work() -> None:
        saved.save(search, name, shared, person, actor)

    return Done(*once(subject, work, actor=actor, requester="console", key=key(form_key)))


def change(number: int, verb: str, name: str, person: int, all_shared: bool, actor: str, form_key: str) -> Done:
    """Rename or remove a search. ``all_shared``: this person may change those that others share."""

    def work() -> None:
        row = saved.find(number, person, all_shared)
        if verb == "rename":
            saved.rename(row, name)
        else:
            saved.remove(row)

    subject = f"Search {number}: {verb}d"
    return Done(*once(subject, work, actor=actor, requester="console", key=key(form_key)))
