"""Numbers of terms."""

from kanmon.journal import eras


def test_terms_count_up_within_an_era():
    assert [eras.said(term) for term in (1, eras.following(1))] == ["1", "2"]


def test_a_new_era_is_above_all_that_the_old_one_can_have_given():
    old = 42
    new = eras.new_era(old, 1_800_000_000.9)
    assert new > eras.following(old)
    assert eras.said(new) == "1800000000-1"
    assert eras.parts(new) == (1_800_000_000, 1)


def test_a_clock_that_was_set_back_makes_no_lower_era():
    new = eras.new_era(42, 1_800_000_000)
    assert eras.new_era(new, 5.0) == ((1_800_000_001 << 20) | 1)


def test_a_term_is_a_bigint():
    assert eras.new_era(1, 2**33) < 2**63
