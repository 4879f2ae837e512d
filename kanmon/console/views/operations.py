"""Operations of the journal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.console import read, wording, words
from kanmon.console.needs import needs


@require_safe
@needs("view")
def operations(request: HttpRequest) -> HttpResponse:
    """The list, newest first; ``?state=`` shows those of one state."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in words.STATES else ""
    page = read.operations(state, request.GET.get("at", ""))
    shown = {"page": page, "state": state, "states": words.STATES.items(), "nav": "operations"}
    return render(request, "console/operations.html", shown)


@require_safe
@needs("view")
def operation(request: HttpRequest, number: int) -> HttpResponse:
    """One operation and its story."""
    shown = read.operation(number)
    if shown is None:
        raise Http404
    row = shown.row
    duration = wording.duration(row.ended - row.begun) if row.ended else ""
    return render(request, "console/operation.html", {"operation": shown, "duration": duration, "nav": "operations"})
