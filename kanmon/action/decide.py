"""The operation "act": who is due for what is ordered, for whom it is not is written down, both with a sentence.

``deciding`` says who is due; this reads what it asks about and writes what comes out. Everything is written in one
transaction, also that the verdicts of the run are decided on: an interrupted decision is made anew, and comes to the
same. The operation of a run begins when its collecting window has closed, so that all PCs of the window stand in one
mail. Others are begun by a person (``acting.Ask``), and once a day for what comes due by time alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import F, Q, QuerySet
from pyroaring import BitMap

from kanmon.action import acting, caps, deciding, hold, question_mail, withheld
from kanmon.action.acting import Ask
from kanmon.action.book import Book
from kanmon.action.deciding import Limits, Slot
from kanmon.action.orders import ORDERS, Wanted
from kanmon.action.people import Reading
from kanmon.common import config, fault, messages, zone
from kanmon.journal import runs
from kanmon.journal.models import Run
from kanmon.journal.worker import Work
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.judgment.models import Verdict
from kanmon.policy import assignment, versions
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules_action import ActionPolicy, LevelActions, Step

ACTED_LEVELS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.SAFE)
MOST_NOTES = 30
DRY = "dry:"
ASKED: tuple[Literal["cap", "already"], ...] = ("cap", "already")

InForce = Callable[[str, str, BitMap], BitMap]
"""(kind, what is wanted, PCs) -> those of them for which it is so already."""


@dataclass(frozen=True, slots=True)
class Part:
    """One step of one level of one policy version, and the PCs that it holds for."""

    version: int
    policy_id: int
    policy: ActionPolicy
    level: Level
    number: int
    step: Step
    members: BitMap

    @property
    def every(self) -> bool:
        """Whether it is done at each judgment."""
        of_level: LevelActions = getattr(self.policy, self.level.word)
        return of_level.when == "every_judgment"

    def slots(self) -> Iterator[Slot]:
        """One for each action."""
        for kind in self.step.wanted:
            yield Slot(self.policy_id, int(self.level), self.number, kind)


@dataclass
class Notes:
    """What a decision has come to."""

    orders: int = 0
    pcs: BitMap = field(default_factory=BitMap)
    said: list[str] = field(default_factory=list)

    def sentence(self, language: str) -> str:
        """What is said of it, bounded."""
        if not self.said:
            return messages.text("KNM3019-I", {}, language)
        more = len(self.said) - MOST_NOTES
        return " ".join(self.said[:MOST_NOTES] + ([messages.text("KNM3071-I", {"count": more}, language)] * (more > 0)))


def parts_of(scope: BitMap, version: int | None = None) -> Iterator[Part]:
    """What action policies say of the managed PCs of ``scope``, worst level first. ``version``: this one for all."""
    with ENGINE.lock:
        managed = scope & ENGINE.managed
        held = {version: managed} if version else assignment.resolve("action", managed, ENGINE.groups, ENGINE.ancestors)
    ids = dict(PolicyVersion.objects.filter(id__in=list(held)).values_list("id", "policy_id"))
    for level in ACTED_LEVELS:
        for one, members in sorted(held.items()):
            policy: ActionPolicy = versions.rules(one)
            actions: LevelActions = getattr(policy, level.word)
            for number, step in enumerate(actions.steps):
                if step.wanted:
                    yield Part(one, ids[one], policy, level, number, step, members)


def decide_actions(work: Work, in_force: InForce = lambda kind, wanted, pcs: BitMap()) -> None:
    """The operation "act". ``in_force``: for whom something is so already, by those who carry it out."""
    run = Run.objects.get(id=work.operation.run)
    ask = acting.read(work.operation)
    ENGINE.catch_up()
    undecided, scope, judged = _about(run, ask)
    language = str(config.get("server.language"))
    with work.transaction():
        book, notes = Book(), Notes()
        came = BitMap(undecided.exclude(level=F("level_before")).values_list("pc", flat=True))
        book.forget(came)
        if ask.is_by_hand or config.get("action.act") == "after_judgment":
            decision = _Decision(work, run, ask, Reading(scope, judged, zone.today()), came, book, in_force, notes)
            for part in parts_of(scope, ask.version):
                decision.make(part)
            decision.prune()
            decision.tell_administrators()
        else:
            notes.said.append(messages.text("KNM3072-I", {}, language))
        book.write(work.operation.id)
        undecided.update(decided_run=run.id)
        runs.close(run.id)
        fault.point("decided")
        work.finish(orders=notes.orders, pcs=len(notes.pcs), sentence=notes.sentence(language))


def _about(run: Run, ask: Ask) -> "tuple[QuerySet[Verdict], BitMap, BitMap]":
    """The verdicts that are decided on with this, about whom it is, and who was judged in the run.

    Whose level changes with a verdict that is not decided on here waits for the window of that verdict. What is at a
    level now, because of it, would be done here, and there again; and what is forgotten there could not be told from
    what was done here. A verdict that leaves the level as it was keeps nobody waiting: the level is older than it.
    """
    judged = BitMap.deserialize(bytes(run.scope)) if run.scope else BitMap()
    waiting = Verdict.objects.filter(decided_run=None)
    of_window = Q(run=run.id) | Q(run__in=Run.objects.exclude(ended_at=None).values("id"))
    if ask.whole:
        with ENGINE.lock:
            scope = BitMap(ENGINE.managed)
    else:
        scope = judged | ask.pcs
        if run.cause == runs.AGAIN or ask.is_by_hand:  # what was judged just before, and waits for its window
            of_window |= Q(pc__in=list(scope))
    undecided = waiting.filter(of_window)
    if not ask.whole:
        scope |= BitMap(undecided.values_list("pc", flat=True))
    later = waiting.exclude(of_window).exclude(level=F("level_before"))
    return undecided, scope - BitMap(later.values_list("pc", flat=True)), judged


def _kept(part: Part, slot: Slot) -> Slot:
    """Under what it is remembered: what was done in a dry run was not done."""
    return slot._replace(kind=DRY + slot.kind) if part.policy.dry_run else slot


class _Decision:
    """One decision in the making: part after part, in the transaction of the operation."""

    def __init__(
        self, work: Work, run: Run, ask: Ask, reading: Reading, came: BitMap, book: Book, in_force: InForce,
        notes: Notes,
    ) -> None:  # fmt: skip
        self.came = came  # to their level, with the verdicts that are decided on here
        self.work, self.run, self.ask, self.reading, self.book = work, run, ask, reading, book
        self.in_force, self.notes = in_force, notes
        self.language = str(config.get("server.language"))
        self.today = reading.today.toordinal()
        self.held = hold.is_held()
        self.seen: set[Slot] = set()
        self.questions: list[str] = []  # that are new, and about whom
        self.asked = BitMap()

    def make(self, part: Part) -> None:
        """Decide on all actions of ``part``, and order what is due."""
        here = part.members & self.reading.at(part.level)
        people = self.reading.of_step(part.level, part.step, here, part.policy.new_pc_grace_days)
        for slot in part.slots():
            self.seen.add(slot)
            if self.ask.concerns(slot):
                self._one(part, slot, people)
            elif not self.ask.version:
                self.book.cover(_kept(part, slot), self.came & self.reading.scope, part.members)

    def _one(self, part: Part, slot: Slot, people: deciding.People) -> None:
        answer, scope = self.ask.answer, self.reading.scope
        if answer:
            asked = BitMap.union(BitMap(), *(self.book.waiting(slot, why) for why in self.ask.whys(slot)))
            scope = asked & self.ask.answered(scope)
            people = deciding.only(people, scope)
        if answer == "decline":
            self._leave(slot, people.here)
            self._tell(part, slot, "declined", people.here)
            return
        if answer and self.held:  # the question stays
            self._tell(part, slot, "held", people.here)
            return
        kept = _kept(part, slot)
        limits = Limits(dry_run=True) if part.policy.dry_run else self._limits(part, slot, people.here)
        decided = deciding.decide(
            part.step, part.every, people, self.book.of(kept), self.today, limits,
            conditions=self.ask.conditions and not answer,
        )  # fmt: skip
        self._order(part, slot, decided.ordered)
        self._withhold(part, slot, decided)
        acted = decided.ordered | decided.withheld.get("dry_run", BitMap())
        if acted and not part.every:
            self.book.set_done(kept, deciding.served(self.book.of(kept), acted, self.today))
        for why in ASKED:
            self.book.set_waiting(
                slot, why, (self.book.waiting(slot, why) - scope) | decided.withheld.get(why, BitMap())
            )
        if not self.ask.version:
            self.book.cover(kept, scope | (self.came & self.reading.scope), part.members)

    def _limits(self, part: Part, slot: Slot, here: BitMap) -> Limits:
        """What keeps the action from PCs. A person who names PCs, or answers, is not asked about them again."""
        wanted = str(getattr(part.step, slot.kind)) if slot.kind == "network" else ""
        in_force = self.in_force(slot.kind, wanted, here) if wanted == "deny" else BitMap()
        if self.ask.answer:
            return Limits(in_force=in_force, held=self.held)
        with ENGINE.lock:
            fleet = len(ENGINE.managed)
        spare, reached = caps.room(slot.kind, wanted, fleet)
        if self.ask.is_by_hand:
            return Limits(in_force=in_force, spare=spare, reached=reached, held=self.held)
        waiting, already = self.book.waiting(slot, "cap"), self.book.waiting(slot, "already")
        fresh = self._there_before(slot, here)
        return Limits(in_force, already | fresh, waiting, spare, reached, held=self.held)

    def _there_before(self, slot: Slot, here: BitMap) -> BitMap:
        """Those of ``here`` about whom a person is to be asked, because they had come to their level before the action was
        in force for them. With a database of a version that kept no book, all that was decided then counts as done.
        """
        fresh = here - self.book.covered.get(slot, BitMap()) - self.came
        for one in self.book.of(slot):
            fresh -= one.pcs
        if self.book.is_new:
            self.book.set_done(slot, deciding.served(self.book.of(slot), fresh, self.today))
        elif self.ask.already == "leave":
            self._leave(slot, fresh)
        elif self.ask.already == "ask":
            return fresh
        return BitMap()

    def _leave(self, slot: Slot, pcs: BitMap) -> None:
        """Nothing of it until the level of these PCs changes."""
        rest = [deciding.Done(one.day, one.times, one.pcs - pcs) for one in self.book.of(slot)]
        self.book.set_done(slot, [*rest, deciding.Done(self.today, 0, pcs)])
        for why in ASKED:
            self.book.set_waiting(slot, why, self.book.waiting(slot, why) - pcs)

    def _order(self, part: Part, slot: Slot, pcs: BitMap) -> None:
        if not pcs:
            return
        wanted = Wanted(self.work, self.run, part.version, part.policy, part.level, pcs, part.number)
        self.notes.said.append(ORDERS[slot.kind](wanted))
        self.notes.orders += 1
        self.notes.pcs |= pcs

    def _withhold(self, part: Part, slot: Slot, decided: deciding.Decided) -> None:
        before = self.book.waiting(slot, "cap") | self.book.waiting(slot, "already")
        for why in withheld.TOLD:
            if pcs := decided.withheld.get(why, BitMap()) - (before if why in ("cap", "already") else BitMap()):
                self._tell(part, slot, why, pcs)

    def _tell(self, part: Part, slot: Slot, why: str, pcs: BitMap) -> None:
        if not pcs:
            return
        withheld.write(self.work.operation.id, self.run.id, part.version, slot, why, pcs)
        said = withheld.sentence(slot, why, len(pcs), self.language)
        self.notes.said.append(said)
        if why in ASKED:
            self.questions.append(said)
            self.asked |= pcs

    def tell_administrators(self) -> None:
        """Write to them when a person is asked something new."""
        if self.questions:
            said = question_mail.order(self.work, self.run.id, self.questions, len(self.asked))
            if said:
                self.notes.said.append(said)
                self.notes.orders += 1

    def prune(self) -> None:
        """Nobody is asked any more about what no policy wants of a PC of the scope."""
        for slot, why in list(self.book.asked):
            if slot not in self.seen and not self.ask.version:
                self.book.set_waiting(slot, why, self.book.asked[slot, why] - self.reading.scope)
