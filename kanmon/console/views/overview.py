"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.console import read
from kanmon.console.needs import needs
from kanmon.judgment.levels import Level

MAIN_LEVELS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.SAFE)


@require_safe
@needs("view", "narrowed")
def overview(request: HttpRequest) -> HttpResponse:
    """Levels now, what waits for a person, who is newly in Danger."""
    overview = read.overview(scope.groups(request.user))
    shown = {
        "overview": overview,
        "unmanaged": overview.pcs - overview.managed,
        "main_levels": MAIN_LEVELS,
        "nav": "overview",
    }
    return render(request, "console/overview.html", shown)
