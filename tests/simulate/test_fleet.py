"""The made-up fleet: the same again for the same seed, valid, believable, and no two PCs alike."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from kanmon.common.facts import Antivirus, Patch, Software
from kanmon.intake import formats
from kanmon.intake.formats import kanmon_schema
from kanmon.intake.report import content_digest
from kanmon.judgment.levels import Level
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import load
from kanmon.simulate.fleet import Fleet, pcs

AT = datetime(2025, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def reports():
    return [formats.read(body) for body in pcs(1500, 1, at=AT)]


def of(report, record):
    return [fact for fact in report.facts if type(fact) is record]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert list(pcs(20, 5, at=AT)) == list(pcs(20, 5, at=AT))
    assert not set(pcs(20, 5, at=AT)) & set(pcs(20, 6, at=AT))


def test_several_can_share_the_work():
    shared = [
        *pcs(30, 5, at=AT, first=1, step=3),
        *pcs(30, 5, at=AT, first=2, step=3),
        *pcs(30, 5, at=AT, first=3, step=3),
    ]
    assert sorted(shared) == sorted(pcs(30, 5, at=AT))


def test_what_is_drawn_stays_the_same_in_later_versions():
    """A fleet that was simulated before must go on; when this fails, the numbers of a draw have moved."""
    body = json.loads(Fleet(1, 5, AT.date()).pc(1, 0, AT))
    assert (body["host"], body["identity"]["serial"]) == ("NGY-MFLT-000001", "G302F3EWDJ")


def test_every_inventory_fits_the_schema():
    schema = json.loads(Path(kanmon_schema.__file__).with_name("kanmon.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    for body in pcs(60, 2, round=3, changed=50, at=AT):
        assert list(validator.iter_errors(json.loads(body))) == []


def test_no_two_pcs_share_a_mark_a_name_or_an_asset_number(reports):
    for marks in (
        [report.serial for report in reports],
        [report.uuid for report in reports],
        [mac for report in reports for mac in report.macs],
        [report.host for report in reports],
        [report.asset_number for report in reports],
        [report.device_key for report in reports],
    ):
        assert all(marks)
        assert len(set(marks)) == len(marks)


def test_fleets_of_two_seeds_share_no_mark():
    first, second = ({mac for body in pcs(300, seed) for mac in formats.read(body).macs} for seed in (1, 2))
    assert not first & second


def test_a_pc_has_a_hundred_to_three_hundred_programs_most_of_them_common(reports):
    counts = sorted(len(of(report, Software)) for report in reports)
    assert counts[len(counts) // 10] > 100
    assert counts[-1] < 400
    held = Counter(fact.name for report in reports for fact in of(report, Software))
    common = held.most_common()
    assert len(held) > 3000
    assert common[0][1] > 0.8 * len(reports)
    assert common[len(common) // 2][1] < 0.05 * len(reports)
    versions = Counter((fact.name, fact.version) for report in reports for fact in of(report, Software))
    assert len(versions) > 2 * len(held)


def test_groups_systems_and_updates_are_mixed(reports):
    assert len({report.group for report in reports}) > 60
    assert all(report.group.count("/") == 2 for report in reports)
    assert {"windows", "linux"} == {report.facts[0].family for report in reports}
    assert len({fact.kb for report in reports for fact in of(report, Patch)}) > 30


def test_antivirus_is_mostly_good_and_sometimes_off_old_double_silent_or_missing(reports):
    products = [of(report, Antivirus) for report in reports]
    share = {count: sum(len(one) == count for one in products) / len(products) for count in (0, 1, 2)}
    assert 0 < share[0] < 0.03
    assert 0.05 < share[2] < 0.3
    first = [fact for one in products for fact in one]
    assert any(fact.enabled is None for fact in first)
    assert any(fact.up_to_date is False and fact.enabled for fact in first)


def test_the_levels_under_the_default_policy_are_believable(reports):
    policy = load((files("kanmon.policy") / "builtin" / "default.yaml").read_text("utf-8"))
    levels = Counter(judge_one(policy, one.facts, one.columns, AT.date()).level for one in reports)
    share = {level: number / len(reports) for level, number in levels.items()}
    assert 0.02 < share[Level.DANGER] < 0.07
    assert 0.08 < share[Level.WARNING] < 0.20
    assert 0.08 < share[Level.CAUTION] < 0.20
    assert 0.01 < share[Level.UNKNOWN] < 0.05
    assert 0.55 < share[Level.SAFE] < 0.80


def test_in_a_later_round_the_chosen_percent_has_changed(reports):
    later = [formats.read(body) for body in pcs(1500, 1, round=1, changed=10, at=AT + timedelta(hours=1))]
    differ = [content_digest(one) != content_digest(other) for one, other in zip(reports, later, strict=True)]
    assert 0.07 < sum(differ) / len(differ) < 0.13
    for one, other in zip(reports, later, strict=True):
        assert (one.serial, one.macs, one.host, one.device_key) == (
            other.serial,
            other.macs,
            other.host,
            other.device_key,
        )
        assert one.reported_at < other.reported_at
        assert (
            one.columns["disk_free_mb"] != other.columns["disk_free_mb"]
            or one.columns["boot_at"] != other.columns["boot_at"]
        )


def test_definitions_follow_the_day():
    newest = {
        day: max(
            fact.definitions_date for body in pcs(50, 1, at=AT, day=day) for fact in of(formats.read(body), Antivirus)
        )
        for day in (date(2025, 12, 1), date(2026, 2, 3))
    }
    assert newest == {date(2025, 12, 1): "2025-12-01", date(2026, 2, 3): "2026-02-03"}
