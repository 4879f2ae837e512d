"""While one types into a field of a policy: what the fleet has that is like it."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kanmon.console.needs import needs
from kanmon.search.condition import Choice
from kanmon.search.offers import SOURCES, offer

MOST_TYPED = 200


@require_GET
@needs("edit_policy")
def offers(request: HttpRequest, what: str) -> HttpResponse:
    """Names with the number of PCs that have them, and a sentence for who does not see them."""
    if what not in SOURCES:
        raise Http404
    found = offer(what, request.GET.get("q", "")[:MOST_TYPED])
    return JsonResponse({"choices": [{"value": one.value, "pcs": _pcs(one)} for one in found], "said": _said(found)})


def _pcs(one: Choice) -> str:
    return ngettext("%(n)s PC has it", "%(n)s PCs have it", one.pcs) % {"n": f"{one.pcs:,}"}


def _said(found: list[Choice]) -> str:
    if not found:
        return _("No PC has anything like it; what you typed stays.")
    return ngettext("%(n)s name of the fleet, use the arrow keys", "%(n)s names of the fleet, use the arrow keys",
                    len(found)) % {"n": len(found)}  # fmt: skip
