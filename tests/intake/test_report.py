"""A report keeps all it says through storage, and tells whether another says the same."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanmon.common.errors import Refused
from kanmon.common.facts import CLASSES, Agent, Antivirus, Fact, Patch, Service, Setting, Software, Told
from kanmon.intake.report import MAX_FACTS, build, content_digest, decode, encode, merged


def report(facts=(), told=(), columns=None, **more):
    return build(format="kanmon", device_key="k", facts=facts, told=told, columns=columns or {}, **more)


st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))  # what a database and MessagePack hold
records = st.one_of(*(st.from_type(record) for _, record in CLASSES.values()))


@given(st.lists(records, max_size=30))
def test_a_report_comes_back_from_storage_as_it_was(facts):
    made = report(facts, columns={"ip": "192.0.2.1", "memory_mb": 4096}, reported_at=5, macs=["f0:1f:af:00:00:42"])
    back = decode(encode(made))
    assert back == made
    assert [type(fact) for fact in back.facts] == [type(fact) for fact in made.facts]


def test_facts_of_two_classes_with_equal_fields_are_both_kept():
    made = report([Patch("KB1000001"), Service("KB1000001")], told=["patch"])
    assert {type(fact) for fact in made.facts} == {Patch, Service, Told}


def test_yes_and_one_are_two_values_of_a_setting_after_storage():
    back = decode(encode(report([Setting("smb1", True), Setting("screen_lock_seconds", 1)])))
    assert {fact.name: type(fact.value) for fact in back.facts} == {"smb1": bool, "screen_lock_seconds": int}


def test_the_order_in_which_an_agent_lists_things_does_not_matter():
    facts: list[Fact] = [
        Software("a", "1"),
        Software("b", "2"),
        Antivirus("x"),
        Antivirus("x", enabled=True),
        Agent("y", "1"),
    ]
    assert report(facts) == report([*reversed(facts), facts[0]])


def test_what_changes_every_day_does_not_make_a_new_content():
    volatile = {"user": "a", "disk_free_mb": 1, "boot_at": 1, "last_logon_at": 1}
    one = report(columns=volatile | {"ip": "192.0.2.1 2001:db8::1"}, reported_at=1)
    two = report(columns=dict.fromkeys(volatile, 2) | {"ip": "192.0.2.1 2001:db8::2"}, reported_at=2)
    assert content_digest(one) == content_digest(two)
    assert len(content_digest(one)) == 16


@pytest.mark.parametrize(
    "other",
    [
        {"facts": [Software("b")]},
        {"told": ["patch"]},
        {"columns": {"ip": "192.0.2.2"}},
        {"host": "new"},
        {"serial": "S1"},
        {"group": "/A"},
        {"macs": ["f0:1f:af:00:00:42"]},
    ],
)
def test_everything_else_makes_a_new_content(other):
    same = {"facts": [Software("a")], "columns": {"ip": "192.0.2.1"}}
    assert content_digest(report(**same)) != content_digest(report(**(same | other)))


def test_too_many_records_are_refused():
    with pytest.raises(Refused) as caught:
        report(Software(str(number)) for number in range(MAX_FACTS + 1))
    assert caught.value.message_id == "KNM1030-E"


def test_bytes_that_are_no_report_are_refused():
    for stored in (b"", b"\x00", msgspec.msgpack.encode([1, 2]), encode(report())[:-3]):
        with pytest.raises(Refused) as caught:
            decode(stored)
        assert caught.value.message_id == "KNM1032-E"


def test_a_partial_report_replaces_only_the_classes_that_it_tells():
    before = report([Software("old"), Patch("KB1000001"), Agent("a", "1")], told=["software", "patch"], serial="S77")
    part = report([Software("new"), Agent("a", "2")], told=["software"], columns={"ip": "192.0.2.1"}, partial=True)
    whole = merged(part, before)
    assert set(whole.facts) == {Agent("a", "2"), Patch("KB1000001"), Software("new"), Told("software"), Told("patch")}
    assert (whole.serial, whole.columns["ip"], whole.partial) == ("S77", "192.0.2.1", False)


def test_a_partial_report_without_a_whole_one_before_it_is_refused():
    with pytest.raises(Refused) as caught:
        merged(report(partial=True), None)
    assert (caught.value.message_id, caught.value.status) == ("KNM1031-E", 409)


@pytest.mark.parametrize(("name", "value"), [("setting", 10**30), ("setting", -(10**30)), ("column", 10**30)])
def test_a_number_that_no_database_holds_is_refused(name, value):
    told = (
        {"facts": [Setting("screen_lock_seconds", value)]} if name == "setting" else {"columns": {"memory_mb": value}}
    )
    with pytest.raises(Refused) as caught:
        report(**told)
    assert caught.value.message_id == "KNM1034-E"
