"""The columns of the PC list, chosen by each person."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from kanmon.console import change, list_columns
from kanmon.console.needs import needs
from kanmon.console.views.choices import back


@require_POST
@needs("view", "open")
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the columns that are ticked; ``usual``: those of who has chosen none. What is unknown is left out."""
    usual = "usual" in request.POST
    change.choose_columns(request.user, None if usual else list_columns.known(request.POST.getlist("column")))
    return HttpResponseRedirect(back(request))
