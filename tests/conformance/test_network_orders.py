"""The list of network control: what policies and persons order, caps, and what agents and the network say of it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon import wire
from kanmon.action.models import Order as ActionOrder
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.flow import KINDS
from kanmon.inventory.models import Group, Identity, Pc
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry as JournalEntry
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.network import asked, book, change, enrolment, exchange, retention, seen, setup, shown
from kanmon.network.models import Agent, AgentRun, Entry, Given, NetworkOrder, Sighting
from kanmon.network.whole import Whole
from kanmon.ordering import FixedDevices, holds
from tests.conformance.work import crash, leader, work_off, worker


def mac(number: int) -> str:
    return f"02:00:00:00:00:{number:02x}"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    config.forget()


@pytest.fixture
def lead() -> Leadership:
    return leader()


def pcs(*numbers: int, cards: int = 1) -> None:
    """PCs of these numbers with MACs of their own."""
    group, _ = Group.objects.get_or_create(path="/", defaults={"name": "/"})
    now = clock.now()
    for number in numbers:
        Pc.objects.create(
            id=number, asset_number=f"A{number}", host=f"pc-{number}", group=group, source=1, first_seen_at=now,
            last_seen_at=now, reported_at=now,
        )  # fmt: skip
        for card in range(cards):
            Identity.objects.create(kind="mac", value=mac(number + 100 * card), pc=number)


def agent(name: str = "gateway-1") -> Agent:
    return Agent.objects.create(name=name, enrolled_at=clock.now())


def decide(lead: Leadership, wanted: str, members: Iterable[int]) -> Operation:
    """What the operation "act" orders: PCs that a policy wants cut off or let back; carried out."""
    with transaction(lead.term):
        operation = record.begin("network", requester="tests", subject=wanted)
        ActionOrder.objects.create(
            operation=operation.id, kind="network", run=1, policy_version=1, level=400, subject=wanted,
            pcs=BitMap(members).serialize(), input={"wanted": wanted, "reason": f"{wanted} by test"},
            created_at=clock.now(),
        )  # fmt: skip
    work_off(worker(KINDS, lead, "network"))
    return Operation.objects.get(id=operation.id)


def by_hand(lead: Leadership, wanted: str, *macs: str, **more: Any) -> Operation:
    with transaction():
        operation = change.begin(
            change.Asked(wanted, "by test", asked.targets(macs) if macs else (), **more), "hanako", None
        )
    work_off(worker(KINDS, lead, "network"))
    return Operation.objects.get(id=operation.id)


def state(number: int) -> str:
    row = Entry.objects.filter(mac=mac(number)).first()
    return row.state if row else ""


def counts(operation: Operation) -> dict[str, int]:
    return {name: operation.outcome[name] for name in change.Counts._fields if operation.outcome[name]}


def call(of: Agent, **told: Any) -> wire.Instructions:
    """One call of an agent that has a list."""
    said = wire.Exchange(**({"name": of.name, "highest_term": HERE.term, "digest": "", "entries": 1} | told))
    return exchange.instructions(of, said, exchange.keep(of, said, "192.0.2.1"), Whole(2))


def answer(order: wire.Order, result: wire.Result = "done", **more: Any) -> wire.Answer:
    told: dict[str, Any] = {
        "order": order.id,
        "mac": order.mac,
        "result": result,
        "term": order.term,
        "at": clock.now(),
    }
    return wire.Answer(**(told | more))


def progress(number: int) -> str:
    return NetworkOrder.objects.filter(mac=mac(number)).latest("version").progress


def test_a_policy_cuts_off_and_lets_back(lead: Leadership) -> None:
    pcs(1, 2, cards=2)
    assert counts(decide(lead, "deny", [1, 2])) == {"ordered": 2}
    assert {row.mac: row.state for row in Entry.objects.all()} == dict.fromkeys(
        [mac(1), mac(101), mac(2), mac(102)], "deny"
    )
    assert counts(decide(lead, "deny", [1, 2])) == {"already": 2}
    assert counts(decide(lead, "permit", [1])) == {"ordered": 1}
    assert (state(1), state(101), state(2)) == ("permit", "permit", "deny")
    crash(lead)


def test_a_mac_of_several_pcs_is_left_alone_and_said(lead: Leadership) -> None:
    pcs(1, 2)
    for pc in (1, 2):
        Identity.objects.create(kind="mac", value=mac(77), pc=pc)
    pcs(3)
    Identity.objects.filter(pc=3).delete()
    done = decide(lead, "deny", [1, 3])
    assert counts(done) == {"ordered": 1, "no_mac": 1}
    assert (done.outcome["result"], state(77)) == ("partial_success", "")
    assert "1 PC" in done.outcome["sentence"]


def test_a_new_card_of_a_pc_gets_what_was_ordered_of_it(lead: Leadership) -> None:
    pcs(1, 2, 3)
    decide(lead, "deny", [1])
    decide(lead, "permit", [2])
    Identity.objects.create(kind="mac", value=mac(50), pc=1)
    Identity.objects.filter(pc=2).update(pc=3)  # the card of 2 is in 3 now
    assert change.new_cards(BitMap([1, 2, 3])) == [1, 3]
    with transaction():
        change.begin(change.Asked("follow", pcs=(1, 3)), "kanmon", None)
    work_off(worker(KINDS, lead, "network"))
    assert (state(50), state(1), state(2), state(3)) == ("deny", "deny", "", "")
    assert change.new_cards(BitMap([1, 2, 3])) == []


def test_an_older_decision_that_comes_late_changes_nothing(lead: Leadership) -> None:
    pcs(1)
    with transaction(lead.term):
        older = record.begin("network", requester="tests", subject="deny", held=True)
        ActionOrder.objects.create(
            operation=older.id, kind="network", run=1, policy_version=1, level=400, created_at=clock.now(),
            pcs=BitMap([1]).serialize(), input={"wanted": "deny", "reason": ""},
        )  # fmt: skip
    decide(lead, "permit", [1])
    with transaction():
        record.release(Operation.objects.get(id=older.id), "hanako", "")
    work_off(worker(KINDS, lead, "network"))
    assert counts(Operation.objects.get(id=older.id)) == {"later": 1}
    assert state(1) == "permit"


def test_a_person_wins_over_policies_and_an_emergency_over_persons(lead: Leadership) -> None:
    pcs(1)
    for wanted, wins in (("permit", "permit"), ("refuse", "refuse"), ("deny", "refuse"), ("lift", "deny")):
        by_hand(lead, wanted, mac(1))
        assert state(1) == wins
    decide(lead, "permit", [1])
    assert state(1) == "deny"
    by_hand(lead, "withdraw", mac(1))
    assert (state(1), Entry.objects.get(mac=mac(1)).why) == ("permit", "policy")
    by_hand(lead, "remove", mac(1))
    assert state(1) == ""


def test_an_agent_is_given_what_it_has_not_answered(lead: Leadership) -> None:
    pcs(1)
    first, second = agent("a"), agent("b")
    decide(lead, "deny", [1])
    (order,) = call(first).orders
    assert (order.wanted, order.mac, order.version, order.term) == ("deny", mac(1), 1, lead.term)
    assert [one.id for one in call(first).orders] == [order.id]
    assert call(first, answers=(answer(order),)).confirmed == (order.id,)
    assert call(first).orders == ()
    assert progress(1) == "ordered", "the other has not answered"
    call(second, answers=(answer(order),))
    assert progress(1) == "acknowledged"


def test_an_order_that_was_overtaken_is_given_no_more(lead: Leadership) -> None:
    pcs(1)
    one = agent()
    decide(lead, "deny", [1])
    by_hand(lead, "refuse", mac(1))
    decide(lead, "permit", [1])
    assert [order.wanted for order in call(one).orders] == ["refuse", "permit"]
    assert [row.progress for row in NetworkOrder.objects.order_by("version")] == ["overtaken", "ordered", "ordered"]


@pytest.mark.parametrize(("result", "after"), [("failed", "failed"), ("fixed", "fixed"), ("done", "acknowledged")])
def test_what_an_agent_answers_is_told(lead: Leadership, result: wire.Result, after: str) -> None:
    pcs(1)
    one = agent()
    decide(lead, "deny", [1])
    (order,) = call(one).orders
    call(one, answers=(answer(order, result, sentence="so it is"),))
    assert progress(1) == after
    if result == "failed":
        assert NetworkOrder.objects.get().sentence == "so it is"
        call(one, answers=(answer(order),))
        assert progress(1) == "acknowledged", "it went later"


def test_an_order_under_an_older_term_is_given_again_under_the_new_one(lead: Leadership) -> None:
    pcs(1)
    one = agent()
    decide(lead, "deny", [1])
    (order,) = call(one).orders
    call(one, answers=(answer(order, "stale", term=lead.term - 1),))
    assert progress(1) == "ordered"
    assert [again.id for again in call(one).orders] == [order.id]
    call(one, answers=(answer(order),))
    assert progress(1) == "acknowledged"
    crash(lead)


def test_it_is_verified_when_the_network_shows_it_after_the_answer(lead: Leadership) -> None:
    pcs(1)
    one = agent()
    decide(lead, "deny", [1])
    (order,) = call(one).orders
    told = answer(order)

    def saw(network: str, seconds: float) -> None:
        at = told.at + timedelta(seconds=seconds)
        call(one, seen=(wire.Seen(mac=mac(1), at=at, network=network, ip="192.0.2.9", nas="sw1", port="3"),))

    saw("quarantine", -5)
    call(one, answers=(told,))
    saw("corporate", 1)
    assert progress(1) == "acknowledged"
    assert shown.listed(wrong=True)[0]["seen"]["network"] == "corporate"
    saw("quarantine", 2)
    assert progress(1) == "verified"
    assert not shown.listed(wrong=True)
    assert shown.orders(pc=1)[0]["verified_at"]
    saw("corporate", 1.5)
    assert Sighting.objects.get().network == "quarantine", "an older sighting changes nothing"


def test_a_sighting_that_comes_before_the_last_answer_verifies_when_that_comes(lead: Leadership) -> None:
    pcs(1)
    first, second = agent("a"), agent("b")
    decide(lead, "deny", [1])
    (order,) = call(first).orders
    given = answer(order)
    call(first, answers=(given,), seen=(wire.Seen(mac=mac(1), at=given.at, network="quarantine"),))
    assert progress(1) == "ordered"
    call(second, answers=(answer(order),))
    assert progress(1) == "verified"


def test_a_sighting_of_before_a_newer_order_verifies_nothing(lead: Leadership) -> None:
    pcs(1)
    one = agent()
    decide(lead, "deny", [1])
    (order,) = call(one).orders
    given = answer(order)
    call(one, answers=(given,), seen=(wire.Seen(mac=mac(1), at=given.at, network="quarantine"),))
    decide(lead, "permit", [1])
    call(one, answers=(answer(call(one).orders[0]),))
    assert progress(1) == "acknowledged"


def test_an_order_that_failed_is_overtaken_by_a_newer_one(lead: Leadership) -> None:
    pcs(1)
    one = agent()
    decide(lead, "deny", [1])
    (order,) = call(one).orders
    call(one, answers=(answer(order, "failed"),))
    assert progress(1) == "failed"
    decide(lead, "permit", [1])
    call(one, answers=(answer(order, "stale"),))
    assert NetworkOrder.objects.get(id=int(order.id)).progress == "overtaken"


def test_a_new_agent_gets_the_whole_list_before_any_order(lead: Leadership) -> None:
    pcs(1, 2)
    decide(lead, "deny", [1, 2])
    one = agent()
    decide(lead, "permit", [1])
    given = call(one, entries=0)
    assert (given.orders, given.whole_list is None) == ((), False)
    assert [one.wanted for one in call(one, entries=2).orders] == ["permit"]


def test_what_the_network_does_not_show_in_time_is_warned_about_once(lead: Leadership) -> None:
    pcs(1, 2)
    one = agent()
    decide(lead, "deny", [1, 2])
    first, _ = call(one).orders
    call(one, answers=(answer(first),))
    seen.warn(lead.term)
    assert not JournalEntry.objects.filter(event="network_not_shown").exists(), "not yet"
    NetworkOrder.objects.update(ordered_at=clock.now() - timedelta(minutes=5))
    seen.warn(lead.term)
    seen.warn(lead.term)
    told = {row.detail["id"]: row.detail["macs"] for row in JournalEntry.objects.filter(event="network_not_shown")}
    assert told == {"KNM8441-W": mac(1), "KNM8440-W": mac(2)}
    assert JournalEntry.objects.filter(event="network_not_shown").count() == 2


def test_the_whole_list_heals_an_agent_that_has_another_one(lead: Leadership) -> None:
    pcs(1, 2, 3)
    decide(lead, "deny", [1, 2, 3])
    one = agent()  # enrolled later: nothing is open for it
    whole, staged, pieces = Whole(2), None, []
    while True:
        said = wire.Exchange(name=one.name, highest_term=0, digest="", staged=staged)
        piece = exchange.instructions(one, said, (), whole).whole_list
        assert piece is not None
        pieces.append(piece)
        staged = piece.id, piece.number
        if piece.number == piece.of:
            break
    entries = [entry for piece in pieces for entry in piece.entries]
    assert [entry.mac for entry in entries] == [mac(1), mac(2), mac(3)]
    fixed = FixedDevices(wire.Setup())
    assert {holds(entry, wire.Setup(), fixed).network for entry in entries} == {"quarantine"}
    assert call(one, digest=wire.digest(entries)).whole_list is None
    assert Agent.objects.get().in_step
    by_hand(lead, "permit", mac(2))
    (order,) = call(one, digest=wire.digest(entries)).orders
    assert call(one, digest=wire.digest(entries), answers=(answer(order),)).whole_list is not None


def test_who_is_seen_without_inventory_is_unmanaged_until_a_person_permits_it(lead: Leadership) -> None:
    pcs(1)
    one = agent()
    for number in (1, 9):
        call(one, seen=(wire.Seen(mac=mac(number), at=clock.now(), network="unauthenticated"),))
    assert [row["mac"] for row in shown.unmanaged()] == [mac(9)]
    by_hand(lead, "permit", mac(9))
    assert shown.unmanaged() == []


def test_a_revoked_agent_is_waited_for_no_more(lead: Leadership) -> None:
    pcs(1)
    one, other = agent("a"), agent("b")
    decide(lead, "deny", [1])
    (order,) = call(one).orders
    call(one, answers=(answer(order),))
    enrolment.revoke(other.name, "hanako")
    assert progress(1) == "acknowledged"


def test_without_agents_an_order_waits_for_the_first(lead: Leadership) -> None:
    pcs(1, 2)
    decide(lead, "deny", [1])
    one = agent()
    enrolment._give_what_is_open(one)
    decide(lead, "deny", [2])
    enrolment.revoke(one.name, "hanako")
    assert (progress(1), progress(2)) == ("ordered", "ordered")
    two = agent("b")
    enrolment._give_what_is_open(two)
    assert [order.mac for order in call(two).orders] == [mac(1), mac(2)]


def test_a_start_of_an_agent_is_told_with_what_was_under_way(lead: Leadership) -> None:
    pcs(1, 2)
    one = agent()
    call(one, run="r1", host="a", digest=wire.digest([]))
    assert AgentRun.objects.get().caught_up_at is not None
    decide(lead, "deny", [1, 2])
    first, second = call(one, run="r1", host="a").orders
    call(one, run="r1", host="a", answers=(answer(first),))
    (order,) = call(one, run="r2", host="b").orders
    assert order.id == second.id
    entries = [book.body_of(row) for row in Entry.objects.all()]
    call(one, run="r2", host="b", answers=(answer(order),), digest="another")
    call(one, run="r2", host="b", digest=wire.digest(entries))
    run = AgentRun.objects.latest("id")
    assert (run.host_before, run.under_way, run.healed, run.caught_up_at is not None) == ("a", 1, True, True)
    events = ["agent_started", "agent_caught_up"]
    told = JournalEntry.objects.filter(event__in=events).order_by("seq").values_list("detail", flat=True)
    assert [(one["id"], one["under_way"]) for one in told] == [("KNM8436-W", 1), ("KNM8438-I", 1)]


def test_what_is_old_is_forgotten_but_what_holds(lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    pcs(1)
    one = agent()
    for wanted in ("deny", "permit"):
        decide(lead, wanted, [1])
        (order,) = call(one).orders
        call(one, answers=(answer(order),), seen=(wire.Seen(mac=mac(1), at=clock.now()),))
    NetworkOrder.objects.update(ordered_at=clock.now() - timedelta(days=100), progress="verified")
    Sighting.objects.update(told_at=clock.now() - timedelta(days=100))
    retention.duty(lead.term)
    assert (NetworkOrder.objects.count(), Given.objects.count(), Sighting.objects.count()) == (2, 0, 0)
    monkeypatch.setenv("KANMON_JUDGMENT_KEEP_HISTORY_DAYS", "50")
    config.forget()
    retention.duty(lead.term)
    assert [order.wanted for order in NetworkOrder.objects.all()] == ["permit"]
    assert state(1) == "permit"


def test_a_setup_is_a_new_version_and_a_misspelt_one_is_refused(lead: Leadership) -> None:
    one = agent()
    assert call(one).setup is None
    told = setup.read(b'{"unregistered": "quarantine", "fixed": [{"mac": "00:1b:a9"}]}')
    version = setup.change(told, "hanako").version
    given = call(one).setup
    assert given is not None
    assert (given.version, given.unregistered) == (version, "quarantine")
    assert call(one, setup=version).setup is None
    for wrong, says in (
        (b'{"fixd": []}', "nearest is fixed"),
        (b'{"unregistered": "moon"}', "unregistered"),
        (b"[", ""),
    ):
        with pytest.raises(Refused, match=says) as problem:
            setup.read(wrong)
        assert problem.value.message_id == "KNM8426-E"


def test_whom_a_person_means(lead: Leadership) -> None:
    pcs(1, 2)
    pcs(3, cards=2)
    one = agent()
    call(one, seen=(wire.Seen(mac=mac(2), at=clock.now(), ip="192.0.2.2"),))
    assert [t.mac for t in asked.targets(["02-00-00-00-00-07"])] == [mac(7)]
    assert [t.mac for t in asked.targets(ip="192.0.2.2")] == [mac(2)]
    assert [t.mac for t in asked.targets(host="PC-3")] == [mac(3), mac(103)]
    assert [t.mac for t in asked.targets(ip="192.0.2.2", host="pc-2")] == [mac(2)]
    Pc.objects.filter(id=1).update(host="pc-2")
    for wrong, id in (
        ({"mac": ["nonsense"]}, "KNM8450-E"), ({"host": "nobody"}, "KNM8451-E"), ({"host": "pc-2"}, "KNM8452-E"),
        ({}, "KNM8454-E"), ({"ip": "192.0.2"}, "KNM8456-E"), ({"ip": "192.0.2.2", "host": "pc-3"}, "KNM8451-E"),
    ):  # fmt: skip
        with pytest.raises(Refused) as problem:
            asked.targets(**wrong)
        assert problem.value.message_id == id


def test_what_was_written_and_not_ended_goes_on_behind_its_last_chunk(
    lead: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    config.forget()
    monkeypatch.setattr(change, "CHUNK", 2)
    pcs(1, 2, 3, 4, 5)
    written = book.write

    def killed(*given: Any) -> Any:
        if NetworkOrder.objects.count() >= 4:
            raise Killed
        return written(*given)

    monkeypatch.setattr(book, "write", killed)
    with pytest.raises(Killed):
        decide(lead, "deny", range(1, 6))
    monkeypatch.setattr(book, "write", written)
    crash(lead)
    again = leader()
    work_off(worker(KINDS, again, "network"))
    (operation,) = Operation.objects.filter(kind="network")
    assert (operation.state, counts(operation)) == ("finished", {"ordered": 5})
    assert sorted(NetworkOrder.objects.values_list("mac", "version")) == [(mac(n), 1) for n in range(1, 6)]
    assert Given.objects.count() == 0
