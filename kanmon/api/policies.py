"""Policies by the API: import, versions, what differs, back to a version, copy, delete, lists as CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from kanmon.action import mail_groups
from kanmon.action.acting import Already
from kanmon.api import queries
from kanmon.api.callers import Caller, need
from kanmon.api.given import Body, Cursor, Language, Many, Number
from kanmon.api.paging import number, page, whole
from kanmon.api.rejudging import rejudging
from kanmon.common.errors import Refused
from kanmon.flow import Within
from kanmon.policy import diff, exchange, rules, versions
from kanmon.policy.document import MAX_CHARACTERS
from kanmon.policy.models import Assignment, PolicyVersion
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy

NAME_CHARACTERS = 100
COMMENT_CHARACTERS = 500
router = Router()


class NewPolicy(Body):
    """A policy document, YAML or JSON. ``comment``: of the version; else the document's. ``already``: of an action
    policy, what becomes of PCs that are at its levels already.
    """

    text: str = Field(max_length=MAX_CHARACTERS)
    comment: str = Field("", max_length=COMMENT_CHARACTERS)
    already: Already = "ask"


class RollBack(Body):
    """The version whose content is wanted again."""

    version: int = Field(ge=1)
    already: Already = "ask"
    comment: str = Field("", max_length=COMMENT_CHARACTERS)


class NewCopy(Body):
    """The name of the copy, and the version that it has the content of (0: the newest)."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    version: int = Field(0, ge=0)


class NewList(Body):
    """A list as CSV."""

    text: str = Field(max_length=MAX_CHARACTERS)
    comment: str = Field("", max_length=COMMENT_CHARACTERS)


@router.get("/policies")
def policies(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """All policies with their newest version."""
    need(request, "view", "open")
    return whole(request, response, queries.policies(), limit, lambda row: (row["kind"], row["name"]))


@router.post("/policies")
def import_policy(request: HttpRequest, new: NewPolicy) -> dict[str, Any]:
    """Take in a policy: a new version of the one that the document names; none when it says the same."""
    who = need(request, "edit_policy")
    return save(request, who, rules.load(new.text), "imported", new.comment, already=new.already)


@router.get("/policies/{kind}/{name}")
def policy(request: HttpRequest, kind: str, name: str, version: Number = 0) -> dict[str, Any]:
    """One version of a policy (0: the newest) as YAML."""
    need(request, "view", "open")
    row = versions.version(kind, name, version)
    return {**_said(row), "text": row.text}


@router.delete("/policies/{kind}/{name}")
def delete(request: HttpRequest, kind: str, name: str) -> dict[str, Any]:
    """Delete a policy that is assigned to nothing."""
    who = need(request, "edit_policy")

    def work() -> tuple[dict[str, Any], Within]:
        versions.delete(kind, name)
        return {"name": name, "state": "deleted"}, Within()

    return rejudging(request, who, f"{kind.capitalize()} policy {name}: deleted", work)


@router.get("/policies/{kind}/{name}/versions")
def all_versions(
    request: HttpRequest, response: HttpResponse, kind: str, name: str, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """The versions of a policy, the newest first."""
    need(request, "view", "open")
    rows = PolicyVersion.objects.filter(policy=versions.find(kind, name)).select_related("policy")
    before = number(request, 0)
    rows = rows.filter(number__lt=before) if before else rows
    found = list(rows.order_by("-number").defer("text")[: limit + 1])
    return [_said(row) for row in page(request, response, found, limit, lambda row: row.number)]


@router.get("/policies/{kind}/{name}/diff")
def difference(
    request: HttpRequest, kind: str, name: str, old: Number = 0, new: Number = 0, language: Language = "en"
) -> dict[str, Any]:
    """What differs between two versions in words. ``new`` 0: the newest; ``old`` 0: the one before ``new``."""
    need(request, "view", "open")
    after = versions.version(kind, name, new)
    before = versions.version(kind, name, old or max(1, after.number - 1))
    said = diff.differences(versions.rules(before.id), versions.rules(after.id), language)
    return {"kind": kind, "name": name, "old": before.number, "new": after.number, "differences": said}


@router.post("/policies/{kind}/{name}/rollback")
def roll_back(request: HttpRequest, kind: str, name: str, order: RollBack) -> dict[str, Any]:
    """A new version with the content of an old one."""
    who = need(request, "edit_policy")

    def work() -> tuple[dict[str, Any], Within]:
        before = versions.version(kind, name).number
        made = versions.roll_back(kind, name, order.version, who.username, order.comment)
        mail_groups.check(versions.rules(made.id))
        return {"name": name, "version": made.number}, _concerned(made, before, order.already)

    return rejudging(request, who, f"{kind.capitalize()} policy {name}: back to version {order.version}", work)


@router.post("/policies/{kind}/{name}/copy")
def copy(request: HttpRequest, kind: str, name: str, order: NewCopy) -> dict[str, Any]:
    """A policy of another name with the content of this one. It is assigned to nothing."""
    who = need(request, "edit_policy")
    check_name(order.name)

    def work() -> tuple[dict[str, Any], Within]:
        made = versions.copy(kind, name, order.name, who.username, order.version)
        mail_groups.check(versions.rules(made.id))
        return {"name": order.name, "version": made.number}, Within()

    return rejudging(request, who, f"{kind.capitalize()} policy {name}: copied to {order.name}", work)


@router.get("/policies/{kind}/{name}/lists/{which}")
def export_list(request: HttpRequest, kind: str, name: str, which: str, version: Number = 0) -> dict[str, Any]:
    """A list of a policy as CSV."""
    need(request, "view", "open")
    row = versions.version(kind, name, version)
    return {"name": name, "version": row.number, "text": exchange.export(versions.rules(row.id), which)}


@router.post("/policies/{kind}/{name}/lists/{which}")
def import_list(request: HttpRequest, kind: str, name: str, which: str, new: NewList) -> dict[str, Any]:
    """A new version with this list in the place of the present one."""
    who = need(request, "edit_policy")
    row = versions.version(kind, name)
    changed = exchange.take_in(versions.rules(row.id), which, new.text)
    return save(request, who, changed, f"list {which} imported", new.comment, expected=row.number)


def save(
    request: HttpRequest, who: Caller, policy: JudgmentPolicy | ActionPolicy, what: str, comment: str,
    expected: int = 0, already: Already = "ask",
) -> dict[str, Any]:  # fmt: skip
    """A new version; PCs for which it holds are judged anew. ``expected``: the newest version that it was made from."""
    check_name(policy.name)
    kind = "judgment" if isinstance(policy, JudgmentPolicy) else "action"

    def work() -> tuple[dict[str, Any], Within]:
        mail_groups.check(policy)
        known = versions.live().filter(kind=kind, name=policy.name).exists()
        before = versions.version(kind, policy.name).number if known else 0
        if expected and before != expected:
            raise Refused("KNM5067-E", status=409, name=policy.name, number=before, old=expected)
        made = versions.add(policy, who.username, comment)
        return {"name": policy.name, "version": made.number}, _concerned(made, before, already)

    return rejudging(request, who, f"{kind.capitalize()} policy {policy.name}: {what}", work)


def check_name(name: str, line: int = 1) -> None:
    """Raises Refused KNM5004-E for a name that is too long to be stored, or that no address can hold."""
    if len(name) > NAME_CHARACTERS:
        wanted = f"at most {NAME_CHARACTERS} characters"
        raise Refused("KNM5004-E", line=line, path="name", wanted=wanted, found=f"{len(name)}")
    if "/" in name or not name.isprintable():
        raise Refused("KNM5004-E", line=line, path="name", wanted="a name without / on one line", found=name)


def _concerned(made: PolicyVersion, before: int, already: Already) -> Within:
    """Whom a version concerns: nobody when nothing is new or it is assigned to nothing."""
    assigned = Assignment.objects.filter(policy=made.policy).exists()
    if made.number == before or not assigned:
        return Within()
    return Within(policies=(made.policy.id,)) if made.policy.kind == "judgment" else Within(already=already)


def _said(row: PolicyVersion) -> dict[str, Any]:
    return {
        "kind": row.policy.kind, "name": row.policy.name, "version": row.number, "author": row.author,
        "comment": row.comment, "created_at": row.created_at.isoformat(), "read_only": row.policy.read_only,
    }  # fmt: skip
