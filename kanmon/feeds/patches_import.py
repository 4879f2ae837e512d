"""The part of the operation "feed" that takes in patches: see ``importing``. The feed and those of other names make new
knowledge together; policies may follow it.
"""

import hashlib
import io
from collections.abc import Callable
from functools import partial
from typing import Any

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.feeds import patches_store
from kanmon.feeds.models import FeedUpload, PatchFeed, PatchKnowledge
from kanmon.feeds.patches import Feed, Knowledge
from kanmon.feeds.patches_collect import Body
from kanmon.feeds.patches_follow import followed
from kanmon.feeds.patches_formats import ReadFeed, read
from kanmon.feeds.patches_merge import merge
from kanmon.journal import changes
from kanmon.policy import versions


def take_in(
    upload: FeedUpload, tick: Callable[[int], None], update_policies: bool
) -> Callable[[str], tuple[bool, dict[str, Any]]]:
    """Read the upload; ``tick`` hears of the rows. What writes it, inside a transaction: given who imports, it answers
    whether anything is new, and the outcome.

    Raises Refused as ``read`` does, and KNM1204-E for a feed that is older than the one before.
    """
    body = bytes(upload.body)
    feed = read(io.BytesIO(body), upload.name, tick)
    digest = hashlib.sha256(body).hexdigest()
    before = PatchFeed.objects.defer("body").filter(name=feed.name).first()
    if before is not None and feed.dated < before.dated:
        raise Refused("KNM1204-E", name=feed.name, dated=feed.dated or "-", newer=before.dated)
    same = before is not None and before.digest == digest
    knowledge = patches_store.newest() if same else _merged(feed, digest)
    return partial(_write, feed, digest, same, knowledge, update_policies)


def _write(
    feed: ReadFeed, digest: str, same: bool, knowledge: Knowledge, update_policies: bool, actor: str
) -> tuple[bool, dict[str, Any]]:
    """``same``: the feed in force has the same bytes."""
    if not same:
        _store(feed, digest, actor, knowledge)
    made = _follow(knowledge, actor, feed) if update_policies else []
    return not same or bool(made), {
        "name": feed.name, "format": feed.format, "dated": feed.dated, "rows": feed.rows, "used": feed.used,
        "updates": len(feed.body.updates), "changed": not same, "policies": made, "knowledge": knowledge.id,
    }  # fmt: skip


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
