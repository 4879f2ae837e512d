"""Kanmon's own JSON is read strictly; what is absent is not told, an empty list is told."""

import json
from pathlib import Path

import jsonschema
import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Agent, Antivirus, Os, Patch, Setting, Software
from kanmon.intake import formats
from kanmon.intake.formats import kanmon_schema

SCHEMA = Path(kanmon_schema.__file__).with_name("kanmon.schema.json")


@pytest.fixture
def report(own):
    return formats.read(own("kanmon.json"))


def of(report, record):
    return [fact for fact in report.facts if type(fact) is record]


def test_an_inventory_becomes_a_report(report):
    assert (report.format, report.device_key, report.host) == ("kanmon", "asset-0815", "pc-0815")
    assert (report.asset_number, report.group, report.serial) == ("A-0815", "/Tokyo/Sales", "EX-0815")
    assert report.macs == ("f0:1f:af:00:08:15",)
    assert report.reported_at == 1772442245
    assert of(report, Os) == [Os("windows", "Microsoft Windows 11 Pro", "10.0", "26100.6725")]
    assert of(report, Agent) == [Agent("own-source", "2.1")]
    assert of(report, Software) == [Software("7-Zip", "24.09", "Igor Pavlov", "", "windows")]
    assert of(report, Patch) == [Patch("KB5077181")]


def test_an_empty_list_is_told_and_null_is_not(report):
    assert report.told == {"software", "patch", "antivirus"}
    assert of(report, Antivirus) == []
    assert of(report, Setting) == [Setting("screen_lock_seconds", 600), Setting("smb1", False)]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"antivirusses": []}, "antivirusses"),
        ({"settings": {"smb1": "no"}}, "$.settings.smb1"),
        ({"settings": {"smb2": True}}, "smb2"),
        ({"patches": ["5077181"]}, "$.patches[0]"),
        ({"reported_at": "2026-03-02T18:04:05"}, "$.reported_at"),
        ({"antivirus": [{"product": "x", "definitions_date": "2026-02-30"}]}, "$.antivirus[0].definitions_date"),
        ({"os": {"family": "dos", "name": "x"}}, "$.os.family"),
        ({"device_id": ""}, "$.device_id"),
        ({"group": "Tokyo"}, "$.group"),
        ({"kanmon": 2}, "$.kanmon"),
        ({"host": None}, "$.host"),
    ],
)
def test_wrong_input_is_refused_with_its_place(own, change, place):
    with pytest.raises(Refused) as caught:
        formats.read(json.dumps(json.loads(own("kanmon.json")) | change).encode())
    assert caught.value.message_id == "KNM1021-E"
    assert place in caught.value.sentence()


def test_the_schema_in_the_package_is_the_one_that_is_read():
    """When it differs: write ``kanmon_schema.schema()`` to the file and look at the change."""
    assert SCHEMA.read_bytes() == kanmon_schema.schema()


def test_the_schema_accepts_and_refuses_the_same(own):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    good = json.loads(own("kanmon.json"))
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors(good | {"antivirusses": []}))
    assert list(validator.iter_errors(good | {"patches": ["5077181"]}))
