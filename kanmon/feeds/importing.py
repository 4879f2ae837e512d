"""The operation "feed": an upload is read, becomes a feed and new knowledge.

What is read, and what is written of it, is known by ``patches_import`` for patches and by ``vulnerabilities_import`` for
security holes: each reads an upload and hands back what writes it.

Reading writes nothing but progress. All that lasts is written in the one transaction that ends the operation: the
feed, the knowledge, the change that indexes follow, the end of the upload. An attempt that was cut off is done again
from the upload, and the same bytes a second time make no new knowledge.
"""

from dataclasses import dataclass
from functools import partial

import msgspec

from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.feeds import patches_import, vulnerabilities_import
from kanmon.feeds.models import FeedUpload
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Stopped, Work

LANE = "feed"


class Order(msgspec.Struct):
    """Input of the operation: the upload, and whether policies follow. ``covers``: it is a feed of vulnerabilities, of
    these releases, or (empty) of those that it is found to cover.
    """

    upload: int
    update_policies: bool = False
    covers: list[str] | None = None


@dataclass(frozen=True)
class Imported:
    """For what follows: whether there is new knowledge."""

    changed: bool


def begin(
    name: str, body: bytes, actor: str, *, update_policies: bool = False, covers: list[str] | None = None,
    key: str | None,
) -> Operation:  # fmt: skip
    """Begin to import ``body``, called ``name``; ``covers``: see ``Order``. Inside a transaction."""
    if key is not None and (earlier := Operation.objects.filter(key=key).first()) is not None:
        return record.asked_again(earlier, actor)
    upload = FeedUpload.objects.create(name=name[:200], body=body, at=clock.now())
    order = msgspec.json.encode(Order(upload.id, update_policies, covers))
    subject = f"{'patches' if covers is None else 'vulnerabilities'}: {name}"[:200]
    return record.begin("feed", requester="feed", actor=actor, subject=subject, key=key, input=order)


def import_feed(work: Work) -> None:
    """The function of the kind "feed"."""
    order = msgspec.json.decode(bytes(work.operation.input), type=Order)
    upload = FeedUpload.objects.get(id=order.upload)
    tick = partial(_tick, work)
    try:
        if order.covers is None:
            write = patches_import.take_in(upload, tick, order.update_policies)
        else:
            write = vulnerabilities_import.take_in(upload, tick, order.covers)
        with work.transaction():
            changed, told = write(work.operation.actor)
            FeedUpload.objects.filter(id=order.upload).delete()
            fault.point("feed_stored")
            work.finish(handed=Imported(changed), **told)
    except Refused as problem:
        with work.transaction():
            FeedUpload.objects.filter(id=order.upload).delete()
            work.fail(str(problem), message=problem.message_id)


def _tick(work: Work, rows: int) -> None:
    if work.stopping.is_set():
        raise Stopped
    if rows % 100_000 == 0:
        with work.transaction():
            work.save_progress(rows=rows)
        fault.point("feed_read")
