"""A vulnerability feed is imported by one operation: once, wholly or not at all, and what was known stays known."""

from datetime import timedelta
from typing import Any

import pytest

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.feeds import patches_store, vulnerabilities_import, vulnerabilities_store
from kanmon.feeds.models import FeedUpload, VulnerabilityFeed
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance import feed_imports
from tests.feeds.osv_records import DEBIAN, affected, record, span, zipped

NEWER = record(
    "DEBIAN-CVE-2026-1009", affected("Debian:12", "curl", ranges=span(fixed="8-1")), modified="2026-11-19T00:00:00Z"
)


def imported(body: bytes, name: str = "all.zip", covers: tuple[str, ...] = ()) -> Operation:
    """Import ``body`` by a worker, as a Manager does."""
    return feed_imports.worked_off(feed_imports.begun(body, name, covers=list(covers)))


def test_an_import_makes_holes_known_and_everything_is_judged_anew(database: Any) -> None:
    done = imported(zipped(*DEBIAN))
    assert (done.state, done.subject) == ("finished", "vulnerabilities: all.zip")
    assert done.outcome["covers"] == ["Debian:12"]
    assert (done.outcome["name"], done.outcome["dated"], done.outcome["holes"]) == ("osv Debian:12", "2026-11-18", 4)
    assert patches_store.newest().holes.covers("Debian:12")
    assert Operation.objects.filter(kind="judge", parent=done.id).count() == 1
    assert not FeedUpload.objects.exists()


def test_the_same_bytes_again_change_nothing(database: Any) -> None:
    imported(zipped(*DEBIAN))
    again = imported(zipped(*DEBIAN))
    assert (again.state, again.outcome["changed"], VulnerabilityFeed.objects.count()) == ("finished", False, 1)
    assert not Operation.objects.filter(kind="judge", parent=again.id).exists()
    other = imported(zipped(*DEBIAN), covers=("Debian:12", "Debian:13"))  # the same bytes with another meaning
    assert other.outcome["changed"] is True


def test_a_newer_feed_takes_the_place_of_the_older_one_and_an_older_one_is_refused(database: Any) -> None:
    imported(zipped(*DEBIAN))
    before = clock.now()
    imported(zipped(*DEBIAN, NEWER))
    assert [len(one.holes) for one in patches_store.newest().holes.of("Debian:12")] == [5]
    assert [len(one.holes) for one in patches_store.at(before).holes.of("Debian:12")] == [4]
    assert not patches_store.at(before - timedelta(days=1)).holes.feeds
    older = imported(zipped(*DEBIAN))
    assert older.state == "failed"
    assert "2026-11-19 was imported before" in older.outcome["sentence"]
    assert [one.holes for one in vulnerabilities_store.listed()] == [5]


def test_feeds_of_different_releases_and_lists_of_ones_own_add_up(database: Any) -> None:
    ubuntu = record("USN-1", affected("Ubuntu:22.04:LTS", "curl", ranges=span(fixed="7")))
    imported(zipped(*DEBIAN))
    imported(zipped(ubuntu))
    imported(b"[" + b"]", "empty.json")
    done = imported(zipped(NEWER), "mine.zip", ("Debian:13",))
    assert done.state == "failed"
    holes = patches_store.newest().holes
    assert [one.name for one in holes.feeds] == ["osv Debian:12", "osv Ubuntu:22.04"]
    assert (holes.covers("Ubuntu:22.04"), holes.covers("Debian:13")) == (True, False)


def test_a_file_that_is_no_feed_fails_with_its_sentence(database: Any) -> None:
    failed = imported(b"hello")
    assert (failed.state, VulnerabilityFeed.objects.count()) == ("failed", 0)
    assert "is no OSV feed: neither a zip nor JSON" in failed.outcome["sentence"]
    assert not FeedUpload.objects.exists()


def test_an_import_that_was_cut_off_is_made_again_and_once(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = feed_imports.begun(zipped(*DEBIAN), "all.zip", covers=[])
    feed_imports.cut_off(monkeypatch)
    assert (VulnerabilityFeed.objects.count(), FeedUpload.objects.count()) == (0, 1)
    done = feed_imports.worked_off(operation)
    assert (done.state, done.attempt) == ("finished", 2)
    assert (VulnerabilityFeed.objects.count(), FeedUpload.objects.count()) == (1, 0)


def test_feeds_before_the_history_that_is_kept_are_deleted(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(zipped(*DEBIAN))
    first = VulnerabilityFeed.objects.get().id
    imported(zipped(*DEBIAN, NEWER))
    VulnerabilityFeed.objects.filter(id=first).update(superseded_at=clock.now() - timedelta(days=4_000))
    monkeypatch.setenv("KANMON_JUDGMENT_KEEP_HISTORY_DAYS", "365")
    config.forget()
    with transaction():
        vulnerabilities_store.forget()
    assert first not in VulnerabilityFeed.objects.values_list("id", flat=True)
    assert VulnerabilityFeed.objects.count() == 1


def test_a_release_that_is_not_judged_is_refused_by_its_name() -> None:
    assert vulnerabilities_import.releases(["Ubuntu:22.04:LTS", "Debian:12"]) == ["Debian:12", "Ubuntu:22.04"]
    with pytest.raises(Refused, match=r"Alpine:v3\.20 is no release"):
        vulnerabilities_import.releases(["Alpine:v3.20"])
