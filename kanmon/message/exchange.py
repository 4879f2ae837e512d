"""What clients tell, and what they are given, for many calls at once. On the database; every node does it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from kanmon.action.models import MessageClient, UserMessage
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.intake.models import Device
from kanmon.journal.writing import transaction
from kanmon.message.words import LINK
from kanmon.network import links, recheck
from kanmon.network.models import Recheck

MOST_GIVEN = 20  # messages in an answer; the rest in the next
MOST_TOLD = 50
MOST_HAD = 200
BATCH = 500
SEEN_AGAIN = timedelta(minutes=30)
OPEN = (UserMessage.WAITING, UserMessage.DELIVERED)
_ID = re.compile(r"(\d{1,18})-(\d{1,15})")


class Told(msgspec.Struct, frozen=True):
    """Body of a call. ``delivered`` and ``shown``: what is new; ``have``: messages that wait there, and are not given again.
    ``done``: the wish for an inventory that was fulfilled.
    """

    delivered: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    have: tuple[str, ...] = ()
    done: int = 0
    wait_seconds: float = 0.0


class Given(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message, as its client gets it. Times are Unix seconds."""

    id: str
    title: str
    text: str
    made: int
    expires: int
    html: str = ""


class Answer(msgspec.Struct, frozen=True):
    """Answer to a call. ``inventory``: a wish: send an inventory now, and tell this number when it is done; 0: none.
    ``poll_seconds``: how long a call may wait here.
    """

    messages: tuple[Given, ...] = ()
    inventory: int = 0
    poll_seconds: int = 0


class Reply(msgspec.Struct, frozen=True):
    """The answer to one call, and whose it was."""

    pc: int
    answer: Answer


def public_id(row: UserMessage) -> str:
    """What names a message to its client: no other message, not even after a restore, has the same."""
    return f"{row.id}-{int(row.made_at.timestamp() * 1000)}"


def answer(calls: Sequence[tuple[bytes, Told]]) -> list[Reply | Refused]:
    """Answer ``calls`` (digest of the token, what is told) in order. Raises only what the database raises."""
    clients = {
        bytes(one.token_digest): one for one in _in_batches(MessageClient, "token_digest", [c[0] for c in calls])
    }
    now_of = {one.id: one.pc for one in _in_batches(Device, "id", [one.device for one in clients.values()])}
    known = {mark: one for mark, one in clients.items() if now_of.get(one.device) == one.pc}
    _keep([(known[mark], told) for mark, told in calls if mark in known])
    had = {known[mark].pc: frozenset([*told.have, *told.delivered]) for mark, told in calls if mark in known}
    given = _given({one.pc: one for one in known.values()}, had)
    return [
        Reply(known[mark].pc, given[known[mark].pc]) if mark in known else Refused("KNM3212-E", status=401)
        for mark, _ in calls
    ]


def _in_batches(model: Any, field: str, values: Iterable[Any]) -> list[Any]:
    wanted = list(dict.fromkeys(values))
    found: list[Any] = []
    for start in range(0, len(wanted), BATCH):
        found += model.objects.filter(**{f"{field}__in": wanted[start : start + BATCH]})
    return found


def _keep(told: Sequence[tuple[MessageClient, Told]]) -> None:
    """Write what clients have told, and now and then that they are there."""
    now = clock.now()
    stale = [one.id for one, _ in told if one.seen_at < now - SEEN_AGAIN]
    saying = [(one, said) for one, said in told if said.delivered or said.shown or said.done]
    if not stale and not saying:
        return
    with transaction():
        for start in range(0, len(stale), BATCH):
            MessageClient.objects.filter(id__in=stale[start : start + BATCH]).update(seen_at=now)
        _confirm([(one.pc, (*said.delivered, *said.shown)) for one, said in saying], now, UserMessage.DELIVERED)
        _confirm([(one.pc, said.shown) for one, said in saying], now, UserMessage.SHOWN)
        for one, said in saying:
            if said.done and said.done == one.wish:
                MessageClient.objects.filter(id=one.id).update(wish_done=said.done, seen_at=now)
                one.wish_done = said.done


def _confirm(told: Sequence[tuple[int, Sequence[str]]], now: datetime, state: str) -> None:
    """Messages of each PC, and of no other, have come that far. What was confirmed before stays as it is."""
    said = {(pc, one) for pc, ids in told for one in ids}
    parsed = {int(match[1]) for _, one in said if (match := _ID.fullmatch(one))}
    mine = [row.id for row in _in_batches(UserMessage, "id", sorted(parsed)) if (row.pc, public_id(row)) in said]
    for start in range(0, len(mine), BATCH):
        meant = UserMessage.objects.filter(id__in=mine[start : start + BATCH])
        if state == UserMessage.DELIVERED:
            meant.filter(state=UserMessage.WAITING).update(state=state, delivered_at=now)
            continue
        meant.filter(state=UserMessage.DELIVERED).update(state=state, shown_at=now)
        # shown in time, told after it had expired: it was delivered and shown all the same
        late = meant.filter(state=UserMessage.EXPIRED)
        late.filter(delivered_at=None).update(delivered_at=now)
        late.update(state=state, shown_at=now, expired_at=None)


def _given(clients: Mapping[int, MessageClient], had: Mapping[int, frozenset[str]]) -> dict[int, Answer]:
    """What each of these PCs is given now."""
    now = clock.now()
    of_pc: dict[int, list[UserMessage]] = {pc: [] for pc in clients}
    pcs = list(clients)
    for start in range(0, len(pcs), BATCH):
        rows = UserMessage.objects.filter(pc__in=pcs[start : start + BATCH], state__in=OPEN, expires_at__gt=now)
        for row in rows.order_by("id").iterator(chunk_size=BATCH):
            if len(of_pc[row.pc]) < MOST_GIVEN and public_id(row) not in had[row.pc]:
                of_pc[row.pc].append(row)
    wishes = {pc: _wish(one, now) for pc, one in clients.items()}
    if any(wishes.values()):
        with transaction():
            Recheck.objects.filter(id__in=[one for one in wishes.values() if one], woken=False).update(woken=True)
    return {
        pc: Answer(tuple(_message(row) for row in rows), wishes[pc]) for pc, rows in of_pc.items()
    }  # fmt: skip


def _wish(one: MessageClient, now: datetime) -> int:
    fresh = one.wished_at is not None and one.wished_at > now - recheck.WAITED
    return int(one.wish) if fresh and one.wish is not None and one.wish != one.wish_done else 0


def _message(row: UserMessage) -> Given:
    link = ""
    if LINK in row.text or LINK in row.html:
        try:
            days = max(1, min(links.MOST_DAYS, (row.expires_at - clock.now()).days + 1))
            link = links.to(row.pc, days)
        except Refused:
            link = ""  # there was a page when it was written
    return Given(
        public_id(row), row.title, row.text.replace(LINK, link), int(row.made_at.timestamp()),
        int(row.expires_at.timestamp()), row.html.replace(LINK, link),
    )  # fmt: skip


def wish(pc: int, number: int) -> bool:
    """Ask the client of ``pc`` for an inventory now. False when no client of it is known. Inside a transaction."""
    rows = MessageClient.objects.filter(pc=pc)
    return rows.update(wish=number, wished_at=clock.now()) > 0


def news(since: datetime) -> tuple[set[tuple[str, int, int]], set[int]]:
    """What was written since: marks that tell them apart, and the PCs that it is for. At most 20,000 of each."""
    written = UserMessage.objects.filter(made_at__gt=since, state=UserMessage.WAITING).order_by("-made_at")
    wished = MessageClient.objects.filter(wished_at__gt=since).order_by("-wished_at")
    marks = {("message", id, pc) for id, pc in written.values_list("id", "pc")[:20_000]}
    marks |= {("wish", number or 0, pc) for number, pc in wished.values_list("wish", "pc")[:20_000]}
    return marks, {pc for _, _, pc in marks}
