"""The operation "feed": an upload is read, becomes a feed and new knowledge.

Reading writes nothing but progress. All that lasts is written in the one transaction that ends the operation: the
feed, the knowledge, the change that indexes follow, the end of the upload. An attempt that was cut off is done again
from the upload, and the same bytes a second time make no new knowledge.
"""

import hashlib
import io

import msgspec

from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.feeds import patches_store, vulnerabilities_import
from kanmon.feeds.models import FeedUpload, PatchFeed, PatchKnowledge
from kanmon.feeds.patches import Feed, Knowledge
from kanmon.feeds.patches_collect import Body
from kanmon.feeds.patches_follow import followed
from kanmon.feeds.patches_formats import ReadFeed, read
from kanmon.feeds.patches_merge import merge
from kanmon.feeds.vulnerabilities_import import Imported
from kanmon.journal import changes, record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Stopped, Work
from kanmon.policy import versions

LANE = "feed"


class Order(msgspec.Struct):
    """Input of the operation: the upload, and whether policies follow. ``covers``: it is a feed of vulnerabilities, of
    these releases, or (empty) of those that it is found to cover.
    """

    upload: int
    update_policies: bool = False
    covers: list[str] | None = None


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
    try:
        if order.covers is not None:
            vulnerabilities_import.take_in(work, upload, order.covers, lambda records: _tick(work, records))
            return
        body = bytes(upload.body)
        feed = read(io.BytesIO(body), upload.name, lambda rows: _tick(work, rows))
        _take_in(work, feed, hashlib.sha256(body).hexdigest(), order)
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


def _take_in(work: Work, feed: ReadFeed, digest: str, order: Order) -> None:
    before = PatchFeed.objects.defer("body").filter(name=feed.name).first()
    if before is not None and feed.dated < before.dated:
        raise Refused("KNM1204-E", name=feed.name, dated=feed.dated or "-", newer=before.dated)
    same = before is not None and before.digest == digest
    knowledge = patches_store.newest() if same else _merged(feed, digest)
    actor = work.operation.actor
    with work.transaction():
        if not same:
            _store(feed, digest, actor, knowledge)
        made = _follow(knowledge, actor, feed) if order.update_policies else []
        FeedUpload.objects.filter(id=order.upload).delete()
        fault.point("feed_stored")
        work.finish(
            handed=Imported(not same or bool(made)), name=feed.name, format=feed.format, dated=feed.dated, rows=feed.rows,
            used=feed.used, updates=len(feed.body.updates), changed=not same, policies=made, knowledge=knowledge.id,
        )  # fmt: skip


def _merged(feed: ReadFeed, digest: str) -> Knowledge:
    """The knowledge that this feed and the others make. Its number is the next one: only this lane makes any."""
    feeds = [
        (Feed(row.name, row.dated, row.digest), patches_store.unpack(bytes(row.body), Body))
        for row in PatchFeed.objects.exclude(name=feed.name)
    ]
    feeds.append((Feed(feed.name, feed.dated, digest), feed.body))
    return merge(patches_store.newest_id() + 1, sorted(feeds, key=lambda one: (one[0].dated, one[0].name)))


def _store(feed: ReadFeed, digest: str, actor: str, knowledge: Knowledge) -> None:
    now = clock.now()
    PatchFeed.objects.update_or_create(
        name=feed.name,
        defaults={
            "format": feed.format, "dated": feed.dated, "digest": digest, "imported_at": now, "imported_by": actor,
            "rows": feed.rows, "used": feed.used, "updates": len(feed.body.updates),
            "body": patches_store.pack(feed.body),
        },
    )  # fmt: skip
    PatchKnowledge.objects.create(
        id=knowledge.id, made_at=now, feeds=[list(one) for one in knowledge.feeds], body=patches_store.pack(knowledge)
    )
    changes.add([("knowledge", knowledge.id, b"")])


def _follow(knowledge: Knowledge, author: str, feed: ReadFeed) -> list[str]:
    """New versions of the judgment policies whose specified updates knowledge has overtaken: "Default version 4"."""
    made = []
    for row in versions.live().filter(kind="judgment", read_only=False).order_by("name"):
        policy = versions.rules(versions.newest(row.id))
        now, said = followed(policy, knowledge)
        if said:
            version = versions.add(now, author, f"Follows the patch feed {feed.name} of {feed.dated}: {said}")
            made.append(f"{row.name} version {version.number}")
    return made
