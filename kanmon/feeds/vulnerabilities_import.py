"""The part of the operation "feed" that takes in security holes (OSV). What it writes is written in the transaction
that ends the operation: see ``patches_import``.
"""

import hashlib
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass

from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.feeds import vulnerabilities_store
from kanmon.feeds.holes import Feed
from kanmon.feeds.models import FeedUpload, VulnerabilityFeed
from kanmon.feeds.osv_formats import ReadOsv, read
from kanmon.feeds.releases import release_of_ecosystem
from kanmon.journal import changes
from kanmon.journal.worker import Work


def releases(words: Collection[str]) -> list[str]:
    """The keys of releases that a person names. Raises Refused KNM1212-E for one that is not judged."""
    found = []
    for word in words:
        release = release_of_ecosystem(word.strip())
        if release is None:
            raise Refused("KNM1212-E", status=422, name=word[:60])
        found.append(release)
    return sorted(set(found))


@dataclass(frozen=True)
class Imported:
    """For what follows: whether there is new knowledge."""

    changed: bool


def take_in(work: Work, upload: FeedUpload, covers: Collection[str], tick: Callable[[int], None]) -> None:
    """Read the upload and make it the feed in force of its name. Ends the operation."""
    body = bytes(upload.body)
    digest = hashlib.sha256(body + repr(sorted(covers)).encode()).hexdigest()
    feed = read(io.BytesIO(body), upload.name, covers, tick)
    before = VulnerabilityFeed.objects.defer("body").filter(name=feed.name, superseded_at__isnull=True).first()
    if before is not None and feed.told.dated < before.dated:
        raise Refused("KNM1204-E", name=feed.name, dated=feed.told.dated or "-", newer=before.dated)
    same = before is not None and before.digest == digest
    with work.transaction():
        if not same:
            _store(feed, digest, work.operation.actor)
        FeedUpload.objects.filter(id=upload.id).delete()
        fault.point("feed_stored")
        work.finish(
            handed=Imported(not same), name=feed.name, format=feed.format, dated=feed.told.dated, records=feed.records,
            used=feed.used, withdrawn=feed.withdrawn, holes=feed.told.holes, covers=list(feed.told.covers),
            changed=not same,
        )  # fmt: skip


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
