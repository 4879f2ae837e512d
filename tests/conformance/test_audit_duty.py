"""The audit's turn under the lease: what goes to the log, what is removed, and a kill at each of its steps."""

from datetime import timedelta
from pathlib import Path

import pytest

from kanmon import audit
from kanmon.audit import check, encoding, read, seal, upkeep
from kanmon.audit.models import AuditRow, Seal
from kanmon.common import clock, config
from kanmon.journal.models import Entry
from tests.conformance.audited import (
    five_seals,
    forge,
    make_anew,
    members,
    problems,
    seals,
    sql,
    told,
    turn_in_a_process,
    write,
)
from tests.conformance.work import begin, leader

CHANGED, MISSING, INSERTED = check.CHANGED, check.MISSING, check.INSERTED


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """The process remembers no earlier turn."""
    upkeep.forget()


@pytest.fixture
def sealed() -> list[int]:
    """Five seals; numbers of ten of their rows."""
    return five_seals()


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
    aged: list[int], point: str, tmp_path: Path
) -> None:
    """One turn follows, seals, removes and logs; it is killed at each of its steps, and the next one goes on."""
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
