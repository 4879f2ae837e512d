"""The simulated driver: for trials, plainly named, and a person edits its file to make things happen."""

import json
from pathlib import Path

import pytest

from kanmon.agent.drivers import make
from kanmon.agent.drivers.base import Change, Entry
from kanmon.common.errors import Refused
from kanmon.wire import Setup

PC1, PC2, PC3 = (f"02:00:00:00:00:0{number}" for number in range(1, 4))
SETUP = Setup(version=1, unregistered="unauthenticated", refused="refused")


def test_its_health_says_that_nobody_is_cut_off(tmp_path: Path) -> None:
    driver = make("simulated", {}, tmp_path)
    driver.whole([], SETUP)
    assert (driver.health().part, driver.health().id) == ("simulated", "KNM8304-W")


def test_a_person_makes_it_fail_for_a_pc_be_silent_about_one_and_see_a_stranger(tmp_path: Path) -> None:
    driver = make("simulated", {"file": str(tmp_path / "device.json")}, tmp_path)
    driver.whole([Entry(PC1, "permit"), Entry(PC2, "deny")], SETUP)
    file = tmp_path / "device.json"
    edited = json.loads(file.read_text()) | {"fails": [PC1], "silent": [PC2], "strangers": [PC3]}
    file.write_text(json.dumps(edited))
    told = {one.mac: one for one in driver.apply([Change(PC1, "deny"), Change(PC2, "permit")])}
    assert told[PC1].sentence.startswith("KNM8305-E")
    assert told[PC2].result == "done"
    assert {one.mac: one.network for one in driver.seen()} == {PC1: "corporate", PC3: "unauthenticated"}
    driver.whole([Entry(PC1, "deny")], SETUP)  # what the person has edited stays
    assert {one.mac: one.network for one in driver.seen()} == {PC1: "quarantine", PC3: "unauthenticated"}


@pytest.mark.parametrize("text", ["", "[]", '{"entries": {"x": "maybe"}}'])
def test_a_file_that_is_broken_is_said_and_mended_by_the_whole_list(tmp_path: Path, text: str) -> None:
    driver = make("simulated", {}, tmp_path)
    (tmp_path / "simulated.json").write_text(text)
    assert driver.health().id == "KNM8303-E"
    (told,) = driver.apply([Change(PC1, "deny")])
    assert told.sentence.startswith("KNM8303-E")
    with pytest.raises(Refused):
        driver.drift([])
    driver.whole([Entry(PC1, "deny")], SETUP)
    assert driver.drift([Entry(PC1, "deny")]) == []
