"""Network control: the connection control list, devices, and orders by hand."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kanmon.accounts import scope
from kanmon.accounts.permission import may
from kanmon.common import mac as macs
from kanmon.common.errors import Refused
from kanmon.console import change_network, network_words, read, wording
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.shown.network import NetworkQuery
from kanmon.console.views.choices import back
from kanmon.network import asked
from kanmon.network.change import Target

MOST_REASON = 500
MOST_TEXT = 100_000
STATES = ("deny", "refuse", "permit")
WHY = ("policy", "person", "emergency")
HISTORY = 50


def text_of(given: QueryDict, name: str, most: int) -> str:
    """A text of a form or address, without NUL, which no database column takes."""
    return given.get(name, "").replace("\x00", "").strip()[:most]


def _query(given: QueryDict, only: frozenset[int] | None) -> NetworkQuery:
    state, why = given.get("state", ""), given.get("why", "")
    return NetworkQuery(
        state=state if state in STATES else "", why=why if why in WHY else "", wrong=given.get("wrong") == "yes",
        text=text_of(given, "q", 200), cursor=given.get("at", ""), only=only,
    )  # fmt: skip


def _chips(query: NetworkQuery) -> Iterator[dict[str, str]]:
    if query.state:
        yield {"name": "state", "label": _("State is"), "value": str(network_words.STATES[query.state])}
    if query.why:
        yield {"name": "why", "label": _("Decided"), "value": str(network_words.WHY[query.why])}
    if query.wrong:
        yield {"name": "wrong", "label": _("Seen"), "value": _("in the wrong network")}
    if query.text:
        yield {"name": "q", "label": _("Text"), "value": query.text}


@require_safe
@vary_on_headers("HX-Request")
@needs("view", "narrowed")
def connections(request: HttpRequest) -> HttpResponse:
    """The connection control list; only its table when htmx asks for it."""
    only = scope.groups(request.user)
    query = _query(request.GET, only)
    page, more = read.connections(query)
    shown = {
        "nav": "network", "tab": "connections", "counts": read.network_counts(only), "query": query, "page": page, "more": more,
        "chips": list(_chips(query)), "states": [(one, network_words.STATES[one]) for one in STATES],
        "whys": [(one, network_words.WHY[one]) for one in WHY], "device": macs.parse(query.text) if query.text else None,
    }  # fmt: skip
    part = request.htmx and not request.htmx.history_restore_request
    return render(request, "console/network_table.html" if part else "console/network.html", shown)


@require_safe
@needs("view", "narrowed")
def device(request: HttpRequest, mac: str) -> HttpResponse:
    """One MAC: what holds for it, where it was seen, what was ordered; whether or not a PC is known by it."""
    found = macs.parse(mac)
    if found is None or not _sees(request, found):
        raise Http404
    shown = {
        "nav": "network", "mac": found, "net": read.network_of_mac(found), "owner": read.owner(found),
        "history": read.network_history(found, HISTORY), "allowed": may(request.user, "act").allowed,
        "busy": read.ordering_underway(),
    }  # fmt: skip
    return render(request, "console/network_device.html", shown)


@require_safe
@needs("view", "narrowed")
def card(request: HttpRequest, number: int) -> HttpResponse:
    """The network card of a PC alone, for a page that waits for it to change."""
    net = read.network_of_pc(number)
    if net is None or not scope.sees(request.user, number):
        raise Http404
    shown = {"net": net, "busy": read.ordering_underway(), "card": reverse("console:pc_network", args=[number])}
    return render(request, "console/network_card.html", shown)


@require_safe
@needs("view", "narrowed")
def device_card(request: HttpRequest, mac: str) -> HttpResponse:
    """The network card of a device alone."""
    found = macs.parse(mac)
    if found is None or not _sees(request, found):
        raise Http404
    shown = {"net": read.network_of_mac(found), "busy": read.ordering_underway(), "mac": found}
    return render(request, "console/network_card.html", shown)


@changes
@needs("act", "narrowed")
def order(request: HttpRequest, key: str) -> HttpResponse:
    """Permit, deny, refuse, lift or withdraw: a PC by its number, else devices by their MACs. A reason is wanted."""
    verb = network_words.VERBS.get(request.POST.get("wanted", ""))
    pc = request.POST.get("pc", "")
    given = text_of(request.POST, "mac", MOST_TEXT).replace(",", " ").split()
    if verb is None or (pc and not (pc.isdecimal() and len(pc) < 19)) or not (pc or given):
        raise BadRequest
    reason = text_of(request.POST, "reason", MOST_REASON)
    if not reason:
        raise Refused("KNM8550-E")
    targets = change_network.targets_of(int(pc)) if pc else asked.targets(given)
    scope.check(request.user, [one.pc or 0 for one in targets])
    done = change_network.order(verb.wanted, targets, reason, request.user.get_username(), key)
    read.forget()
    text = str(verb.done) % {"what": _what(targets, bool(pc)), "operation": done.operation.pk}
    return answer(request, done, text, back(request))


def _sees(request: HttpRequest, mac: str) -> bool:
    """Whether this person may see the device: that of a PC that they may see, or any when they are not limited."""
    if not scope.is_limited(request.user):
        return True
    owner = read.owner(mac)
    return owner is not None and scope.sees(request.user, owner.id)


def _what(targets: tuple[Target, ...], pc: bool) -> str:
    """The PC, the device, or how many devices."""
    if pc or len(targets) == 1:
        return targets[0].host or targets[0].mac
    count = len(targets)
    return ngettext("%(n)s device", "%(n)s devices", count) % {"n": wording.number(count)}


def context_of(request: HttpRequest, number: int) -> dict[str, Any]:
    """What the page of a PC has of network control."""
    net = read.network_of_pc(number)
    if net is None:
        return {}
    return {
        "net": net, "allowed": may(request.user, "act").allowed, "busy": read.ordering_underway(),
        "card": reverse("console:pc_network", args=[number]),
    }  # fmt: skip
