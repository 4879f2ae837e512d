"""Evaluation points of groups and users."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.console import read
from kanmon.console.needs import needs
from kanmon.console.read.evaluation import MOST_PCS, by_group, by_user


@require_safe
@needs("view", "narrowed")
def evaluation(request: HttpRequest) -> HttpResponse:
    """Worst first, a page at a time; ``?by=user``: of the users."""
    only = scope.groups(request.user)
    group = request.GET.get("group", "").replace("\x00", "").strip()[:1000]
    number = request.GET.get("page", "1")[:6]
    page = int(number) if number.isascii() and number.isdigit() else 1
    users = request.GET.get("by") == "user"
    shown: dict[str, Any] = {
        "nav": "evaluation", "by": "user" if users else "group", "group": group, "groups": read.groups(only),
        "scores": by_user(group, page, only) if users else by_group(group, page, only), "most": MOST_PCS,
    }  # fmt: skip
    return render(request, "console/evaluation.html", shown)
