"""The trust window: what may begin, what is cancelled, and when the process ends."""

import subprocess
import sys
import threading
import time

import pytest

from kanmon.common import clock
from kanmon.journal.window import OPEN, Suspended, Window
from tests.conftest import until


def renewed(ttl: float) -> Window:
    made = Window(ttl)
    made.renewed(clock.monotonic())
    return made


def test_before_the_first_renewal_nothing_may_begin():
    with pytest.raises(Suspended):
        Window(2.0).require()


def test_it_counts_from_the_start_of_the_renewal():
    slow = Window(10.0)
    slow.renewed(clock.monotonic() - 7.5)  # the answer took so long: 8 seconds less the margin of 1 are over
    with pytest.raises(Suspended):
        slow.require()


def test_an_older_renewal_does_not_shorten_it():
    one = renewed(10.0)
    one.renewed(clock.monotonic() - 9)
    assert one.remaining() > 6


def test_an_effect_is_cancelled_when_the_last_part_begins():
    one, cancelled = renewed(0.5), threading.Event()
    with one.guard(cancelled.set):
        assert cancelled.wait(30)
    assert one.remaining() <= 0
    one.close()


def test_an_effect_goes_on_while_the_lease_is_renewed():
    one, cancelled = renewed(2.0), threading.Event()
    with one.guard(cancelled.set):
        for _ in range(10):
            one.renewed(clock.monotonic())
            time.sleep(0.1)
        assert not cancelled.is_set()
    one.close()


def test_closing_cancels_what_runs_and_lets_nothing_begin():
    one, cancelled = renewed(30.0), threading.Event()
    with one.guard(cancelled.set):
        one.close()
        until(cancelled.is_set)
    with pytest.raises(Suspended), one.guard(cancelled.set):
        pass


def test_a_lease_that_cannot_be_lost_never_closes():
    OPEN.require()
    with OPEN.guard(lambda: None), OPEN.unfenced():
        assert OPEN.remaining() > 1e9


def test_what_cannot_be_taken_back_may_end_when_a_lease_that_cannot_be_lost_is_closed():
    one, cancelled = Window(), threading.Event()
    with one.guard(cancelled.set), one.unfenced():
        one.close()
        time.sleep(0.1)  # no watchdog has ended this process
        assert cancelled.is_set()
    with pytest.raises(Suspended):
        one.require()


BUSY = """
import sys, time
from kanmon.common import clock
from kanmon.journal.window import Window
one = Window(0.5, __import__("pathlib").Path(sys.argv[1]))
one.renewed(clock.monotonic())
with one.unfenced():
    if sys.argv[2] == "busy":
        sum(range(10**9))  # holds the GIL: no Python thread could end this
    time.sleep(60)
"""


@pytest.mark.parametrize("how", ["busy", "asleep"])
def test_what_cannot_be_taken_back_ends_with_the_window_or_the_process_does(tmp_path, how):
    trace = tmp_path / "watchdog"
    done = subprocess.run([sys.executable, "-c", BUSY, str(trace), how], timeout=120, check=False)
    assert done.returncode == 1
    assert 'File "<string>"' in trace.read_text()
