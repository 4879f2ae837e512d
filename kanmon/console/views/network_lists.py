"""Network control: unmanaged devices, and the agents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts.permission import may
from kanmon.common import config
from kanmon.console import change_network, read
from kanmon.console.forms import answer, changes
from kanmon.console.needs import needs
from kanmon.console.views.network import text_of


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
