"""Actions by the API: decide now, answer what a person is asked, hold everything, and why something is not done."""

from itertools import islice
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router
from pyroaring import BitMap

from kanmon.accounts.scope import groups as groups_of
from kanmon.accounts.scope import within as scope_of
from kanmon.action import asked, explain, hold
from kanmon.action.acting import Ask
from kanmon.action.asked import Question
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.changes import begun, change, key_of
from kanmon.api.given import Body, Cursor, Few, Id, Language, Many, Number, Text
from kanmon.api.paging import number as after_number
from kanmon.api.paging import page, whole
from kanmon.common.errors import Refused
from kanmon.flow import begin_acting, hold_actions, in_force
from kanmon.inventory.models import Pc
from kanmon.journal.writing import transaction
from kanmon.judgment.levels import Level
from kanmon.policy import versions

router = Router()
PCS_MOST = 10_000
MOST_PC = 2**32 - 2  # of a bitmap
Kinds = list[str]


class Act(Body):
    """About whom to decide: ``all``, ``pcs`` (asset numbers or hosts), or a ``group`` with what is below.

    ``policy``: an action policy, instead of those in force. ``conditions`` false: whether or not they are met, and
    whether or not it was done. ``kinds``: these actions only.
    """

    all: bool = False
    pcs: list[str] = Field(default=[], max_length=PCS_MOST)
    group: str = Field(default="", max_length=1000)
    policy: str = Field(default="", max_length=200)
    conditions: bool = True
    kinds: Kinds = Field(default=[], max_length=20)


class Answer(Body):
    """What a person says: to ``questions`` (their numbers), of ``kinds``, or to all; about ``pcs`` only, or everybody."""

    decision: Literal["approve", "decline"]
    questions: list[int] = Field(default=[], max_length=1000)
    kinds: Kinds = Field(default=[], max_length=20)
    pcs: list[str] = Field(default=[], max_length=PCS_MOST)
    all: bool = False


class Switch(Body):
    """Whether all actions are held."""

    held: bool


@router.post("/actions")
def act(request: HttpRequest, order: Act) -> dict[str, Any]:
    """Decide on actions for the newest levels and carry out what is due. Follow the operation by its id."""
    who = need(request, "act", "narrowed")
    key = key_of(request, who)
    scope = queries.scope(order.all, order.pcs, order.group, who)
    version = versions.version("action", order.policy).id if order.policy else None
    if scope is None:
        scope = BitMap(Pc.objects.filter(managed=True).values_list("id", flat=True))
    ask = Ask(scope=scope.serialize(), version=version, conditions=order.conditions, kinds=tuple(order.kinds))
    with transaction():
        operation = begin_acting(ask, "act_command", who.username, key, judged=scope)
    return queries.operation(begun(operation, "act").id)


@router.get("/waiting")
def waiting(
    request: HttpRequest, response: HttpResponse, kind: Text = "", limit: Few = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """About which actions a person is asked, and about how many PCs; the oldest first."""
    within = scope_of(need(request, "view", "narrowed"))
    found = asked.narrowed(asked.questions([kind] if kind else ()), within)
    return [_question(one) for one in whole(request, response, found, limit, lambda one: one.number)]


@router.get("/waiting/{number}")
def waiting_pcs(
    request: HttpRequest, response: HttpResponse, number: Id, after: Number = 0, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """The PCs of a question, by number after ``after``."""
    within = scope_of(need(request, "view", "narrowed"))
    found = [one for one in asked.narrowed(asked.questions(), within) if one.number == number]
    if not found:
        raise Refused("KNM6010-E", status=404, what="question", name=str(number))
    pcs = found[0].pcs
    start = min(after_number(request, after), MOST_PC)
    some = list(islice(pcs.iter_equal_or_larger(start + 1), limit + 1))
    some = page(request, response, some, limit, lambda one: one)
    rows = Pc.objects.filter(id__in=some).order_by("id").values_list("id", "asset_number", "host")
    return [{"number": id, "asset_number": asset, "host": host} for id, asset, host in rows]


@router.post("/waiting")
def answer(request: HttpRequest, said: Answer) -> dict[str, Any]:
    """Approve or decline. What is approved is done, also beyond the cap; what is declined is left until levels change."""
    who = need(request, "act", "narrowed")
    key = key_of(request, who)
    if not (said.all or said.questions or said.kinds or said.pcs):
        raise Refused("KNM8454-E")
    numbers = set(said.questions)
    mine = asked.narrowed(asked.questions(), scope_of(who))
    slots = tuple((*one.slot, one.why) for one in mine if one.number in numbers)
    if numbers and not slots:
        raise Refused("KNM6010-E", status=404, what="question", name=", ".join(map(str, sorted(numbers)[:5])))
    scope = queries.scope(not said.pcs, said.pcs, "", who)
    ask = Ask(
        whole=scope is None, scope=scope.serialize() if scope else b"", answer=said.decision, kinds=tuple(said.kinds),
        slots=slots,
    )  # fmt: skip
    with transaction():
        operation = begin_acting(ask, "answer", who.username, key)
    return queries.operation(begun(operation, "act").id)


def _question(one: Question) -> dict[str, Any]:
    return {
        "number": one.number, "kind": one.slot.kind, "level": Level(one.slot.level).word, "step": one.slot.step,
        "policy": one.policy, "why": one.why, "pcs": len(one.pcs), "since": one.since.isoformat(),
        "operation": one.operation,
    }  # fmt: skip


@router.get("/hold")
def held(request: HttpRequest) -> dict[str, Any]:
    """Whether a person holds all actions, who, and since when."""
    need(request, "view", "open")
    return hold.told()


@router.post("/hold")
def switch(request: HttpRequest, new: Switch) -> dict[str, Any]:
    """Hold all actions, or release them: then it is decided anew what is due."""
    who = need(request, "act")
    does = "held" if new.held else "released"
    operation, _ = change(request, who, f"All actions: {does}", lambda: hold_actions(new.held, who.username))
    return {**hold.told(), "operation": operation.id}


@router.get("/pcs/{name}/actions")
def why(request: HttpRequest, name: str, language: Language = "en") -> dict[str, Any]:
    """What the action policy does about a PC at its level, and why it does not do it now."""
    only = groups_of(need(request, "view", "narrowed"))
    pc = queries.find_pc(name, only)
    language = "ja" if language == "ja" else "en"
    said = explain.explain(pc.id, language, in_force)
    return {
        "asset_number": pc.asset_number, "host": pc.host, "managed": pc.managed,
        "sentence": explain.unmanaged(pc.id, language) or "",
        "waived": explain.waived(pc.id, language) or "",
        "actions": [
            {
                "kind": one.slot.kind, "level": Level(one.slot.level).word, "step": one.slot.step, "policy": one.policy,
                "state": one.state, "sentence": one.sentence,
            }
            for one in said
        ],
    }  # fmt: skip
