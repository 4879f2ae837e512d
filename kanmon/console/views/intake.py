"""What came in and needs a look."""

import uuid

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kanmon.accounts.permission import may
from kanmon.console import change, read
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
    forms = [(one, uuid.uuid4().hex) for one in page.rows]
    allowed = may(request.user, "decide_suspected").allowed
    shown = {"page": page, "forms": forms, "allowed": allowed, "nav": "suspected"}
    return render(request, "console/suspected.html", shown)


@require_POST
@needs("decide_suspected")
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Begin what a person decided. The form's key makes a form that is sent twice count once."""
    decision, key, pc = (request.POST.get(name, "") for name in ("decision", "form_key", "pc"))
    if decision not in change.DECISIONS or len(key) != 32 or not key.isalnum():
        return HttpResponseBadRequest()
    if decision == "same" and not (pc.isdecimal() and len(pc) < 19):
        return HttpResponseBadRequest()
    same = int(pc) if decision == "same" else None
    operation = change.decide_suspected(number, decision, same, request.user.get_username(), key)
    text = {
        "same": _("The report will be recorded for PC %(pc)s. This is operation %(operation)s."),
        "new": _("The report will be recorded for a new PC. This is operation %(operation)s."),
        "reject": _("The report is rejected. This is operation %(operation)s."),
    }[decision]
    messages.success(request, text % {"pc": read.host(same) if same else "", "operation": operation.pk})
    return HttpResponseRedirect(reverse("console:suspected"))
