"""What came in and needs a look."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
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
def refused(request: HttpRequest) -> HttpResponse:
    """Bodies that were not taken in, with the sentence that their sender got."""
    page = read.refused(request.GET.get("at", ""))
    return render(request, "console/refused.html", {"page": page, "nav": "refused"})


@require_safe
@needs("view")
def suspected(request: HttpRequest) -> HttpResponse:
    """Reports that may be of a known PC, each with its three answers for those who may give one."""
    page = read.suspected(request.GET.get("at", ""))
    allowed = may(request.user, "decide_suspected").allowed
    shown = {"page": page, "allowed": allowed, "nav": "suspected"}
    return render(request, "console/suspected.html", shown)


@changes
@needs("decide_suspected")
def decide(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Begin what a person decided."""
    decision, pc = (request.POST.get(name, "") for name in ("decision", "pc"))
    known = pc.isdecimal() and len(pc) < 19
    if decision not in change.DECISIONS or (decision == "same" and not known):
        raise BadRequest
    same = int(pc) if decision == "same" else None
    done = change.decide_suspected(number, decision, same, request.user.get_username(), key)
    text = {
        "same": _("The report will be recorded for PC %(pc)s. This is operation %(operation)s."),
        "new": _("The report will be recorded for a new PC. This is operation %(operation)s."),
        "reject": _("The report is rejected. This is operation %(operation)s."),
    }[decision] % {"pc": read.host(same) if same else "", "operation": done.operation.pk}
    return answer(request, done, text, reverse("console:suspected"))
