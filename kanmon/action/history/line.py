"""A line of the history, and what may be asked of it. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kanmon.common import zone
from kanmon.common.errors import Refused
from kanmon.judgment.levels import Level, parse
from kanmon.policy.rules_action import ACTIONS

JUDGED, DECIDED = "judge", "act"
KINDS = (JUDGED, DECIDED, *ACTIONS)
RESULTS = (
    "success", "partial_success", "failure", "not_executed", "unknown",
    "waiting", "running", "held", "in_doubt", "held_back",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    ``kind``: judge, act (decided only), or the kind of an action. ``cause``: of its run; ``requester``: of the operation,
    redo when a person had it done again. ``operation``: the newest that carried it out. ``level_before``: of the PC whose
    verdict changed. ``pcs``: how many it was about, ``changed``: how many of them came to another verdict. ``result``: one
    of RESULTS; of held_back ``why``: dry_run, held, cap, already, declined. ``subject``: whom or what it was to reach.
    """

    at: datetime
    kind: str
    result: str
    run: int | None = None
    operation: int | None = None
    cause: str = ""
    requester: str = ""
    actor: str = ""
    level_before: Level | None = None
    level: Level | None = None
    policy: str = ""
    step: int | None = None
    subject: str = ""
    pcs: int | None = None
    changed: int | None = None
    why: str = ""
    attempts: int = 0
    ended: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are wanted; what is empty or None wants all. ``until`` itself is not in it."""

    since: datetime | None = None
    until: datetime | None = None
    cause: str = ""
    kind: str = ""
    level: Level | None = None
    result: str = ""

    @property
    def all_lines(self) -> bool:
        """Whether it is only about times and causes."""
        return not (self.kind or self.level is not None or self.result)

    def takes(self, line: Line) -> bool:
        """Whether ``line``, whose time and cause are right, is wanted."""
        return (
            (not self.kind or line.kind == self.kind)
            and (self.level is None or line.level == self.level)
            and (not self.result or line.result == self.result)
        )


def wanted(
    since: str = "", until: str = "", cause: str = "", kind: str = "", level: str = "", result: str = ""
) -> Wanted:
    """What somebody asks for in words. A day is meant from its beginning (``since``), to its end (``until``).

    Raises Refused KNM3291-E (no time), KNM3292-E (no kind, level or result), KNM3294-E (it ends before it begins).
    """
    begins, ends = _moment(since, False), _moment(until, True)
    if begins is not None and ends is not None and begins >= ends:
        raise Refused("KNM3294-E", status=422, since=since, until=until)
    _known(kind, "kind", KINDS)
    _known(result, "result", RESULTS)
    _known(level, "level", [one.word for one in Level])
    return Wanted(begins, ends, cause[:40], kind, parse(level) if level else None, result)


def _known(word: str, what: str, known: Sequence[str]) -> None:
    if word and word not in known:
        raise Refused("KNM3292-E", status=422, text=word[:60], what=what, known=", ".join(known))


def _moment(text: str, end: bool) -> datetime | None:
    """The moment that ``text`` names; a time without an offset is by the zone of the settings."""
    if not text:
        return None
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return zone.ends(day) if end else zone.begins(day)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone.zone())
    except (ValueError, OverflowError):
        raise Refused("KNM3291-E", status=422, text=text[:60]) from None


def as_json(line: Line) -> dict[str, Any]:
    """``line`` as the API says it."""
    said: dict[str, Any] = {name: getattr(line, name) for name in Line.__slots__}
    for name in ("at", "ended"):
        said[name] = said[name].isoformat() if said[name] else None
    for name in ("level_before", "level"):
        said[name] = said[name].word if said[name] is not None else None
    return said


def bad_place(text: str) -> Refused:
    """A cursor that is not one of ours."""
    return Refused("KNM3293-E", status=422, text=text[:60])
