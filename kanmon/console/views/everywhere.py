"""One search over everything: as a page, and as the list below the field in the head of every page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.console.needs import needs
from kanmon.console.read.everywhere import MOST_CHARS, everywhere
from kanmon.console.views.network import text_of


@require_safe
@needs("view", "narrowed")
def page(request: HttpRequest) -> HttpResponse:
    """What was found; when it is one thing, that is where one gets."""
    text = text_of(request.GET, "q", MOST_CHARS)
    sections = everywhere(text, request.user)
    hits = [hit for section in sections for hit in section.hits]
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].url)
    return render(request, "console/everywhere.html", {"nav": "", "text": text, "sections": sections})


@require_safe
@needs("view", "narrowed")
def hits(request: HttpRequest) -> HttpResponse:
    """The list below the field."""
    text = text_of(request.GET, "q", MOST_CHARS)
    shown = {"text": text, "sections": everywhere(text, request.user)}
    return render(request, "console/everywhere_hits.html", shown)
