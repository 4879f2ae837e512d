"""What every notifier keeps besides: it hangs no longer than it may, goes where it may, and can be asked once more."""

import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kanmon.action import notifiers
from kanmon.action.notifiers.notifier import Notifier
from kanmon.action.notifiers.table import NOTIFIERS
from kanmon.action.notifiers.webhook import Webhook as ProductWebhook
from kanmon.common import config
from kanmon.flow import KINDS
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.writing import transaction
from tests.action.orders import worker
from tests.conformance.effects import example
from tests.conformance.effects.contract import Effect
from tests.conformance.effects.every import NOTIFYING
from tests.conformance.work import events, leader, state, work_off

LINES = 150


@pytest.fixture(params=NOTIFYING, ids=lambda effect: effect.__name__.lower())
def effect(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Effect]:
    """Each receiver of a notifier in turn."""
    (tmp_path / "outside").mkdir()
    one: Effect = request.param(tmp_path / "outside")
    use(monkeypatch, **one.environment)
    yield one
    one.close()


def use(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    config.forget()


def section(effect: Effect) -> str:
    (name,) = (name for name in effect.environment if name.endswith("_TARGETS"))
    return name.removesuffix("_TARGETS")


def step(effect: Effect) -> None:
    worker(KINDS[effect.kind].lane, leader().term)._step()


def sentence(operation: Operation) -> str:
    operation.refresh_from_db()
    return str((operation.outcome or {})["sentence"])


def test_a_receiver_that_hangs_is_left_in_time(effect: Effect, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, **{f"{section(effect)}_TIMEOUT_SECONDS": "1"})
    effect.hold_up()
    operation = effect.order()
    step(effect)
    assert (state(operation), events(operation)[-1]) == ("waiting", "retry")
    told = Entry.objects.get(operation=operation.id, event="retry").detail
    assert "1 s" in told["sentence"]
    assert told["unknown"], "it may have it"
    effect.let_go()


def test_an_address_that_the_settings_do_not_allow_gets_nothing(
    effect: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, **{f"{section(effect)}_ALLOW_PRIVATE": "other"})
    operation = effect.order()
    step(effect)
    assert (state(operation), "intent" in events(operation)) == ("failed", False)
    assert "which is not a public address" in sentence(operation)
    assert effect.ledger() == []


@pytest.mark.parametrize("address", ["169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "0.0.0.0", "224.0.0.1"])
def test_no_setting_allows_an_address_that_is_no_receiver_s(
    effect: Effect, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{section(effect)}_TARGETS"
    use(monkeypatch, **{name: re.sub(r"(?<=://)[^:/]+", address, os.environ[name])})
    operation = effect.order()
    step(effect)
    assert "which is not a public address" in sentence(operation)


def test_asked_once_more_it_is_told_again_under_the_same_mark(effect: Effect) -> None:
    operation = effect.order()
    one = worker(KINDS[effect.kind].lane, leader().term)
    work_off(one)
    operation.refresh_from_db()
    with transaction():
        again = record.replay(operation, "hanako")
    work_off(one)
    assert (state(operation), state(again)) == ("finished", "finished")
    first, second = effect.ledger()
    assert first.mark == second.mark
    assert (first.flagged, second.flagged) == (False, True)


def test_each_is_one_short_file() -> None:
    known = {ProductWebhook, *NOTIFIERS.values()} - {example.Lines}
    for one in known:
        module = inspect.getmodule(one)
        assert isinstance(module, ModuleType)
        assert len(inspect.getsource(module).splitlines()) < LINES, module.__name__
    assert len(example.block("notifier").text.splitlines()) < LINES
    folder = Path(str(notifiers.__file__)).parent
    written = {path.stem for path in folder.glob("*.py") if "(Notifier)" in path.read_text("utf-8")}
    assert written == {one.__module__.rpartition(".")[2] for one in known}
    assert all(issubclass(one, Notifier) for one in known)


def test_the_page_shows_the_table_as_it_is() -> None:
    shown = dict(re.findall(r'"([a-z+]+)": (\w+)', example.block("table").text))
    assert shown == {scheme: one.__name__ for scheme, one in NOTIFIERS.items()}
