"""Intake, record, judge and act on every database: what a report becomes, also when the process dies in between."""

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pyroaring import BitMap

from kanmon.action.models import Order
from kanmon.common import clock, config, fault
from kanmon.common.errors import Refused
from kanmon.flow import KINDS, begin_judgment
from kanmon.intake import receive
from kanmon.intake.commit import Refusing, write_group
from kanmon.intake.models import Device, Receipt, Refusal
from kanmon.intake.store import Arrival, utc
from kanmon.intake.tokens import builtin
from kanmon.inventory import record as recorder
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import Pc, PcBody, PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.journal import changes
from kanmon.journal.models import Operation, Run
from kanmon.journal.term import Leadership
from kanmon.journal.worker import Worker
from kanmon.journal.writing import transaction
from kanmon.judgment import engine, judging
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import FindingSet, PcState, Verdict
from kanmon.policy import versions
from kanmon.policy.models import Policy
from tests.conformance.databases import together
from tests.conformance.work import crash, leader
from tests.conftest import pc_json


class Killed(BaseException):
    """The process was killed here: nothing of it handles this."""


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_MAIL_ADMINISTRATORS", "a@example.test")
    config.forget()
    versions.install_builtin()


def arrive(*bodies: dict[str, Any], source: str = "import") -> list[Any]:
    """Reports come in as one group; what each sender is told."""
    told: list[Any] = [None] * len(bodies)
    number = builtin(source).id

    def arrival(place: int, body: bytes) -> Arrival:
        got, encoded = receive._decode(body, "")
        assert encoded is not None
        whole, columns_only, digest, stored = encoded

        def answer(value: Any) -> None:
            told[place] = value

        return Arrival(
            number, got.device_key, got.format, utc(got.reported_at), hashlib.blake2b(body, digest_size=16).digest(),
            digest, stored, whole, columns_only, answer, got.partial,
        )  # fmt: skip

    write_group([arrival(place, json.dumps(body).encode()) for place, body in enumerate(bodies)])
    return told


def bad(number: int, **changes: Any) -> dict[str, Any]:
    """A PC without virus protection: Danger."""
    return pc_json(number, antivirus=[], **changes)


def at(seconds: float) -> str:
    """A report's time, that long after now."""
    return (clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def work_off(lead: Leadership) -> None:
    """Until no operation is open."""
    lanes = [Worker(lane, KINDS, lead.term, lambda: None) for lane in ("rows", "mail", "letter")]
    for _ in range(200):
        Operation.objects.filter(state="waiting", due_at__gt=clock.now()).update(due_at=clock.now())
        for one in lanes:
            while one._step() == 0:
                pass
        if not Operation.objects.filter(state__in=("waiting", "running")).exists():
            return
    raise AssertionError(f"still open: {list(Operation.objects.exclude(ended_at__isnull=False).values())}")


def levels() -> dict[str, str]:
    """Host -> level."""
    hosts = dict(Pc.objects.values_list("id", "host"))
    return {hosts[pc]: Level(level).word for pc, level in PcState.objects.values_list("pc", "level")}


def consistent() -> None:
    """What must be true of the rows whenever no operation is open."""
    assert not Receipt.objects.filter(state="queued").exists()
    for pc in Pc.objects.all():
        story = list(Verdict.objects.filter(pc=pc.id).order_by("id"))
        assert [one.to_at for one in story] == [after.from_at for after in story[1:]] + [None]
        assert [one.level_before for one in story] == [0, *(before.level for before in story[:-1])]
        state = PcState.objects.get(pc=pc.id)
        assert (state.verdict, state.level, state.finding_set) == (story[-1].id, story[-1].level, story[-1].finding_set)
        assert [getattr(state, item) for item in ITEMS] == story[-1].items
        assert all(one.decided_run is not None for one in story)
        for one in story:
            assert FindingSet.objects.get(id=one.finding_set).policy_version == one.policy_version
            assert Run.objects.filter(id=one.run).exists()
        for before, after in itertools.pairwise(story):
            assert (before.level, before.items, before.finding_set) != (after.level, after.items, after.finding_set)
        numbers = unpack(bytes(PcFacts.objects.get(pc=pc.id).packed))
        assert set(facts_of(numbers)) == set(map(int, numbers)), "every number of a fact is in the dictionary"
        assert unpack_columns(bytes(PcColumns.objects.get(pc=pc.id).packed))["host"] == pc.host
    for order in Order.objects.all():
        assert Operation.objects.get(id=order.operation).kind == "mail"


def snapshot() -> dict[str, Any]:
    """All that the stages have written, without numbers and times that may differ from run to run."""
    hosts = dict(Pc.objects.values_list("id", "host"))
    facts = {
        hosts[pc]: sorted(map(repr, facts_of(unpack(bytes(packed))).values()))
        for pc, packed in PcFacts.objects.values_list("pc", "packed")
    }
    return {
        "facts": facts,
        "levels": levels(),
        "verdicts": {
            host: [
                "not_judged",
                *(
                    Level(one).word
                    for one in Verdict.objects.filter(pc=pc).order_by("id").values_list("level", flat=True)
                ),
            ]
            for pc, host in hosts.items()
        },
        "bodies": sorted(hosts[pc] for pc in PcBody.objects.values_list("pc", flat=True)),
        "devices": sorted((d.key, hosts.get(d.pc or 0)) for d in Device.objects.all()),
        "receipts": [(r.device_key, r.state, r.content) for r in Receipt.objects.order_by("id")],
        "orders": sorted(sorted(hosts[pc] for pc in BitMap.deserialize(bytes(o.pcs))) for o in Order.objects.all()),
        "mails": Operation.objects.filter(kind="mail", state="finished").count(),
    }


def test_reports_become_pcs_verdicts_and_one_order() -> None:
    lead = leader()
    assert arrive(pc_json(1), bad(2), bad(3)) == ["changed"] * 3
    work_off(lead)
    assert levels() == {"pc-0001": "safe", "pc-0002": "danger", "pc-0003": "danger"}
    order = Order.objects.get()
    assert list(BitMap.deserialize(bytes(order.pcs))) == [2, 3]
    assert Operation.objects.get(id=order.operation).outcome["result"] == "not_executed", "no mail server is set"
    story = Operation.objects.order_by("id").values_list("kind", "state")
    assert list(story) == [(kind, "finished") for kind in ("record", "judge", "act", "mail")]
    consistent()


def first_morning() -> None:
    arrive(pc_json(1, reported_at=at(-100)), bad(2, reported_at=at(-100)), pc_json(3, reported_at=at(-100)))


def second_morning() -> list[Any]:
    """Unchanged, mended, newly bad, older than the last, a clone under another name, and a new PC."""
    clone = pc_json(1, device_id="clone", reported_at=at(-50))
    clone["identity"]["macs"] = ["00:1b:21:ff:ff:01"]
    return arrive(
        pc_json(1, reported_at=at(-50)),
        pc_json(2, reported_at=at(-50)),
        bad(3, reported_at=at(-50)),
        pc_json(3, reported_at=at(-500)),
        clone,
        bad(4, reported_at=at(-50)),
    )


def test_unchanged_older_and_suspected_reports_go_their_own_ways() -> None:
    lead = leader()
    first_morning()
    work_off(lead)
    before = Verdict.objects.filter(pc=1).count()
    assert second_morning() == ["unchanged", "changed", "changed", "older", "changed", "changed"]
    work_off(lead)
    consistent()
    assert levels() == {"pc-0001": "safe", "pc-0002": "safe", "pc-0003": "danger", "pc-0004": "danger"}
    states = Receipt.objects.order_by("id").values_list("state", flat=True)[3:]
    assert list(states) == ["recorded", "recorded", "recorded", "older", "suspected", "recorded"]
    assert Verdict.objects.filter(pc=1).count() == before
    assert snapshot()["orders"] == [["pc-0002"], ["pc-0003", "pc-0004"]]


def test_a_day_without_changes_writes_no_verdict() -> None:
    lead = leader()
    first_morning()
    work_off(lead)
    before = snapshot()["verdicts"]
    for turn in range(3):
        arrive(*(pc_json(number, reported_at=at(-90 + turn)) for number in (1, 3)), bad(2, reported_at=at(-90 + turn)))
        work_off(lead)
    with transaction():
        begin_judgment(None, "schedule", "kanmon")
    work_off(lead)
    assert snapshot()["verdicts"] == before
    consistent()


def the_story(lead: Leadership, each: Callable[[Leadership], Leadership]) -> None:
    first_morning()
    lead = each(lead)
    second_morning()
    each(lead)


def facts_told(*bodies: dict[str, Any]) -> dict[str, list[str]]:
    """Host -> the facts that its report tells."""
    told = [receive._decode(json.dumps(body).encode(), "")[0] for body in bodies]
    return {report.host: sorted(map(repr, report.facts)) for report in told}


def expected() -> dict[str, Any]:
    """What the story leaves, whatever happens on the way."""
    one, two, three, four = "pc-0001", "pc-0002", "pc-0003", "pc-0004"
    return {
        "facts": facts_told(pc_json(1), pc_json(2), bad(3), bad(4)),
        "levels": {one: "safe", two: "safe", three: "danger", four: "danger"},
        "verdicts": {
            one: ["not_judged", "safe"],
            two: ["not_judged", "danger", "safe"],
            three: ["not_judged", "safe", "danger"],
            four: ["not_judged", "danger"],
        },
        "bodies": [one, two, three, four],
        "devices": [("clone", None), ("test-1", one), ("test-2", two), ("test-3", three), ("test-4", four)],
        "receipts": [
            ("test-1", "recorded", "changed"), ("test-2", "recorded", "changed"), ("test-3", "recorded", "changed"),
            ("test-1", "recorded", "same"), ("test-2", "recorded", "changed"), ("test-3", "recorded", "changed"),
            ("test-3", "older", "changed"), ("clone", "suspected", "changed"), ("test-4", "recorded", "changed"),
        ],
        "orders": [[two], [three, four]],
        "mails": 2,
    }  # fmt: skip


POINTS = [
    *(("before_commit", number) for number in range(1, 24, 2)),
    *(("after_commit", number) for number in range(1, 24, 4)),
    *(("after_claim", number) for number in (1, 2, 3, 4)),
    *((point, number) for point in ("record_chunk", "judge_chunk", "decided") for number in (1, 2)),
]


@pytest.mark.parametrize(("point", "number"), POINTS, ids=lambda value: str(value))
@pytest.mark.parametrize("how", [Killed, OSError], ids=["killed", "failed"])
def test_each_operation_is_run_again_and_nothing_differs(
    point: str, number: int, how: type[BaseException], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = {point: 0, "active": 0}

    def fail(name: str) -> None:
        if passed["active"] and name == point:
            passed[point] += 1
            if passed[point] == number:
                raise how(f"{point} {number}")

    monkeypatch.setattr(fault, "point", fail)

    def each(lead: Leadership) -> Leadership:
        passed["active"] = 1
        while True:
            try:
                work_off(lead)
            except Killed:
                connection.close()
                crash(lead)
                engine.ENGINE.__init__()  # type: ignore[misc]
                recorder._dictionary.forget()
                passed["active"] = 0
                lead = leader()
                passed["active"] = 1
            else:
                passed["active"] = 0
                return lead

    the_story(leader(), each)
    consistent()
    assert snapshot() == expected()


def test_facts_whose_numbers_were_rolled_back_are_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit itself failed: the numbers in memory were never on the disk."""
    lead = leader()
    arrive(pc_json(1))
    commits = {"left": 2}

    def fail(name: str) -> None:
        commits["left"] -= name == "before_commit"
        if name == "before_commit" and commits["left"] == 0:
            raise OSError("No space left on device")

    monkeypatch.setattr(fault, "point", fail)
    work_off(lead)
    monkeypatch.undo()
    assert commits["left"] < 0
    consistent()


def test_a_judgment_waits_for_facts_that_can_not_be_followed_yet(database: str) -> None:
    """An older transaction is open somewhere: what is recorded meanwhile is committed, but not yet in the index."""
    lead = leader()
    arrive(pc_json(1))
    work_off(lead)
    open_, over = threading.Event(), threading.Event()

    def hold(number: int) -> None:
        with transaction():
            Pc.objects.filter(id=1).update(user="somebody")
            open_.set()
            if database == "postgresql":
                over.wait(20)

    other = threading.Thread(target=together, args=(hold, 1))
    other.start()
    assert open_.wait(20)
    arrive(bad(2))
    threading.Timer(0.7, over.set).start()
    work_off(lead)
    assert levels() == {"pc-0001": "safe", "pc-0002": "danger"}
    other.join()
    consistent()


def test_a_report_that_is_committed_while_the_queue_is_read_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intake sees that an operation waits and begins none; that operation reads the queue before intake commits."""
    lead = leader()
    arrive(pc_json(1))
    stored = threading.Event()

    def slow(name: str) -> None:
        if name == "before_commit" and threading.current_thread().name == "intake":
            stored.set()
            time.sleep(0.5)

    monkeypatch.setattr(fault, "point", slow)

    def send() -> None:
        try:
            arrive(bad(2))
        finally:
            connection.close()

    builtin("import")
    intake = threading.Thread(target=send, name="intake")
    intake.start()
    assert stored.wait(20)
    work_off(lead)
    intake.join()
    work_off(lead)
    assert levels() == {"pc-0001": "safe", "pc-0002": "danger"}
    consistent()


def test_a_judgment_of_what_has_reported_since_goes_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "CHUNK_PCS", 2)
    lead = leader()
    arrive(*(pc_json(number) for number in range(1, 8)))
    work_off(lead)
    PcState.objects.update(judged_at=clock.now() - timedelta(days=1))
    with transaction():
        operation = begin_judgment(None, "judge_command", "hanako", skip_unchanged=True)
    passed = {"chunks": 0}

    def fail(name: str) -> None:
        passed["chunks"] += name == "judge_chunk"
        if passed["chunks"] == 3:
            raise Killed

    monkeypatch.setattr(fault, "point", fail)
    with pytest.raises(Killed):
        work_off(lead)
    monkeypatch.setattr(fault, "point", fault._no_point)
    crash(lead)
    lead = leader()
    work_off(lead)
    operation.refresh_from_db()
    assert PcState.objects.filter(judged_at__lt=operation.begun_at).count() == 0, "every PC was judged"
    assert operation.outcome["judged"] == 7
    run = Run.objects.get(id=operation.run)
    assert len(BitMap.deserialize(bytes(run.scope))) == 7


def test_a_resumed_judgment_whose_pcs_have_changed_judges_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "CHUNK_PCS", 2)
    lead = leader()
    arrive(*(pc_json(number) for number in range(1, 6)))
    work_off(lead)
    with transaction():
        begin_judgment(None, "judge_command", "hanako")
    PcState.objects.update(judged_at=None)
    passed = {"chunks": 0}

    def fail(name: str) -> None:
        passed["chunks"] += name == "judge_chunk"
        if passed["chunks"] == 2:
            raise Killed

    monkeypatch.setattr(fault, "point", fail)
    with pytest.raises(Killed):
        work_off(lead)
    monkeypatch.setattr(fault, "point", fault._no_point)
    Pc.objects.filter(id=1).update(managed=False)
    engine.ENGINE.__init__()  # type: ignore[misc]
    crash(lead)
    work_off(leader())
    assert PcState.objects.filter(judged_at=None).count() == 0


def test_bodies_from_hostile_senders_hold_up_nobody() -> None:
    lead = leader()
    problem = Refused("KNM1021-E", detail="a \x00 and \ud800 half")
    write_group([Refusing(None, "::1", "agent\x00\ud800", 3, problem, b"\x00\xff")])
    long = pc_json(9, host="h" * 400, device_id="d" * 255, group="/" + "/".join(["g" * 90] * 5))
    long["identity"]["serial"] = "ab1" * 150
    assert set(arrive(long, pc_json(1))) == {"changed"}
    work_off(lead)
    assert levels()["pc-0001"] == "safe"
    assert Refusal.objects.count() >= 1
    assert not Receipt.objects.filter(state="queued").exists()


def test_an_asset_number_that_another_pc_claims_holds_up_nobody() -> None:
    lead = leader()
    arrive(pc_json(1, asset_number="PC0000002"), pc_json(2), pc_json(3, asset_number="PC0000002"))
    work_off(lead)
    numbers = list(Pc.objects.order_by("id").values_list("asset_number", flat=True))
    assert len(set(numbers)) == 3
    assert numbers[0] == "PC0000002"
    assert not Receipt.objects.exclude(state="recorded").exists()


def test_intake_and_recorder_work_on_the_same_devices_at_once() -> None:
    lead = leader()
    every = range(1, 13)
    arrive(*(pc_json(number, reported_at=at(-1000)) for number in every))
    work_off(lead)
    done = threading.Event()

    def send(number: int) -> None:
        for turn in range(12):
            order = every if turn % 2 else reversed(every)
            told = arrive(*(pc_json(one, reported_at=at(-900 + turn * 10), host=f"h{one}-{turn}") for one in order))
            assert set(told) == {"changed"}, told
        done.set()

    thread = threading.Thread(target=together, args=(send, 1))
    thread.start()
    while not done.is_set():
        work_off(lead)
    thread.join()
    work_off(lead)
    consistent()
    assert set(Pc.objects.values_list("host", flat=True)) == {f"h{one}-11" for one in every}


def test_a_clone_under_the_same_name_changes_nothing_of_the_pc_however_often_it_reports() -> None:
    lead = leader()
    arrive(pc_json(1, reported_at=at(-300)))
    work_off(lead)
    before = [list(model.objects.values()) for model in (PcColumns, PcFacts, PcBody, Verdict)]
    clone = pc_json(2, device_id="test-1", columns={"user": "taro"})
    told = [*arrive(clone | {"reported_at": at(-200)})]
    work_off(lead)
    told += arrive(clone | {"reported_at": at(-100)})
    work_off(lead)
    assert told == ["changed", "unchanged"]
    assert list(Receipt.objects.order_by("id").values_list("state", flat=True)) == ["recorded", "suspected", "recorded"]
    assert [list(model.objects.values()) for model in (PcColumns, PcFacts, PcBody, Verdict)] == before
    assert Pc.objects.get().user != "taro"
    consistent()


ASKS_FOR_A_COLUMN = """
user_definition:
  judge: true
  items:
    - name: Little free space
      conditions: [{class: pc, property: disk_free_mb, comparison: "<", value: "5000"}]
      level: caution
"""


def test_a_policy_that_asks_for_a_new_column_is_judged_by_it_at_once() -> None:
    lead = leader()
    arrive(pc_json(1, columns={"disk_free_mb": 100}), pc_json(2, columns={"disk_free_mb": 90_000}))
    work_off(lead)
    assert set(levels().values()) == {"safe"}
    with transaction():
        policy = Policy.objects.get(kind="judgment", name="Default")
        text = policy.versions.get().text.replace("user_definition:\n  judge: false\n", ASKS_FOR_A_COLUMN)
        policy.versions.create(number=2, text=text, author="hanako", created_at=clock.now())
        changes.add([("policy", policy.id, b"")])
        begin_judgment(None, "judge_command", "hanako")
    work_off(lead)
    assert levels() == {"pc-0001": "caution", "pc-0002": "safe"}
    consistent()
