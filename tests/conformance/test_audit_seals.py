"""Seals: nothing that was sealed can be changed, removed or slipped in without being found, on every database."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.db import transaction as django_transaction

from kanmon import audit
from kanmon.audit import check, encoding, rows, seal, upkeep
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import clock
from kanmon.journal.writing import TermLost, transaction
from tests.conformance.audited import (
    five_seals,
    forge,
    gap,
    in_a_transaction,
    make_anew,
    members,
    problems,
    seal_all,
    seals,
    sql,
    told,
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
    """Five seals; numbers of ten of their rows."""
    return five_seals()


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
@pytest.mark.parametrize("which", [0, 9])
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
@pytest.mark.parametrize("number", [1, 5])
def test_a_changed_seal_is_named(sealed: list[int], column: str, number: int) -> None:
    Seal.objects.filter(number=number).update(**{column: OTHER_FACTS[column]})
    assert problems()[0] == (SEAL_CHANGED, number, 0)


def test_a_seal_that_was_made_anew_for_changed_rows_does_not_fit_to_the_one_after_it(sealed: list[int]) -> None:
    sql("UPDATE audit SET subject = 'harmless' WHERE seq = %s", sealed[4])
    make_anew(3)
    assert problems()[0] == (SEAL_CHANGED, 3, 0)


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
            assert members() == [], "the transaction of late is open: nothing after it can be trusted"
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


def test_eight_sealers_seal_each_row_once() -> None:
    lead = leader()
    write(*map(str, range(40)))
    done, written = threading.Event(), []  # type: threading.Event, list[int]

    def work(number: int) -> int:
        if number >= 3:
            count = 0
            while not done.is_set():
                count += seal.seal_new(lead.term)
            return count
        for turn in range(15):
            in_a_transaction(f"{number} {turn}", f"{number} {turn} too")
        written.append(number)
        if len(written) == 3:
            done.set()
        return 0

    results = together(work)
    assert all(isinstance(one, int) for one in results), results
    assert sum(results) == len(members())
    seal_all(lead.term)
    assert sorted(members()) == [seq for (seq,) in told("seq")]
    assert [one.number for one in seals()] == list(range(1, len(seals()) + 1))
    assert problems() == []


def test_seals_stay_good_when_the_database_moves_to_a_server_that_counts_transactions_anew(
    sealed: list[int], database: str
) -> None:
    """What a restore does: sealed rows stand before everything, what is not sealed yet after them."""
    write("not sealed when it moved")
    if database == "postgresql":
        sql("UPDATE audit SET xid = CASE WHEN subject LIKE 'not sealed%%' THEN 1 ELSE 0 END")
        sql("UPDATE seal SET xid = 0, seq = %s", 2**62)
    assert problems() == []
    assert check.not_sealed()[0] == 1
    write("afterwards")
    seal_all(1)
    assert problems() == []
    assert members() == [seq for (seq,) in told("seq")]
    forge(0, like=sealed[5])
    assert problems() == [(INSERTED, 1, 0)]


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
