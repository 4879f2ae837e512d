"""Actions that wait for a person: what is asked, about which PCs, the answer, and the switch that holds them all."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.accounts.permission import may
from kanmon.action.acting import Answer
from kanmon.common.errors import Refused
from kanmon.console import change_actions, read, wording
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.views.choices import back
from kanmon.policy.rules_action import ACTIONS

ANSWERS: dict[str, Answer] = {"approve": "approve", "decline": "decline"}
MOST_TICKED = 500


@require_safe
@needs("view", "narrowed")
def waiting(request: HttpRequest) -> HttpResponse:
    """What a person is asked, the oldest first; ``?kind=`` of one kind of action."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in ACTIONS else ""
    shown = {
        "nav": "waiting", "questions": read.questions(kind, scope.within(request.user)), "kind": kind, "allowed": may(request.user, "act").allowed
    }  # fmt: skip
    return render(request, "console/waiting.html", shown)


@require_safe
@needs("view", "narrowed")
def question(request: HttpRequest, number: int) -> HttpResponse:
    """The PCs of a question, by number."""
    found = read.question(number, request.GET.get("at", ""), scope.within(request.user))
    if found is None:
        raise Refused("KNM6010-E", status=404, what="question", name=str(number))
    shown = {"nav": "waiting", "question": found[0], "page": found[1], "allowed": may(request.user, "act").allowed}
    return render(request, "console/waiting_pcs.html", shown)


def ticked(given: list[str]) -> list[int]:
    """The numbers of PCs that a form names."""
    if len(given) > MOST_TICKED or not all(one.isdecimal() and len(one) < 19 for one in given):
        raise BadRequest
    return [int(one) for one in given]


@require_safe
@needs("act", "narrowed")
def decision(request: HttpRequest, number: int) -> HttpResponse:
    """Before an answer: about how many PCs, which, and what becomes of them."""
    what, _all, everybody = request.GET.get("do", "").partition("-")
    if what not in ANSWERS:
        raise BadRequest
    asked = read.answer_asked(
        number, what, ticked(request.GET.getlist("pc")), everybody == "all", scope.within(request.user)
    )
    return render(request, "console/waiting_decision.html", {"nav": "waiting", "asked": asked, "number": number})


@changes
@needs("act", "narrowed")
def decide(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Approve or decline: the PCs that are named, or all that waited when it was asked."""
    what, upto = ANSWERS.get(request.POST.get("decision", "")), request.POST.get("upto", "")
    if what is None or (upto and not (upto.isdecimal() and len(upto) < 19)):
        raise BadRequest
    who, named = request.user.get_username(), ticked(request.POST.getlist("pc"))
    if change_actions.known(key):
        return answer(request, change_actions.earlier_answer(what, who, key), "", reverse("console:waiting"))
    one = read.question_found(number, scope.within(request.user))
    if one is None:
        raise Refused("KNM6010-E", status=404, what="question", name=str(number))
    pcs = read.question_meant(one, named, int(upto) if upto else None)
    if not pcs:
        raise BadRequest
    done = change_actions.answer(what, one.slot, pcs, who, key)
    read.forget()
    told = {"n": wording.number(len(pcs)), "operation": done.operation.pk}
    if what == "approve":
        text = ngettext(
            "Approved for %(n)s PC. This is operation %(operation)s.",
            "Approved for %(n)s PCs. This is operation %(operation)s.",
            len(pcs),
        )
    else:
        text = ngettext(
            "Declined for %(n)s PC. This is operation %(operation)s.",
            "Declined for %(n)s PCs. This is operation %(operation)s.",
            len(pcs),
        )
    return answer(request, done, text % told, reverse("console:waiting"))


@changes
@needs("act")
def hold(request: HttpRequest, key: str, switch: str) -> HttpResponse:
    """Hold all actions, or release them."""
    if switch not in ("hold", "release"):
        raise Http404
    done = change_actions.hold(switch == "hold", request.user.get_username(), key)
    read.forget()
    text = (
        _("All actions are held until somebody releases them.")
        if switch == "hold"
        else _("Actions are released. What is still due is decided now.")
    )
    return answer(request, done, text, back(request))
