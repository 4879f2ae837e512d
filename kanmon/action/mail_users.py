"""The mail address of a PC's user: from the list that was imported, else made by the template ``mail.user_address``.

User names come from PCs that may be hostile: a name makes an address only when it is a plain one (``PLAIN``).
"""

import re
from typing import Any

from kanmon.action.mail_groups import as_csv, unknown
from kanmon.action.models import MailUser
from kanmon.common import config
from kanmon.common.errors import Refused
from kanmon.policy import exchange
from kanmon.policy.rules_action import ADDRESS

COLUMNS = ("user", "address")
USERS = 200_000
CHARACTERS = 8_000_000
PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def known_as(user: str) -> str:
    r"""How the list calls a user: without the domain of ``DOMAIN\user``, in small letters."""
    return user.rpartition("\\")[2].strip().lower()[:255]


def address_of(user: str, on_the_list: dict[str, str]) -> str:
    """The address of ``user``; "" when there is none. ``on_the_list``: of ``look_up``."""
    name = known_as(user)
    if name in on_the_list:
        return on_the_list[name]
    template = str(config.get("mail.user_address"))
    if "{user}" not in template or not PLAIN.fullmatch(name) or ".." in name:
        return ""
    address = template.replace("{user}", name)
    return address if len(address) <= 254 and re.fullmatch(ADDRESS, address) else ""


def look_up(users: list[str]) -> dict[str, str]:
    """The addresses of these users that are on the list, by ``known_as``."""
    names = sorted({known_as(user) for user in users})
    found: dict[str, str] = {}
    for start in range(0, len(names), 500):
        found |= dict(MailUser.objects.filter(user__in=names[start : start + 500]).values_list("user", "address"))
    return found


def take_in(text: str) -> dict[str, Any]:
    """Put the users of the CSV ``text`` on the list, or give them another address; an empty one takes them off.

    Inside a transaction. Raises Refused like ``mail_groups.take_in``.
    """
    wanted: dict[str, str] = {}
    for line, row in exchange.read_rows(text, list(COLUMNS), CHARACTERS):
        user, address = known_as(row.get("user", "")), row.get("address", "").strip()
        if not user or not user.isprintable():
            raise Refused("KNM3033-E", line=line, column="user", value=repr(user[:100]), wanted="a name")
        if address and (len(address) > 254 or not re.fullmatch(ADDRESS, address)):
            raise Refused("KNM3033-E", line=line, column="address", value=repr(address[:100]), wanted="an address")
        wanted[user] = address
    off = [user for user, address in wanted.items() if not address]
    removed = 0
    for start in range(0, len(off), 500):
        removed += MailUser.objects.filter(user__in=off[start : start + 500]).delete()[0]
    rows = [MailUser(user=user, address=address) for user, address in wanted.items() if address]
    MailUser.objects.bulk_create(
        rows, batch_size=300, update_conflicts=True, unique_fields=["user"], update_fields=["address"]
    )
    if (count := MailUser.objects.count()) > USERS:
        raise Refused("KNM3034-E", what="users", count=count, most=USERS)
    return {"users": len(rows), "removed": removed}


def export() -> str:
    """The list as CSV text."""
    return as_csv(COLUMNS, MailUser.objects.order_by("user").values_list("user", "address").iterator())


def listed(search: str, limit: int, after: str = "") -> dict[str, Any]:
    """How many there are, and the first of them with ``search`` in name or address, after the user ``after``."""
    rows = MailUser.objects.order_by("user")
    if search:
        rows = rows.filter(user__contains=search.lower()) | rows.filter(address__contains=search)
    if after:
        rows = rows.filter(user__gt=after)
    found = [{"user": user, "address": address} for user, address in rows.values_list("user", "address")[:limit]]
    return {"users": MailUser.objects.count(), "rows": found}


def remove(user: str) -> dict[str, Any]:
    """Take a user off the list. Inside a transaction. Raises Refused KNM3035-E."""
    name = known_as(user)
    if not MailUser.objects.filter(user=name).delete()[0]:
        near = MailUser.objects.filter(user__startswith=name[:1]).order_by("user").values_list("user", flat=True)[:1000]
        raise unknown("user with a mail address", name, near)
    return {"user": name, "state": "removed"}
