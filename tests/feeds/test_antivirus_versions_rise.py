"""Newer antivirus versions raise what a policy wants, and never lower it; lists of them are read or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanmon.common.errors import Refused
from kanmon.feeds.antivirus import Newer, raised, read, unmatched
from kanmon.inventory.model_pc import still_there
from kanmon.policy.rules_antivirus import AntivirusItem, AntivirusProduct
from kanmon.policy.rules_words import VersionRule
from kanmon.policy.version_order import order


def table(name: str = "Trend Micro*", comparison: str = ">=", **versions: str) -> AntivirusItem:
    rules = {field: VersionRule(value=value, comparison=comparison) for field, value in versions.items()}
    return AntivirusItem(judge=True, products=(AntivirusProduct(name=name, **rules),))


NEW = Newer("Trend Micro OfficeScan Agent", "14.0.0.12032", "9.850.1008", "15.801.00")


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (table(definitions="15.799.00"), "Trend Micro*: definitions 15.799.00 -> 15.801.00"),
        (table(engine="9.850.999"), "Trend Micro*: engine 9.850.999 -> 9.850.1008"),
        (table(comparison="==", version="14.0.0.9999"), "Trend Micro*: version 14.0.0.9999 -> 14.0.0.12032"),
        (table(definitions="15.801.00"), ""),  # the same
        (table(definitions="15.801"), ""),  # the same, written otherwise
        (table(definitions="15.803.00"), ""),  # never lowered
        (table(comparison="<", definitions="15.799.00"), ""),  # a bound from above is no wish for a newer one
        (table(comparison="!=", definitions="15.799.00"), ""),
        (table(comparison="==", definitions="15.*"), ""),
        (table(name="Other", definitions="1"), ""),
        (table(), ""),  # nothing is asked of versions
    ],
)
def test_what_is_raised(item, said):
    done = raised(item, [NEW])
    assert "; ".join(map(str, done.raises)) == said
    assert (done.item == item) is (not said)


def test_the_newest_of_several_counts_and_what_is_not_known_changes_nothing():
    item = table(definitions="1", engine="2")
    done = raised(item, [Newer(NEW.product, definitions="3"), Newer(NEW.product, definitions="10"), Newer(NEW.product)])
    assert [(one.field, one.new) for one in done.raises] == [("definitions", "10")]


def test_a_line_that_two_products_fit_stays_as_it_is():
    item = table("*", definitions="1")
    done = raised(item, [NEW, Newer("Other", definitions="2")])
    assert (done.item, done.raises, done.ambiguous) == (item, (), ("*",))
    assert raised(item, [NEW]).raises


def test_a_product_that_no_policy_names_is_told():
    assert unmatched([table(definitions="1")], [NEW, Newer("Other")]) == ["Other"]


versions = st.sampled_from(["", "1", "1.0", "1.1", "1.10", "2", "2.*", "9.850.1008"])


@given(
    wanted=versions.filter(bool),
    found=st.lists(versions, max_size=4),
    comparison=st.sampled_from([">=", "==", "<", ">", "!="]),
)
def test_nothing_is_ever_lowered(wanted, found, comparison):
    item = table("A", comparison, definitions=wanted)
    done = raised(item, [Newer("A", definitions=one) for one in found])
    after = done.item.products[0].definitions
    assert after is not None
    assert after.comparison == comparison
    assert order(after.value, wanted) >= 0
    assert raised(done.item, [Newer("A", definitions=one) for one in found]).raises == ()


@pytest.mark.parametrize(
    "text",
    [
        "product,version,engine,definitions\nA,1,2,3\nB,,,4\n",
        '\ufeff"product","version","engine","definitions"\r\n"A","1","2","3"\r\n"B","","","4"\r\n',
        "Definitions, Product ,engine,version\n3,A,2,1\n\n4,B,,\n",
        '[{"product": "A", "version": "1", "engine": "2", "definitions": "3"}, {"product": "B", "definitions": "4"}]',
    ],
)
def test_a_list_is_read(text):
    assert read(text) == [Newer("A", "1", "2", "3"), Newer("B", definitions="4")]


@pytest.mark.parametrize(
    ("text", "message_id", "said"),
    [
        ("", "KNM2052-E", "line 1"),
        ("name,version\nA,1\n", "KNM2052-E", "line 1"),
        ("product,pattern\nA,1\n", "KNM2052-E", "line 1"),
        ("product,version\nA\n", "KNM2052-E", "line 2"),
        ("product,version\n,1\n", "KNM2052-E", "line 2"),
        ('product,version\n"A,1\n', "KNM2052-E", ""),
        ("product,version\n", "KNM2053-E", ""),
        ("[]", "KNM2053-E", ""),
        ('[{"produkt": "A"}]', "KNM2052-E", "produkt"),
        ("[1", "KNM2052-E", ""),
        ("product\n" + "A\n" * 1001, "KNM2054-E", "1001"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_place(text, message_id, said):
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.message_id == message_id
    assert said in str(refused.value)


def test_what_the_model_pc_has_lost_since_is_not_taken_over():
    before = [Newer("A", "2", "5", "30"), Newer("B", "1")]
    assert still_there(before, [Newer("A", "2", "5", "31")]) == [Newer("A", "2", "5", "30")]
    assert still_there(before, [Newer("A", "2", "5", "29")]) == [Newer("A", "2", "5")]
    assert still_there(before, [Newer("A", "", "", "")]) == [Newer("A")]
    assert still_there(before, []) == []
