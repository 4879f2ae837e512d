"""The suite that every driver passes, on a device of its own. ``kanmon.agent.drivers.base`` says what is promised."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from kanmon.agent.drivers import DRIVERS, make
from kanmon.agent.drivers.base import Change, Entry
from kanmon.common.errors import Refused
from kanmon.wire import Fixed, Setup
from tests.agent.drivers.benches import BENCHES, Bench, missing

PC1, PC2, PC3, PC4 = (f"02:00:00:00:00:0{number}" for number in range(1, 5))
SETUP = Setup(version=1, unregistered="quarantine", refused="refused", fixed=(Fixed(mac="00:1b:a9"), Fixed(mac=PC4)))
THREE = {PC1: "permit", PC2: "deny", PC3: "refuse"}


def entries(states: dict[str, str]) -> list[Entry]:
    return [Entry(mac, state) for mac, state in states.items()]  # type: ignore[arg-type]


def many(count: int, state: str) -> dict[str, str]:
    return {f"02:00:00:01:{number // 256:02x}:{number % 256:02x}": state for number in range(count)}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    kind = BENCHES[request.param]
    if kind.kind == "nftables" and missing():
        warnings.warn(missing(), stacklevel=1)
        pytest.skip(missing())
    made = kind(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_every_driver_is_in_this_suite() -> None:
    # radius is apart: switches hold sessions of who is connected, not the list. Its suite is tests/agent/radius
    assert {one.kind for one in BENCHES.values()} | {"radius"} == set(DRIVERS)


def test_the_whole_list_is_on_the_device(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    assert bench.has() == THREE
    assert driver.drift(entries(THREE)) == []


def test_an_empty_list_leaves_nobody(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    driver.whole([], SETUP)
    assert bench.has() == {}
    assert driver.drift([]) == []


def test_a_pc_is_permitted_denied_refused_and_forgotten(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries({PC2: "permit"}), SETUP)
    for state in ("permit", "deny", "refuse", "deny", "permit"):
        (told,) = driver.apply([Change(PC1, state)])  # type: ignore[arg-type]
        assert (told.mac, told.result, told.sentence) == (PC1, "done", "")
        assert bench.has() == {PC1: state, PC2: "permit"}
    (told,) = driver.apply([Change(PC1, None)])
    assert told.result == "done"
    assert bench.has() == {PC2: "permit"}


def test_the_same_change_again_changes_nothing(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    for change in (Change(PC2, "deny"), Change(PC2, "deny"), Change("02:00:00:00:00:aa", None)):
        assert [one.result for one in driver.apply([change])] == ["done"]
    assert bench.has() == THREE


def test_the_last_of_several_changes_about_one_pc_counts(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole([], SETUP)
    told = driver.apply([Change(PC1, "permit"), Change(PC2, "deny"), Change(PC1, "refuse")])
    assert sorted((one.mac, one.result) for one in told) == [(PC1, "done"), (PC2, "done")]
    assert bench.has() == {PC1: "refuse", PC2: "deny"}


def test_no_change_is_no_answer(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    assert driver.apply([]) == []


def test_a_thousand_at_once(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(many(1000, "permit")), SETUP)
    told = driver.apply([Change(mac, "deny") for mac in many(1000, "deny")])
    assert [one.result for one in told] == ["done"] * 1000
    assert bench.has() == many(1000, "deny")


def test_after_a_restart_of_the_agent_everything_is_as_it_was(bench: Bench) -> None:
    bench.driver().whole(entries(THREE), SETUP)
    again = bench.driver()
    assert bench.has() == THREE
    again.whole(entries(THREE | {PC1: "deny"}), SETUP)
    assert bench.has() == THREE | {PC1: "deny"}


def test_what_somebody_changes_by_hand_is_found_and_mended(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    bench.spoil(PC2, "permit")
    bench.spoil(PC4, "deny")
    assert [(one.mac, one.wanted, one.found) for one in driver.drift(entries(THREE))] == [
        (PC2, "deny", "permit"),
        (PC4, "unregistered", "deny"),
    ]
    driver.whole(entries(THREE), SETUP)
    assert bench.has() == THREE
    assert driver.drift(entries(THREE)) == []


def test_a_device_that_forgot_everything_is_not_well_and_is_made_anew(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    well = driver.health()
    bench.empty()
    assert driver.health().id != well.id
    driver.whole(entries(THREE), SETUP)
    assert bench.has() == THREE
    assert driver.health() == well


def test_killed_before_its_change_it_has_changed_nothing(bench: Bench) -> None:
    bench.driver().whole(entries(many(1000, "permit")), SETUP)
    bench.killed("driver_changing", dict(many(1000, "deny")))
    assert bench.has() == many(1000, "permit")
    bench.driver().whole(entries(many(1000, "deny")), SETUP)
    assert bench.has() == many(1000, "deny")


def test_killed_after_its_change_it_has_changed_all(bench: Bench) -> None:
    bench.driver().whole(entries(many(1000, "permit")), SETUP)
    bench.killed("driver_changed", dict(many(1000, "deny")))
    assert bench.has() == many(1000, "deny")
    again = bench.driver()
    again.whole(entries(many(1000, "deny")), SETUP)
    assert again.drift(entries(many(1000, "deny"))) == []


@pytest.mark.parametrize("point", ["driver_changing", "driver_changed"])
def test_killed_while_the_whole_list_is_set_it_has_the_old_or_the_new(bench: Bench, point: str) -> None:
    bench.driver().whole(entries(THREE), SETUP)
    bench.killed(point, dict(many(500, "deny")), whole=True)
    assert bench.has() == (THREE if point == "driver_changing" else many(500, "deny"))


def test_it_removes_only_what_it_made(bench: Bench) -> None:
    driver = bench.driver()
    driver.whole(entries(THREE), SETUP)
    beside = bench.folder / "beside"
    beside.write_text("somebody else's")
    driver.remove()
    assert bench.has() == {}
    driver.remove()
    bench.driver().remove()
    assert beside.exists()  # and the bench looks after the rest when it is taken down


@pytest.mark.parametrize(
    "mac", ["", "02:00:00:00:00:0G", "02-00-00-00-00-01", f"{PC1} }} ; flush ruleset ; add", f"{PC1}\n"]
)
def test_what_is_no_mac_address_never_reaches_a_driver(mac: str) -> None:
    with pytest.raises(ValueError, match="no MAC address"):
        Entry(mac, "deny")
    with pytest.raises(ValueError, match="no MAC address"):
        Change(mac, "deny")


@pytest.mark.parametrize("kind", DRIVERS)
def test_a_setting_that_is_not_known_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        make(kind, {"colour": "blue"}, tmp_path)
    assert refused.value.message_id == "KNM8301-E"


def test_a_driver_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        make("magic", {}, tmp_path)
    assert refused.value.message_id == "KNM8300-E"
    assert "simulated, command, nftables" in str(refused.value)
