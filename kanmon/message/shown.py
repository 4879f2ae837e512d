"""What the API, the console and the remediation page show of messages. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kanmon.action.models import MessageClient, UserMessage
from kanmon.common import clock
from kanmon.inventory.models import Pc
from kanmon.message.words import LINK

MOST_OF_A_PC = 20
MOST_ON_PAGE = 5
STATES = (UserMessage.WAITING, UserMessage.DELIVERED, UserMessage.SHOWN, UserMessage.EXPIRED)


@dataclass(frozen=True, slots=True)
class PageMessage:
    """A message on the remediation page. ``html`` was sanitised when it was written; empty: there is a text only."""

    title: str
    text: str
    html: str
    made_at: datetime


def of_page(pc: int, here: str) -> tuple[PageMessage, ...]:
    """The messages that hold still, newest first. ``here``: the address of the page itself."""
    rows = UserMessage.objects.filter(pc=pc, expires_at__gt=clock.now()).order_by("-id")[:MOST_ON_PAGE]
    return tuple(
        PageMessage(row.title, row.text.replace(LINK, here), row.html.replace(LINK, here), row.made_at) for row in rows
    )


def of_pc(pc: int) -> dict[str, Any] | None:
    """The messages of a PC and its client, for the page of the PC; None when it has neither."""
    rows = list(UserMessage.objects.filter(pc=pc).order_by("-id")[:MOST_OF_A_PC])
    client = MessageClient.objects.filter(pc=pc).first()
    return {"rows": rows, "client": client} if rows or client else None


def listed(
    pc: int | None, state: str, before: int, limit: int, only: frozenset[int] | None = None
) -> list[dict[str, Any]]:
    """Messages, the newest first; ``only``: to PCs of these groups (ids)."""
    rows = UserMessage.objects.order_by("-id")
    if only is not None:
        rows = rows.filter(pc__in=Pc.objects.filter(group__in=only).values("id"))
    if pc is not None:
        rows = rows.filter(pc=pc)
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows[:limit])
    hosts = dict(Pc.objects.filter(id__in={row.pc for row in found}).values_list("id", "host"))
    return [
        {
            "id": row.id, "pc": row.pc, "host": hosts.get(row.pc, ""), "operation": row.operation, "title": row.title,
            "text": row.text.replace(LINK, "(link)"), "state": row.state, "made_at": row.made_at.isoformat(),
            "expires_at": row.expires_at.isoformat(), "delivered_at": _iso(row.delivered_at),
            "shown_at": _iso(row.shown_at), "expired_at": _iso(row.expired_at),
        }
        for row in found
    ]  # fmt: skip


def clients(after: int, limit: int) -> list[dict[str, Any]]:
    """The clients of PCs, in order of the PC's number. Their tokens are known to nobody."""
    found = list(MessageClient.objects.filter(pc__gt=after).order_by("pc")[:limit])
    hosts = dict(Pc.objects.filter(id__in=[one.pc for one in found]).values_list("id", "host"))
    return [
        {
            "pc": one.pc, "host": hosts.get(one.pc, ""), "agent": one.agent, "registered_at": one.registered_at.isoformat(),
            "seen_at": one.seen_at.isoformat(), "refused_at": _iso(one.refused_at),
        }
        for one in found
    ]  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
