"""What the pages of Setup may change: settings, schedules; and what they may try out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kanmon.action.carry_out.try_out import Tried
from kanmon.common.errors import Refused
from kanmon.console.change import Done, key
from kanmon.console.shown.setup import text_of
from kanmon.journal.once import once, was_done
from kanmon.schedule import changes
from kanmon.setup import kept


def settings(values: Mapping[str, tuple[str, Any]], actor: str, form_key: str) -> Done:
    """Change settings, by name: (what the page showed, the new value; None for the default).

    Raises Refused KNM6035-E when one holds another value now than the page showed, and what ``kept.change`` raises.
    """

    def work() -> dict[str, Any]:
        kept.load()
        for name, (was, _) in values.items():
            now = text_of(kept.one(name).value)
            if now != was:
                raise Refused("KNM6035-E", status=409, name=name, value=now[:200] or "-")
        return kept.change({name: value for name, (_, value) in values.items()}, actor)

    subject = "Settings: " + ", ".join(sorted(values))
    operation, now = once(subject, work, actor=actor, requester="console", key=key(form_key))
    kept.load()
    return Done(operation, now)


def tried(subject: str, work: Callable[[], Sequence[Tried]], actor: str, form_key: str) -> Done:
    """Try something out, once for the form; what came of it is kept with the operation.

    Killed between the trial and the commit, the same form tries again: a second test mail at worst, and nothing else.
    """
    found: Sequence[Tried] = [] if was_done(key(form_key)) else work()
    said = {"tried": [{"good": one.good, "id": one.id, "sentence": one.sentence} for one in found]}
    operation, now = once(subject, lambda: said, actor=actor, requester="console", key=key(form_key))
    return Done(operation, now)


def add_schedule(name: str, cron: str, zone: str, groups: Sequence[str], skip: bool, actor: str, form_key: str) -> Done:
    """A new schedule."""

    def work() -> dict[str, Any]:
        row = changes.add(name, cron, zone, groups, skip, actor)
        return {"name": row.name, "cron": row.cron}

    subject = f"Schedule {name.strip()[:100]}: added"
    operation, now = once(subject, work, actor=actor, requester="console", key=key(form_key))
    return Done(operation, now)


def remove_schedule(name: str, actor: str, form_key: str) -> Done:
    """No more ticks of a schedule; what it has begun goes on."""

    def work() -> dict[str, Any]:
        changes.remove(name)
        return {"name": name}

    operation, now = once(f"Schedule {name[:100]}: removed", work, actor=actor, requester="console", key=key(form_key))
    return Done(operation, now)
