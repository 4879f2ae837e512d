"""What happened when a node was lost, and what became of everything that was running."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts.permission import may
from kanmon.console import change, read
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs


@require_safe
@needs("view")
def failovers(request: HttpRequest) -> HttpResponse:
    """Every time that a node became active, newest first."""
    before = request.GET.get("before", "")
    page = read.failovers(int(before) if before.isdecimal() and len(before) < 19 else None)
    allowed = may(request.user, "act").allowed
    shown = {"page": page, "allowed": allowed, "nav": "operations"}
    return render(request, "console/failovers.html", shown)


@require_safe
@needs("view")
def failover(request: HttpRequest, term: int) -> HttpResponse:
    """The report of one take-over: in doubt first, then everything in its groups."""
    shown = {"shown": read.failover(term), "allowed": may(request.user, "act").allowed, "nav": "operations"}
    return render(request, "console/failover.html", shown)


@require_safe
@needs("view")
def as_json(request: HttpRequest, term: int) -> HttpResponse:
    """The report for programs, to keep."""
    answer = JsonResponse(read.failover_json(term), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = f'attachment; filename="kanmon-failover-{term}.json"'
    return answer


@require_safe
@needs("view")
def group(request: HttpRequest, term: int, group: str) -> HttpResponse:
    """All operations of one group of the report, a page at a time."""
    after = request.GET.get("after", "")
    head, found = read.failover_group(term, group, int(after) if after.isdecimal() and len(after) < 19 else 0)
    return render(request, "console/failover_group.html", {"row": head, "group": found, "nav": "operations"})


@changes
@needs("act")
def acknowledge(request: HttpRequest, key: str, term: int) -> HttpResponse:
    """The report was seen: the banner goes."""
    done = change.acknowledge(term, request.user.get_username(), key)
    read.forget()
    location = reverse("console:failover", args=[term])
    return answer(request, done, _("Acknowledged: the notice is gone for everybody."), location)


@changes
@needs("act")
def acknowledge_all(request: HttpRequest, key: str) -> HttpResponse:
    """All reports were seen."""
    done = change.acknowledge(None, request.user.get_username(), key)
    read.forget()
    return answer(request, done, _("All failovers are acknowledged."), reverse("console:failovers"))
