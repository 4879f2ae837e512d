"""Names, values and ages."""

import time
from datetime import date

import pytest

from kanmon.policy.compare import BadPattern, age_days, matcher, value_holds, version_holds


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("winny", "Winny", True), ("winny", "Winny 2", False), ("winny*", "WINNY 2", True), ("*torrent*", "uTorrent Web", True),
        ("*torrent", "uTorrent", True), ("a*a", "a", False), ("7-?ip", "7-zip", True), ("7-?ip", "7-ip", False), ("*", "", True),
        ("/^µ?torrent/", "uTorrent", False), ("/torrent$/", "UTORRENT", True), ("a.b", "axb", False), ("a.b*", "axb", False),
        ("ｗｉｎ*", "ｗｉｎny", True), ("straße", "STRASSE", True), ("/", "/", True), ("//", "//", True), ("a+b*", "a+bc", True),
    ],
)  # fmt: skip
def test_a_name_matches_its_pattern(pattern: str, text: str, wanted: bool) -> None:
    assert matcher(pattern)(text) is wanted


def test_a_catastrophic_expression_ends() -> None:
    begin = time.perf_counter()
    assert not matcher("/^(a+)+$/")("a" * 50_000 + "b")
    assert not matcher("*a*a*a*a*a*a*a*a*b")("a" * 50_000)
    assert time.perf_counter() - begin < 30, "a backtracking engine does not end at all"


def test_what_re2_does_not_know_is_a_bad_pattern() -> None:
    with pytest.raises(BadPattern):
        matcher(r"/(?=a)b/")


@pytest.mark.parametrize(
    ("found", "comparison", "wanted", "prop", "result"),
    [
        (True, "==", "true", "", True), (True, "!=", "true", "", False), (None, "==", "true", "", None), ("", "==", "x", "", None),
        (9, "<", "10", "", True), ("9", "<", "10", "", True), ("b", "<", "a", "", False), ("Ubuntu 22", "==", "ubuntu*", "", True),
        ("1.10", ">", "1.9", "version", True), ("1.10", ">", "1.9", "", False), ("2026-11-01", "<=", "2026-11-20", "", True),
        (9, "==", "nine", "", None), ("26100.6725", ">=", "26100.994", "build", True),
    ],
)  # fmt: skip
def test_a_value_is_compared_as_what_it_is(
    found: object, comparison: str, wanted: str, prop: str, result: bool | None
) -> None:
    assert value_holds(found, comparison, wanted, prop) is result  # type: ignore[arg-type]


def test_a_version_that_was_not_given_holds_nothing() -> None:
    assert version_holds("", ">=", "1.0") is None
    assert version_holds("4.18.2", "==", "4.18.*") is True


def test_an_age_is_counted_in_days() -> None:
    assert age_days("2026-11-11", date(2026, 11, 20)) == 9
    assert age_days("2026-11-11T09:00:00Z", date(2026, 11, 20)) == 9
    assert age_days("11/11/2026", date(2026, 11, 20)) is None
