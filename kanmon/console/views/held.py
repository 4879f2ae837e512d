"""Actions that are held since a restore: what waits, and what becomes of it."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts.permission import may
from kanmon.backup.held import Choice
from kanmon.console import change, read, wording
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs


@require_safe
@needs("view")
def held(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, with the choice for those who may decide."""
    shown = {"held": read.held(), "allowed": may(request.user, "act").allowed, "nav": "operations"}
    return render(request, "console/held.html", shown)


@changes
@needs("act")
def release(request: HttpRequest, key: str) -> HttpResponse:
    """Release: what waits is cancelled, but for what is ticked; or all of it is carried out."""
    what, ticked = request.POST.get("what", ""), request.POST.getlist("keep")
    if what not in ("cancel", "carry_out") or not all(one.isdecimal() and len(one) < 19 for one in ticked):
        raise BadRequest
    choice = Choice(carry_out=what == "carry_out", keep=[int(one) for one in ticked])
    done = change.release_held(choice, request.user.get_username(), key)
    read.forget()
    told = done.operation.outcome or {}
    counts = {name: wording.number(int(told.get(name, 0))) for name in ("cancelled", "let_go")}
    text = _("Actions are released: %(cancelled)s cancelled, %(let_go)s carried out.") % counts
    return answer(request, done, text, reverse("console:operations"))
