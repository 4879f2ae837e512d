"""Network control: who waits for approval, unmanaged devices, and the agents."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kanmon.accounts.permission import may
from kanmon.common import config
from kanmon.console import change_network, read, wording
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.views.network import text_of

DECISIONS = ("approve", "decline")
MOST_TICKED = 1000


@require_safe
@needs("view")
def waiting(request: HttpRequest) -> HttpResponse:
    """The PCs beyond the cap, the longest first."""
    page, more = read.network_waiting(request.GET.get("at", ""))
    shown = {
        "nav": "network", "tab": "waiting", "counts": read.network_counts(), "page": page, "more": more,
        "allowed": may(request.user, "act").allowed, "cap": config.get("network.most_denied_per_hour"),
    }  # fmt: skip
    return render(request, "console/network_waiting.html", shown)


def _ticked(given: list[str]) -> list[int]:
    if len(given) > MOST_TICKED or not all(one.isdecimal() and len(one) < 19 for one in given):
        raise BadRequest
    return [int(one) for one in given]


@require_safe
@needs("act")
def decision(request: HttpRequest) -> HttpResponse:
    """Before a decision: how many PCs, which, why, and what becomes of them."""
    what, _all, everything = request.GET.get("do", "").partition("-")
    if what not in DECISIONS:
        raise BadRequest
    asked = read.network_asked(what, _ticked(request.GET.getlist("pc")), everything == "all")
    return render(request, "console/network_decision.html", {"nav": "network", "asked": asked})


@changes
@needs("act")
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Approve or decline: the PCs that are named, or all that waited when it was asked."""
    what, upto = request.POST.get("decision", ""), request.POST.get("upto", "0")
    if what not in DECISIONS or not (upto.isdecimal() and len(upto) < 19):
        raise BadRequest
    pcs = read.waiting_upto(int(upto)) if int(upto) else tuple(_ticked(request.POST.getlist("pc")))
    if not pcs and not change_network.known(key):
        raise BadRequest
    done = change_network.decide(what, pcs, request.user.get_username(), key)
    read.forget()
    told = {"n": wording.number(len(pcs)), "operation": done.operation.pk}
    if what == "approve":
        text = ngettext(
            "%(n)s PC is being cut off. This is operation %(operation)s.",
            "%(n)s PCs are being cut off. This is operation %(operation)s.",
            len(pcs),
        )
    else:
        text = ngettext(
            "%(n)s PC stays in the network. This is operation %(operation)s.",
            "%(n)s PCs stay in the network. This is operation %(operation)s.",
            len(pcs),
        )
    return answer(request, done, text % told, reverse("console:network_waiting"))


@require_safe
@needs("view")
def unmanaged(request: HttpRequest) -> HttpResponse:
    """Devices that the network saw and no inventory knows, the newest first."""
    page, more = read.unmanaged_devices(request.GET.get("at", ""))
    shown = {
        "nav": "network", "tab": "unmanaged", "counts": read.network_counts(), "page": page, "more": more,
        "allowed": may(request.user, "act").allowed,
    }  # fmt: skip
    shown["permit"] = ["permit"]
    return render(request, "console/network_unmanaged.html", shown)


def _agents(request: HttpRequest, **more: object) -> HttpResponse:
    shown = {
        "nav": "network", "tab": "agents", "counts": read.network_counts(), "agents": read.agents(),
        "allowed": may(request.user, "manage_cluster").allowed, "listens": bool(config.get("agents.listen")),
    }  # fmt: skip
    return render(request, "console/network_agents.html", {**shown, **more})


@require_safe
@needs("view")
def agents(request: HttpRequest) -> HttpResponse:
    """All agents with how they are."""
    return _agents(request)


@changes
@needs("manage_cluster")
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Invite an agent. The token stands on the answer to this form and nowhere else, so it is no redirect."""
    name = text_of(request.POST, "name", 64)
    done, token = change_network.invite(name, request.user.get_username(), key)
    return _agents(request, invited=name, token=token, operation=done.operation)


@changes
@needs("manage_cluster")
def revoke(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Listen to an agent no more."""
    done = change_network.revoke(name, request.user.get_username(), key)
    read.forget()
    return answer(request, done, _("Agent %(name)s is revoked.") % {"name": name}, reverse("console:network_agents"))
