"""The order of versions beside the programs and rules that own it: dpkg, rpm, PEP 440, Windows' four numbers, days."""

import shutil
import subprocess
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from kanmon.policy.version_order import is_day, order

LIMITS = settings(max_examples=15, deadline=None)
deb = st.from_regex(r"([0-2]:)?[0-2][0-2a-c.+~]{0,6}(-[0-2a-c.+~]{1,4})?", fullmatch=True)
rpm = st.from_regex(r"[0-2a-c.~^_+]{1,8}", fullmatch=True)
number = st.sampled_from(["0", "1", "2", "10", "010"])


def pairs(one: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(one, one), min_size=1, max_size=40)


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not there to ask")
@LIMITS
@given(pairs(deb))
def test_debian_versions_sort_as_dpkg_sorts_them(asked: list[tuple[str, str]]) -> None:
    script = 'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; '
    script += 'elif dpkg --compare-versions "$a" gt "$b"; then echo 1; else echo 0; fi; done'
    said = subprocess.run(
        ["sh", "-c", script], input="".join(f"{a} {b}\n" for a, b in asked), text=True, capture_output=True, check=True
    )
    assert [order(a, b, "deb") for a, b in asked] == list(map(int, said.stdout.split()))


@pytest.mark.skipif(shutil.which("rpm") is None, reason="rpm is not there to ask")
@settings(max_examples=60, deadline=None)
@given(pairs(rpm))
def test_rpm_versions_sort_as_rpm_sorts_them(asked: list[tuple[str, str]]) -> None:
    lines = "".join(f'print(rpm.vercmp("{a}", "{b}"), " ") ' for a, b in asked)
    said = subprocess.run(["rpm", "--eval", f"%{{lua:{lines}}}"], text=True, capture_output=True, check=True)
    assert [order(a, b, "rpm") for a, b in asked] == list(map(int, said.stdout.split()))


# Pairs that the authors of rpm publish with their rules (tests/rpmvercmp.at).
RPM_PUBLISHED = [
    ("2.0.1", "2.0.1a", -1), ("5.5p1", "5.5p10", -1), ("10xyz", "10.1xyz", -1), ("xyz.4", "8", -1), ("5.5p2", "5.6p1", -1),
    ("5.6p1", "6.5p1", -1), ("6.0.rc1", "6.0", 1), ("10b2", "10a1", 1), ("7.4.52", "7.4.052", 0), ("fc4", "fc.4", 0),
    ("FC5", "fc4", -1), ("2a", "2.0", -1), ("1.0", "1.fc4", 1), ("3.0.0_fc", "3.0.0.fc", 0), ("1++", "1_", 0), ("_", "+", 0),
    ("1.0~rc1~git123", "1.0~rc1", -1), ("1.0^", "1.0", 1), ("1.0^git1", "1.01", -1), ("1.0^20160101^git1", "1.0^20160102", -1),
    ("1.0~rc1^git1", "1.0~rc1", 1), ("1.0^git1~pre", "1.0^git1", -1),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "wanted"), RPM_PUBLISHED)
def test_the_published_pairs_of_rpm_hold(left: str, right: str, wanted: int) -> None:
    assert order(left, right, "rpm") == wanted
    assert order(right, left, "rpm") == -wanted


python = st.builds(
    lambda epoch, numbers, pre, post, dev: epoch + ".".join(numbers) + pre + post + dev,
    st.sampled_from(["", "", "1!"]),
    st.lists(number, min_size=1, max_size=4),
    st.sampled_from(["", "a1", "b2", "rc1", "rc2", "a0"]),
    st.sampled_from(["", ".post1", ".post2"]),
    st.sampled_from(["", ".dev1", ".dev3"]),
)


@settings(max_examples=500, deadline=None)
@given(python, python)
def test_other_versions_sort_as_pep_440_sorts_them(left: str, right: str) -> None:
    one, two = Version(left), Version(right)
    assert order(left, right, "other") == (one > two) - (one < two)


@settings(max_examples=300, deadline=None)
@given(st.lists(number, min_size=1, max_size=4), st.lists(number, min_size=1, max_size=4))
def test_windows_versions_sort_by_their_four_numbers(left: list[str], right: list[str]) -> None:
    one, two = ([*map(int, numbers), 0, 0, 0][:4] for numbers in (left, right))
    assert order(".".join(left), ".".join(right), "windows") == (one > two) - (one < two)


@settings(max_examples=300, deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.integers(-400, 400),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d"]),
)
def test_days_sort_as_the_calendar_does_however_they_are_written(day: date, days: int, form: str) -> None:
    other = day + timedelta(days=days)
    assert order(day.strftime(form), other.isoformat(), "date") == (day > other) - (day < other)


def test_a_number_behind_a_day_counts_and_what_is_no_day_is_told() -> None:
    assert order("20200310.007", "2020-03-10", "date") == 1
    assert order("20200310.7", "20200310.007", "date") == 0
    assert is_day("2024-02-29")
    assert not is_day("2023-02-29")
    assert not is_day("24.09")
