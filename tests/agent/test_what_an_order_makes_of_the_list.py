"""Deciding at the agent: precedence, old numbers, repeats, and that the order of delivery does not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanmon.ordering import FixedDevices, decide, healed, holds, ignored_by_fixed, overtaken, set_here
from kanmon.wire import Entry, Fixed, Order, Setup, digest
from tests.agent.strategies import AT, MACS, order, orders

MAC = MACS[0]
SETUP = Setup(fixed=(Fixed(mac="00:1b:a9"), Fixed(mac=MACS[3])))
FIXED = FixedDevices(SETUP)
List = dict[str, Entry]


def carried(given_orders: list[Order], start: List | None = None, highest: int = 0) -> tuple[List, int, list[str]]:
    """The list after orders in this order, the highest term, and each order's outcome."""
    entries, outcomes = dict(start or {}), []
    for one in given_orders:
        decided = decide(entries.get(one.mac, Entry(mac=one.mac)), one, highest)
        outcomes.append(decided.outcome)
        highest = max(highest, one.term)
        if decided.outcome == "kept":
            entries[one.mac] = decided.entry
    return entries, highest, outcomes


def state(*given_orders: Order) -> str:
    entries, _, _ = carried(list(given_orders))
    return holds(entries[MAC], SETUP, FIXED).state


def test_a_person_s_refusal_wins_over_the_policy_until_it_is_lifted() -> None:
    refused = order("refuse", "person", version=1)
    permitted = order("permit", version=2)
    assert state(refused, permitted) == "refuse"
    assert state(refused, permitted, order("lift", "person", version=3)) == "permit"


def test_what_the_policy_orders_meanwhile_is_written_down_under_the_refusal() -> None:
    later = order("deny", version=3), order("lift", "person", version=4)
    assert state(order("permit", version=1), order("refuse", "person", version=2), *later) == "deny"


def test_a_person_s_permission_wins_over_the_policy_and_loses_to_a_refusal() -> None:
    permitted, denied = order("permit", "person", version=1), order("deny", version=2)
    assert state(permitted, denied) == "permit"
    refused = order("refuse", "person", version=3)
    assert state(permitted, denied, refused) == "refuse"
    assert state(permitted, denied, refused, order("lift", "person", version=4)) == "permit"
    assert state(permitted, denied, order("withdraw", "person", version=3)) == "deny"


def test_a_policy_may_not_lift_what_a_person_refused() -> None:
    given_orders = [order("refuse", "person", version=1), order("lift", "policy", version=2)]
    entries, _, outcomes = carried(given_orders)
    assert outcomes == ["kept", "not_for_policy"]
    assert holds(entries[MAC], SETUP, FIXED).state == "refuse"


def test_a_policy_that_removes_leaves_a_person_s_refusal() -> None:
    refused = order("refuse", "person", version=2)
    assert state(order("deny", version=1), refused, order("remove", version=3)) == "refuse"
    assert state(order("deny", version=1), refused, order("remove", "person", version=3)) == "unregistered"


@pytest.mark.parametrize("mac", ["00:1b:a9:00:00:07", MACS[3]])
def test_a_fixed_device_is_never_denied(mac: str) -> None:
    for given_order in (order("deny", mac=mac), order("refuse", "person", mac=mac)):
        entry = decide(Entry(mac=mac), given_order, 0).entry
        assert holds(entry, SETUP, FIXED)[3:6] == ("permit", "corporate", "fixed")
        assert ignored_by_fixed(entry, FIXED)
    assert "00:1b:a8:00:00:07" not in FIXED


def test_the_network_follows_the_state_and_the_setup() -> None:
    setup = Setup(unregistered="quarantine", refused="unauthenticated")
    wanted = {"permit": "corporate", "deny": "quarantine", "refuse": "unauthenticated", "remove": "quarantine"}
    for word, network in wanted.items():
        entry = decide(Entry(mac=MAC), order(word), 0).entry
        assert holds(entry, setup, FixedDevices(setup)).network == network


def test_an_older_term_and_an_older_version_are_stale() -> None:
    first = decide(Entry(mac=MAC), order(term=5, version=7), 4).entry
    assert decide(first, order("permit", term=4, version=8), 5).outcome == "stale_term"
    assert decide(first, order("permit", term=5, version=6), 5).outcome == "stale_version"
    assert decide(first, order("permit", term=6, version=1), 5).outcome == "kept"


def test_an_order_that_a_newer_one_has_written_over_is_overtaken() -> None:
    first, second = order("deny", version=1), order("permit", version=2)
    entries, _, _ = carried([first, second])
    assert overtaken(entries[MAC], first.id)
    assert not overtaken(entries[MAC], second.id)


@given(orders())
def test_an_order_that_comes_again_changes_nothing(given_orders: list[Order]) -> None:
    entries, highest, _ = carried(given_orders)
    again, _, _ = carried(given_orders, entries, highest)
    assert again == entries


@given(orders(), st.randoms(use_true_random=False))
def test_any_order_of_delivery_ends_the_same(given_orders: list[Order], random: object) -> None:
    shuffled = given_orders + [one for one in given_orders if random.random() < 0.3]  # type: ignore[attr-defined]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert carried(shuffled)[0] == carried(given_orders)[0]


@given(orders(terms=3), st.randoms(use_true_random=False))
def test_a_deposed_manager_changes_nothing_more(given_orders: list[Order], random: object) -> None:
    entries, highest, _ = carried(given_orders)
    late = [one for one in given_orders if one.term < highest]
    random.shuffle(late)  # type: ignore[attr-defined]
    after, _, outcomes = carried(late, entries, highest)
    assert after == entries
    assert set(outcomes) <= {"stale_term"}


@given(orders(terms=3), st.randoms(use_true_random=False))
def test_whatever_was_lost_the_newest_manager_s_list_heals_it(given_orders: list[Order], random: object) -> None:
    truth, _, _ = carried(given_orders)
    some = [one for one in given_orders if random.random() < 0.6]  # type: ignore[attr-defined]
    random.shuffle(some)  # type: ignore[attr-defined]
    mine, _, _ = carried(some)
    after = {mac: healed(mine.get(mac), truth.get(mac), changed_since=False) for mac in MACS}
    assert {mac: entry for mac, entry in after.items() if entry} == truth


@given(orders(), st.integers(0, 14), st.randoms(use_true_random=False))
def test_an_order_that_overtakes_the_list_is_not_undone_by_it(
    given_orders: list[Order], cut: int, random: object
) -> None:
    truth, _, _ = carried(given_orders)
    listed, _, _ = carried(given_orders[:cut])  # the list was made here
    later = given_orders[cut:]
    mine, _, _ = carried([one for one in given_orders[:cut] if random.random() < 0.5])  # type: ignore[attr-defined]
    mine, _, _ = carried(later, mine, 1)
    changed = {one.mac for one in later}
    after = {mac: healed(mine.get(mac), listed.get(mac), changed_since=mac in changed) for mac in MACS}
    assert {mac: entry for mac, entry in after.items() if entry} == truth


def test_what_was_imported_here_gives_way_to_an_order_and_stays_when_no_manager_knows_it() -> None:
    imported = set_here(Entry(mac=MAC), "deny", AT, "imported")
    assert holds(imported, SETUP, FIXED).state == "deny"
    assert healed(imported, None, changed_since=False) == imported
    assert holds(decide(imported, order("permit"), 0).entry, SETUP, FIXED).state == "permit"


def test_what_was_set_here_shows_in_the_digest_and_is_healed_by_the_list() -> None:
    ordered = decide(Entry(mac=MAC), order("refuse", "person"), 0).entry
    here = set_here(ordered, "permit", AT, "by hand")
    assert holds(here, SETUP, FIXED).state == "permit"
    assert digest([here]) != digest([ordered])
    assert healed(here, ordered, changed_since=False) == ordered
    assert digest([set_here(Entry(mac=MAC), "deny", AT, "imported")]) == digest([])


@given(orders(), st.randoms(use_true_random=False))
def test_the_digest_tells_lists_apart_and_not_their_order(given_orders: list[Order], random: object) -> None:
    entries = list(carried(given_orders)[0].values())
    shuffled = entries.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert digest(shuffled) == digest(entries)
    full = next((entry for entry in entries if not entry.empty), None)
    if full is not None:
        assert digest([entry for entry in entries if entry is not full]) != digest(entries)
