"""When a node that stands by may try to take over."""

import dataclasses

from kanmon.journal.elect import Watch
from kanmon.journal.here import HERE
from kanmon.journal.lease import Seen
from kanmon.journal.takeover import Cause

OTHER = "kanmon-lease:nX:00000000:11111111"
MINE = "kanmon-lease:me:99999999:22222222"
HELD = Seen(term=7, node="nX", beat=1, released=False, session=OTHER, ttl_seconds=5.0, session_alive=True)


def watch() -> Watch:
    return Watch(MINE, 5.0)


def beat(number: int, **more: object) -> Seen:
    return dataclasses.replace(HELD, beat=number, **more)  # type: ignore[arg-type]


def test_where_nobody_led_before_it_is_the_first():
    assert watch().look(None, 0.0) is Cause.FIRST


def test_a_lease_that_is_renewed_is_left_alone():
    one = watch()
    assert [one.look(beat(second), float(second)) for second in range(100)] == [None] * 100


def test_a_released_lease_is_free():
    assert watch().look(beat(1, released=True), 0.0) is Cause.HANDED_OVER
    assert watch().look(beat(1, released=True, node=HERE.node), 0.0) is Cause.CLEAN


def test_one_that_is_not_renewed_for_the_holders_time_is_free():
    one = watch()
    slow = beat(1, ttl_seconds=9.0)
    assert [one.look(slow, float(second)) for second in range(9)] == [None] * 9
    assert one.look(slow, 9.0) is Cause.NOT_RENEWED


def test_a_session_that_is_gone_twice_in_a_row_is_believed():
    one = watch()
    assert one.look(beat(1), 0.0) is None
    assert one.look(beat(1, session_alive=False), 0.1) is None
    assert one.look(beat(1, session_alive=False), 0.2) is Cause.SESSION_GONE


def test_a_session_that_comes_back_in_between_is_not_gone():
    one = watch()
    told = [one.look(beat(1, session_alive=alive), 0.1 * n) for n, alive in enumerate([True, False, True, False])]
    assert told == [None] * 4


def test_a_session_that_was_never_seen_alive_on_this_connection_says_nothing():
    one = watch()
    assert [one.look(beat(1, session_alive=False), 0.1 * n) for n in range(40)] == [None] * 40
    one.look(beat(2), 4.1)
    one.reconnected()  # the database was restarted: everybody's session is gone
    assert [one.look(beat(2, session_alive=False), 4.2 + 0.1 * n) for n in range(40)] == [None] * 40


def test_the_node_of_before_is_known_to_be_gone_because_we_have_its_lock():
    before = "kanmon-lease:me:99999999:33333333"
    assert watch().look(beat(1, session=before, session_alive=False), 0.0) is Cause.CRASH
    assert watch().look(beat(1, session=before, session_alive=True), 0.0) is None


def test_a_new_holder_is_watched_from_the_beginning():
    one = watch()
    one.look(beat(1), 0.0)
    one.look(beat(1, session_alive=False), 0.1)
    new = "kanmon-lease:nY:00000000:44444444"
    assert one.look(beat(1, term=8, session=new, session_alive=False), 0.2) is None


def test_effects_of_who_may_still_live_are_waited_out():
    one = watch()
    one.look(beat(1), 10.0)
    assert one.effects_from(Cause.SESSION_GONE) == 15.0
    assert one.effects_from(Cause.NOT_RENEWED) == 15.0
    assert one.effects_from(Cause.HANDED_OVER) == 0.0
