"""The lists of a policy as CSV: in the habit of the system that Kanmon takes over from, and exact on the way back."""

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from kanmon.common.errors import Refused
from kanmon.policy import exchange
from kanmon.policy.rules import JudgmentPolicy, load, to_yaml
from tests.judgment import generate

HOSTILE = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(list("\",;=\t\n'")), min_size=1, max_size=20
).filter(lambda text: not any(sign in text for sign in "/*?"))
POLICY = load("""
kind: judgment
name: x
prohibited_software:
  judge: true
  programs:
    - {name: 'the "Bay", client', version: {value: "2.0", comparison: "<"}, level: danger}
    - {name: Winny}
mandatory_software:
  groups:
    - {name: office, any_of: [{name: A}, {name: B, version: {value: "3"}}], os: windows}
    - {name: office, any_of: [{name: C}]}
""")


def empty(policy: Any, name: str) -> Any:
    """The policy without the list."""
    item, field = exchange.LISTS[name].path
    return structs.replace(policy, **{item: structs.replace(getattr(policy, item), **{field: ()})})


def test_every_value_stands_in_quotes_and_lines_end_as_windows_ends_them() -> None:
    text = exchange.export(POLICY, "prohibited")
    head, first, second, rest = text.split("\r\n")
    assert rest == ""
    assert '"name"' in head
    assert '"the ""Bay"", client"' in first
    assert '"<","2.0"' in first
    assert second.count('"') % 2 == 0
    assert all(cell.startswith('"') and cell.endswith('"') for cell in second.split(","))


def test_groups_of_one_name_stay_apart() -> None:
    rows = list(csv.DictReader(io.StringIO(exchange.export(POLICY, "mandatory"), newline="")))
    assert [(row["no"], row["name"], row["any_of.name"]) for row in rows] == [
        ("1", "office", "A"), ("1", "office", "B"), ("2", "office", "C"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, held in exchange.LISTS.items() if held.kind == "judgment"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(policy=generate.policies)
def test_what_went_out_comes_back_without_a_difference(name: str, policy: JudgmentPolicy) -> None:
    text = exchange.export(policy, name)
    assert exchange.take_in(empty(policy, name), name, text) == policy
    assert exchange.take_in(policy, name, "\ufeff" + text) == policy  # a spreadsheet program puts the mark there


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_names_of_any_kind_come_back(names: list[str]) -> None:
    assert isinstance(POLICY, JudgmentPolicy)
    some = tuple(structs.replace(POLICY.prohibited_software.programs[0], name=name) for name in names)
    policy = structs.replace(POLICY, prohibited_software=structs.replace(POLICY.prohibited_software, programs=some))
    text = exchange.export(policy, "prohibited")
    assert exchange.take_in(POLICY, "prohibited", text) == policy


def test_the_receivers_of_mails_go_out_by_level_and_come_back() -> None:
    policy = load("""
kind: action
name: y
danger: {mail: {to: [a@example.com, b@example.com], subject: {en: Look}}}
warning: {mail: {to: administrators}}
safe: {when: every_judgment}
""")
    text = exchange.export(policy, "addresses")
    assert text == (
        '"level","address"\r\n"danger","a@example.com"\r\n"danger","b@example.com"\r\n"warning","administrators"\r\n'
    )
    assert exchange.take_in(policy, "addresses", text) == policy
    changed = exchange.take_in(policy, "addresses", '"level","address"\r\n"caution","c@example.com"\r\n')
    assert to_yaml(changed) == to_yaml(policy).replace(
        "caution:\n  when: level_changed\n", "caution:\n  mail:\n    to:\n    - c@example.com\n  when: level_changed\n"
    )


HEAD = '"name","publisher","version_comparison","version","os","level"\r\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + '"a","","","","","danger"\r\n"b","","","","","dangre"\r\n',
         'Line 3, prohibited_software.programs[1].level: "dangre" is not possible. Nearest: "danger".'),
        ('"nmae","level"\r\n', 'Line 1, columns: "nmae" is not known here. Nearest: "name".'),
        ('"name","name"\r\n', 'Line 1, columns: "name" stands twice.'),
        (HEAD + '"a\r\nb","","","","",""\r\n"","","","","",""\r\n', 'Line 4, prohibited_software.programs[1]: "name" is missing.'),
        (HEAD + '"/a(/","","","","",""\r\n', 'Line 2, prohibited_software.programs[0].name: the pattern "/a(/" cannot be used'),
        (HEAD + '"a","","<","","",""\r\n', 'Line 2, prohibited_software.programs[0].version: "value" is missing.'),
        (HEAD + '"a","b"\r\n', "Line 2: this is no CSV: 2 values, 6 columns."),
        (HEAD + '"a\r\n', "Line 2: this is no CSV:"),
        ("", 'Line 1, columns: "name" is missing.'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_the_line_of_the_file(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        exchange.take_in(POLICY, "prohibited", text)
    assert str(refused.value).startswith(sentence)


def test_lines_of_one_group_that_contradict_each_other_are_refused() -> None:
    text = exchange.export(POLICY, "mandatory")
    lines = text.split("\r\n")
    lines[2] = lines[2].replace('"windows"', '"linux"')
    with pytest.raises(Refused) as refused:
        exchange.take_in(POLICY, "mandatory", "\r\n".join(lines))
    assert str(refused.value).startswith("Line 3, os: lines with the same number")


def test_a_list_that_there_is_not_gets_the_nearest_name() -> None:
    with pytest.raises(Refused) as refused:
        exchange.export(POLICY, "prohibitted")
    assert 'Nearest: "prohibited"' in str(refused.value)


def test_an_address_that_is_none_is_refused_with_its_line() -> None:
    policy = load("{kind: action, name: y}")
    for text, sentence in (
        ('"level","address"\r\n"danger","nobody"\r\n', "Line 2, danger.mail.to"),
        ('"level","address"\r\n"dangre","a@example.com"\r\n', 'Line 2, level: "dangre" is not possible.'),
    ):
        with pytest.raises(Refused) as refused:
            exchange.take_in(policy, "addresses", text)
        assert str(refused.value).startswith(sentence)
