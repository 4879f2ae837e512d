"""The history of judgments and actions: every result and every reason, bounded pages, CSV, and how long it is kept."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap

from kanmon.action import retention
from kanmon.action.acting import Ask
from kanmon.action.deciding import Slot
from kanmon.action.history import everywhere, line, of_pc, touched
from kanmon.action.history.everywhere import RunTold
from kanmon.action.history.line import Line, wanted
from kanmon.action.history.sheet import COLUMNS, as_csv
from kanmon.action.models import Order, Touched, Withheld
from kanmon.action.withheld import SENTENCES
from kanmon.action.withheld import write as withhold
from kanmon.audit.models import AuditRow
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.flow import KINDS, hold_actions
from kanmon.journal import record, runs
from kanmon.journal.models import Operation, Run
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.network import asked as network_asked
from kanmon.network import change
from kanmon.network.models import NetworkOrder
from kanmon.network.past import NetworkOrders
from tests.conformance.test_actions_by_condition import SIEM, World
from tests.conformance.test_actions_by_condition import world as world
from tests.conformance.test_network_orders import mac, pcs
from tests.conformance.test_stages import bad
from tests.conformance.work import leader, work_off, worker

ENDS = {
    "success": {"result": "success", "sentence": "Sent to 2 addresses."},
    "partial_success": {"result": "partial_success", "sentence": "Sent to 1 of 2."},
    "not_executed": {"result": "not_executed", "sentence": "No mail is sent: mail.server is not set."},
}
OPEN = ("waiting", "held", "running", "in_doubt")


@pytest.fixture
def lead() -> Leadership:
    return leader()


def order(members: Iterable[int], *, run: Run, kind: str = "mail", level: int = 400) -> Operation:
    """An order as a decision writes it, and its operation."""
    with transaction():
        operation = record.begin(
            kind, requester=run.cause, actor=run.actor, repeat="keyed", subject="danger", run=run.id
        )  # fmt: skip
        row = Order.objects.create(
            operation=operation.id, kind=kind, run=run.id, policy_version=1, level=level, subject="=Danger",
            pcs=BitMap(members).serialize(), pc_count=len(BitMap(members)), created_at=clock.now(),
        )  # fmt: skip
        touched.note(BitMap(members), row.created_at, order=row.id)
    return operation


def end(operation: Operation, how: str, term: int) -> None:
    """Let the operation come to this state."""
    if how == "waiting":
        return
    with transaction():
        if how == "held":
            record.hold(operation, "hanako")
            return
        claimed = record.claim(operation.id, term, {})
        assert claimed is not None
        if how in ENDS:
            record.finish(claimed, ENDS[how], {})
        elif how == "failure":
            record.fail(claimed, {"sentence": "550 no such user"}, {})
        elif how == "in_doubt":
            record.doubt(claimed, "Nobody can tell whether it ran.")


def runs_of(told: everywhere.Page) -> list[int | None]:
    return [one.run for one in told.runs]


def everything(**asked: str) -> list[RunTold]:
    return list(everywhere.page(wanted(**asked), limit=500).runs)


def about(pc: int, **asked: str) -> list[Line]:
    return list(of_pc.page(pc, wanted(**asked), limit=500, sources=[NetworkOrders()]).lines)


def test_every_result_of_an_order_is_told_over_all_and_per_pc(lead: Leadership) -> None:
    run = runs.open_run("judge_command", "hanako")
    for how in (*ENDS, "failure", *OPEN):
        end(order([1, 5000], run=run), how, lead.term)
    (told,) = everything()
    assert [one.result for one in told.lines[1:]] == [*ENDS, "failure", *OPEN]
    assert {(one.cause, one.actor, one.pcs, one.level) for one in told.lines[1:]} == {
        ("judge_command", "hanako", 2, 400)
    }
    assert [one.attempts for one in told.lines[1:]] == [1, 1, 1, 1, 0, 0, 1, 1]
    assert told.lines[4].sentence == "550 no such user"
    assert told.lines[-1].sentence == "Nobody can tell whether it ran."
    assert [one.result for one in about(5000)] == [one.result for one in reversed(told.lines[1:])]
    assert about(2) == about(1024) == []
    for how in (*ENDS, "failure", *OPEN):
        assert [one.result for one in everything(result=how, kind="mail")[0].lines] == [how]
        assert [one.result for one in about(1, result=how)] == [how]
    assert everything(result="held_back") == everything(kind="network") == everything(level="safe") == []


def test_every_reason_for_holding_back_is_told(world: World) -> None:
    with transaction():
        run = runs.open_run("day", "kanmon")
        for why in SENTENCES:
            withhold(7, run.id, 1, Slot(1, 400, 0, "network"), why, BitMap([3, 4]))
    lines = [one for told in everything(result="held_back") for one in told.lines]
    assert [one.why for one in lines] == list(SENTENCES)
    assert len({one.sentence for one in lines}) == len(SENTENCES)
    assert {(one.result, one.pcs, one.cause) for one in lines} == {("held_back", 2, "day")}
    assert [one.why for one in about(3)] == list(reversed(SENTENCES))
    japanese = of_pc.page(3, wanted(), language="ja").lines
    assert japanese[0].sentence != lines[-1].sentence


def test_a_fleet_is_judged_and_the_history_tells_who_asked_what_was_done_and_what_was_not(world: World) -> None:
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(bad(1), bad(2))
    with transaction():
        hold_actions(True, "hanako")
    world.arrive(bad(3))
    world.act(Ask(scope=BitMap([1]).serialize(), conditions=False))
    newest, held, first = everything()[:3]
    assert (newest.cause, newest.actor, newest.asked) == ("act_command", "hanako", "1 PC")
    assert newest.lines[0].kind == "act", "nothing was judged anew"
    assert (held.cause, held.judged, held.changed) == ("inventory", 1, 1)
    assert [(one.kind, one.result, one.why) for one in held.lines[1:]] == [("webhook", "held_back", "held")]
    assert (first.judged, first.changed) == (2, 2)
    assert [(one.kind, one.result, one.pcs, one.subject) for one in first.lines[1:]] == [
        ("webhook", "waiting", 2, "siem")
    ]
    assert first.lines[1].policy == "Default version 2"
    assert first.lines[0].sentence
    mine = about(3)
    assert [(one.kind, one.result) for one in mine] == [("webhook", "held_back"), ("judge", "success")]
    assert (mine[1].level_before, mine[1].level, mine[1].cause) == (0, 400, "inventory")
    assert [one.kind for one in about(2)] == ["webhook", "judge"]


def test_what_is_done_again_counts_all_attempts_and_names_who_asked(lead: Leadership) -> None:
    operation = order([1], run=runs.open_run("inventory"))
    end(operation, "failure", lead.term)
    with transaction():
        again = record.redo(Operation.objects.get(id=operation.id), "hanako")
    assert [(one.result, one.requester, one.actor) for one in about(1)] == [("waiting", "redo", "hanako")]
    end(again, "success", lead.term)
    (told,) = about(1)
    assert (told.result, told.attempts, told.operation) == ("success", 2, again.id)
    assert [one.result for one in everything(kind="mail")[0].lines] == ["success"]


def test_pages_follow_each_other_without_gap_or_repeat(lead: Leadership) -> None:
    for _ in range(25):
        end(order([1], run=runs.open_run("inventory")), "success", lead.term)
    all_runs = list(Run.objects.order_by("-id").values_list("id", flat=True))
    assert list(_pages(lambda cursor: everywhere.page(wanted(), cursor, 4), lambda page: runs_of(page))) == all_runs
    lines = _pages(lambda cursor: of_pc.page(1, wanted(), cursor, 4), lambda page: [one.run for one in page.lines])
    assert list(lines) == all_runs


def _pages(read: Any, of: Any) -> Iterator[Any]:
    cursor = ""
    for _ in range(100):
        page = read(cursor)
        assert len(of(page)) <= 4
        yield from of(page)
        cursor = page.next
        if not cursor:
            return
    raise AssertionError("no end")


def test_lines_of_one_moment_are_not_lost_between_pages(lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    for number in range(9):
        order([1], run=runs.open_run("inventory"))
        with transaction():
            withhold(7, 1, 1, Slot(1, 400, 0, "mail"), "cap", BitMap([1, number + 2]))
    found = list(
        _pages(lambda cursor: of_pc.page(1, wanted(), cursor, 4), lambda page: [str(one) for one in page.lines])
    )
    assert len(found) == 18
    found = list(_pages(lambda cursor: everywhere.page(wanted(), cursor, 4), lambda page: runs_of(page)))
    assert len(set(found)) == len(found) == 9


def test_a_page_that_finds_nothing_ends_after_a_bounded_look(lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everywhere, "LOOKED", 20)
    monkeypatch.setattr(everywhere, "BATCH", 7)
    monkeypatch.setattr(of_pc, "LOOKED", 20)
    monkeypatch.setattr(of_pc, "BATCH", 7)
    first = order([1], run=runs.open_run("inventory"), kind="webhook")
    for _ in range(50):
        order([2], run=runs.open_run("inventory"))
    page, looks = everywhere.page(wanted(kind="webhook")), 1
    assert (page.runs, bool(page.next)) == ([], True)
    assert page.looked_until is not None
    while page.next and not page.runs:
        page, looks = everywhere.page(wanted(kind="webhook"), page.next), looks + 1
    assert (looks, page.runs[0].lines[0].operation) == (6, first.id), "51 runs, and 50 mails that have one"
    mine, looks = of_pc.page(1, wanted()), 1
    while mine.next and not mine.lines:
        mine, looks = of_pc.page(1, wanted(), mine.next), looks + 1
    assert (looks, mine.lines[0].operation) == (3, first.id)


def test_a_page_asks_as_often_whatever_is_in_the_history(lead: Leadership) -> None:
    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as over_all:
            everywhere.page(wanted(), limit=10)
        with CaptureQueriesContext(connection) as of_one:
            of_pc.page(1, wanted(), limit=10, sources=[NetworkOrders()])
        return len(over_all), len(of_one)

    for _ in range(12):
        end(order([1], run=runs.open_run("inventory")), "success", lead.term)
    few = asked()
    for _ in range(60):
        end(order([1], run=runs.open_run("inventory")), "success", lead.term)
    assert asked() == few


def test_times_are_days_or_moments_and_wrong_words_are_refused(world: World) -> None:
    for day in (2, 3, 4):
        world.at(f"2026-03-0{day} 10:00")
        for _ in range(3):
            order([1], run=runs.open_run("inventory"))
    assert len(everything(since="2026-03-03")) == 6
    assert len(everything(until="2026-03-03")) == 6 + len(everything(until="2026-03-01"))
    assert len(everything(since="2026-03-03", until="2026-03-03")) == 3
    assert len(everything(since="2026-03-04T10:00:00+00:00")) == 3
    assert len(everything(since="2026-03-03", cause="schedule")) == 0
    assert len(about(1, since="2026-03-03", until="2026-03-03")) == 3
    for id, asked in (
        ("KNM3291-E", {"since": "yesterday"}), ("KNM3291-E", {"until": "2026-02-30"}), ("KNM3292-E", {"kind": "pigeon"}),
        ("KNM3292-E", {"level": "red"}), ("KNM3292-E", {"result": "fine"}),
        ("KNM3294-E", {"since": "2026-03-04", "until": "2026-03-03"}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            wanted(**asked)
        assert (refused.value.message_id, refused.value.status) == (id, 422)
    for read in (everywhere.page, lambda *one: of_pc.page(1, *one)):
        for cursor in (
            "x",
            "1",
            "1.x",
            "-1.-2",
            "20260303T100000.0.1",
            "9" * 60,
            "20260303T100000.000000.1." + "9" * 40,
        ):
            with pytest.raises(Refused, match="place"):
                read(wanted(), cursor)


def test_csv_is_read_back_as_it_was_and_holds_no_formula(lead: Leadership) -> None:
    run = runs.open_run("judge_command", "=hanako")
    operation = order([1, 2], run=run)
    with transaction():
        claimed = record.claim(operation.id, lead.term, {})
        assert claimed is not None
        record.finish(claimed, {"result": "partial_success", "sentence": '@cmd "本社"\r\nrefused, twice'}, {})
    told = [line.as_json(one) for one in everything()[0].lines]
    text = as_csv(told, "A-1")
    assert text.startswith('\ufeff"asset_number","at",')
    assert text.endswith('"\r\n')
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    assert head == ["asset_number", *COLUMNS]
    assert [dict(zip(head, row, strict=True))["result"] for row in rows] == ["running", "partial_success"]
    last = dict(zip(head, rows[1], strict=True))
    assert (last["actor"], last["subject"]) == ("'=hanako", "'=Danger")
    assert last["sentence"] == '\'@cmd "本社"\r\nrefused, twice'
    assert (last["pcs"], last["level"], last["attempts"]) == ("2", "danger", "1")
    assert all(cell == "" or cell[0] not in "=+-@\t\r" for row in rows for cell in row)


def test_what_persons_order_of_the_network_is_in_it_and_how_far_it_has_come(lead: Leadership) -> None:
    pcs(1, 2)
    with transaction():
        asked = change.Asked("refuse", "stolen", network_asked.targets([mac(1)]))
        by_hand = change.begin(asked, "hanako", None)
    policy = order([1, 2], run=runs.open_run("inventory"), kind="network")
    Order.objects.update(input={"wanted": "deny", "reason": "danger"})

    work_off(worker(KINDS, lead, "network"))
    NetworkOrder.objects.filter(operation=policy.id, pc=2).update(progress="failed", sentence="The switch is silent.")
    hand = next(one for one in everything() if one.run is None)
    assert (hand.cause, hand.actor, hand.lines[0].operation) == ("person", "hanako", by_hand.id)
    assert hand.lines[0].result == "success"
    of_person, by_policy = about(1)
    assert (of_person.requester, of_person.actor, of_person.subject) == ("person", "hanako", "refuse: stolen")
    assert (by_policy.operation, by_policy.result) == (policy.id, "waiting")
    assert [(one.result, one.sentence) for one in about(2)] == [("failure", "The switch is silent.")]


def test_a_million_pcs_are_found_by_their_bits(lead: Leadership) -> None:
    everybody = BitMap(range(200_000))
    everybody -= BitMap([77, 199_999])
    with transaction():
        touched.note(everybody, clock.now(), order=1)
    assert Touched.objects.count() == 196
    for pc in (0, 1, 76, 78, 1023, 1024, 199_998):
        assert touched.has(Touched.objects.get(bucket=pc // 1024), pc)
    for pc in (77, 199_999):
        assert not touched.has(Touched.objects.get(bucket=pc // 1024), pc)


class TestHowLong:
    """Orders go when verdicts of their age go."""

    @pytest.fixture(autouse=True)
    def _few_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "MOST_ROWS", 2)

    def test_all_is_kept_by_default(self, lead: Leadership) -> None:
        end(order([1], run=runs.open_run("inventory")), "success", lead.term)
        Order.objects.update(created_at=clock.now() - timedelta(days=3000))
        retention.duty(lead.term)
        assert Order.objects.count() == 1

    def test_old_ones_go_a_few_at_a_time_and_open_ones_stay(
        self, lead: Leadership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KANMON_JUDGMENT_KEEP_HISTORY_DAYS", "10")
        config.forget()
        run = runs.open_run("inventory")
        kept = []
        for how in (*OPEN, "success", "failure", "partial_success", "not_executed"):
            end(one := order([1], run=run), how, lead.term)
            kept += [one.id] * (how in OPEN)
        end(again := order([1], run=run), "failure", lead.term)
        with transaction():
            record.redo(Operation.objects.get(id=again.id), "hanako")
        kept.append(again.id)
        with transaction():
            for _ in range(5):
                withhold(7, run.id, 1, Slot(1, 400, 0, "mail"), "cap", BitMap([1]))
        long_ago = clock.now() - timedelta(days=11)
        Order.objects.update(created_at=long_ago)
        Withheld.objects.update(at=long_ago)
        end(young := order([1], run=run), "success", lead.term)
        with transaction():
            withhold(7, run.id, 1, Slot(1, 400, 0, "mail"), "held", BitMap([1]))
        retention.duty(lead.term)
        assert sorted(Order.objects.values_list("operation", flat=True)) == sorted([*kept, young.id])
        assert list(Withheld.objects.values_list("why", flat=True)) == ["held"]
        assert Touched.objects.exclude(order=None).count() == Order.objects.count()
        assert Touched.objects.exclude(withheld=None).count() == 1
        told = list(AuditRow.objects.filter(event="history_removed").values_list("detail", flat=True))
        assert (sum(one["orders"] for one in told), sum(one["withheld"] for one in told)) == (4, 5)
        assert max(max(one["orders"], one["withheld"]) for one in told) == 2

    def test_what_a_cap_counts_stays_though_the_clock_was_set_on(
        self, lead: Leadership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention.as_of, "kept_since", lambda: clock.now() + timedelta(days=1))
        end(order([1], run=runs.open_run("inventory")), "success", lead.term)
        retention.duty(lead.term)
        assert Order.objects.count() == 1
        Order.objects.update(created_at=clock.now() - timedelta(hours=2))
        retention.duty(lead.term)
        assert Order.objects.count() == 0

    def test_what_is_gone_can_not_be_done_again_and_says_so(self, lead: Leadership) -> None:

        for kind in ("mail", "webhook", "command", "network"):
            operation = order([1], run=runs.open_run("inventory"), kind=kind)
            end(operation, "failure", lead.term)
            Order.objects.all().delete()
            with transaction():
                again = record.redo(Operation.objects.get(id=operation.id), "hanako")
            work_off(worker(KINDS, lead, kind))
            again.refresh_from_db()
            assert (again.state, again.outcome["sentence"]) == (
                "failed", "The order can't be carried out again: it was removed with the history.",
            )  # fmt: skip
