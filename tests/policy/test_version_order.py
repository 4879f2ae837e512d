"""Which version is newer, by scheme."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanmon.policy.version_order import order

DEB = [
    ("1.0", "1.0", 0), ("1.0~rc1", "1.0", -1), ("1.0~~", "1.0~", -1), ("1:0.1", "2.0", 1), ("0:1.0", "1.0", 0),
    ("1.0-1", "1.0-2", -1), ("1.0-1ubuntu1", "1.0-1", 1), ("1.0.10", "1.0.9", 1), ("1.0a", "1.0+", -1),
    ("7.88.1-10+deb12u5", "7.88.1-10+deb12u12", -1), ("3.0.11-1~deb12u2", "3.0.11-1", -1), ("1.02", "1.2", 0),
    ("2.36-9+deb12u4", "2.36-9+deb12u4", 0), ("1.0-1", "1.0", 1), ("1-2-3", "1-2-4", -1), ("1.0", "1.0-0", 0),
]  # fmt: skip
RPM = [
    ("1.0", "1.0", 0), ("1.0", "2.0", -1), ("2.0.1a", "2.0.1", 1), ("5.5p1", "5.5p2", -1), ("5.5p10", "5.5p2", 1),
    ("xyz10", "xyz10.1", -1), ("1.0~rc1", "1.0", -1), ("1.0^git1", "1.0", 1), ("1.0^", "1.0.1", -1),
    ("1.0~rc1^git1", "1.0~rc1", 1), ("1.0-1.el9", "1.0-2.el9", -1), ("1:1.0-1", "2.0-1", 1), ("1.0-5", "1.0", 0),
    ("2.34-60.el9", "2.34-100.el9_4.2", -1), ("a", "1", -1), ("1.0010", "1.10", 0),
]  # fmt: skip
WINDOWS = [
    ("4.18.24090.11", "4.18.25010.11", -1), ("1.2", "1.2.0.0", 0), ("10.0", "9.9.9.9", 1), ("9, 0, 0, 1", "9.0.0.1", 0),
    ("v1.10", "1.9", 1), ("Version 2.0", "2.0", 0), ("1.1.26090.3", "1.1.26080.0", 1), ("11.0.2 beta", "11.0.2", -1),
    ("26100.6725", "26100.994", 1), ("2024.003.20112", "2024.3.20112", 0),
]  # fmt: skip
OTHER = [
    ("1.0rc1", "1.0", -1), ("1.0b2", "1.0rc1", -1), ("1.0.2k", "1.0.2", 1), ("1.0.2k", "1.0.2l", -1),
    ("1.0.2k", "1.0.3", -1),
    ("1.0", "1.0.0", 0), ("20200310.007", "20200310.7", 0), ("1.9", "1.10", -1), ("2.0-dev", "2.0", -1),
    ("3.0-alpha1", "3.0-beta1", -1),
    ("", "0.1", -1), ("1.441.203.0", "1.443.118.0", -1), ("9.00", "9.0", 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "left", "right", "wanted"),
    [
        (name, *row)
        for name, table in (("deb", DEB), ("rpm", RPM), ("windows", WINDOWS), ("other", OTHER))
        for row in table
    ],
)
def test_versions_sort_by_their_scheme(scheme: str, left: str, right: str, wanted: int) -> None:
    assert order(left, right, scheme) == wanted
    assert order(right, left, scheme) == -wanted


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not there to ask")
@pytest.mark.parametrize(("left", "right", "wanted"), DEB)
def test_dpkg_says_the_same(left: str, right: str, wanted: int) -> None:
    operator = {-1: "lt", 0: "eq", 1: "gt"}[wanted]
    assert subprocess.run(["dpkg", "--compare-versions", left, operator, right], check=False).returncode == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("0129.~^-+:ab rc", max_size=8), min_size=3, max_size=3),
    st.sampled_from(["deb", "rpm", "windows", "other"]),
)
def test_the_order_has_no_circles(texts: list[str], scheme: str) -> None:
    one, two, three = texts
    assert order(one, two, scheme) == -order(two, one, scheme)
    if scheme != "rpm" and order(one, two, scheme) <= 0 and order(two, three, scheme) <= 0:
        assert order(one, three, scheme) <= 0


def test_a_version_of_a_hundred_thousand_digits_is_compared_at_once() -> None:
    assert order("1." + "9" * 100_000, "1.8", "other") == 1
