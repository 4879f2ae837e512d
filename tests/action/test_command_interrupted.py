"""Commands that were interrupted: taken, followed, begun anew, or decided by their policy; and planned stops."""

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kanmon.common import fault
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Operation
from kanmon.journal.window import OPEN
from kanmon.journal.writing import transaction
from kanmon.supervise import place as supervised
from tests.action.commands import Programs, outcome, sentence
from tests.action.orders import command, worker
from tests.conformance.work import crash, events, leader, state, work_off
from tests.conftest import until


class TestInterrupted:
    """What was interrupted: taken, followed, started, or decided by its policy."""

    @pytest.fixture
    def killed(self, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A command that runs, or has run, and whose Manager was lost meanwhile."""

        def killed(ended: bool = False, **more: Any) -> Operation:
            from kanmon.action.carry_out import command as carrying

            class Killed(BaseException):
                pass

            def lost(case: Any) -> Any:
                until(lambda: programs.ledger, 60)
                if ended:
                    until(lambda: supervised.look(case.begun.place, case.begun.mark)[1], 60)
                raise Killed

            programs.counting()
            if not ended:
                programs.held.touch()
            operation = command("act", **more)
            lead = leader()
            with monkeypatch.context() as patch:
                patch.setattr(carrying, "_follow", lost)
                with pytest.raises(Killed):
                    work_off(worker("command", lead.term))
            crash(lead)
            return operation

        return killed

    def next_one(self) -> Any:
        return worker("command", leader().term)

    def test_a_result_that_is_there_is_taken(self, programs: Programs, killed: Any) -> None:
        operation = killed(ended=True)
        work_off(self.next_one())
        assert events(operation) == ["begun", "started", "intent", "interrupted", "started", "already_done", "finished"]
        assert (outcome(operation)["exit_status"], len(programs.ledger)) == (0, 1)

    def test_one_that_still_runs_is_followed(self, programs: Programs, killed: Any) -> None:
        operation = killed()
        threading.Timer(0.5, programs.held.unlink).start()
        work_off(self.next_one())
        assert events(operation)[-3:] == ["started", "followed", "finished"]
        assert len(programs.ledger) == 1

    @pytest.mark.parametrize("change", ["off", "refused"])
    def test_one_that_had_not_been_started_is_not_when_the_settings_do_not_allow_it_any_more(
        self, change: str, programs: Programs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

        def killed(name: str) -> None:
            if name == "after_intent":
                raise Killed

        programs.counting()
        operation = command("act")
        lead = leader()
        with monkeypatch.context() as patch:
            patch.setattr(fault, "point", killed)
            with pytest.raises(Killed):
                work_off(worker("command", lead.term))
        crash(lead)
        programs.use(folder="") if change == "off" else (programs.folder / "act").chmod(0o644)
        work_off(self.next_one())
        assert state(operation) == ("finished" if change == "off" else "failed")
        assert events(operation)[3:6] == ["interrupted", "started", "not_begun"]
        assert programs.ledger == []

    def test_a_time_limit_holds_while_no_manager_lives(self, programs: Programs, killed: Any) -> None:
        operation = killed(time_limit_seconds=1)
        place = programs.place(operation)
        until(lambda: (place / "result.json").exists(), 60)
        work_off(self.next_one())
        assert state(operation) == "failed"
        assert "its time limit of 1 s was over" in sentence(operation)

    @pytest.fixture(params=["elsewhere", "restarted", "gone", "lost"])
    def doubt(self, request: pytest.FixtureRequest, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Makes that nobody can tell what became of an operation; gives what is to be said of it."""

        def make(operation: Operation) -> str:
            place, node = programs.place(operation), HERE.node
            if request.param == "elsewhere":
                monkeypatch.setattr(HERE, "node", "mgr-b")
                return f"was to be started on {node}, in {place} there; whether it ran can't be told from mgr-b"
            if request.param == "restarted":
                monkeypatch.setattr(supervised, "boot_id", lambda: "another boot")
                return f"was begun on {node} before that machine was started anew, and there is no result in {place}"
            if request.param == "gone":
                place.rename(programs.outside / "moved")
                return f"was begun on {node}, and {place} is not there any more"
            lock = (place / "lock").stat()
            for line in Path("/proc/locks").read_text().splitlines():
                words = line.split()
                if words[-3].endswith(f":{lock.st_ino}"):
                    os.kill(int(words[-4]), signal.SIGKILL)
            until(lambda: supervised.look(place, place.name)[0] is supervised.Fate.LOST, 60)
            return f"was begun on {node}, and its supervisor was killed; there is no result in {place}"

        yield make
        programs.held.unlink(missing_ok=True)

    def test_when_nobody_can_tell_a_person_is_asked(self, programs: Programs, killed: Any, doubt: Any) -> None:
        operation = killed()
        said = doubt(operation)
        work_off(self.next_one())
        assert (state(operation), events(operation)[-1]) == ("in_doubt", "in_doubt")
        assert said in sentence(operation)
        assert len(programs.ledger) == 1

    @pytest.mark.parametrize("answer", ["redo", "it_ran", "close"])
    def test_what_the_person_says_is_done(self, answer: str, programs: Programs, killed: Any, doubt: Any) -> None:
        operation = killed()
        doubt(operation)
        next_one = self.next_one()
        work_off(next_one)
        operation.refresh_from_db()
        with transaction():
            again = getattr(record, answer)(operation, "hanako")
        work_off(next_one)
        assert state(operation) == {"redo": "cancelled", "it_ran": "finished", "close": "cancelled"}[answer]
        if answer == "redo":
            assert state(again) == "finished"
            assert programs.ledger == [f"{operation.id} {operation.id} 1", f"{operation.id} {again.id} 2"]
        else:
            assert len(programs.ledger) == 1

    def test_rerun_runs_it_again_and_says_so(self, programs: Programs, killed: Any, doubt: Any) -> None:
        operation = killed(interrupted="rerun")
        doubt(operation)
        work_off(self.next_one())
        assert state(operation) == "finished"
        assert events(operation)[-4:] == ["started", "may_be_repeat", "intent", "finished"]
        assert programs.ledger == [f"{operation.id} {operation.id} 1", f"{operation.id} {operation.id} 2"]

    def test_never_fails_with_the_reason(self, programs: Programs, killed: Any, doubt: Any) -> None:
        operation = killed(interrupted="never")
        said = doubt(operation)
        work_off(self.next_one())
        assert state(operation) == "failed"
        assert said in sentence(operation)
        assert "it is not run again (interrupted: never)" in sentence(operation)
        assert len(programs.ledger) == 1

    @pytest.mark.parametrize("where", ["elsewhere", "restarted"])
    def test_a_result_is_believed_wherever_it_is_read(
        self, where: str, programs: Programs, killed: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        operation = killed(ended=True)
        if where == "elsewhere":
            monkeypatch.setattr(HERE, "node", "mgr-b")
        else:
            monkeypatch.setattr(supervised, "boot_id", lambda: "another boot")
        work_off(self.next_one())
        assert (state(operation), len(programs.ledger)) == ("finished", 1)

    def test_a_database_that_was_restored_takes_no_other_orders_result_for_its_own(
        self, programs: Programs, killed: Any
    ) -> None:
        """The same number is given again; what lies on the disk belongs to the operation that had it before."""
        operation = killed(ended=True)
        Entry.objects.all().delete()
        Operation.objects.all().delete()
        from kanmon.action.models import Order

        Order.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name IN ('operation', 'action_order')")
        again = command("act")
        assert again.id == operation.id
        work_off(self.next_one())
        assert (state(again), len(programs.ledger)) == ("finished", 2)


class TestStopped:
    """A planned stop waits, then ends what runs."""

    @pytest.fixture
    def stopping(self, programs: Programs) -> Any:
        """Tells the worker to stop while its command runs; returns the operation."""

        def stopping(drain: int, release: bool = False, **more: Any) -> Operation:
            programs.use(drain_seconds=drain, grace_seconds=1)
            programs.counting()
            programs.held.touch()
            operation = command("act", **more)
            lead = leader()
            one = worker("command", lead.term)
            one.start()
            until(lambda: programs.ledger, 60)
            one.stop()
            if release:
                time.sleep(0.3)
                programs.held.unlink()
            one.join(60)
            assert not one.is_alive()
            crash(lead)
            return operation

        yield stopping
        programs.held.unlink(missing_ok=True)

    def test_one_that_ends_within_the_drain_time_has_succeeded(self, programs: Programs, stopping: Any) -> None:
        operation = stopping(30, release=True)
        assert (state(operation), len(programs.ledger)) == ("finished", 1)

    def test_one_that_does_not_is_ended_and_a_person_is_asked(self, programs: Programs, stopping: Any) -> None:
        operation = stopping(0)
        assert state(operation) == "in_doubt"
        assert "because the Manager was stopped" in sentence(operation)
        assert json.loads((programs.place(operation) / "result.json").read_text())["ended"] == "stop"

    def test_one_that_may_run_again_does_so_at_the_next_start(self, programs: Programs, stopping: Any) -> None:
        operation = stopping(0, interrupted="rerun")
        assert (state(operation), events(operation)[-1]) == ("waiting", "interrupted")
        programs.held.unlink()
        work_off(worker("command", leader().term))
        assert state(operation) == "finished"
        assert "may_be_repeat" in events(operation)
        assert [line.split()[2] for line in programs.ledger] == ["1", "2"]

    def test_a_deposed_manager_leaves_it_alone(self, programs: Programs) -> None:
        from kanmon.journal.window import Window

        programs.use(drain_seconds=0)
        programs.counting()
        programs.held.touch()
        operation = command("act")
        lead = leader()
        window = Window()
        one = worker("command", lead.term, window)
        one.start()
        until(lambda: programs.ledger, 60)
        window.close()
        one.stop()
        one.join(60)
        assert not one.is_alive()
        place = programs.place(operation)
        assert supervised.look(place, place.name)[0] is supervised.Fate.RUNNING
        crash(lead)
        programs.held.unlink()
        after = worker("command", leader().term, OPEN)
        work_off(after)
        assert (state(operation), len(programs.ledger)) == ("finished", 1)
