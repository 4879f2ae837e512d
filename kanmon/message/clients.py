"""The client of a PC: who may take its messages, by a token of its own.

The token of a source is shared by many PCs, so it is only good for asking once: *I am this device, which has reported by this
source*. The secret is made by the client, which keeps it before it asks, so that an answer that was lost costs nothing; here
only its digest is kept. The first that asks for a PC is its client. Whoever asks after it is refused, and that is said in the
log and on the PC's page, until the first has been silent for ``SILENT`` or a person has made the client forgotten.
"""

from datetime import timedelta

from django.db import IntegrityError
from django.db.models import Q

from kanmon.action.models import MessageClient
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.intake.models import Device
from kanmon.intake.tokens import digest
from kanmon.inventory.models import Identity, Pc
from kanmon.journal import record
from kanmon.journal.writing import transaction

PREFIX = "knc_"
TOKEN_CHARS = range(len(PREFIX) + 43, 101)  # 32 random bytes at least
SILENT = timedelta(days=30)
SAID_AGAIN = timedelta(hours=1)


def register(source: int, device: str, uuid: str, token: str, agent: str) -> int:
    """The PC whose client ``token`` is from now on. The same again changes nothing.

    ``device``: the key by which the PC reports to ``source``; ``uuid``: that of its board, where the client does not know the
    key. Raises Refused KNM3210-E (409, nothing was recorded of it yet), KNM3211-E (409, it has another client), KNM3214-E.
    """
    if not (token.startswith(PREFIX) and len(token) in TOKEN_CHARS and token.isascii() and token.isprintable()):
        raise Refused("KNM3214-E", problem="token")
    mark = digest(token)
    try:
        return _registered(source, device, uuid, mark, agent)
    except IntegrityError:  # another one, at the same moment
        raise Refused("KNM3211-E", status=409, host=(device or uuid)[:100]) from None


def _registered(source: int, device: str, uuid: str, mark: bytes, agent: str) -> int:
    now = clock.now()
    refused: Refused | None = None
    with transaction():
        found = _device(source, device, uuid)
        if found is None or found.pc is None:
            raise Refused("KNM3210-E", status=409, device=(device or uuid)[:100])
        rows = MessageClient.objects.filter(Q(device=found.id) | Q(pc=found.pc) | Q(token_digest=mark))
        theirs = [one for one in rows.select_for_update() if bytes(one.token_digest) != mark]
        host = Pc.objects.filter(id=found.pc).values_list("host", flat=True).first() or ""
        if any(one.seen_at > now - SILENT for one in theirs):
            _note_refusal(theirs, host)
            refused = Refused("KNM3211-E", status=409, host=host)
        elif theirs or not rows.filter(device=found.id, pc=found.pc).exists():
            rows.delete()
            MessageClient.objects.create(
                device=found.id, pc=found.pc, token_digest=mark, agent=agent[:100], registered_at=now, seen_at=now
            )
            record.note(None, "message_client", {"id": "KNM3228-I", "host": host, "pc": found.pc})
    if refused is not None:
        raise refused
    return int(found.pc)


def _device(source: int, key: str, uuid: str) -> Device | None:
    """The device of this source that is meant."""
    if key:
        return Device.objects.filter(source=source, key=key[:300]).first()
    pcs = list(Identity.objects.filter(kind="uuid", value__iexact=uuid[:64]).values_list("pc", flat=True)[:2])
    if not uuid or len(pcs) != 1:
        return None
    return Device.objects.filter(source=source, pc=pcs[0]).order_by("-seen_at").first()


def _note_refusal(rows: list[MessageClient], host: str) -> None:
    """Two want to be the same PC: a copy of a disk, a new system on the same board, or somebody who is not that PC."""
    now = clock.now()
    newest = max((one.refused_at for one in rows if one.refused_at), default=None)
    if newest is None or newest < now - SAID_AGAIN:
        record.note(None, "message_client_refused", {"id": "KNM3213-W", "host": host, "pc": rows[0].pc})
    MessageClient.objects.filter(id__in=[one.id for one in rows]).update(refused_at=now)


def forget(pc: int) -> bool:
    """The next client that asks for this PC is taken; the present one is listened to no more. Inside a transaction."""
    return MessageClient.objects.filter(pc=pc).delete()[0] > 0
