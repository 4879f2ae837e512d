"""Operations of the journal, the nodes that work on them, and what a person decides on them."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.accounts.permission import may, may_here
from kanmon.console import change, decision_words, read, wording, words
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.views.choices import back

MOST_SAID = 500


@require_safe
@needs("view")
def operations(request: HttpRequest) -> HttpResponse:
    """Nodes and health, what is open, then all, newest first; ``?state=`` shows those of one state."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in words.STATES else ""
    at = request.GET.get("at", "")
    shown = {
        "page": read.operations(state, at), "state": state, "states": words.STATES.items(), "nav": "operations",
        "allowed": may(request.user, "act").allowed,
    }  # fmt: skip
    if not state and not at:
        shown |= {"cluster": read.cluster(), "open": read.open_operations()}
    return render(request, "console/operations.html", shown)


@require_safe
@needs("view", "narrowed")
def operation(request: HttpRequest, number: int) -> HttpResponse:
    """One operation and its story; people who are limited to groups see those that they began."""
    shown = read.operation(number)
    if shown is None or (scope.is_limited(request.user) and shown.row.actor != request.user.get_username()):
        raise Http404
    row = shown.row
    duration = wording.duration(row.ended - row.begun) if row.ended else ""
    told = {
        "operation": shown,
        "duration": duration,
        "allowed": may_here(request.user, "act", "refused").allowed,
        "nav": "operations",
    }
    return render(request, "console/operation.html", told)


@changes
@needs("act")
def decide(request: HttpRequest, key: str, number: int, verb: str) -> HttpResponse:
    """Redo, it ran, close, cancel or release one operation."""
    if verb not in decision_words.DECISIONS:
        raise BadRequest
    because = request.POST.get("because", "").replace("\x00", "").strip()[:MOST_SAID]
    done = change.decide(verb, number, because, request.user.get_username(), key)
    read.forget()
    again = (done.operation.outcome or {}).get("again")
    text = str(decision_words.DECISIONS[verb].done) % {"n": number, "again": again}
    return answer(request, done, text, back(request))
