"""Mail by the API: groups of addresses, addresses of users, and what a mail would say."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router
from pyroaring import BitMap

from kanmon.action import mail_groups, mail_users
from kanmon.action.preview import preview
from kanmon.api import queries
from kanmon.api.callers import Caller, need
from kanmon.api.changes import change
from kanmon.api.given import Body, Cursor, Many, Text
from kanmon.api.paging import page, position, whole
from kanmon.common.errors import Refused
from kanmon.judgment.levels import Level
from kanmon.policy import versions
from kanmon.policy.rules import ActionPolicy, load

router = Router()
PCS = 1_000
KEPT = ("result", "sentence")  # of every outcome: not for the answer


class NewMailList(Body):
    """A list as CSV."""

    text: str = Field(max_length=mail_users.CHARACTERS)


class Name(Body):
    """What is taken off a list."""

    name: str = Field(min_length=1, max_length=255)


class PreviewOrder(Body):
    """``text``: a document that nobody has saved; else the newest version of ``policy``. ``step``: from 1.

    ``pcs``: asset numbers or hosts; empty: all that are at the level.
    """

    policy: str = "Default"
    text: str = ""
    level: str = "danger"
    step: int = 1
    language: str = "en"
    user: bool = False
    pcs: list[str] = Field(default_factory=list, max_length=PCS)


@router.get("/mail-groups")
def groups(
    request: HttpRequest, response: HttpResponse, limit: Many = 1000, cursor: Cursor = ""
) -> list[dict[str, Any]]:
    """The groups of addresses, and which action policies name them."""
    need(request, "view")
    return whole(request, response, mail_groups.listed(), limit, lambda row: row["name"])


@router.get("/mail-groups.csv")
def groups_csv(request: HttpRequest, name: Text = "") -> dict[str, Any]:
    """All groups, or one, as CSV."""
    need(request, "view")
    return {"text": mail_groups.export([name] if name else [])}


@router.post("/mail-groups")
def import_groups(request: HttpRequest, new: NewMailList) -> dict[str, Any]:
    """The groups that the list names have exactly its addresses from now on."""
    who = need(request, "edit_policy")
    return _done(request, who, "Mail groups imported", lambda: mail_groups.take_in(new.text, who.username))


@router.post("/mail-groups/remove")
def remove_group(request: HttpRequest, gone: Name) -> dict[str, Any]:
    """Remove a group."""
    who = need(request, "edit_policy")
    return _done(request, who, f"Mail group {gone.name}: removed", lambda: mail_groups.remove(gone.name))


@router.get("/mail-users")
def users(
    request: HttpRequest, response: HttpResponse, search: Text = "", limit: Many = 100, cursor: Cursor = ""
) -> dict[str, Any]:
    """Addresses of users of PCs, by user."""
    need(request, "view")
    after = position(request, str)
    told = mail_users.listed(search, limit + 1, after[0] if after else "")
    return told | {"rows": page(request, response, told["rows"], limit, lambda row: row["user"])}


@router.get("/mail-users.csv")
def users_csv(request: HttpRequest) -> dict[str, Any]:
    """All of them as CSV."""
    need(request, "view")
    return {"text": mail_users.export()}


@router.post("/mail-users")
def import_users(request: HttpRequest, new: NewMailList) -> dict[str, Any]:
    """Put users on the list, or give them another address; an empty address takes them off."""
    who = need(request, "edit_policy")
    return _done(request, who, "Mail addresses of users imported", lambda: mail_users.take_in(new.text))


@router.post("/mail-users/remove")
def remove_user(request: HttpRequest, gone: Name) -> dict[str, Any]:
    """Take a user off the list."""
    who = need(request, "edit_policy")
    return _done(request, who, f"Mail address of {gone.name}: removed", lambda: mail_users.remove(gone.name))


@router.post("/mail-preview")
def show_mail(request: HttpRequest, order: PreviewOrder) -> dict[str, Any]:
    """The mail of a policy on the PCs that are there. Nothing is written or sent."""
    need(request, "edit_policy")
    policy = load(order.text) if order.text else versions.rules(versions.version("action", order.policy).id)
    if not isinstance(policy, ActionPolicy):
        raise Refused("KNM3053-E", what="kind", value="judgment", wanted="action")
    level = _one_of("level", order.level, ("danger", "warning", "caution", "safe"))
    language = _one_of("language", order.language, ("en", "ja"))
    pcs = BitMap(queries.find_pc(name).id for name in order.pcs) if order.pcs else None
    return preview(policy, Level[level.upper()], order.step, language, pcs, to_user=order.user)


def _one_of(what: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise Refused("KNM3053-E", what=what, value=value[:100], wanted=", ".join(words))
    return value


def _done(request: HttpRequest, who: Caller, subject: str, work: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    operation, _ = change(request, who, subject, work)
    told = {name: value for name, value in (operation.outcome or {}).items() if name not in KEPT}
    return {**told, "operation": operation.id}
