"""The history of judgments and actions: over all, of one PC, and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.action.history.line import KINDS, RESULTS, Wanted, as_json, wanted
from kanmon.action.history.sheet import as_csv
from kanmon.common.errors import Refused
from kanmon.console import read, words
from kanmon.console.needs import needs
from kanmon.console.read.history import lines
from kanmon.inventory import managing
from kanmon.inventory.models import Pc
from kanmon.judgment.levels import Level

MOST_CSV = 10_000
ASKED = ("since", "until", "cause", "kind", "level", "result")
KINDS_SHOWN = [(kind, words.KINDS[kind]) for kind in KINDS if kind in words.KINDS]
LEVELS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.SAFE)


def _asked(given: QueryDict) -> dict[str, str]:
    return {name: given.get(name, "").replace("\x00", "").strip()[:60] for name in ASKED}


def _wanted(asked: dict[str, str]) -> Wanted:
    return wanted(**asked)


def _pc(request: HttpRequest) -> Pc | None:
    """The PC that the address names by asset number or host. Raises Refused KNM6010-E, KNM6011-E.

    Who is limited to groups has no history over all: KNM7200-E.
    """
    name = request.GET.get("pc", "").replace("\x00", "").strip()[:255]
    if not name:
        if scope.is_limited(request.user):
            raise Refused("KNM7200-E", status=403, who=request.user.get_username())
        return None
    found = list(Pc.objects.filter(asset_number=name)) or managing.called(name)
    found = [one for one in found if scope.sees(request.user, one.id)]
    if not found:
        raise Refused("KNM6010-E", status=404, what="PC", name=name)
    if len(found) > 1:
        raise Refused("KNM6011-E", status=409, name=name, numbers=", ".join(one.asset_number for one in found))
    return found[0]


@require_safe
@needs("view", "narrowed")
def history(request: HttpRequest) -> HttpResponse:
    """Runs with what was done, newest first; ``?pc=``: what happened to one PC."""
    asked, pc, cursor = _asked(request.GET), _pc(request), request.GET.get("at", "")[:60]
    kept = request.GET.copy()
    kept.pop("at", None)
    shown: dict[str, Any] = {
        "csv_query": kept.urlencode(),
        "nav": "history", "asked": asked, "pc": pc, "pc_name": request.GET.get("pc", ""), "kinds": KINDS_SHOWN,
        "results": [(name, words.HISTORY_RESULTS[name]) for name in RESULTS], "levels": LEVELS,
        "causes": words.CAUSES.items(), "is_narrow": pc is not None or any(asked.values()), "later": bool(cursor),
        "page": read.history_of_pc(pc.id, _wanted(asked), cursor) if pc else read.history(_wanted(asked), cursor),
    }  # fmt: skip
    return render(request, "console/history_page.html", shown)


@require_safe
@needs("view", "narrowed")
def as_file(request: HttpRequest) -> HttpResponse:
    """The same as CSV, the newest lines first, ``MOST_CSV`` at most."""
    pc = _pc(request)
    found = lines(_wanted(_asked(request.GET)), pc.id if pc else None, MOST_CSV)
    text = as_csv((as_json(one) for one in found), pc.asset_number if pc else "")
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{f"history-{pc.id}" if pc else "history"}.csv"'
    return response
