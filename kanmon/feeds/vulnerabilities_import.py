"""The part of the operation "feed" that takes in security holes (OSV): see ``importing``. A feed takes the place of the
one of its name, which is kept as it was.
"""

import hashlib
import io
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.feeds import vulnerabilities_store
from kanmon.feeds.holes import Feed
from kanmon.feeds.models import FeedUpload, VulnerabilityFeed
from kanmon.feeds.osv_formats import ReadOsv, read
from kanmon.feeds.releases import release_of_ecosystem
from kanmon.journal import changes


def releases(words: Collection[str]) -> list[str]:
    """The keys of releases that a person names. Raises Refused KNM1212-E for one that is not judged."""
    found = []
    for word in words:
        release = release_of_ecosystem(word.strip())
        if release is None:
            raise Refused("KNM1212-E", status=422, name=word[:60])
        found.append(release)
    return sorted(set(found))


def take_in(
    upload: FeedUpload, tick: Callable[[int], None], covers: Collection[str]
) -> Callable[[str], tuple[bool, dict[str, Any]]]:
    """Read the upload; ``tick`` hears of the records. What makes it the feed in force of its name, inside a transaction:
    given who imports, it answers whether anything is new, and the outcome.

    Raises Refused as ``read`` does, and KNM1204-E for a feed that is older than the one before.
    """
    body = bytes(upload.body)
    feed = read(io.BytesIO(body), upload.name, covers, tick)
    digest = hashlib.sha256(body + repr(sorted(covers)).encode()).hexdigest()
    before = VulnerabilityFeed.objects.defer("body").filter(name=feed.name, superseded_at__isnull=True).first()
    if before is not None and feed.told.dated < before.dated:
        raise Refused("KNM1204-E", name=feed.name, dated=feed.told.dated or "-", newer=before.dated)
    same = before is not None and before.digest == digest
    return partial(_write, feed, digest, same)


def _write(feed: ReadOsv, digest: str, same: bool, actor: str) -> tuple[bool, dict[str, Any]]:
    """``same``: the feed in force has the same bytes and covers the same."""
    if not same:
        _store(feed, digest, actor)
    return not same, {
        "name": feed.name, "format": feed.format, "dated": feed.told.dated, "records": feed.records,
        "used": feed.used, "withdrawn": feed.withdrawn, "holes": feed.told.holes, "covers": list(feed.told.covers),
        "changed": not same,
    }  # fmt: skip


def _store(feed: ReadOsv, digest: str, actor: str) -> None:
    now = clock.now()
    told = feed.told
    VulnerabilityFeed.objects.filter(name=feed.name, superseded_at__isnull=True).update(superseded_at=now)
    row = VulnerabilityFeed.objects.create(
        name=feed.name, format=feed.format, covers=list(told.covers), dated=told.dated, digest=digest, imported_at=now,
        imported_by=actor, records=feed.records, used=feed.used, holes=told.holes,
        body=vulnerabilities_store.pack(Feed(feed.name, told.dated, told.covers, told.releases)),
    )  # fmt: skip
    vulnerabilities_store.forget()
    changes.add([("knowledge", row.id, b"")])
