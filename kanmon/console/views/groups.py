"""The tree of groups: which policies hold where, what another assignment would do, and the tree itself."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kanmon.accounts import scope
from kanmon.accounts.permission import may_here
from kanmon.action.acting import Already
from kanmon.console import change_groups, read
from kanmon.console.forms import answer, changes
from kanmon.console.language import language
from kanmon.console.needs import needs
from kanmon.console.read import tree
from kanmon.console.shown.tree import SYSTEM, GroupShown
from kanmon.console.shown.whatif import WhatIfShown, shown
from kanmon.console.views.network import text_of
from kanmon.inventory.groups import check_move
from kanmon.policy import versions
from kanmon.policy.rules import JudgmentPolicy
from kanmon.whatif.asking import what_if
from kanmon.whatif.target import Target
from kanmon.whatif.told import as_json

ALREADY: dict[str, Already] = {"ask": "ask", "act": "act", "leave": "leave"}


def _may_edit(request: HttpRequest) -> bool:
    return may_here(request.user, "edit_policy", "refused").allowed


def _group(request: HttpRequest, number: int) -> GroupShown:
    found = tree.group(number, scope.groups(request.user))
    if found is None:
        raise Http404
    return found


@require_safe
@needs("view", "narrowed")
def groups(request: HttpRequest) -> HttpResponse:
    """All groups with their PCs by level, and the policies that hold there."""
    rows, more = tree.tree(scope.groups(request.user))
    return render(request, "console/groups.html", {"nav": "groups", "rows": rows, "more": more})


@require_safe
@needs("view", "narrowed")
def group(request: HttpRequest, number: int) -> HttpResponse:
    """One group, with what can be changed."""
    page = {"nav": "groups", "group": _group(request, number), "may_edit": _may_edit(request)}
    return render(request, "console/group.html", page)


@require_safe
@needs("edit_policy")
def ask(request: HttpRequest, number: int) -> HttpResponse:
    """What an assignment would do, before it is made. ``policy`` empty: taking the group's own away."""
    found = _group(request, number)
    kind, name = _wanted(request.GET.get("kind", ""), request.GET.get("policy", ""))
    page: dict[str, Any] = {"nav": "groups", "group": found, "kind": kind, "policy": name}
    meant = name
    if not name:
        left = tree.without_own(number, kind) if found.row.node.path != SYSTEM else None
        if left is None:
            raise BadRequest
        page["left"], meant = left, left.policy
    if kind == "judgment":
        page["what"] = _effect(meant, found)
        page["pcs"] = page["what"].told["pcs"]
    else:
        versions.find(kind, meant)
        page["pcs"] = len(tree.held_in(number, kind))
    return render(request, "console/group_assign.html", page)


def _wanted(kind: str, name: str) -> tuple[str, str]:
    if kind not in tree.KINDS or len(name) > 200 or "\x00" in name:
        raise BadRequest
    return kind, name.strip()


def _effect(name: str, found: GroupShown) -> WhatIfShown:
    path = found.row.node.path
    target = Target(system=True) if path == SYSTEM else Target(group=path)
    rules: JudgmentPolicy = versions.rules(versions.version("judgment", name).id)
    return shown(as_json(what_if(rules, target), language()), None, [], False)


@require_safe
@needs("edit_policy")
def ask_move(request: HttpRequest, number: int) -> HttpResponse:
    """What moving a group would do, before it is moved."""
    found = _group(request, number)
    path = found.row.node.path
    _row, to = check_move(path, text_of(request.GET, "to", 1000))
    if to == path:
        raise BadRequest
    page = {"nav": "groups", "group": found, "move": tree.moved(found, to)}
    return render(request, "console/group_move.html", page)


@changes
@needs("edit_policy")
def assign(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Assign the policy to the group, or take the group's own away."""
    path = _group(request, number).row.node.path
    kind, name = _wanted(request.POST.get("kind", ""), request.POST.get("policy", ""))
    if not name and path == SYSTEM:
        raise BadRequest
    already = ALREADY.get(request.POST.get("already", "ask"), "ask")
    done = change_groups.assign(kind, name, number, already, request.user.get_username(), key)
    read.forget()
    said = _("%(name)s is assigned to %(path)s.") if name else _("What is farther holds for %(path)s again.")
    return answer(request, done, said % {"name": name, "path": path}, reverse("console:group", args=[number]))


@changes
@needs("edit_policy")
def change(request: HttpRequest, key: str, number: int, verb: str) -> HttpResponse:
    """Make a group below this one, move it, or remove it. The form tells the path that the person saw."""
    path, actor = text_of(request.POST, "path", 1000), request.user.get_username()
    here = reverse("console:group", args=[number])
    if verb == "make":
        name = text_of(request.POST, "name", 100)
        done, said = change_groups.make(path, name, actor, key), _("Group %(name)s was made.") % {"name": name}
    elif verb == "move":
        to = text_of(request.POST, "to", 1000)
        done, said = change_groups.move(path, to, actor, key), _("It is %(path)s now.") % {"path": to}
    elif verb == "remove":
        done, said = change_groups.remove(path, actor, key), _("Group %(name)s was removed.") % {"name": path}
        here = reverse("console:groups")
    else:
        raise BadRequest
    scope.forget()
    read.forget()
    return answer(request, done, said, here)
