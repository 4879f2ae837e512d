"""Commands: what may be run, and how each end is told."""

import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kanmon.action.command import places as command_places
from kanmon.cluster import health
from kanmon.common import clock
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Entry, Operation
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from kanmon.policy.models import Policy, PolicyVersion
from tests.action.commands import Programs, outcome, sentence
from tests.action.orders import command, worker
from tests.conformance.work import events, leader, log_path, state, work_off

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as somebody else")


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
            "KANMON_OPERATION", "KANMON_ATTEMPT", "KANMON_COUNT", "KANMON_FOLDER", "KANMON_STEP",
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
