"""Texts of a fact class, looked for by a part of them."""

from kanmon.search.catalogue import Catalogue

HELD = {1: 10, 2: 5, 3: 40, 4: 0, 5: 12, 6: 1}
TOLD = [(1, "7-Zip"), (2, "7-ZIP"), (3, "WinZip"), (4, "Zip Genius"), (5, ""), (6, "Zipper")]


def offered(word: str, most: int = 20) -> list[str]:
    catalogue = Catalogue()
    catalogue.add(TOLD)
    return [one.text for one in catalogue.like(word, HELD.__getitem__, most)]


def test_what_begins_with_the_word_is_first_then_what_most_pcs_have() -> None:
    assert offered("ZIP") == ["Zipper", "WinZip", "7-Zip"]


def test_what_no_pc_has_and_what_has_no_name_is_not_offered() -> None:
    assert offered("") == ["WinZip", "7-Zip", "Zipper"]
    assert offered("genius") == []


def test_spellings_that_differ_in_case_are_one_with_the_pcs_of_both() -> None:
    catalogue = Catalogue()
    catalogue.add(TOLD[:1])
    catalogue.add(TOLD[1:2])
    assert catalogue.seen == 2
    assert [one.facts for one in catalogue.like("7-z", HELD.__getitem__, 20)] == [[1, 2]]


def test_only_as_many_as_wanted() -> None:
    assert offered("zip", 1) == ["Zipper"]
