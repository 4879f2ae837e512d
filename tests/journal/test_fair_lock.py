"""The lock of the one SQLite writer serves its waiters in order of arrival."""

import threading
import time

import pytest

from kanmon.journal.writing import FairLock


def test_waiters_are_served_in_order() -> None:
    lock, order, threads = FairLock(), [], []

    def wait(number: int) -> None:
        with lock:
            order.append(number)
            time.sleep(0.001)

    with lock:
        for number in range(20):
            threads.append(threading.Thread(target=wait, args=(number,)))
            threads[-1].start()
            while len(lock._waiters) <= number:
                time.sleep(0.0005)
    for thread in threads:
        thread.join(20)
    assert order == list(range(20))
    assert not lock._held


def test_one_holds_it_at_a_time_and_an_exception_lets_it_go() -> None:
    lock, inside, most = FairLock(), [0], [0]

    def work() -> None:
        for turn in range(50):
            try:
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    time.sleep(0)
                    inside[0] -= 1
                    if turn % 3 == 0:
                        raise KeyError(turn)
            except KeyError:
                pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (most, inside) == ([1], [0])
    assert not lock._held
    assert not lock._waiters


def test_who_comes_again_stands_behind_those_who_wait() -> None:
    """A plain lock lets a busy writer take it again and again while others wait."""
    lock, order = FairLock(), []
    waiting = threading.Event()

    def other() -> None:
        waiting.set()
        with lock:
            order.append("other")

    with lock:
        thread = threading.Thread(target=other)
        thread.start()
        assert waiting.wait(5)
        while not lock._waiters:
            time.sleep(0.0005)
    with lock:
        order.append("again")
    thread.join(5)
    assert order == ["other", "again"]


def test_it_is_not_lost_when_nobody_waits() -> None:
    lock = FairLock()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), lock:
            _ = 1 // 0
    with lock:
        pass
