"""Policies, to read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts.permission import may_here
from kanmon.console import read
from kanmon.console.editing import items
from kanmon.console.needs import needs


@require_safe
@needs("view", "open")
def policies(request: HttpRequest) -> HttpResponse:
    """All policies with their newest version."""
    return render(request, "console/policies.html", {"policies": read.policies(), "nav": "policies"})


@require_safe
@needs("view", "open")
def policy(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """One version of a policy, the newest unless ``?version=`` names another."""
    wanted = request.GET.get("version", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else None
    shown = read.policy(kind, name, number)
    if shown is None:
        raise Http404
    newest = shown.row.version == shown.versions[0].version
    page = {"policy": shown, "newest": newest, "nav": "policies", "may_edit": _may_edit(request)}
    return render(request, "console/policy.html", {**page, "first_item": items(kind)[0]})


def _may_edit(request: HttpRequest) -> bool:
    return may_here(request.user, "edit_policy", "refused").allowed
