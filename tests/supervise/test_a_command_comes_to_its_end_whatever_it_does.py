"""The supervisor alone: every program ends, with all it has begun, and how it ended is known."""

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from kanmon.supervise import place as places
from tests.conftest import until
from tests.supervise.one import alive, begin, ended, go, make, number_in, output, wake


def test_it_gets_its_arguments_as_they_are_and_a_small_environment(tmp_path: Path) -> None:
    script = '#!/bin/sh\nprintf "<%s>" "$@"; env | sort; pwd; cat; echo oops >&2\n'
    place = make(
        tmp_path, script, "a b", "$(id); `id` > x", "", environment={"PATH": "/usr/bin:/bin", "KANMON_LEVEL": "danger"}
    )
    begin(place)
    result = ended(place)
    assert (result.ended, result.exit_status, result.signal) == ("itself", 0, "")
    said = output(place).splitlines()
    assert said[0] == "<a b><$(id); `id` > x><>KANMON_LEVEL=danger"
    assert [line for line in said[1:] if not line.startswith(("PATH=", "PWD=", "OLDPWD="))] == [
        str(place / "files"), "oops"
    ]  # fmt: skip


def test_its_exit_status_and_the_end_of_its_output_are_kept(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\necho 'no route to 本社'\nexit 3\n")
    begin(place)
    result = ended(place)
    assert (result.exit_status, result.output_tail) == (3, "no route to 本社\n")


def test_a_signal_that_ended_it_is_named(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\nkill -SEGV $$\n")
    begin(place)
    result = ended(place)
    assert (result.ended, result.exit_status, result.signal) == ("itself", None, "SIGSEGV")


def test_one_that_runs_for_ever_is_ended_at_its_time_limit(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\nwhile :; do sleep 1; done\n", time_limit_seconds=0.5)
    begin(place)
    result = ended(place)
    assert (result.ended, result.signal) == ("time_limit", "SIGTERM")


def test_one_that_ignores_term_is_killed_with_its_children(tmp_path: Path) -> None:
    script = '#!/bin/sh\ntrap "" TERM\nsh -c \'trap "" TERM; echo $$ > child; while :; do sleep 1; done\' &\nwhile :; do sleep 1; done\n'
    place = make(tmp_path, script, time_limit_seconds=1.0, grace_seconds=0.5)
    begin(place)
    child = number_in(place / "files" / "child")
    result = ended(place)
    assert (result.ended, result.signal) == ("time_limit", "SIGKILL")
    assert not alive(child)


def test_what_it_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    """Also what has forked twice into a session of its own, and ignores TERM."""
    script = "#!/bin/sh\n(setsid sh -c 'trap \"\" TERM; echo $$ > child; exec >/dev/null 2>&1; while :; do sleep 1; done' &)\nuntil [ -s child ]; do sleep 0.02; done\n"
    place = make(tmp_path, script)
    begin(place)
    child = number_in(place / "files" / "child")
    result = ended(place)
    assert (result.ended, result.exit_status) == ("itself", 0)
    assert result.left >= 1
    assert not alive(child)


def test_a_gigabyte_of_output_fills_neither_disk_nor_memory(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\necho first\nyes | head -c 1000000000\necho last\n", output_bytes=10_000)
    go(wake(place, words=("prlimit", "--as=200000000")))  # it would end without a result
    result = ended(place, 240)
    assert (result.exit_status, result.output_bytes) == (0, 1_000_000_011)
    assert (place / "output.txt").stat().st_size < 11_000
    said = output(place)
    assert said.startswith("first\ny\n")
    assert said.endswith("y\nlast\n")
    assert "\n... 999990011 bytes left out ...\n" in said


def test_one_that_can_not_be_started_says_why(tmp_path: Path) -> None:
    for number, (script, why) in enumerate(
        [("#!/no/such/interpreter\n", "No such file"), ("\x7fELF", "Exec format error")]
    ):
        place = make(tmp_path / str(number), script)
        begin(place)
        result = ended(place)
        assert (result.ended, result.exit_status) == ("not_started", None)
        assert why in result.problem


def test_it_ends_when_it_is_asked_to_stop(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\ntouch running\nsleep 600\n")
    begin(place)
    until(lambda: (place / "files" / "running").exists(), 60)
    places.ask_to_stop(place)
    assert ended(place).ended == "stop"


def test_it_ends_when_the_machine_goes_down(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\ntouch running\nsleep 600\n")
    supervisor = begin(place)
    until(lambda: (place / "files" / "running").exists(), 60)
    supervisor.send_signal(signal.SIGTERM)
    assert ended(place).ended == "stop"


def test_it_runs_on_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\ntouch running\nwhile [ ! -e go-on ]; do sleep 0.02; done\nexit 4\n")
    script = "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; from tests.supervise.one import begin; begin(Path(sys.argv[1])); input()"
    root = str(Path(__file__).parents[2])
    manager = subprocess.Popen([sys.executable, "-c", script, str(place), root], stdin=subprocess.PIPE, cwd="/")
    until(lambda: (place / "files" / "running").exists(), 60)
    manager.kill()
    manager.wait()
    (place / "files" / "go-on").touch()
    assert ended(place).exit_status == 4


def test_a_full_disk_loses_output_and_not_the_result(tmp_path: Path) -> None:
    place = make(tmp_path, "#!/bin/sh\nyes | head -c 3000000\nexit 5\n", output_bytes=2**21)
    script = f'mount -t tmpfs -o size=200k tmpfs {place} && mkdir {place}/files && cp {tmp_path}/order.json {place}/ && "$@" > {tmp_path}/said; umount -l {place}'
    (tmp_path / "order.json").write_bytes((place / "order.json").read_bytes())
    after = f'echo go inf | "{sys.executable}" -I -m kanmon.supervise {place}; wc -c < {place}/output.txt; cat {place}/result.json'
    alone = ["unshare", "--user", "--map-root-user", "--mount"] if os.geteuid() else []  # who may not mount
    done = subprocess.run(
        [*alone, "sh", "-ec", script, "sh", "sh", "-c", after], check=False,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _, _, kept, result = (tmp_path / "said").read_text().splitlines()
    assert int(kept) < 200_000, "the disk was full"
    assert json.loads(result)["exit_status"] == 5
    assert json.loads(result)["output_bytes"] == 3_000_000


def test_it_is_a_small_program_that_imports_nothing_but_the_standard_library(tmp_path: Path) -> None:
    script = (
        "import sys; before = set(sys.modules); import kanmon.supervise.__main__;"
        "print(sorted(name for name in set(sys.modules) - before if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert all(
        name == "kanmon" or name.startswith(("kanmon.supervise", "kanmon.common"))
        for name in ast.literal_eval(done.stdout)
    )
    assert "kanmon.common.fault" in done.stdout
    assert "kanmon.common.config" not in done.stdout
