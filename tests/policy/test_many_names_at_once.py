"""A table of name patterns says of each name what the patterns say one by one; ranges of versions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanmon.common.errors import Refused
from kanmon.policy.compare import matcher
from kanmon.policy.name_table import NameTable
from kanmon.policy.ranges import ranges, version_fits
from kanmon.policy.rules import load
from kanmon.policy.rules_software import Alternative
from kanmon.policy.rules_words import VersionRule

LETTERS = "abAB ß.İ"
names = st.text(LETTERS, max_size=9)
globs = st.text(LETTERS + "*?", min_size=1, max_size=9)
expressions = st.lists(
    st.sampled_from(["a", "b", ".", "^", "$", "a+", "[ab]", "(a|b)", "B"]), min_size=1, max_size=4
).map(lambda parts: f"/{''.join(parts)}/")


@settings(max_examples=300, deadline=None)
@given(st.lists(globs | expressions, max_size=12), st.lists(names, max_size=8))
def test_it_says_what_each_pattern_says(patterns: list[str], asked: list[str]) -> None:
    table = NameTable(patterns)
    for name in asked:
        assert table.matching(name) == [at for at, one in enumerate(patterns) if matcher(one)(name)]


def test_a_set_without_enough_memory_is_asked_one_by_one_and_misses_nothing() -> None:
    patterns = [f"/x{number}[a-z]*y?{number}$/" for number in range(400)]
    for set_bytes in (1, 20_000, 200_000):
        table = NameTable(patterns, set_bytes)
        assert table.matching("an x17 y17") == []
        assert table.matching("an x17abcy17") == [17]
        assert 399 in table.matching("X399Y399")


@pytest.mark.parametrize(
    ("text", "found", "wanted"),
    [
        (">=1.0, <1.0.7 || >=2.0, <2.0.3", "1.0.6", True), (">=1.0, <1.0.7 || >=2.0, <2.0.3", "1.0.7", False),
        (">=1.0, <1.0.7||>=2.0,<2.0.3", "2.0.2", True), ("==4.18.*", "4.18.2", True), ("!=4.18.*, >4", "4.18.2", False),
        (">1", "", None), ("<=2.0 beta", "2.0 beta", True),
    ],
)  # fmt: skip
def test_a_version_is_in_a_range(text: str, found: str, wanted: bool | None) -> None:
    assert version_fits(Alternative(name="x", versions=text), found, "other") is wanted


def test_the_order_of_a_rule_goes_before_that_of_the_program() -> None:
    by_day = Alternative(name="x", versions="<01.02.2026", version_order="date")
    assert version_fits(by_day, "2026-01-31", "windows") is True
    assert version_fits(by_day, "02.02.2026", "windows") is False
    assert version_fits(by_day, "7.1", "windows") is None
    rule = Alternative(name="x", version=VersionRule(value="1.0"), version_order="deb")
    assert version_fits(rule, "1.0~rc1", "other") is False


@pytest.mark.parametrize("text", ["1.0", ">=", ">=1, ", "a || b", ">=1 <2", ">=/a(/"])
def test_what_is_no_range_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ValueError, match="no bound"):
        ranges(text)
    document = "kind: judgment\nname: x\nprohibited_software:\n  programs:\n    - name: a\n      versions: '"
    with pytest.raises(Refused, match=r"Line 6, prohibited_software.programs\[0\].versions: bounds such as") as refused:
        load(document + text + "'\n")
    assert refused.value.message_id == "KNM5004-E"
