"""PCs are removed from management, disabled and enabled: what is judged, counted and refused then, on every database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon.action import asked as waiting
from kanmon.action.book import Book
from kanmon.action.deciding import Slot
from kanmon.api import queries, then
from kanmon.common import clock, config, fault
from kanmon.common.errors import Refused
from kanmon.console import read
from kanmon.console.read import keep
from kanmon.console.shown.pcs import PcQuery
from kanmon.flow import KINDS, begin_judgment
from kanmon.inventory import groups
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Entry as JournalEntry
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.judgment import managing, properties
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState, Verdict
from kanmon.network import asked
from kanmon.network.change import macs_of
from kanmon.network.models import NetworkOrder
from kanmon.policy import versions
from kanmon.search.asked import of_query
from kanmon.search.table import READ
from tests.conformance.test_stages import Killed, arrive, at, bad, levels
from tests.conformance.test_stages import work_off as carry_on
from tests.conformance.work import crash, leader, work_off, worker
from tests.conftest import pc_json


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    config.forget()
    versions.install_builtin()
    yield
    keep.forget()


@pytest.fixture
def lead() -> Leadership:
    """Three PCs, judged: the first is in danger."""
    lead = leader()
    arrive(bad(1), pc_json(2), pc_json(3))
    carry_on(lead)
    return lead


def number(host: int) -> int:
    return int(Pc.objects.get(host=f"pc-{host:04d}").id)


def ask(wanted: Any, *hosts: int, reason: str = "") -> Operation:
    with transaction():
        return managing.begin(wanted, BitMap(map(number, hosts)), reason, "hanako", None)


def manage(lead: Leadership, wanted: Any, *hosts: int, reason: str = "") -> dict[str, Any]:
    """Carried out with all that follows, but for the network; its outcome."""
    operation = ask(wanted, *hosts, reason=reason)
    work_off(worker(KINDS, lead))
    return dict(Operation.objects.get(id=operation.id).outcome)


def shown(query: str = "", **order: Any) -> list[str]:
    """What the console lists, with its total."""
    page = read.pcs(PcQuery(of_query(query, READ), **order))
    assert page.total == len(page.rows)
    return sorted(row.host for row in page.rows)


def report_again(lead: Leadership, body: dict[str, Any]) -> None:
    arrive(body)
    work_off(worker(KINDS, lead))


def test_a_removed_pc_is_in_no_list_and_keeps_its_past(lead: Leadership) -> None:
    assert manage(lead, "remove", 1, reason="given back")["changed"] == 1
    assert levels() == {"pc-0002": "safe", "pc-0003": "safe"}
    assert shown() == shown(sort="host", descending=False) == ["pc-0002", "pc-0003"]
    assert shown("q=pc-000") == ["pc-0002", "pc-0003"]
    assert shown("managed=removed") == shown("managed=removed", sort="host") == ["pc-0001"]
    assert shown("managed=removed&q=0001") == ["pc-0001"]
    keep.forget()
    assert sum(read.level_counts().values()) == 2 == queries.status()["pcs"]
    assert [row["host"] for row in queries.pcs("", "", "", 0, 10)] == ["pc-0002", "pc-0003"]
    assert [row["host"] for row in queries.pcs("", "", "", 0, 10, removed=True)] == ["pc-0001"]
    told = queries.pc("pc-0001", "en")
    assert (told["management"], told["removed"]["by"], told["removed"]["reason"]) == ("removed", "hanako", "given back")
    assert [count for _, count in groups.listed()] == [2]
    assert {one["class"]: one["pcs"] for one in properties.overview()}["software"] == 2
    assert [one.of_pcs for one in (properties.of_property("pc", "host"), properties.of_property("os", "family"))] == [
        2,
        2,
    ]
    (verdict,) = Verdict.objects.filter(pc=number(1))
    assert verdict.to_at is not None
    page = read.pc(number(1))
    assert page is not None
    assert (page.removed_by, len(page.history) > 0, page.row.removed is not None) == ("hanako", True, True)


def test_as_of_a_moment_before_it_is_there(lead: Leadership) -> None:
    before = clock.now().isoformat()
    manage(lead, "remove", 1)
    listed = [(row["host"], row["level"]) for row in then.pcs(before, "", "", "", 0, 10)]
    assert listed == [("pc-0001", "danger"), ("pc-0002", "safe"), ("pc-0003", "safe")]
    assert [row["host"] for row in then.pcs(clock.now().isoformat(), "", "", "", 0, 10)] == ["pc-0002", "pc-0003"]
    assert then.pc("pc-0001", before, "en")["level"] == "danger"
    assert then.pc("pc-0001", clock.now().isoformat(), "en")["level"] == "not_judged"


def test_who_is_not_managed_is_not_judged_and_not_acted_on(lead: Leadership) -> None:
    manage(lead, "disable", 1)
    manage(lead, "remove", 2)
    report_again(lead, bad(1, reported_at=at(1)))
    with transaction():
        begin_judgment(None, "judge_command", "hanako")
    carry_on(lead)
    assert levels() == {"pc-0003": "safe"}
    assert shown("managed=no") == ["pc-0001"]
    assert queries.pc("pc-0001", "en")["management"] == "disabled"
    crash(lead)
    again = leader()  # a process that has followed nothing
    with transaction():
        begin_judgment(None, "judge_command", "hanako")
    carry_on(again)
    assert levels() == {"pc-0003": "safe"}


def test_who_is_enabled_is_judged_at_once(lead: Leadership) -> None:
    manage(lead, "disable", 1)
    manage(lead, "remove", 2)
    assert manage(lead, "enable", 1, 2, 3)["sentence"] == "Management enabled: 2 PCs. It was so already: 1 PC."
    assert levels() == {"pc-0001": "danger", "pc-0002": "safe", "pc-0003": "safe"}
    assert list(Verdict.objects.filter(to_at=None, pc=number(1)).values_list("cause", flat=True)) == ["managed"]
    assert shown("managed=removed") == []


def test_what_is_asked_twice_is_done_once(lead: Leadership) -> None:
    first = manage(lead, "remove", 1, 2)
    since = Pc.objects.get(id=number(1)).retired_at
    second = manage(lead, "remove", 1, 2, 3)
    assert [(one["changed"], one["already"]) for one in (first, second)] == [(2, 0), (1, 2)]
    assert Pc.objects.get(id=number(1)).retired_at == since


@pytest.mark.parametrize("changes", [{}, {"host": "pc-0001"}, {"antivirus": []}])
def test_a_removed_pc_that_reports_again_is_back(lead: Leadership, changes: dict[str, Any]) -> None:
    """With the same report, with another time only, and with other facts."""
    manage(lead, "remove", 1, reason="gone")
    body = pc_json(1, **changes) | {"reported_at": at(2)}
    report_again(lead, body)
    assert levels()["pc-0001"] == ("danger" if "antivirus" in changes else "safe")
    pc = Pc.objects.get(id=number(1))
    assert (pc.managed, pc.retired_at, pc.retired_by, pc.retired_reason) == (True, None, "", "")
    (entry,) = JournalEntry.objects.filter(event="pc_back")
    assert (entry.detail["id"], entry.detail["by"], entry.detail["pc"]) == ("KNM1136-I", "hanako", pc.id)
    report_again(lead, body | {"reported_at": at(3)})
    assert JournalEntry.objects.filter(event="pc_back").count() == 1


def test_a_report_from_before_the_removal_takes_nothing_back(lead: Leadership) -> None:
    arrive(bad(2, reported_at=at(1)))  # it waits to be recorded while the PC is removed
    ask("remove", 2)
    Operation.objects.filter(kind="record", state="waiting").update(due_at=clock.now() + timedelta(minutes=5))
    one = worker(KINDS, lead)
    while one._step() == 0:
        pass
    work_off(one)
    assert Pc.objects.get(id=number(2)).retired_at is not None
    assert "pc-0002" not in levels()


def test_a_disabled_pc_that_reports_stays_disabled(lead: Leadership) -> None:
    manage(lead, "disable", 1)
    report_again(lead, bad(1, reported_at=at(2)))
    assert not Pc.objects.get(id=number(1)).managed
    assert not JournalEntry.objects.filter(event="pc_back").exists()


def refused(lead: Leadership) -> list[tuple[int, str, str]]:
    work_off(worker(KINDS, lead, "network"))
    return list(NetworkOrder.objects.order_by("id").values_list("pc", "wanted", "by"))


def test_a_new_pc_takes_the_name_and_a_card_of_a_removed_one(lead: Leadership) -> None:
    old = number(1)
    manage(lead, "remove", 1)
    card = pc_json(1)["identity"]["macs"]
    Pc.objects.filter(id=number(2)).update(host="pc-0001")
    new = int(Pc.objects.get(retired_at=None, host="pc-0001").id)
    Identity.objects.create(kind="mac", value=card[0], pc=new)
    assert queries.find_pc("pc-0001").id == new
    assert {target.pc for target in asked.targets(host="pc-0001")} == {new}
    assert card[0] in macs_of([old, new])[new]
    assert macs_of([old])[old] == []


def test_removed_pcs_are_left_in_the_network(lead: Leadership) -> None:
    manage(lead, "remove", 1)
    assert refused(lead) == []


def test_removed_pcs_are_refused_when_the_setting_says_so(lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_NETWORK_REMOVED_PCS", "refuse")
    config.forget()
    manage(lead, "disable", 3)
    manage(lead, "remove", 1, reason="stolen")
    manage(lead, "remove", 1, 2)
    assert refused(lead) == [(number(1), "refuse", "person"), (number(2), "refuse", "person")]
    order = NetworkOrder.objects.get(pc=number(1))
    assert order.reason == "Removed from management by hanako. stolen"
    begun = Operation.objects.get(id=order.operation)
    assert (begun.actor, Operation.objects.get(id=begun.parent).kind) == ("hanako", "pcs")
    report_again(lead, pc_json(1, reported_at=at(2)))
    assert len(refused(lead)) == 2, "a person lifts it, nobody else"


def test_who_waited_to_be_cut_off_waits_no_more(lead: Leadership) -> None:
    with transaction():
        book = Book()
        book.set_waiting(Slot(1, int(Level.DANGER), 0, "network"), "cap", BitMap([number(1), number(2)]))
        book.write(1)
    manage(lead, "disable", 1)
    assert set(waiting.everybody()) == {number(2)}


@pytest.mark.parametrize("point", ["pcs_chunk:1", "pcs_chunk:2", "pcs_written:1"])
def test_killed_in_the_middle_it_goes_on_and_refuses_once(
    lead: Leadership, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setenv("KANMON_NETWORK_REMOVED_PCS", "refuse")
    monkeypatch.setattr(managing, "CHUNK_PCS", 1)
    config.forget()
    name, turn = point.split(":")
    passed: list[str] = []

    def killed(at: str) -> None:
        passed.append(at)
        if at == name and passed.count(name) == int(turn):
            raise Killed

    operation = ask("remove", 1, 2, 3)
    with monkeypatch.context() as during:
        during.setattr(fault, "point", killed)
        with pytest.raises(Killed):
            work_off(worker(KINDS, lead))
    crash(lead)
    again = leader()
    work_off(worker(KINDS, again))
    done = Operation.objects.get(id=operation.id)
    assert (done.state, done.attempt, done.outcome["changed"]) == ("finished", 2, 3)
    assert (PcState.objects.count(), Verdict.objects.filter(to_at=None).count()) == (0, 0)
    since: set[datetime | None] = set(Pc.objects.values_list("retired_at", flat=True))
    assert since == {done.begun_at}
    assert [pc for pc, _, _ in refused(again)] == [1, 2, 3]


def test_too_many_and_nobody_are_refused() -> None:
    for pcs, id in ((BitMap(range(1, managing.MOST + 2)), "KNM1137-E"), (BitMap(), "KNM6009-E")):
        with pytest.raises(Refused) as problem, transaction():
            managing.begin("remove", pcs, "", "hanako", None)
        assert problem.value.message_id == id
