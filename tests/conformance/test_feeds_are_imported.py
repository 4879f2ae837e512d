"""A feed is imported by one operation: once, wholly or not at all, whatever interrupts it."""

from typing import Any

import pytest

from kanmon.feeds import patches_store
from kanmon.feeds.models import FeedUpload, PatchFeed, PatchKnowledge
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules import load
from tests.conformance import feed_imports

HEAD = "update,product,hole,released,severity,title,replaces\n"
JUNE = "KB5093998,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-1,{day},critical,Kernel,KB5082052\n"
APRIL = "KB5082052,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-9,2026-04-14,moderate,Older,\n"
POLICY = """
kind: judgment
name: Updates
security_updates:
  judge: true
  specified:
    - {kb: KB5082052, os: "*Windows 11*", level: caution}
"""


def imported(body: str, name: str = "own.csv", *, follow: bool = False) -> Operation:
    """Import ``body`` by a worker, as a Manager does."""
    return feed_imports.worked_off(feed_imports.begun(body.encode(), name, update_policies=follow))


def test_an_import_makes_knowledge_and_everything_is_judged_anew(database: Any) -> None:
    done = imported(HEAD + APRIL + JUNE.format(day="2026-06-09"))
    assert done.state == "finished"
    assert (done.outcome["name"], done.outcome["dated"], done.outcome["updates"]) == ("own", "2026-06-09", 2)
    assert patches_store.newest().successors("KB5082052") == {"KB5093998"}
    assert Operation.objects.filter(kind="judge", parent=done.id).count() == 1
    assert not FeedUpload.objects.exists()


def test_the_same_bytes_again_make_no_new_knowledge_and_no_judgment(database: Any) -> None:
    imported(HEAD + APRIL)
    again = imported(HEAD + APRIL)
    assert (again.state, again.outcome["changed"]) == ("finished", False)
    assert PatchKnowledge.objects.count() == 1
    assert not Operation.objects.filter(kind="judge", parent=again.id).exists()


def test_an_older_file_of_the_same_feed_is_refused_and_changes_nothing(database: Any) -> None:
    imported(HEAD + APRIL + JUNE.format(day="2026-06-09"))
    older = imported(HEAD + APRIL)
    assert older.state == "failed"
    assert "2026-06-09 was imported before" in older.outcome["sentence"]
    assert "KB5093998" in patches_store.newest().number
    assert not FeedUpload.objects.exists()


def test_a_file_that_is_no_feed_fails_with_its_sentence(database: Any) -> None:
    failed = imported("hello")
    assert failed.state == "failed"
    assert "no patch feed that is known here" in failed.outcome["sentence"]
    assert not PatchFeed.objects.exists()


def test_an_import_that_was_cut_off_is_made_again_and_once(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = feed_imports.begun((HEAD + APRIL).encode(), "own.csv")
    feed_imports.cut_off(monkeypatch)
    assert not PatchKnowledge.objects.exists()
    assert FeedUpload.objects.count() == 1
    done = feed_imports.worked_off(operation)
    assert (done.state, done.attempt) == ("finished", 2)
    assert PatchKnowledge.objects.count() == 1
    assert not FeedUpload.objects.exists()


def test_policies_that_name_updates_follow_and_stay_as_they_are_when_nothing_changes(database: Any) -> None:
    policy: Any = load(POLICY)
    with transaction():
        versions.add(policy, "alice")
    done = imported(HEAD + APRIL + JUNE.format(day="2026-06-09"), follow=True)
    assert done.outcome["policies"] == ["Updates version 2"]
    row = PolicyVersion.objects.get(policy__name="Updates", number=2)
    assert row.comment == ("Follows the patch feed own of 2026-06-09: added KB5093998; dropped as superseded KB5082052")
    now: Any = load(row.text)
    (line,) = now.security_updates.specified
    assert (line.kb, line.os, line.level) == ("KB5093998", "*Windows 11*", "danger")
    again = imported(HEAD + APRIL + JUNE.format(day="2026-06-09") + "\n", follow=True)
    assert again.outcome["policies"] == []
    assert PolicyVersion.objects.filter(policy__name="Updates").count() == 2


def test_what_was_known_at_a_moment_stays_known(database: Any) -> None:
    imported(HEAD + APRIL)
    before = PatchKnowledge.objects.get().made_at
    imported(HEAD + APRIL + JUNE.format(day="2026-06-09"))
    assert "KB5093998" not in patches_store.at(before).number
    assert "KB5093998" in patches_store.at(None).number
