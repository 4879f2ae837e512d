"""What holds for a PC, as the page shows it: its network, what is wrong, whether a check is under way. Reads only.

Told is what the person at the PC can do something about. A PC that was refused in emergency is told that, and nothing else.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kanmon.action import asked
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.common.facts import Os
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import TERMINAL, Operation
from kanmon.judgment import waived, why
from kanmon.judgment.explain import Row
from kanmon.judgment.judge_software import UNTOLD_ID
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.judgment.wording import item_title, level_word
from kanmon.message import shown
from kanmon.network import links, recheck, setup
from kanmon.network.book import OPEN, body_of, rows_of
from kanmon.network.models import NetworkOrder, Recheck
from kanmon.ordering import FixedDevices, Holds, holds
from kanmon.portal.steps import How, how
from kanmon.portal.who import Who

Kind = Literal["unknown", "refused", "person", "cut", "returning", "todo", "not_judged", "fine"]
Check = Literal["", "judging", "waiting", "done"]
MOST_PROBLEMS = 50
REFRESH_SECONDS = {"judging": 3, "waiting": 10}
RETURNING_SECONDS = 5
UNKNOWN_SECONDS = 60
WORST_LAST = ("unregistered", "permit", "deny", "refuse")


@dataclass(frozen=True, slots=True)
class Problem:
    """One condition that does not hold. ``until``: the last day on which it does not count."""

    condition: str
    item: str
    title: str
    level: str
    word: str
    found: str
    wanted: str
    how: How
    until: date | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that the page shows. ``check``: how far what was asked for has come, since ``asked_at``."""

    kind: Kind
    who: Who = field(default_factory=Who)
    host: str = ""
    level: str = ""
    since: datetime | None = None
    problems: tuple[Problem, ...] = ()
    later: tuple[Problem, ...] = ()
    more: int = 0
    check: Check = ""
    asked_at: datetime | None = None
    woken: bool = False
    judged_at: datetime | None = None
    reported_at: datetime | None = None
    under_way: bool = False
    may_be_cut: bool = False
    family: str = ""
    messages: tuple[shown.PageMessage, ...] = ()

    @property
    def may_ask(self) -> bool:
        """Whether a check can be asked for."""
        return self.who.pc is not None and self.kind not in ("refused", "person", "unknown")

    @property
    def refresh_seconds(self) -> int:
        """When the page shows itself anew; 0: it does not."""
        if self.kind == "unknown":
            return UNKNOWN_SECONDS
        if self.kind == "returning" or (self.under_way and self.kind == "fine"):
            return REFRESH_SECONDS["judging"] if self.check == "judging" else RETURNING_SECONDS
        return REFRESH_SECONDS.get(self.check, 0)


def of(who: Who, language: str) -> State:
    """The state of ``who``."""
    pc = Pc.objects.filter(id=who.pc).first() if who.pc is not None else None
    held = _held(who)
    if held is not None and held.state == "refuse":
        return State("refused", who, since=held.since)
    if pc is None:
        return State("unknown", Who(None, who.mac))
    judged = PcState.objects.filter(pc=pc.id).first()
    level = Level(judged.level) if judged is not None else Level.NOT_JUDGED
    kind = _kind(held, level)
    recheck_asked = recheck.newest(pc.id)
    family = _family(pc.id)
    problems, later = _problems(pc.id, family, language) if kind != "person" else ([], [])
    return State(
        kind, who, host=pc.host, level=level.word, since=held.since if held else None,
        problems=tuple(problems[:MOST_PROBLEMS]), later=tuple(later[:MOST_PROBLEMS]),
        more=max(0, len(problems) - MOST_PROBLEMS), check=_check(recheck_asked, pc, level),
        asked_at=recheck_asked.asked_at if recheck_asked else None, woken=bool(recheck_asked and recheck_asked.woken),
        judged_at=judged.judged_at if judged else None, reported_at=pc.last_seen_at,
        under_way=held is not None and NetworkOrder.objects.filter(mac=held.mac, progress__in=OPEN[:1]).exists(),
        may_be_cut=any(asked.about(pc.id, ["network"])), family=family,
        messages=shown.of_page(pc.id, _here()),
    )  # fmt: skip


def _here() -> str:
    """The address of the page, for a message that names it."""
    try:
        return links.address() + "/"
    except Refused:
        return "/"


def _held(who: Who) -> Holds | None:
    """What holds in the list: for the MAC that was seen, else for the PC's MAC that is worst off."""
    macs = (
        [who.mac] if who.mac else list(Identity.objects.filter(kind="mac", pc=who.pc).values_list("value", flat=True))
    )
    rows = rows_of(macs)
    if not rows:
        return None
    told = setup.newest()
    fixed = FixedDevices(told)
    every = [holds(body_of(row), told, fixed) for row in rows.values() if row.pc in (None, who.pc) or who.mac]
    return max(every, key=lambda one: WORST_LAST.index(one.state), default=None)


def _kind(held: Holds | None, level: Level) -> Kind:
    if held is not None and held.state == "deny":
        if held.why == "person":
            return "person"
        return "returning" if level is Level.SAFE else "cut"
    if level is Level.NOT_JUDGED:
        return "not_judged"
    return "fine" if level in (Level.SAFE, Level.NOT_APPLICABLE) else "todo"


def _check(asked: Recheck | None, pc: Pc, level: Level) -> Check:
    if asked is None:
        return ""
    run = Operation.objects.filter(id=asked.operation).values_list("run", flat=True).first()
    if run is not None and Operation.objects.filter(run=run).exclude(state__in=TERMINAL).exists():
        return "judging"
    if level is Level.SAFE or pc.last_seen_at >= asked.asked_at:
        return "done"
    return "waiting"


def _family(pc: int) -> str:
    facts, _ = why.facts_of_pc(pc)
    return next((fact.family for fact in facts.values() if isinstance(fact, Os)), "")


def _problems(pc: int, family: str, language: str) -> tuple[list[Problem], list[Problem]]:
    """What counts now, the worst first; and what is waived, with its last day."""
    explained = why.of_pc(pc, language, passed=False)
    if not explained:
        return [], []
    until = {condition: one.expires_on for condition, one in waived.of_pc(pc, clock.now()).items()}
    now: list[tuple[Level, Problem]] = []
    later: list[tuple[Level, Problem]] = []
    known: set[str] = set()
    for item in explained:
        for row in item.rows:
            if row.condition in known or row.outcome not in ("failed", "unknown", "waived"):
                continue  # a PC without an agent says so in every item
            known.add(row.condition)
            one = _problem(item.item, row, family, language, until.get(row.condition))
            (later if row.outcome == "waived" else now).append((row.level, one))
    now.sort(key=lambda pair: -pair[0])
    return [one for _, one in now], [one for _, one in later]


def _problem(item: str, row: Row, family: str, language: str, until: date | None) -> Problem:
    told = row.outcome != "unknown" and row.condition != UNTOLD_ID
    # of what is waived the judgment gives no sentence: the steps have to do
    mend = how(row.condition, told=told, mend=row.mend, family=family, language=language)
    return Problem(
        row.condition, item_title(item, language), row.title, row.level.word, level_word(row.level.word, language),
        row.found, row.wanted, mend, until if row.outcome == "waived" else None,
    )  # fmt: skip
