"""The PC list and the pages of one PC."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kanmon.accounts import scope
from kanmon.accounts.permission import may
from kanmon.common import clock
from kanmon.console import list_columns, pc_words, read, wording
from kanmon.console.needs import needs
from kanmon.console.read import past
from kanmon.console.read.pcs import SORTS
from kanmon.console.shown.pc import PcShown
from kanmon.console.shown.pcs import PcQuery
from kanmon.console.views import bulk, network
from kanmon.judgment.as_of import moment_of
from kanmon.judgment.levels import Level
from kanmon.search import asked
from kanmon.search.find import find
from kanmon.search.table import READ

TABS = (Level.DANGER, Level.WARNING, Level.CAUTION, Level.SAFE, Level.UNKNOWN, Level.NOT_JUDGED)


def _text(given: QueryDict, name: str, most: int) -> str:
    """A text of the address, without NUL, which no database column takes."""
    return given.get(name, "").replace("\x00", "").strip()[:most]


def _query(given: QueryDict, only: frozenset[int] | None = None) -> PcQuery:
    """The search that the address holds; what is not known in it is left out. ``only``: see ``PcQuery``."""
    sort = given.get("sort", "level")
    sort = sort if sort in SORTS else "level"
    falls = {"down": True, "up": False}.get(given.get("order", ""), SORTS[sort])
    search = asked.read(dict(given.lists()), READ)
    return PcQuery(search=search, sort=sort, descending=falls, cursor=given.get("at", ""), only=only)


@require_safe
@vary_on_headers("HX-Request")
@needs("view", "narrowed")
def pcs(request: HttpRequest) -> HttpResponse:
    """The list; only its table when htmx asks for it. ``?edit=``: with the editor of a condition."""
    only = scope.groups(request.user)
    columns = list_columns.of(request.user)
    query = replace(_query(request.GET, only), columns=columns)
    found = find(query.search, only)
    shown = {
        "nav": "pcs",
        "query": query,
        "text": " ".join(query.search.values("q")),
        "page": read.pcs(query, found),
        "chips": read.search.chips(query.search),
        "others": [(name, value) for name, value in query.search.pairs() if name != "q"],
        "menu": read.search.menu(query.search),
        "editor": read.search.editor(request.GET.get("edit", ""), query.search, only),
        "narrowest": next((one for one in read.search.chips(query.search) if one.name == found.narrowest), None),
        "without": found.without,
        "columns": _columns(query),
        "shows": {name: name in columns for name in list_columns.WORDS},
        "choosable": [(name, words, name in columns) for name, words in list_columns.WORDS.items()],
        "bulk": bulk.offered(request.user),
    }
    counts = read.level_counts(only)
    chosen = query.search.values("level") if query.search.names == ("level",) else ()
    shown["tabs"] = [(level, counts[level], chosen == (level.word,)) for level in TABS]
    tabs = read.search.saved_ones(query.search, int(request.user.pk or 0), only)
    may_share = may(request.user, "edit_policy").allowed
    shown |= {
        "saved": tabs, "may_share": may_share,
        "kept_as": next((one for one in tabs if one.is_shown and (one.mine or may_share)), None),
    }  # fmt: skip
    part = request.htmx and not request.htmx.history_restore_request
    return render(request, "console/pcs_part.html" if part else "console/pcs.html", shown)


def _columns(query: PcQuery) -> dict[str, dict[str, str]]:
    """For each column that can be sorted by: how it is sorted now, and the order that a click asks for."""
    columns = {}
    for name, falls_first in SORTS.items():
        now = query.sort == name
        turned = not query.descending if now else falls_first
        aria = ("descending" if query.descending else "ascending") if now else ""
        columns[name] = {"aria": aria, "order": "down" if turned else "up"}
    return columns


@require_safe
@needs("view", "narrowed")
def pc(request: HttpRequest, number: int) -> HttpResponse:
    """How a PC stands and why, how to mend it, and what happened to it; ``?at=`` a day or moment: as of then."""
    earlier = request.GET.get("earlier", "0")
    more = min(int(earlier), 1000) if earlier.isdecimal() and len(earlier) < 6 else 0
    shown = read.pc(number, more)
    if shown is None or not scope.sees(request.user, number):
        raise Http404
    text = _text(request.GET, "at", 40)
    at = moment_of(text) if text else None
    same = True
    if at is not None:
        shown, same = past.then(shown, at)
    items = [(item, pc_words.summary(item), item.level in pc_words.FAILING) for item in shown.items]
    told: dict[str, Any] = {"at": at, "at_text": text, "same": same, "strip": past.strip(number, at)}
    if at is None:
        told |= network.context_of(request, number) | {"told": read.messages_of_pc(number)}
        told |= {
            "told": read.messages_of_pc(number), "waits": read.asked_about(number), "done": read.actions(shown.row, _action_policy(shown)),
            "bulk": bulk.offered(request.user, shown.row), "waivers": read.waivers_of_pc(number),
        }  # fmt: skip
        told["may_waive"] = may(request.user, "edit_policy").allowed
        told["may_manage"] = any(one.is_of_management for one in told["bulk"])
    return render(request, "console/pc.html", {**_head(shown), **told, "items": items, "earlier": more + 50})


def _action_policy(pc: PcShown) -> str:
    """The action policy that holds for it; "" when none does."""
    return next((one.name for one in pc.policies if one.kind == "action"), "")


@require_safe
@needs("view", "narrowed")
def pc_inventory(request: HttpRequest, number: int) -> HttpResponse:
    """What a PC has, a class of records at a time."""
    text = _text(request.GET, "q", 200)
    wanted = request.GET.get("page", "1")
    page = int(wanted) if wanted.isdecimal() and len(wanted) < 8 else 1
    shown = read.pc(number)
    if shown is None or not scope.sees(request.user, number):
        raise Http404
    inventory = read.inventory(number, request.GET.get("class", ""), text, page)
    told = any(table.told for table in inventory.tables if table.name == inventory.chosen) if inventory else False
    context = {**_head(shown), "inventory": inventory, "text": text, "told": told}
    return render(request, "console/pc_inventory.html", context)


def _head(pc: PcShown) -> dict[str, Any]:
    """What both pages of a PC have on top."""
    names = [name for name in pc.row.group.split("/") if name]
    path = [(name, "/" + "/".join(names[: place + 1])) for place, name in enumerate(names)]
    since = ""
    if pc.row.since:
        parts = {"when": wording.moment(pc.row.since, clock.now()), "age": wording.age(clock.now() - pc.row.since)}
        since = _("since %(when)s (%(age)s)") % parts
    return {"nav": "pcs", "pc": pc, "path": path, "since": since}
