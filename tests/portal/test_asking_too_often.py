"""Limits by address and in all."""

from kanmon.portal.limits import MOST_ADDRESSES, Limits


def test_one_address_gets_so_many_at_once_and_then_one_a_second() -> None:
    limits = Limits(each=(3, 1), all=(100, 100))
    assert [limits.allow("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert limits.allow("b", 0.0)
    assert [limits.allow("a", 1.0), limits.allow("a", 1.0)] == [True, False]


def test_who_asks_too_often_takes_nothing_from_others() -> None:
    limits = Limits(each=(2, 0), all=(5, 0))
    assert [limits.allow("a", 0.0) for _ in range(50)].count(True) == 2
    assert [limits.allow(name, 0.0) for name in "bcde"] == [True, True, True, False]


def test_addresses_are_forgotten_when_there_are_too_many() -> None:
    limits = Limits(each=(1, 0), all=(10**9, 0))
    for number in range(MOST_ADDRESSES + 10):
        limits.allow(str(number), 0.0)
    assert len(limits._of) == MOST_ADDRESSES
