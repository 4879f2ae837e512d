"""Actions by condition: days and judgments in a row, repeats, steps, grace, caps, holds, dry runs, switching on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon import duties
from kanmon.action import asked, explain, hold
from kanmon.action.acting import Ask
from kanmon.action.models import Acted, Order, Waiting, Withheld
from kanmon.common import clock, config
from kanmon.flow import KINDS, begin_acting, begin_judgment, hold_actions, in_force
from kanmon.inventory.models import Pc
from kanmon.journal.models import Hold, Operation
from kanmon.journal.term import Leadership
from kanmon.journal.worker import Worker
from kanmon.journal.writing import transaction
from kanmon.judgment import days
from kanmon.judgment.models import PcState
from kanmon.policy import assignment, rules, versions
from tests.conformance.test_stages import arrive, bad
from tests.conformance.work import leader
from tests.conftest import pc_json

SIEM = "webhook: {to: siem}"


class World:
    """A Manager's work in one thread, at a time that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.lead: Leadership = leader()
        self.at("2026-03-02 10:00")

    def at(self, when: str) -> None:
        """It is this moment, in UTC."""
        moment = datetime.fromisoformat(when).replace(tzinfo=UTC)
        self._patch.setattr(clock, "_SKEW", moment - datetime.now(UTC))
        self._patch.setattr(duties, "_settled", None)

    def policy(self, text: str, already: str = "ask") -> None:
        """The default action policy says this from now on."""
        policy = rules.load(f"kind: action\nname: Default\n{text}")
        assert isinstance(policy, rules.ActionPolicy)
        with transaction():
            versions.add(policy, "hanako")
            begin_acting(Ask(whole=True, already=already), "policy", "hanako")  # type: ignore[arg-type]
        self.work()

    def arrive(self, *bodies: dict[str, Any]) -> None:
        """Reports come in, are judged and decided on."""
        arrive(*bodies)
        self.work()

    def judge(self, *pcs: int) -> None:
        """These PCs are judged (none: all)."""
        with transaction():
            begin_judgment(BitMap(pcs) if pcs else None, "judge_command", "hanako")
        self.work()

    def act(self, ask: Ask) -> Operation:
        """A person, or a new day, has something decided."""
        with transaction():
            begun = begin_acting(ask, "act_command", "hanako", judged=ask.pcs)
        self.work()
        return Operation.objects.get(id=begun.id)

    def new_day(self) -> None:
        """What the duty does at the first moment of a day."""
        for _ in range(4):
            duties.new_day(self.lead.term)
            self.work()
            self._patch.setattr(duties, "_settled", None)

    def work(self) -> None:
        """All operations of the lane "rows" that are open, in their order; orders are not carried out."""
        lane = Worker("rows", KINDS, self.lead.term, lambda: None)
        kinds = [name for name, kind in KINDS.items() if kind.lane == "rows"]
        for _ in range(200):
            waiting = Operation.objects.filter(state="waiting", kind__in=kinds)
            first = waiting.exclude(kind="act")
            (first if first.exists() else waiting).update(due_at=clock.now() - timedelta(seconds=1))
            if lane._step() > 0 and not waiting.exists():
                return
        raise AssertionError(f"still waiting: {list(waiting.values('kind', 'subject'))}")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_ACTION_MOST_PER_HOUR", "")
    config.forget()
    versions.install_builtin()
    return World(monkeypatch)


def ordered(kind: str = "webhook") -> list[list[int]]:
    """The PCs of each order of ``kind``, the oldest first."""
    return [list(BitMap.deserialize(bytes(one.pcs))) for one in Order.objects.filter(kind=kind).order_by("id")]


def withheld(why: str) -> list[int]:
    """The PCs of what was withheld last for this reason."""
    row = Withheld.objects.filter(why=why).order_by("-id").first()
    return list(BitMap.deserialize(bytes(row.pcs))) if row else []


def said(pc: int) -> list[str]:
    """What is said of a PC: its states, action by action."""
    return [one.state for one in explain.explain(pc, "en", in_force)]


def test_days_in_a_row_are_days_of_the_calendar(world: World) -> None:
    world.policy(f"danger: {{after: {{days: 3}}, {SIEM}}}")
    world.at("2026-03-02 23:50")
    world.arrive(bad(1))
    assert said(1) == ["days"]
    world.at("2026-03-04 23:59")
    world.new_day()
    assert ordered() == []
    world.at("2026-03-05 00:01")
    world.new_day()
    assert ordered() == [[1]], "also without a judgment in between"
    world.at("2026-03-06 00:01")
    world.new_day()
    world.judge()
    assert ordered() == [[1]], "once"
    assert said(1) == ["done"]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_clocks_change_is_one_day(world: World, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setenv("KANMON_SERVER_TIME_ZONE", "Europe/Berlin")
    config.forget()
    world.at(f"{day} 00:30")  # in Berlin after midnight, before the change
    world.policy(f"danger: {{after: {{days: 1}}, {SIEM}}}")
    world.arrive(bad(1))
    world.at(f"{day} 21:30")
    world.new_day()
    assert ordered() == []
    after = datetime.fromisoformat(day) + timedelta(hours=23, minutes=1 if day.endswith("25") else -59)
    world.at(after.isoformat())
    world.new_day()
    assert ordered() == [[1]]


def test_judgments_in_a_row_are_counted_by_run(world: World) -> None:
    world.policy(f"danger: {{after: {{judgments: 3}}, {SIEM}}}")
    world.arrive(bad(1), pc_json(2))
    world.judge(1)
    assert (ordered(), said(1)) == ([], ["judgments"])
    world.judge(1)
    assert ordered() == [[1]]
    assert PcState.objects.get(pc=1).same_level_runs == 3
    world.arrive(pc_json(1))
    world.arrive(bad(1))
    world.judge(1)
    assert ordered() == [[1]], "the count begins anew with the level"
    world.judge(1)
    assert ordered() == [[1], [1]]


def test_it_is_repeated_so_often_and_no_more(world: World) -> None:
    world.policy(f"danger: {{repeat: {{every_days: 2, most: 2}}, {SIEM}}}")
    world.arrive(bad(1))
    for day in range(3, 20):
        world.at(f"2026-03-{day:02} 06:00")
        world.new_day()
        world.judge()
    assert ordered() == [[1]] * 3
    days_of = [order.created_at.day for order in Order.objects.order_by("id")]
    assert days_of == [2, 4, 6]


def test_what_more_is_done_comes_later(world: World) -> None:
    world.policy(f"danger: {{{SIEM}, then: [{{after: {{days: 2}}, network: deny}}, {{after: {{days: 5}}, {SIEM}}}]}}")
    world.arrive(bad(1), bad(2))
    assert (ordered(), ordered("network")) == ([[1, 2]], [])
    world.at("2026-03-04 00:05")
    world.new_day()
    world.arrive(pc_json(2))
    assert ordered("network") == [[1, 2]]
    world.at("2026-03-07 00:05")
    world.new_day()
    assert ordered() == [[1, 2], [1]]
    assert [order.step for order in Order.objects.order_by("id")] == [0, 1, 2]


def test_a_new_pc_has_its_days_of_grace(world: World) -> None:
    world.policy(f"new_pc_grace_days: 2\ndanger: {{{SIEM}}}")
    world.arrive(bad(1))
    assert (ordered(), said(1)) == ([], ["grace"])
    world.at("2026-03-04 00:01")
    world.new_day()
    assert ordered() == [[1]]


def test_beyond_the_cap_a_person_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_MOST_PER_HOUR", "webhook=2")
    config.forget()
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(*(bad(number) for number in range(1, 6)))
    assert ordered() == [[1, 2]]
    assert (withheld("cap"), list(asked.everybody())) == ([3, 4, 5], [3, 4, 5])
    assert said(5) == ["cap"]
    world.at("2026-03-02 15:00")
    world.judge()
    assert ordered() == [[1, 2]], "who waits for a person does not trickle through"
    assert Withheld.objects.count() == 1, "and it is told once"
    world.arrive(pc_json(4))
    assert list(asked.everybody()) == [3, 5], "who is mended leaves"
    world.act(Ask(answer="approve", scope=BitMap([3]).serialize()))
    world.act(Ask(answer="decline", whole=True))
    assert (ordered(), Waiting.objects.count()) == ([[1, 2], [3]], 0)
    world.judge()
    assert ordered() == [[1, 2], [3]]
    assert said(5) == ["left"]
    world.arrive(pc_json(5))
    world.arrive(bad(5))
    assert ordered()[2:] == [[5]], "a new time at the level is a new one"


def test_the_administrators_are_told_by_mail_what_waits_and_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_MOST_PER_HOUR", "webhook=1")
    monkeypatch.setenv("KANMON_MAIL_SERVER", "127.0.0.1:1")
    monkeypatch.setenv("KANMON_MAIL_ADMINISTRATORS", "a@example.test")
    config.forget()
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(bad(1), bad(2), bad(3))
    world.judge()
    (mail,) = Order.objects.filter(kind="mail")
    assert mail.subject == "Kanmon asks: 2 PCs wait for your word"
    assert "2 PCs beyond the cap of an hour" in mail.text
    assert mail.text.rstrip().endswith("/waiting")
    world.arrive(bad(4))
    assert Order.objects.filter(kind="mail").count() == 2, "who is new is told"


def test_a_cap_may_be_a_share_of_the_fleet(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_MOST_PER_HOUR", "webhook=50%")
    config.forget()
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(*(bad(number) for number in range(1, 6)), pc_json(6))
    assert ordered() == [[1, 2, 3]]


def test_pcs_at_the_level_already_when_it_is_switched_on_are_asked_about(world: World) -> None:
    world.arrive(bad(1), bad(2), pc_json(3))
    before = Order.objects.count()
    world.policy(f"danger: {{{SIEM}}}")
    assert Order.objects.count() == before
    assert [(one.why, list(one.pcs)) for one in asked.questions()] == [("already", [1, 2])]
    assert said(1) == ["already"]
    world.arrive(bad(3))
    assert ordered() == [[3]], "who comes to the level now is served"
    world.act(Ask(answer="approve", whole=True, kinds=("webhook",)))
    assert ordered() == [[3], [1, 2]]
    world.judge()
    world.policy(f"comment: the same again\ndanger: {{{SIEM}}}")
    assert (ordered(), asked.questions()) == ([[3], [1, 2]], []), "what was in force is not switched on again"


def test_who_comes_under_it_later_joins_the_question(world: World) -> None:
    quiet = rules.load("kind: action\nname: Quiet\n")
    world.arrive(bad(1), bad(2))
    with transaction():
        versions.add(quiet, "hanako")  # type: ignore[arg-type]
        assignment.assign(versions.find("action", "Quiet"), "pc", 2)
    world.policy(f"danger: {{{SIEM}}}")
    assert [list(one.pcs) for one in asked.questions()] == [[1]]
    with transaction():
        assignment.unassign("action", "pc", 2)
        begin_acting(Ask(whole=True), "policy", "hanako")
    world.work()
    assert [list(one.pcs) for one in asked.questions()] == [[1, 2]]
    assert withheld("already") == [2], "only who is new is told"
    world.judge()
    assert ordered() == []


@pytest.mark.parametrize(("already", "orders"), [("leave", []), ("act", [[1]])])
def test_the_answer_may_come_with_the_change(world: World, already: str, orders: list[list[int]]) -> None:
    world.arrive(bad(1))
    world.policy(f"danger: {{{SIEM}}}", already)
    world.judge()
    assert (ordered(), asked.questions()) == (orders, [])


def test_a_dry_run_writes_down_what_it_would_do(world: World) -> None:
    world.policy(f"dry_run: true\ndanger: {{{SIEM}, network: deny}}")
    world.arrive(bad(1))
    world.judge()
    assert not Order.objects.exists()
    assert sorted(Withheld.objects.values_list("kind", flat=True)) == ["network", "webhook"], "once"
    world.policy(f"danger: {{{SIEM}}}")
    assert (ordered(), withheld("already")) == ([], [1]), "a dry run has done nothing: now it is switched on"


def test_while_actions_are_held_nothing_is_done_and_then_what_is_still_due(world: World) -> None:
    world.policy(f"danger: {{{SIEM}}}")
    with transaction():
        hold_actions(True, "hanako")
    assert hold.told()["by"] == "hanako"
    assert not Hold.objects.filter(lane="rows").exists(), "judging goes on"
    world.arrive(bad(1), bad(2))
    assert (ordered(), withheld("held"), said(1)) == ([], [1, 2], ["held"])
    world.arrive(pc_json(2))
    with transaction():
        hold_actions(False, "hanako")
    world.work()
    assert (ordered(), hold.is_held()) == ([[1]], False)


def test_judge_only_and_act_by_command(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_ACTION_ACT", "by_command")
    config.forget()
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(bad(1), bad(2))
    assert ordered() == []
    told = world.act(Ask(scope=BitMap([1]).serialize())).outcome
    assert (ordered(), told["orders"]) == ([[1]], 1)
    world.act(Ask(scope=BitMap([1]).serialize()))
    assert ordered() == [[1]], "done already"
    world.act(Ask(scope=BitMap([1]).serialize(), conditions=False))
    assert ordered() == [[1], [1]], "whether or not it was done"


def test_another_policy_may_be_given(world: World) -> None:
    policy = rules.load(f"kind: action\nname: Night\ndanger: {{{SIEM}}}\nsafe: {{{SIEM}}}")
    with transaction():
        night = versions.add(policy, "hanako")  # type: ignore[arg-type]
    world.policy("")
    world.arrive(bad(1), pc_json(2))
    world.act(Ask(scope=BitMap([1, 2]).serialize(), version=night.id))
    assert ordered() == [[1], [2]]


def test_what_is_waived_is_said(world: World) -> None:
    from kanmon.judgment.findings import decode_set
    from kanmon.judgment.models import FindingSet
    from kanmon.policy import waivers

    world.policy(f"danger: {{after: {{days: 2}}, {SIEM}}}")
    world.arrive(bad(1))
    world.at("2026-03-03 10:00")
    (condition,) = {one.condition for row in FindingSet.objects.all() for one in decode_set(bytes(row.body))}
    until = datetime(2026, 3, 4).date()
    with transaction():
        waivers.add(waivers.Place("pc", 1), waivers.Wanted(condition, "old plant", "Y. Ito", until), "hanako")
    world.judge()
    assert condition in (explain.waived(1, "en") or "")
    world.at("2026-03-05 00:10")
    world.new_day()
    assert (ordered(), said(1)) == ([], ["days"]), "the days begin anew when the waiver has ended"
    world.at("2026-03-07 00:10")
    world.new_day()
    assert ordered() == [[1]]


def test_a_disabled_pc_is_left_alone(world: World) -> None:
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(bad(1))
    Pc.objects.update(managed=False)
    assert explain.unmanaged(1) is not None


def test_a_clock_that_was_ahead_keeps_nothing_from_being_repeated(world: World) -> None:
    world.policy(f"danger: {{repeat: {{every_days: 1, most: 5}}, {SIEM}}}")
    world.at("2031-01-01 10:00")
    world.arrive(bad(1))
    world.at("2026-03-02 10:00")
    world.judge()
    assert ordered() == [[1]]
    world.act(Ask(scope=BitMap([1]).serialize(), conditions=False))
    world.at("2026-03-03 10:00")
    world.judge()
    assert ordered() == [[1], [1], [1]]


def test_at_every_judgment_is_for_those_who_were_judged(world: World) -> None:
    world.policy(f"danger: {{when: every_judgment, {SIEM}}}")
    world.arrive(bad(1), bad(2))
    world.judge(1)
    assert ordered() == [[1, 2], [1]]
    assert not Acted.objects.filter(times__gt=0).exists()


def test_a_database_without_a_book_counts_what_was_decided_as_done(world: World) -> None:
    world.policy(f"danger: {{{SIEM}}}")
    world.arrive(bad(1))
    for table in (Acted, Waiting):
        table.objects.all().delete()
    from kanmon.action.models import Covered

    Covered.objects.all().delete()
    world.arrive(bad(2))
    world.judge()
    assert ordered() == [[1], [2]]


def test_the_network_is_told_nothing_that_holds_already(world: World) -> None:
    world.policy("danger: {when: every_judgment, network: deny}")
    world.arrive(bad(1))
    lane = Worker("network", KINDS, world.lead.term, lambda: None)
    while lane._step() == 0:
        pass
    world.judge()
    assert (ordered("network"), said(1)) == ([[1]], ["not_judged"])


def test_a_day_is_begun_once_and_made_up(world: World) -> None:
    world.arrive(bad(1))
    world.new_day()
    world.at("2026-03-05 10:00")
    world.new_day()
    keys = list(Operation.objects.filter(key__startswith="act-day:").order_by("id").values_list("key", flat=True))
    assert keys == ["act-day:2026-03-02", "act-day:2026-03-05"]
    assert days.is_settled(datetime(2026, 3, 5, tzinfo=UTC).date())
