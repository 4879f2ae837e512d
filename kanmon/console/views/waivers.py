"""The list of waivers, and giving and ending one."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.accounts.permission import may
from kanmon.common import zone
from kanmon.console import change_waivers, read
from kanmon.console.change_groups import where as group_words
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.read import waivers as read_waivers
from kanmon.console.shown.waivers import STATES, WaiverAsked
from kanmon.console.views.choices import back, ours
from kanmon.console.views.network import text_of
from kanmon.inventory.models import Pc
from kanmon.judgment.known import check_condition
from kanmon.policy.models import Waiver
from kanmon.policy.waivers import MOST_DAYS, Place, Wanted

USUAL_DAYS = 30
CONDITION_CHARS, REASON_CHARS, APPROVER_CHARS = 700, 1000, 150


def days() -> dict[str, str]:
    """The first, the usual and the last day on which a waiver may end."""
    today = zone.today()
    ends = {"first": 0, "usual": USUAL_DAYS, "last": MOST_DAYS}
    return {name: (today + timedelta(days=left)).isoformat() for name, left in ends.items()}


def _wanted(given: QueryDict, condition: str) -> Wanted:
    texts = (text_of(given, "reason", REASON_CHARS), text_of(given, "approver", APPROVER_CHARS))
    return change_waivers.wanted(condition, *texts, text_of(given, "expires", 40))


@require_safe
@needs("view", "narrowed")
def waivers(request: HttpRequest) -> HttpResponse:
    """All waivers: what counts for nobody where, why, and until when."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    text, at = text_of(request.GET, "q", 200), request.GET.get("at", "")
    shown = read_waivers.waivers(state, text, at, scope.groups(request.user))
    page = {"nav": "waivers", "shown": shown, "page": shown.page, "may_edit": may(request.user, "edit_policy").allowed}
    return render(request, "console/waivers.html", page)


def _asked(request: HttpRequest, given: QueryDict) -> WaiverAsked:
    """What the form or the address means. Raises Http404, Refused KNM5050-E (no policy has the condition)."""
    pc, condition = given.get("pc", ""), text_of(given, "condition", CONDITION_CHARS)
    number = int(pc) if pc.isdecimal() and len(pc) < 19 else 0
    if not scope.sees(request.user, number):
        raise Http404
    check_condition(condition)
    found = read_waivers.asked(number, condition, scope.groups(request.user))
    if found is None:
        raise Http404
    return found


@require_safe
@needs("edit_policy", "narrowed")
def ask(request: HttpRequest) -> HttpResponse:
    """The form of a waiver for a PC, and what it would do to the level."""
    shown = {
        "nav": "pcs", "asked": _asked(request, request.GET), "days": days(), "approver": request.user.get_username(),
        "next": ours(request, request.GET.get("next", "")) or "", "reason_chars": REASON_CHARS,
        "approver_chars": APPROVER_CHARS,
    }  # fmt: skip
    return render(request, "console/waiver_give.html", shown)


@changes
@needs("edit_policy", "narrowed")
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Waive the condition, for the PC or for its group."""
    asked = _asked(request, request.POST)
    if request.POST.get("where", "pc") == "group" and asked.group is not None:
        place, where, named = Place("group", asked.group), group_words(asked.path), asked.path
    else:
        number = Pc.objects.values_list("asset_number", flat=True).get(id=asked.pc)
        place, where, named = Place("pc", asked.pc), f"PC {number}", asked.host
    done = change_waivers.give(place, where, _wanted(request.POST, asked.condition), request.user.get_username(), key)
    read.forget()
    said = _("“%(condition)s” is waived for %(where)s. Who is concerned is judged again.")
    return answer(request, done, said % {"condition": asked.title, "where": named}, back(request))


@changes
@needs("edit_policy", "narrowed")
def end(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """End a waiver now: its condition counts again."""
    row = change_waivers.found(number)
    if not _is_of(row, request):
        raise Http404
    done = change_waivers.end(row, request.user.get_username(), key)
    read.forget()
    return answer(
        request, done, _("The waiver has ended. Who is concerned is judged again."), reverse("console:waivers")
    )


def _is_of(row: Waiver, request: HttpRequest) -> bool:
    only = scope.groups(request.user)
    if row.target == "pc":
        return scope.sees(request.user, row.target_id)
    return only is None or row.target_id in only
