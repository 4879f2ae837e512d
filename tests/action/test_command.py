"""Commands: what may be run, how each end is told, and what an interruption becomes."""

import json
import os
import pwd
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kanmon.action.command import places as command_places
from kanmon.cluster import health
from kanmon.common import clock, fault
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Operation
from kanmon.journal.window import OPEN
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from kanmon.policy.models import Policy, PolicyVersion
from kanmon.supervise import place as supervised
from tests.action.commands import Programs, outcome, sentence
from tests.action.orders import command, worker
from tests.conformance.work import crash, events, leader, log_path, state, work_off
from tests.conftest import until

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as somebody else")


@pytest.fixture
def programs(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A folder of programs."""
    tmp_path.chmod(0o755)
    return Programs(tmp_path, monkeypatch)


@pytest.fixture
def one(programs: Programs) -> Any:
    """The worker of commands."""
    return worker("command", leader().term)


class TestEnds:
    """Every exit is sorted, and says what a person needs."""

    def test_one_that_ends_in_order_has_succeeded(self, programs: Programs, one: Any) -> None:
        programs.add('echo "$@"; pwd; ls')
        operation = command(
            "act",
            "{level}",
            "{policy}: {count} PCs",
            "--order={order}",
            "{operation}/{attempt}/{run}",
            "{folder}",
            "{a}{level",
        )
        work_off(one)
        assert state(operation) == "finished"
        assert events(operation) == ["begun", "started", "intent", "finished"]
        told = outcome(operation)
        assert (told["result"], told["exit_status"], told["node"]) == ("success", 0, HERE.node)
        place = programs.place(operation)
        assert told["folder"] == str(place)
        number = operation.id
        assert (place / "output.txt").read_text().split("\n")[:2] == [
            f"danger Night shift: 0 PCs --order={number} {number}/1/7 {place}/files {{a}}{{level",
            f"{place}/files",
        ]
        assert "act has ended in order after" in sentence(operation)

    def test_another_exit_status_is_a_failure_with_the_end_of_the_output(self, programs: Programs, one: Any) -> None:
        programs.add("echo 'no route to 本社' >&2; exit 3")
        operation = command("act")
        work_off(one)
        assert state(operation) == "failed"
        assert "act has ended with exit status 3 after" in sentence(operation)
        assert sentence(operation).endswith("Its output ends with: no route to 本社")
        assert events(operation).count("started") == 1, "what did something is not tried again by itself"

    def test_a_signal_and_a_time_limit_are_named(self, programs: Programs, one: Any) -> None:
        programs.add("kill -KILL $$", "killed")
        programs.add("sleep 600", "endless")
        killed, endless = command("killed"), command("endless", time_limit_seconds=1)
        work_off(one)
        assert (state(killed), state(endless)) == ("failed", "failed")
        assert "killed was ended by SIGKILL" in sentence(killed)
        assert "endless was ended because its time limit of 1 s was over." in sentence(endless)

    def test_processes_that_it_left_behind_are_told(self, programs: Programs, one: Any) -> None:
        programs.add("sleep 600 & exit 0")
        operation = command("act")
        work_off(one)
        assert "1 processes that it had left behind were ended." in sentence(operation)

    def test_a_redo_of_a_failed_one_is_another_attempt_of_the_same_order(self, programs: Programs, one: Any) -> None:
        path = programs.counting()
        path.write_text(path.read_text() + "exit 1\n")
        operation = command("act")
        work_off(one)
        programs.counting()
        operation.refresh_from_db()
        with transaction():
            again = record.redo(operation, "hanako")
        work_off(one)
        assert (state(operation), state(again)) == ("failed", "finished")
        assert programs.ledger == [f"{operation.id} {operation.id} 1", f"{operation.id} {again.id} 2"]

    def test_its_environment_holds_nothing_of_the_managers(
        self, programs: Programs, one: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGPASSWORD", "a secret of the Manager")
        programs.add("env")
        operation = command("act")
        work_off(one)
        names = {line.split("=")[0] for line in (programs.place(operation) / "output.txt").read_text().splitlines()}
        assert names == {
            "PATH", "LANG", "HOME", "USER", "LOGNAME", "PWD", "KANMON_POLICY", "KANMON_LEVEL", "KANMON_RUN", "KANMON_ORDER",
            "KANMON_OPERATION", "KANMON_ATTEMPT", "KANMON_COUNT", "KANMON_FOLDER",
        }  # fmt: skip

    def test_in_japanese_when_the_server_speaks_japanese(
        self, programs: Programs, one: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KANMON_SERVER_LANGUAGE", "ja")
        programs.use()
        programs.add("exit 2")
        operation = command("act")
        work_off(one)
        assert "終了コード 2 で終了しました" in sentence(operation)


class TestRefusals:
    """What is not run says why, and nothing was begun."""

    @pytest.fixture(autouse=True)
    def _nothing_begun(self, programs: Programs) -> Iterator[None]:
        yield
        assert programs.ledger == []
        assert not Entry.objects.filter(event="intent").exists()

    def refused(self, one: Any, *words: str, **more: Any) -> str:
        operation = command(*words, **more)
        work_off(one)
        assert state(operation) == "failed"
        return sentence(operation)

    def test_without_a_folder_commands_are_off(self, programs: Programs, one: Any) -> None:
        programs.use(folder="")
        operation = command("act")
        work_off(one)
        assert (state(operation), outcome(operation)["result"]) == ("finished", "not_executed")
        assert sentence(operation) == "No command is run: command.folder is not set."

    def test_a_program_that_is_not_there(self, programs: Programs, one: Any) -> None:
        assert self.refused(one, "act") == f"There is no program act in {programs.folder}."
        (programs.folder / "act").symlink_to(programs.folder / "nowhere")
        assert self.refused(one, "act") == f"There is no program act in {programs.folder}."

    def test_a_link_out_of_the_folder(self, programs: Programs, one: Any) -> None:
        (programs.folder / "act").symlink_to("/bin/sh")
        assert "it leads out of" in self.refused(one, "act", "-c", f"echo 1 >> {programs.outside}/ledger")
        (programs.folder / "act").unlink()
        real = programs.outside / "real"
        real.write_text("#!/bin/sh\n")
        real.chmod(0o755)
        (programs.folder / "sub").symlink_to(programs.outside)
        (programs.folder / "act").symlink_to("sub/real")
        assert "it leads out of" in self.refused(one, "act")

    @pytest.mark.parametrize("mode", [0o775, 0o757])
    @pytest.mark.parametrize("what", ["program", "folder", "above"])
    def test_what_others_can_change(self, what: str, mode: int, programs: Programs, one: Any) -> None:
        path = {"program": programs.counting(), "folder": programs.folder, "above": programs.folder.parent}[what]
        before = path.stat().st_mode
        path.chmod(mode)
        assert self.refused(one, "act").endswith(f"others than root and the Manager's user can change {path}.")
        path.chmod(before)

    @root_only
    def test_what_belongs_to_others(self, programs: Programs, one: Any) -> None:
        os.chown(programs.counting(), 65534, 65534)
        assert "can change" in self.refused(one, "act")

    def test_what_is_no_program(self, programs: Programs, one: Any) -> None:
        programs.counting().chmod(0o644)
        (programs.folder / "sub").mkdir(mode=0o755)
        assert "it is no file that can be executed" in self.refused(one, "act")
        assert "it is no file that can be executed" in self.refused(one, "sub")

    def test_a_folder_that_is_none(self, programs: Programs, one: Any, tmp_path: Path) -> None:
        programs.counting()
        link = tmp_path / "link"
        link.symlink_to(programs.folder)
        for folder, why in [
            ("programs", "no absolute path"),
            (tmp_path / "no", "no folder"),
            (link, str(programs.folder)),
        ]:
            programs.use(folder=folder)
            assert why in self.refused(one, "act")

    def test_a_user_that_the_settings_do_not_allow(self, programs: Programs, one: Any) -> None:
        programs.counting()
        assert "kanmon.toml does not allow that user" in self.refused(one, "act", user="bin")

    def test_a_user_that_is_unknown(self, programs: Programs, one: Any) -> None:
        programs.counting()
        programs.use(users="no-such-user-here")
        assert "this host knows no user no-such-user-here" in self.refused(one, "act", user="no-such-user-here")

    def test_another_user_when_the_manager_is_not_root(
        self, programs: Programs, one: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        programs.counting()
        programs.use(users="daemon")
        own, me = os.geteuid(), "bin"
        if own == 0:  # the check alone: the test runs on as root
            from kanmon.action.command import allowed
            from kanmon.common.errors import Refused

            monkeypatch.setattr(os, "geteuid", lambda: 2)
            with pytest.raises(Refused, match=f"the Manager runs as {me}, and only root can change the user"):
                allowed.run_as("daemon", "act")
        else:
            assert "only root can change the user" in self.refused(one, "act", user="daemon")

    def test_a_work_folder_that_others_can_change(self, programs: Programs, one: Any) -> None:
        programs.counting()
        programs.work.mkdir()
        programs.work.chmod(0o777)
        assert "can be changed by others" in self.refused(one, "act")


@root_only
def test_as_another_user_it_can_read_its_files_and_nothing_else(programs: Programs, one: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        os.chmod(folder, 0o755)
        programs.folder = Path(folder, "programs")
        programs.folder.mkdir(mode=0o755)
        programs.use(folder=programs.folder, work_folder=Path(folder, "work"), users="nobody")
        programs.add("id -un; echo $HOME; head -c 15 assets.csv; echo; cat ../order.json; touch here; ls ..")
        operation = command("act", user="nobody")
        work_off(one)
        said = (programs.place(operation) / "output.txt").read_text().splitlines()
    home = pwd.getpwnam("nobody").pw_dir
    assert said[:3] == ["nobody", home, '"asset_number",']
    assert [line.rpartition(": ")[2] for line in said[3:]] == ["Permission denied"] * 3, said


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


def test_what_is_old_is_removed_and_what_waits_for_a_person_is_kept(programs: Programs, one: Any) -> None:
    programs.add("exit 0")
    old, waiting, young = command("act"), command("act"), command("act")
    work_off(one)
    for operation in (old, waiting):
        os.utime(programs.place(operation), (0, 0))
    with transaction():
        Operation.objects.filter(id=waiting.id).update(state="in_doubt", ended_at=None)
    command_places.tidy_commands(1)
    assert [programs.place(one).exists() for one in (old, waiting, young)] == [False, True, True]


def test_health_tells_before_anything_is_ordered_that_a_program_would_be_refused(programs: Programs) -> None:
    versions.install_builtin()
    policy = Policy.objects.get(kind="action", name="Default")
    text = "{kind: action, name: Default, danger: {command: {program: act}}, safe: {command: {program: act}}}"
    PolicyVersion.objects.create(policy=policy, number=2, text=text, author="tests", created_at=clock.now())

    def said() -> list[str]:
        return [one.said.text() for one in health.warnings() if one.id == "KNM3160-W"]

    wanted = "The action policy Default orders the command act, which this node would refuse. "
    assert said() == [f"{wanted}There is no program act in {programs.folder}."]
    programs.counting()
    assert said() == []
    programs.use(folder="")
    assert said() == [f"{wanted}No command is run: command.folder is not set."]


def test_the_manager_log_tells_the_story(programs: Programs, one: Any) -> None:
    from kanmon.journal.tail import Tailer

    programs.add("exit 0")
    operation = command("act")
    work_off(one)
    Tailer(log_path()).write_new()
    lines = [line.split(" ", 4)[4] for line in log_path().read_text().splitlines() if "command" in line]
    assert lines[0].startswith(f"Action started: command, operation {operation.id}, attempt 1, danger, 0 PCs.")
    assert lines[1].startswith(f"Action ended: command, operation {operation.id}, success. act has ended in order")
