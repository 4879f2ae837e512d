"""Seals: nothing that was sealed can be changed, removed or slipped in without being found, on every database."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db import transaction as django_transaction

from kanmon import audit
from kanmon.audit import check, encoding, read, rows, seal, upkeep
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import clock, config
from kanmon.journal.models import Entry
from kanmon.journal.writing import TermLost, transaction
from tests.conformance.audited import (
    forge,
    gap,
    in_a_transaction,
    members,
    problems,
    seal_all,
    seals,
    sql,
    told,
    turn_in_a_process,
    write,
)
from tests.conformance.databases import together
from tests.conformance.work import crash, leader

CHANGED, MISSING, INSERTED = check.CHANGED, check.MISSING, check.INSERTED
SEAL_MISSING, SEAL_CHANGED, OTHER_SEAL = check.SEAL_MISSING, check.SEAL_CHANGED, check.OTHER_SEAL


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """The process remembers no earlier turn."""
    upkeep.forget()


@pytest.fixture
def sealed() -> list[int]:
    """Five seals of two rows each (the first also has the start of the service); numbers of the ten rows."""
    lead = leader()
    numbers = []
    for one in range(5):
        numbers += write(f"{one} a", f"{one} b")
        seal_all(lead.term)
    assert problems() == []
    assert len(seals()) == 5
    return numbers


def in_seal(row: int) -> int:
    return next(one.number for one in seals() if row in [seq for seq, _ in check.marks_of(one)])


def test_what_is_sealed_fits(sealed: list[int]) -> None:
    assert members() == [seq for (seq,) in told("seq")]
    page = check.page()
    assert (page.problems, page.seals, page.rows, page.next) == ([], 5, 11, None)
    assert check.not_sealed()[0] == 0
    write("not yet")
    assert problems() == []
    count, since = check.not_sealed()
    assert count == 1
    assert since is not None


OTHER_VALUES = {
    "at": clock.now() - timedelta(days=1), "actor": "somebody else", "event": "harmless", "subject": "0 a ",
    "detail": {"id": "KNM4206-I", "more": 1}, "address": "", "operation": 3,
}  # fmt: skip


@pytest.mark.parametrize("column", OTHER_VALUES)
@pytest.mark.parametrize("which", [0, 4, 9])
def test_a_changed_row_is_named(sealed: list[int], column: str, which: int) -> None:
    AuditRow.objects.filter(seq=sealed[which]).update(**{column: OTHER_VALUES[column]})
    assert problems() == [(CHANGED, in_seal(sealed[which]), sealed[which])]


def test_rows_that_were_exchanged_are_named(sealed: list[int]) -> None:
    sql("UPDATE audit SET subject = CASE subject WHEN '1 a' THEN '3 b' ELSE '1 a' END WHERE subject IN ('1 a', '3 b')")
    assert problems() == [(CHANGED, 2, sealed[2]), (CHANGED, 4, sealed[7])]


@pytest.mark.parametrize("which", [0, 5, 9])
def test_a_missing_row_is_named(sealed: list[int], which: int) -> None:
    number = in_seal(sealed[which])
    sql("DELETE FROM audit WHERE seq = %s", sealed[which])
    assert problems() == [(MISSING, number, sealed[which])]


def test_a_row_under_another_number_is_missing_and_inserted(sealed: list[int]) -> None:
    free = gap()
    sql("UPDATE audit SET seq = %s WHERE seq = %s", free, sealed[3])
    found = problems()
    assert found[0] == (MISSING, 2, sealed[3])
    if connection.vendor == "postgresql":  # its place in the order is what it was
        assert found[1:] == [(INSERTED, 5, free)]


@pytest.mark.parametrize("seq", [0, -7, None])
def test_an_inserted_row_is_named(sealed: list[int], seq: int | None) -> None:
    free = gap() if seq is None else seq
    write("after the gap")
    seal_all(1)
    forge(free, like=sealed[5])
    last = seals()[-1].number
    assert problems() == [(INSERTED, last if seq is None else 1, free)]


def test_a_row_that_was_written_beside_kanmon_at_the_end_is_an_ordinary_one(sealed: list[int], database: str) -> None:
    """The seals can't know who wrote a row; they hold it from then on."""
    xid = ", pg_current_xact_id()::text::bigint" if database == "postgresql" else ""
    names = ", xid" if database == "postgresql" else ""
    sql(
        f"INSERT INTO audit (at, actor, event, subject, detail, address{names})"
        f" VALUES (%s, 'x', 'forged', '', '{{}}', ''{xid})",
        clock.now() if database == "postgresql" else clock.now().replace(tzinfo=None),
    )
    seal_all(1)
    assert problems() == []
    assert members()[-1] == AuditRow.objects.get(event="forged").seq


@pytest.mark.parametrize("number", [1, 3])
def test_a_missing_seal_is_named(sealed: list[int], number: int) -> None:
    sql("DELETE FROM seal WHERE number = %s", number)
    assert problems()[0] == (SEAL_MISSING, number, 0)


OTHER_FACTS = {
    "first": 0, "last": 99, "rows": 1, "root": b"\1" * 32, "before": b"\1" * 32, "hash": b"\1" * 32, "term": 9,
    "sealed_at": clock.now(), "marks": b"\1" * 80, "removed_at": clock.now(),
}  # fmt: skip


@pytest.mark.parametrize("column", OTHER_FACTS)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_seal_is_named(sealed: list[int], column: str, number: int) -> None:
    Seal.objects.filter(number=number).update(**{column: OTHER_FACTS[column]})
    assert problems()[0] == (SEAL_CHANGED, number, 0)


def test_a_seal_that_was_made_anew_for_changed_rows_does_not_fit_to_the_one_after_it(sealed: list[int]) -> None:
    sql("UPDATE audit SET subject = 'harmless' WHERE seq = %s", sealed[4])
    make_anew(3)
    assert problems()[0] == (SEAL_CHANGED, 3, 0)


def make_anew(*numbers: int) -> None:
    """What somebody does who knows how seals are made."""
    for one in Seal.objects.filter(number__in=numbers).order_by("number"):
        held = seal.read([seq for seq, _ in check.marks_of(one)])
        one.marks = encoding.marks([held[seq] for seq in sorted(held)])
        one.root = encoding.digest(one.marks)
        before = Seal.objects.filter(number=one.number - 1).first()
        one.before = seal.hash_of(before) if before else encoding.NO_SEAL
        one.hash = seal.hash_of(one)
        one.save()


def test_who_rewrites_rows_and_all_seals_is_found_by_a_seal_that_was_copied(sealed: list[int]) -> None:
    copied = [(one.number, encoding.read_seal_text(f"Newest seal: {seal.said(one)} #17")) for one in seals()]
    assert all(check.compare(*text) is None for _, text in copied if text)
    sql("UPDATE audit SET subject = 'harmless' WHERE seq = %s", sealed[4])
    make_anew(3, 4, 5)
    assert problems() == [], "the database alone can't tell"
    found = [check.compare(*text) for _, text in copied if text]
    assert [one and one.id for one in found] == [None, None, OTHER_SEAL, OTHER_SEAL, OTHER_SEAL]
    assert "rewritten" in str(found[-1] and found[-1].sentence())


def test_a_database_that_was_set_back_is_found_by_a_seal_that_was_copied(sealed: list[int]) -> None:
    copied = encoding.read_seal_text(seal.said(seals()[-1]))
    assert copied is not None
    sql("DELETE FROM seal WHERE number >= 4")
    sql("DELETE FROM audit WHERE seq >= %s", sealed[6])
    assert problems() == []
    assert check.compare(*copied) == check.Problem(5, 0, SEAL_MISSING)
    write("instead")
    seal_all(1)
    write("instead")
    seal_all(1)
    found = check.compare(*copied)
    assert found is not None
    assert found.id == OTHER_SEAL


def test_everything_that_does_not_fit_is_said_in_order_and_no_more_than_twenty(sealed: list[int]) -> None:
    sql("DELETE FROM audit WHERE seq = %s", sealed[7])
    sql("UPDATE audit SET actor = 'x' WHERE seq = %s", sealed[2])
    assert problems() == [(CHANGED, 2, sealed[2]), (MISSING, 4, sealed[7])]
    write(*map(str, range(30)))
    seal_all(1)
    sql("UPDATE audit SET actor = 'x'")
    assert len(problems()) == 20
    assert problems()[0] == (CHANGED, 1, told("seq")[0][0])


@pytest.mark.parametrize(
    "spoilt", ["at = 'yesterday'", "detail = '\"\"'", "subject = CAST(x'ff00fe' AS TEXT)", "operation = 'x'"]
)
def test_a_row_that_can_not_even_be_read_is_a_changed_one(sealed: list[int], spoilt: str, database: str) -> None:
    if database == "postgresql":
        spoilt = "detail = '[1.5, {\"a\": 1e40}]'"  # what else it keeps has the right form
    sql(f"UPDATE audit SET {spoilt} WHERE seq = %s", sealed[5])
    assert problems() == [(CHANGED, 3, sealed[5])]


# --- sealing -----------------------------------------------------------------------------------------------------


def test_a_row_that_commits_late_is_sealed_later_and_fits(database: str) -> None:
    lead = leader()
    numbered, go_on = threading.Event(), threading.Event()

    def late(number: int) -> None:
        with transaction():
            rows.write("tried", actor="tests", subject="late")
            numbered.set()
            if database == "postgresql":
                assert go_on.wait(20)

    thread = threading.Thread(target=together, args=(late, 1))
    thread.start()
    assert numbered.wait(20)
    if database == "sqlite":
        thread.join()  # there the second waits for the first
    try:
        write("early")
        seal_all(lead.term)
        if database == "postgresql":
            assert "early" not in str(read.listed(read.Filter(), 100, "en")[0]) or not members()
    finally:
        go_on.set()
        thread.join()
    write("last")
    seal_all(lead.term)
    assert sorted(members()) == [seq for (seq,) in told("seq")]
    assert problems() == []
    for seq in members():
        row = AuditRow.objects.get(seq=seq)
        sql("DELETE FROM audit WHERE seq = %s", seq)
        assert [(one, number) for one, _, number in problems()] == [(MISSING, seq)]
        row.save(force_insert=True)


def test_eight_sealers_seal_each_row_once(database: str) -> None:
    lead = leader()
    write(*map(str, range(40)))
    done = threading.Event()

    def work(number: int) -> int:
        if number < 3:
            for turn in range(15):
                in_a_transaction(f"{number} {turn}", f"{number} {turn} too")
            return 0
        count = 0
        while not done.is_set() and count < 1000:
            count += seal.seal_new(lead.term)
            if sum(1 for one in threads if one.is_alive()) == 0:
                break
        return count

    threads: list[threading.Thread] = []
    sealing = threading.Thread(target=lambda: results.extend(together(work, 8)))
    results: list[Any] = []
    stop = threading.Timer(3.0, done.set)
    stop.start()
    sealing.start()
    sealing.join()
    assert all(isinstance(one, int) for one in results), results
    seal_all(lead.term)
    assert sorted(members()) == [seq for (seq,) in told("seq")]
    assert [one.number for one in seals()] == list(range(1, len(seals()) + 1))
    assert sum(results) <= len(members())
    assert problems() == []


def test_no_two_seals_can_follow_the_same_one(sealed: list[int]) -> None:
    third = Seal.objects.get(number=3)
    third.number = 6
    with pytest.raises(IntegrityError), django_transaction.atomic():
        third.save(force_insert=True)
    with pytest.raises(IntegrityError), django_transaction.atomic():
        Seal.objects.filter(number=3).update(rows=0)


def test_who_was_deposed_seals_nothing_and_follows_nothing() -> None:
    old = leader()
    write("one")
    crash(old)
    new = leader()
    for work in (seal.seal_new, audit.duty):
        with pytest.raises(TermLost):
            work(old.term)
    assert seals() == []
    assert told("event") == [("tried",)]
    audit.duty(new.term)
    assert [one.term for one in seals()] == [new.term]
    assert problems() == []


def test_thousands_of_rows_become_seals_of_a_thousand_and_are_checked_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leader()
    with transaction():
        rows.add([rows.Told("tried", "tests", str(number)) for number in range(2500)])
    seal_all(lead.term)
    assert [one.rows for one in seals()] == [1000, 1000, 501]
    monkeypatch.setattr(check, "PAGE_ROWS", 1000)
    assert [check.page(after).next for after in (0, 1, 2, 3)] == [1, 2, None, None]
    middle = check.marks_of(seals()[1])[500][0]
    sql("DELETE FROM audit WHERE seq = %s", middle)
    forge(0, like=middle + 1)
    assert problems() == [(INSERTED, 1, 0), (MISSING, 2, middle)]
    assert check.page(2).problems == []


# --- the log, retention, kills -----------------------------------------------------------------------------------


def logged() -> list[str]:
    return [one.detail["seal"] for one in Entry.objects.filter(event="audit_sealed").order_by("seq")]


def test_the_newest_seal_goes_to_the_log_at_start_at_stop_and_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leader()
    audit.duty(lead.term)
    assert logged() == [seal.said(seals()[0])], "at the start"
    for one in range(3):
        write(str(one))
        audit.duty(lead.term)
    assert len(logged()) == 1, "not again within the hour"
    monkeypatch.setattr(upkeep, "LOG_SECONDS", 0.0)
    audit.duty(lead.term)
    assert logged()[1:] == [seal.said(seals()[-1])], "an hour later"
    audit.duty(lead.term)
    assert len(logged()) == 2, "nothing new"
    monkeypatch.undo()
    write("last")
    audit.duty(lead.term, stopping=True)
    assert logged()[2:] == [seal.said(seals()[-1])], "at the stop"
    assert check.not_sealed()[0] == 0
    upkeep.forget()
    audit.duty(lead.term)
    assert logged()[3:] == [logged()[2]], "the next start says what it found"
    assert "audit_sealed" not in {event for (event,) in told("event")}, "else each seal would make the next"


def test_idle_duties_write_nothing() -> None:
    lead = leader()
    audit.duty(lead.term)
    audit.duty(lead.term)
    before = (AuditRow.objects.count(), Seal.objects.count(), Entry.objects.count())
    for _ in range(5):
        audit.duty(lead.term)
    assert (AuditRow.objects.count(), Seal.objects.count(), Entry.objects.count()) == before


@pytest.fixture
def aged(sealed: list[int], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three of the five seals are ten days old, and rows are kept for a week. Their numbers."""
    for number in (1, 2, 3):
        one = Seal.objects.get(number=number)
        one.sealed_at -= timedelta(days=10)
        one.hash = seal.hash_of(one)
        one.save()
    make_anew(1, 2, 3, 4, 5)
    monkeypatch.setenv("KANMON_AUDIT_KEEP_DAYS", "7")
    config.forget()
    upkeep.forget()
    return sealed


def test_retention_removes_whole_ranges_keeps_their_seals_and_says_so(aged: list[int]) -> None:
    copied = encoding.read_seal_text(seal.said(Seal.objects.get(number=2)))
    audit.duty(1)
    audit.duty(1)
    assert [one.removed_at is not None for one in seals()] == [True, True, True, False, False, False]
    assert [seq for (seq,) in told("seq")][:4] == aged[6:]
    removed = AuditRow.objects.get(event="audit_removed")
    assert removed.detail["rows"] == 7
    assert "7 audit rows" in read.listed(read.Filter(event="audit_removed"), 9, "en")[0]["sentence"]
    assert problems() == []
    assert copied is not None
    assert check.compare(*copied) is None, "a seal of what was removed still counts"
    sql("UPDATE audit SET subject = 'x' WHERE seq = %s", aged[6])
    assert problems() == [(CHANGED, 4, aged[6])]


def test_everything_is_kept_by_default(sealed: list[int]) -> None:
    Seal.objects.update(sealed_at=clock.now() - timedelta(days=10_000))
    upkeep.forget()
    audit.duty(1)
    assert len(told("seq")) == 11


def test_rows_that_do_not_fit_are_evidence_and_are_not_removed(aged: list[int]) -> None:
    sql("UPDATE audit SET subject = 'x' WHERE seq = %s", aged[2])
    audit.duty(1)
    audit.duty(1)
    assert [one.removed_at is not None for one in seals()][:3] == [True, False, False]
    assert problems() == [(CHANGED, 2, aged[2])]
    said = Entry.objects.get(event="audit_does_not_fit")
    assert (said.detail["id"], said.detail["row"]) == (CHANGED, aged[2])


def test_rows_that_somebody_else_removed_as_if_it_were_retention_are_missing(sealed: list[int]) -> None:
    sql("DELETE FROM audit WHERE seq <= %s", sealed[3])
    Seal.objects.filter(number__lte=2).update(removed_at=clock.now(), marks=b"")
    assert [(one, number) for one, number, _ in problems()] == [(MISSING, 1), (MISSING, 2)]


def test_a_row_that_comes_back_after_retention_is_inserted(aged: list[int]) -> None:
    audit.duty(1)
    forge(aged[2], like=aged[8])
    assert problems() == [(INSERTED, 2, aged[2])]


POINTS = [
    "audit_rows_written:1", "audit_seal_written:1", "audit_rows_removed:1",
    *(f"{point}:{number}" for point in ("before_commit", "after_commit") for number in (1, 2, 3, 4)),
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_between_any_two_steps_leaves_each_entry_once_and_each_row_sealed_once(
    aged: list[int], point: str, tmp_path: Any
) -> None:
    """One turn follows, seals, removes and logs; it is killed at each of its steps, and the next one goes on."""
    from tests.conformance.work import begin

    begin(subject="one more")
    write("and a row")
    more = [("KANMON_AUDIT_KEEP_DAYS", "7")]
    assert turn_in_a_process(1, tmp_path / "other", f"{point}=kill", more) == ""
    assert [kind for kind, _, _ in problems()] == []
    assert turn_in_a_process(1, tmp_path / "other", "", more) == "done"
    assert turn_in_a_process(1, tmp_path / "other", "", more) == "done"
    taken = [one["entry"] for (one,) in told("detail") if "entry" in one]
    assert taken == sorted(set(taken))
    assert len(AuditRow.objects.filter(event="one_begun")) == 1
    kept = members()
    assert len(kept) == len(set(kept))
    assert sorted(kept) == [seq for (seq,) in told("seq")]
    assert len(AuditRow.objects.filter(event="audit_removed")) == 1
    assert check.not_sealed()[0] == 0
    assert problems() == []
