"""A term is one number in the database, and "42" or "1763840000-3" for people."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanmon.journal import eras


@given(st.integers(1, 2**63 - 1))
def test_what_is_said_is_read_back(term: int) -> None:
    assert eras.read(eras.said(term)) == term


def test_terms_of_the_first_era_are_plain_numbers() -> None:
    assert (eras.said(42), eras.read("42")) == ("42", 42)
    assert eras.said(eras.new_era(42, 1_763_840_000.5)) == "1763840000-1"


@pytest.mark.parametrize("text", ["", "-", "-1", "x", "1-", "1-x", "1.5", "1--2", f"1-{2**20}", f"{2**43}-0", "newest"])
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        eras.read(text)
