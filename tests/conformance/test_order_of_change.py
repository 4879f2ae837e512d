"""Followers of the order of change, and the Manager log that one of them writes: nothing missed, nothing twice."""

import random
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kanmon.common import config
from kanmon.journal import changes, record, tail
from kanmon.journal.models import Change, Entry
from kanmon.journal.writing import transaction
from tests.conformance.databases import together
from tests.conformance.work import log_path
from tests.conftest import until


class PlainFollower:
    """What one would write first: rows with a greater number than the last one seen."""

    def __init__(self) -> None:
        self.last, self.seen = 0, []  # type: tuple[int, list[int]]

    def look(self) -> None:
        for seq, subject in Change.objects.filter(seq__gt=self.last).order_by("seq").values_list("seq", "subject"):
            self.last = seq
            self.seen.append(subject)


class Follower:
    """What Kanmon does."""

    def __init__(self) -> None:
        self.position, self.seen = changes.START, []  # type: changes.Position, list[int]

    def look(self) -> None:
        while batch := changes.read(self.position, limit=7):
            self.seen += [change.subject for change in batch]
            assert sorted(change.position for change in batch) == [change.position for change in batch]
            assert batch[0].position > self.position
            self.position = batch[-1].position


def add(subject: int) -> None:
    changes.add([("pc", subject, b"")])


def test_a_change_that_commits_late_is_not_missed(database: str) -> None:
    plain, trusty = PlainFollower(), Follower()
    numbered, go_on = threading.Event(), threading.Event()

    def late(number: int) -> None:
        with transaction():
            add(1)
            numbered.set()
            if database == "postgresql":
                assert go_on.wait(20)

    thread = threading.Thread(target=together, args=(late, 1))
    thread.start()
    assert numbered.wait(20)
    if database == "sqlite":
        thread.join()  # there the second waits for the first
    try:
        with transaction():
            add(2)
        plain.look()
        trusty.look()
        assert changes.newest(settled=False)[1] == 2
        if database == "postgresql":
            assert trusty.seen == [], "the transaction of 1 is open: nothing after it can be trusted"
            assert changes.newest() == changes.START
    finally:
        go_on.set()
        thread.join()
    plain.look()
    trusty.look()
    assert trusty.seen == [1, 2]
    assert plain.seen == ([2] if database == "postgresql" else [1, 2]), "this is why seq alone is not followed"
    assert changes.newest() == changes.newest(settled=False) == trusty.position


def test_a_follower_of_eight_busy_writers_misses_none_and_sees_none_twice() -> None:
    trusty, done = Follower(), threading.Event()

    def follow(number: int) -> None:
        while not done.is_set():
            trusty.look()
            time.sleep(0.001)
        trusty.look()

    thread = threading.Thread(target=together, args=(follow, 1))
    thread.start()

    def write(number: int) -> None:
        chance = random.Random(number)
        for turn in range(25):
            with transaction():
                add(number * 1000 + turn)
                time.sleep(chance.random() * 0.004)
                add(number * 1000 + turn + 500)

    assert together(write) == [None] * 8
    done.set()
    thread.join()
    assert len(trusty.seen) == 400
    assert sorted(trusty.seen) == sorted(Change.objects.values_list("subject", flat=True))


def fail_after(_: None) -> None:
    raise ZeroDivisionError


def test_what_was_rolled_back_is_never_followed() -> None:
    trusty = Follower()
    with pytest.raises(ZeroDivisionError), transaction():
        fail_after(add(1))
    with transaction():
        add(2)
    trusty.look()
    assert trusty.seen == [2]


def test_every_entry_can_be_followed() -> None:
    with transaction():
        record.begin("one", requester="tests")
        record.note(None, "service_started", {"id": "KNM0001-I"})
    assert len(list(changes.follow("entry", changes.START, 10))) == Entry.objects.count() == 2


def test_following_uses_an_index(database: str) -> None:
    if database == "sqlite":
        return  # seq is the primary key
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT xid, seq FROM entry WHERE (xid, seq) > (1, 1) ORDER BY xid, seq LIMIT 10")
        assert "entry_order" in str(cursor.fetchall())


# --- the Manager log ---------------------------------------------------------------------------------------------


def say(*numbers: int) -> None:
    with transaction():
        for number in numbers:
            record.note(None, "service_started", {"id": "KNM0001-I", "node": "a", "term": number})


def logged(folder: Path | None = None) -> list[int]:
    """Numbers of the entries in the log files, oldest first."""
    older = sorted(log_path().parent.glob("manager.log.*"), key=lambda path: -int(path.suffix[1:]))
    files = [*older, *log_path().parent.glob("manager.log")]
    text = "".join(path.read_text("utf-8") for path in files)
    assert not text or text.endswith("\n")
    found = [re.search(r"#(?:\d+\.)?(\d+)$", line) for line in text.splitlines()]
    assert all(found), text
    return [int(one[1]) for one in found if one]


def entries() -> list[int]:
    return list(Entry.objects.order_by("seq").values_list("seq", flat=True))


def tailer() -> tail.Tailer:
    return tail.Tailer(log_path())


def test_the_log_goes_on_after_the_database_has_ended_its_session(database: str) -> None:
    one = tailer()
    one.start()
    try:
        say(1)
        until(lambda: logged() == entries(), 60)
        if database != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kanmon-log'"
                )
        say(2, 3)
        until(lambda: logged() == entries(), 60)
        assert one.is_alive()
    finally:
        one.stop()


def test_the_log_has_each_entry_once_after_restarts() -> None:
    say(1, 2)
    tailer().write_new()
    say(3)
    one = tailer()
    one.write_new()
    one.write_new()
    say(4)
    one.stop()
    assert logged() == entries()


@pytest.mark.parametrize("torn", range(1, 60, 7))
def test_a_torn_last_line_is_cut_off_and_written_again(torn: int) -> None:
    say(1, 2, 3)
    tailer().write_new()
    whole = log_path().read_bytes()
    log_path().write_bytes(whole[:-torn])
    say(4)
    tailer().write_new()
    assert logged() == entries()
    assert log_path().read_bytes().startswith(whole)


def test_a_log_of_one_torn_line_goes_on_with_the_file_before_it() -> None:
    say(1, 2)
    tailer().write_new()
    log_path().rename(log_path().with_name("manager.log.1"))
    for torn in (b"", b"2026-11-22 20:15:03.12"):
        log_path().write_bytes(torn)
        say(3)
        tailer().write_new()
        assert logged() == entries()


def test_rotation_loses_and_repeats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_LOG_FILE_BYTES", "4096")
    monkeypatch.setenv("KANMON_LOG_KEEP_FILES", "50")
    config.forget()
    for turn in range(30):
        say(*range(turn * 10, turn * 10 + 10))
        tailer().write_new()
    assert len(list(log_path().parent.glob("manager.log.*"))) > 1
    assert logged() == entries()


def test_a_disk_that_is_full_in_the_middle_of_a_line_leaves_no_gap_and_no_repeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say(1)
    one = tailer()
    one.write_new()
    say(2, 3)

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, text: str) -> None:
            self.file.write(text[: len(text) * 2 // 3])
            raise OSError(28, "No space left on device")

    def full(path: Any, mode: str = "r", **more: Any) -> Any:
        file = open(path, mode, **more)  # noqa: SIM115
        return Full(file) if mode == "a" else file

    monkeypatch.setattr(tail, "open", full, raising=False)
    with pytest.raises(OSError, match="No space"):
        one.write_new()
    monkeypatch.undo()
    say(4)
    one.write_new()
    assert logged() == entries()


def test_a_manager_that_does_not_hold_the_lease_leaves_the_log_alone() -> None:
    say(1)
    tailer().write_new()
    with open(log_path(), "ab") as file:
        file.write(b"2026-11-22 half a line that is being wri")
    before = log_path().read_bytes()
    tailer()
    assert log_path().read_bytes() == before


def test_an_entry_of_another_version_is_shown_as_it_is_and_holds_up_nothing() -> None:
    with transaction():
        record.note(None, "new", {"id": "KNM9999-I", "what": "from\nlater\x1b[31m"})
        record.note(None, "odd", {"id": ["KNM0001-I"]})
    say(1)
    one = tailer()
    one.write_new()
    assert logged() == entries()
    assert "KNM9999-I" in log_path().read_text()
    assert "\x1b" not in log_path().read_text()


def test_the_log_keeps_the_order_of_change_under_eight_writers() -> None:
    one = tailer()
    done = threading.Event()

    def follow(number: int) -> None:
        while not done.is_set():
            one.write_new()
        one.write_new()

    thread = threading.Thread(target=together, args=(follow, 1))
    thread.start()
    together(lambda number: [say(number) for _ in range(15)])
    done.set()
    thread.join()
    assert sorted(logged()) == entries()
    assert len(entries()) == 120
