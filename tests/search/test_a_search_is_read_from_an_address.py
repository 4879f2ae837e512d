"""The language of searches, and the algebra of sets under it: pure, without a database."""

from pyroaring import BitMap

from kanmon.search.asked import MOST_VALUES, Asked, of_query, read
from kanmon.search.combine import all_of, any_of, narrowest
from kanmon.search.texts import Texts

KNOWN = {"q": lambda value: value, "level": lambda value: value if value in ("danger", "safe") else "", "os": str}


def asked(query: str) -> Asked:
    return of_query(query, KNOWN)


def test_an_address_and_its_search_are_the_same_however_it_was_written() -> None:
    one = asked("level=safe&level=danger&q=a+b&level=safe")
    assert one.conditions == (("q", ("a b",)), ("level", ("danger", "safe")))
    assert one == asked("level=danger&q=a+b&level=safe") == of_query(one.as_query(), KNOWN)
    assert one.names == ("q", "level")
    assert one.without("q") == asked("level=danger&level=safe")
    assert one.values("os") == ()


def test_what_is_not_known_or_means_nothing_is_left_out() -> None:
    assert not asked("level=bogus&no=1&q=++&os=%00%01&level=")
    assert asked("q=%00a%0ab%1f").values("q") == ("ab",)
    assert len(read({"os": [str(one) for one in range(999)]}, KNOWN).values("os")) == MOST_VALUES
    assert len(asked("q=" + "x" * 5000).values("q")[0]) == 300
    assert not asked("&".join(["q=a"] * 5000)), "an address of thousands of fields is no search"


def test_conditions_are_joined_by_and_and_values_by_or_without_touching_the_sets_of_others() -> None:
    one, two, everybody = BitMap([1, 2, 3]), BitMap([3, 4]), BitMap(range(1, 10))
    assert any_of([one, two]) == BitMap([1, 2, 3, 4])
    assert all_of(everybody, [one, two]) == BitMap([3])
    assert all_of(everybody, []) == everybody
    all_of(everybody, []).add(99)
    any_of([one]).add(99)
    assert (one, two, everybody) == (BitMap([1, 2, 3]), BitMap([3, 4]), BitMap(range(1, 10)))


def test_the_condition_that_keeps_out_most_is_named() -> None:
    parts = {"level": BitMap([1, 2]), "group": BitMap([3, 4, 5, 1]), "os": BitMap([4, 5])}
    assert narrowest(lambda _: BitMap(range(10)), parts) == ("level", 2)
    assert narrowest(lambda _: BitMap(range(10)), {"a": BitMap([1]), "b": BitMap([2]), "c": BitMap([3])}) == ("", 0)
    removed = narrowest(lambda name: BitMap([7]) if name == "managed" else BitMap(), {"managed": BitMap()})
    assert removed == ("managed", 1)


def test_a_part_of_any_word_finds_a_pc_whatever_the_case() -> None:
    texts = Texts()
    texts.put(7, ["TYO-SLS-0007", "Straße 加藤", "10.20.0.7"])
    texts.put(8, ["tyo-eng-0008", "", "10.20.0.70"])
    assert texts.having("tyo") == BitMap([7, 8])
    assert texts.having("STRASSE") == texts.having("加藤") == texts.having("20.0.7\x1f") | BitMap([7])
    assert texts.having("20.0.7") == BitMap([7, 8])
    assert not texts.having("")
    assert not texts.having("0007tra"), "a word never goes on in the next"


def test_a_pc_is_found_by_what_it_is_called_now_and_the_text_stays_bounded() -> None:
    texts = Texts()
    for turn in range(40):
        for pc in range(1, 101):
            texts.put(pc, [f"pc-{pc}-{turn}"])
    texts.drop(50)
    assert texts.having("-39") == BitMap(range(1, 101)) - BitMap([50]) | texts.having("pc-39-")
    assert not texts.having("-38") - texts.having("pc-38")
    assert len(texts) == 99
    assert len(texts._starts) < 1_500, "4,000 lines were written, 99 are alive"
