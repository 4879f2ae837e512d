"""What is done about PCs that are ticked in the list, or about one: first what it would do, then the order."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.accounts.permission import may_here
from kanmon.action import hold
from kanmon.audit import refusals
from kanmon.common.errors import Refused
from kanmon.console import read, wording
from kanmon.console.bulk_words import BRACES, BULK, Bulk
from kanmon.console.change_bulk import BEGIN, Given, earlier
from kanmon.console.forms import answer, changes
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.console.shown.bulk import BulkAsked
from kanmon.console.shown.pcs import PcRow
from kanmon.console.views.actions import ticked
from kanmon.console.views.choices import back, ours
from kanmon.console.views.network import MOST_REASON, text_of
from kanmon.console.views.waivers import days
from kanmon.message.words import HTML_CHARS, TITLE_CHARS
from kanmon.message.write import MOST_DAYS, TEMPLATE_CHARS, Asked
from kanmon.search.asked import of_query
from kanmon.search.table import READ

FIELDS = {
    "message": ("title", "text", "html", "expires_days"), "waive": ("condition", "approver", "expires"), "group": ("path",),
}  # fmt: skip
"""What a form of a verb asks for beside; how long each may be is for the stage to say."""
MOST_FIELD = 100_000
MORE = 5  # PCs that a search may find beyond those that were asked about
MESSAGE = {
    "title": TITLE_CHARS, "text": TEMPLATE_CHARS, "html": HTML_CHARS, "days": MOST_DAYS, "usual": Asked("", "").expires_days,
    "words": [(f"{{{name}}}", meaning) for name, meaning in BRACES.items()],
}  # fmt: skip


def offered(user: Any, row: PcRow | None = None) -> list[Bulk]:
    """What this person may do from the list, or on the page of one PC: ``row``."""
    verbs = [one for one in BULK.values() if may_here(user, one.permission, one.limited).allowed]
    verbs = [one for one in verbs if (one.many if row is None else one.alone and _fits(one, row))]
    return [one for one in verbs if not one.macs or read.network_counts().in_use]


def _fits(one: Bulk, row: PcRow) -> bool:
    """Whether it would do something about this PC."""
    return {"managed": row.managed, "disabled": not row.managed, "present": row.removed is None}[one.shown]


def _asked(request: HttpRequest, what: Bulk, given: QueryDict) -> BulkAsked:
    """The PCs that a form means: those that are ticked, else all of its search; all of them must be this person's."""
    pcs = given.getlist("pc")
    if pcs or "search" not in given:
        asked = read.bulk(what, ticked(pcs))
    else:
        asked = read.bulk_of_search(what, of_query(given["search"], READ), scope.groups(request.user))
    scope.check(request.user, asked.pcs)
    return asked


def _wanted(request: HttpRequest, verb: str) -> Bulk:
    what = BULK.get(verb)
    if what is None:
        raise Http404
    decision = may_here(request.user, what.permission, what.limited, language())
    if not decision.allowed:
        refusals.permission(request, request.user.get_username(), what.permission)
        raise PermissionDenied(decision.why)
    return what


@require_safe
@needs("view", "narrowed")
def ask(request: HttpRequest) -> HttpResponse:
    """Before it is done: to how many PCs, which, who is left out, and what happens."""
    what = _wanted(request, request.GET.get("do", ""))
    asked = _asked(request, what, request.GET)
    said = {"n": wording.number(len(asked.pcs))}
    shown = {
        "nav": "pcs", "what": what, "asked": asked, "next": ours(request, request.GET.get("next", "")) or "",
        "title": what.asked(len(asked.pcs)) % said, "confirm": what.confirm(len(asked.pcs)) % said,
        "kept_back": hold.is_held(), "most_reason": MOST_REASON,
        "message": MESSAGE, **_offered_fields(what, asked, request.user.get_username()),
    }  # fmt: skip
    return render(request, "console/bulk.html", shown)


def _offered_fields(what: Bulk, asked: BulkAsked, who: str) -> dict[str, Any]:
    """What the form of this verb offers to choose from."""
    if what.verb == "waive":
        return {"conditions": read.failing_of(asked.pcs), "days": days(), "approver": who, "has_reason": True}
    return {"paths": read.group_choices()} if what.verb == "group" else {}


@changes
@needs("view", "narrowed")
def order(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Do it to the PCs that are named."""
    what = _wanted(request, verb)
    if "search" in request.POST and (begun := earlier(verb, key)) is not None:
        return answer(request, begun, "", back(request))
    asked = _asked(request, what, request.POST)
    if asked.of_search and _many_more(len(asked.pcs), request.POST.get("count", "")):
        raise Refused("KNM7102-E", status=409, count=len(asked.pcs), asked=request.POST.get("count", "0"))
    if not asked.pcs:
        raise BadRequest
    reason = text_of(request.POST, "reason", MOST_REASON)
    if what.reason and not reason:
        raise Refused("KNM8550-E")
    fields = {name: text_of(request.POST, name, MOST_FIELD) for name in FIELDS.get(verb, ())}
    given = Given(asked.pcs, request.user.get_username(), key, reason, request.POST.get("conditions") != "no", fields)
    done = BEGIN[verb](given)
    read.forget()
    told = {"n": wording.number(len(asked.pcs)), "operation": done.operation.pk}
    text = what.done(len(asked.pcs)) % told
    if asked.at is not None:
        text = _("%(done)s The search found them at %(time)s.") % {"done": text, "time": wording.clock_time(asked.at)}
    return answer(request, done, text, back(request))


def _many_more(now: int, confirmed: str) -> bool:
    """The search finds clearly more PCs than the person was asked about."""
    was = int(confirmed) if confirmed.isdecimal() and len(confirmed) < 12 else 0
    return now > was + max(MORE, was // 10)
