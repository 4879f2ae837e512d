"""A PC is judged again, in a new window, before the actions of the window before were decided: it is told of once, and not left out."""

from datetime import timedelta
from typing import Any

import pytest

from kanmon.action.models import Waiting
from kanmon.common import clock, config
from kanmon.flow import KINDS
from kanmon.journal.models import Operation
from kanmon.journal.worker import Worker
from kanmon.judgment.models import PcState, Verdict
from tests.conformance.test_actions_by_condition import SIEM, World, ordered, world
from tests.conformance.test_stages import arrive, bad
from tests.conftest import pc_json

__all__ = ["world"]  # the fixture

WINDOW_SECONDS = 60


def judged(world: World, *bodies: dict[str, Any]) -> Operation:
    """Reports come in a window of their own and are judged; the operation that will decide on the window's actions."""
    before = set(Operation.objects.filter(kind="act").values_list("id", flat=True))
    arrive(*bodies)
    lane = Worker("rows", KINDS, world.lead.term, lambda: None)
    while Operation.objects.filter(state="waiting").exclude(kind="act").exists():
        lane._step()
    acts = Operation.objects.filter(kind="act")
    acts.filter(state="waiting").update(due_at=clock.now() + timedelta(days=1))
    return acts.exclude(id__in=before).get()


def decide(world: World, act: Operation) -> None:
    """The actions of this window are decided, and of no other."""
    Operation.objects.filter(id=act.id).update(due_at=clock.now() - timedelta(seconds=1))
    lane = Worker("rows", KINDS, world.lead.term, lambda: None)
    while Operation.objects.filter(id=act.id, state="waiting").exists():
        lane._step()


@pytest.fixture
def windows(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    world.policy(f"danger: {{{SIEM}}}")
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", str(WINDOW_SECONDS))
    config.forget()
    return world


def test_who_became_dangerous_in_the_next_window_is_told_of_once(windows: World) -> None:
    first = judged(windows, pc_json(1))
    windows.at("2026-03-02 10:05")
    second = judged(windows, bad(1))
    decide(windows, first)
    assert ordered() == [], "its own window decides"
    decide(windows, second)
    assert ordered() == [[1]]
    windows.judge()
    assert ordered() == [[1]]


def test_who_is_still_dangerous_in_the_next_window_is_not_left_out(windows: World) -> None:
    first = judged(windows, bad(1))
    windows.at("2026-03-02 10:05")
    second = judged(windows, bad(1, software=[{"name": "Another", "version": "1"}]))
    decide(windows, first)
    decide(windows, second)
    assert ordered() == [[1]]
    assert not Waiting.objects.exists()


def test_who_was_mended_and_fell_again_is_told_of_again(windows: World) -> None:
    acts = [judged(windows, bad(1))]
    for minute, body in ((5, pc_json(1)), (10, bad(1))):
        windows.at(f"2026-03-02 10:{minute:02}")
        acts.append(judged(windows, body))
    for act in acts:
        decide(windows, act)
    assert [row.level for row in Verdict.objects.order_by("id")] == [400, 100, 400]
    assert ordered() == [[1]], "once for what is true now, however often it changed before anybody decided"
    windows.judge()
    assert (ordered(), PcState.objects.get(pc=1).level) == ([[1]], 400)


def test_a_new_day_leaves_out_nobody_whose_window_is_open(windows: World) -> None:
    first = judged(windows, bad(1))
    windows.at("2026-03-02 10:05")
    judged(windows, bad(1, software=[{"name": "Another", "version": "1"}]))
    windows.at("2026-03-03 00:01")
    windows.new_day()
    decide(windows, first)
    windows.judge()
    assert ordered() == [[1]]
    assert not Waiting.objects.exists()
