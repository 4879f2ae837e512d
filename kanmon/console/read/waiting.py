"""About which actions a person is asked: the questions, their PCs a page at a time, and what an answer would do."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Max, QuerySet
from pyroaring import BitMap

from kanmon.action import asked, caps, hold
from kanmon.action.asked import Question, narrowed
from kanmon.action.deciding import Slot
from kanmon.action.models import Withheld
from kanmon.console import action_words
from kanmon.console.read import paging
from kanmon.console.read.pcs import rows
from kanmon.console.shown.lists import Page
from kanmon.console.shown.pcs import PcRow
from kanmon.console.shown.waiting import AnswerAsked, QuestionShown
from kanmon.inventory.models import Identity, Pc
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules_action import ActionPolicy, LevelActions, Step

PAGE = 50
NAMED = 20
MOST_LOOKED_AT = 10_000  # PCs of an answer of which levels and MACs are counted
BATCH = 500


def questions(kind: str = "", within: BitMap | None = None) -> list[QuestionShown]:
    """What a person is asked, the oldest first; of one ``kind`` of action or all; ``within``: about these PCs."""
    return [_shown(one) for one in narrowed(asked.questions([kind] if kind else ()), within)]


def about(pc: int) -> list[QuestionShown]:
    """What a person is asked about a PC."""
    return [_shown(one) for one in asked.about(pc)]


def _shown(one: Question) -> QuestionShown:
    steps = _steps(one.slot)
    step = _of(steps, one.slot)
    return QuestionShown(
        number=one.number, slot=one.slot, policy=one.policy, what=action_words.what(one.slot.kind, step),
        deny=one.slot.kind == "network" and getattr(step, "network", "deny") == "deny", why=one.why, steps=len(steps),
        since=one.since, operation=one.operation, pcs=len(one.pcs),
    )  # fmt: skip


def step_of(slot: Slot) -> Step | None:
    """The step of an action, by the newest version of its policy; None when it is not there any more."""
    return _of(_steps(slot), slot)


def _of(steps: Sequence[Step], slot: Slot) -> Step | None:
    return steps[slot.step] if slot.step < len(steps) else None


def _steps(slot: Slot) -> Sequence[Step]:
    """The steps of the level, by the newest version of the policy."""
    version = PolicyVersion.objects.filter(policy=slot.policy).order_by("-number").first()
    if version is None:
        return ()
    policy: ActionPolicy = versions.rules(version.id)
    actions: LevelActions = getattr(policy, Level(slot.level).word)
    return actions.steps


def found(number: int, within: BitMap | None = None) -> Question | None:
    """The question with this number, while it is asked; ``within``: as far as it is about these PCs."""
    return next((one for one in narrowed(asked.questions(), within) if one.number == number), None)


def question(number: int, cursor: str, within: BitMap | None = None) -> tuple[QuestionShown, Page[PcRow]] | None:
    """A question and a page of its PCs, by number. None when nobody is asked any more."""
    one = found(number, within)
    return None if one is None else (_shown(one), _page(one.pcs, paging.read(cursor)))


def _page(pcs: BitMap, cursor: paging.Cursor | None) -> Page[PcRow]:
    """The PCs after, or before, the one of the cursor; their places are told by the set itself."""
    if cursor is None:
        start, end = 0, PAGE
    elif cursor.back:
        end = pcs.rank(_number(cursor.id - 1))
        start = max(0, end - PAGE)
    else:
        start = pcs.rank(_number(cursor.id))
        end = start + PAGE
    numbers = list(pcs[start:end])
    if not numbers:
        return Page([], len(pcs), 0, PAGE)
    before = paging.write(paging.Cursor(numbers[0], numbers[0], 1, True)) if start else ""
    after = paging.write(paging.Cursor(numbers[-1], numbers[-1], 1, False)) if end < len(pcs) else ""
    return Page(rows(numbers), len(pcs), start + 1, PAGE, before, after)


def _number(given: int) -> int:
    return min(max(0, given), 2**32 - 1)


def _withheld(one: Question) -> "QuerySet[Withheld]":
    """When PCs came to wait for an answer to this."""
    of_policy = PolicyVersion.objects.filter(policy=one.slot.policy).values("id")
    return Withheld.objects.filter(
        level=one.slot.level, step=one.slot.step, kind=one.slot.kind, why__in=["cap", "already"],
        policy_version__in=of_policy,
    )  # fmt: skip


def meant(one: Question, ticked: Sequence[int], upto: int | None) -> BitMap:
    """The PCs that an answer is about: ``ticked``, or those that waited when ``upto`` was the newest entry."""
    if upto is None:
        return one.pcs & BitMap(number for number in ticked if number < 2**32)
    late = _withheld(one).filter(id__gt=upto).values_list("pcs", flat=True)
    return one.pcs - BitMap.union(BitMap(), *(BitMap.deserialize(bytes(pcs)) for pcs in late))


def answer(
    number: int, decision: str, ticked: Sequence[int], everybody: bool, within: BitMap | None = None
) -> AnswerAsked | None:
    """What an answer to a question would do; None when nobody is asked any more."""
    one = found(number, within)
    if one is None:
        return None
    upto = (_withheld(one).aggregate(newest=Max("id"))["newest"] or 0) if everybody else None
    pcs = meant(one, ticked, upto)
    some = list(pcs[:MOST_LOOKED_AT])
    names = dict(Pc.objects.filter(id__in=some[:NAMED]).values_list("id", "host"))
    shown = _shown(one)
    counts = shown.slot.kind != "network" or shown.deny
    return AnswerAsked(
        question=shown, decision=decision, pcs=len(pcs), upto=upto, ticked=() if everybody else list(pcs),
        levels=levels_of(some), named=[names.get(pc, str(pc)) for pc in some[:NAMED]], looked=len(some),
        left=len(one.pcs) - len(pcs), cap=caps.most(one.slot.kind, _fleet()) if counts else None,
        reached=len(caps.reached(one.slot.kind)), kept_back=hold.is_held(),
        without_mac=len(some) - _with_mac(some) if one.slot.kind == "network" else 0,
    )  # fmt: skip


def _fleet() -> int:
    with ENGINE.lock:
        managed = len(ENGINE.managed)
    return managed or Pc.objects.filter(managed=True).count()


def levels_of(pcs: Sequence[int]) -> dict[int, int]:
    """How many of these PCs are at each level now."""
    found: Counter[int] = Counter()
    for at in range(0, len(pcs), BATCH):
        part = pcs[at : at + BATCH]
        levels = list(PcState.objects.filter(pc__in=part).values_list("level", flat=True))
        found.update(levels)
        found[0] += len(part) - len(levels)
    return {level: count for level, count in sorted(found.items(), reverse=True) if count}


def _with_mac(pcs: Sequence[int]) -> int:
    owned: set[int] = set()
    for at in range(0, len(pcs), BATCH):
        marks = Identity.objects.filter(pc__in=pcs[at : at + BATCH]).values_list("kind", "pc")  # by the index of PCs
        owned.update(pc for kind, pc in marks if kind == "mac")
    return len(owned)
