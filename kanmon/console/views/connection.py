"""What a page asks when a Manager answers again: was my last change done, and which node is this."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.console import forms, read
from kanmon.console.needs import needs


@require_safe
@needs("view", "open")
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Whether the form with ``key`` was done; told to the person who sent it.

    ``state``: done, not_done, or underway while this node works on it. ``back`` names the node that answers.
    """
    if not forms.is_key(key):
        raise Http404
    underway = forms.is_underway(key)  # before the look: what ends in between has been written by then
    done = read.change(key)
    if done is not None and done.actor != request.user.get_username():
        raise Http404
    told = {"state": "done" if done else "underway" if underway else "not_done", "back": _back()}
    return JsonResponse(told | ({"what": done.what, "operation": done.operation} if done else {}))


def _back() -> str:
    return _("Back, now on %(node)s.") % {"node": read.shell().node}


@require_safe
@needs("view", "open")
def node(request: HttpRequest) -> HttpResponse:
    """The header's words about this node."""
    return render(request, "console/node.html")
