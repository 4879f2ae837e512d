"""What differs between two policies is said in sentences, in English and Japanese, and nothing is left unsaid."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import inspect

from kanmon.policy import diff_words
from kanmon.policy.diff import differences
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy, load, to_yaml
from kanmon.policy.rules_items import UserCondition
from kanmon.policy.rules_words import VersionRule
from tests.judgment import generate

KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
BEFORE = """
kind: judgment
name: x
antivirus: {judge: true, definitions_max_age_days: 7}
prohibited_software: {programs: [{name: Winny, level: danger}, {name: TeamViewer, version: {value: "5", comparison: "<"}}]}
mandatory_software: {groups: [{name: office, any_of: [{name: A}]}]}
pc_settings: {firewall: {off: {level: warning}}}
stale_inventory: {after_days: 30}
"""
AFTER = """
kind: judgment
name: x
antivirus: {judge: true, definitions_max_age_days: 3}
prohibited_software: {judge: true, programs: [{name: BitTorrent, level: danger}, {name: TeamViewer, version: {value: "6", comparison: "<"}}]}
mandatory_software: {groups: [{name: office, any_of: [{name: A}, {name: B, version: {value: "2"}}]}]}
pc_settings: {firewall: {off: {level: danger}, exceptions: {}}}
"""
ENGLISH = [
    "Antivirus: definitions at most 7 days old -> 3 days",
    "Prohibited software: judged no -> yes",
    "Prohibited software: removed Winny",
    "Prohibited software, TeamViewer: at versions older than 5 -> versions older than 6",
    "Prohibited software: added BitTorrent at any version, level Danger",
    "Mandatory software, office: added B at version 2 or newer",
    "PC security settings, firewall, off: level Warning -> Danger",
    "PC security settings, firewall: added exceptions, level Caution",
    "Policy: removed age of the inventory, more than 30 days old, level Warning",
]
JAPANESE = [
    "ウイルス対策: 定義ファイルの経過日数の上限 7 日 -> 3 日",
    "禁止ソフトウェア: 判定 いいえ -> はい",
    "禁止ソフトウェア: Winny を削除",
    "禁止ソフトウェア、TeamViewer: 版 5 より前 -> 6 より前",
    "禁止ソフトウェア: BitTorrent、版 すべて、レベル 危険 を追加",
    "必須ソフトウェア、office: B、版 2 以降 を追加",
    "PC のセキュリティ設定、ファイアウォール、無効: レベル 警告 -> 危険",
    "PC のセキュリティ設定、ファイアウォール: 例外あり、レベル 注意 を追加",
    "ポリシー: インベントリの経過日数、30 日より前、レベル 警告 を削除",
]


def test_an_edit_is_said_as_a_person_would_say_it() -> None:
    assert differences(load(BEFORE), load(AFTER)) == ENGLISH
    assert differences(load(BEFORE), load(AFTER), "ja") == JAPANESE


def test_actions_are_said_too() -> None:
    before = load("{kind: action, name: y, danger: {mail: {to: [a@example.com]}}}")
    after = load("""
kind: action
name: y
danger: {mail: {to: [a@example.com, b@example.com], subject: {en: Look}}, command: {program: run-it}}
warning: {when: every_judgment}
""")
    assert differences(before, after) == [
        "Actions at Danger, mail: to a@example.com -> a@example.com, b@example.com",
        "Actions at Danger, mail: subject none -> English Look",
        "Actions at Danger: added command, program run-it",
        "Actions at Warning: when: the level has become this one -> at each judgment",
    ]


def test_another_order_is_said() -> None:
    one = load("{kind: judgment, name: x, antivirus: {products: [{name: A}, {name: B}]}}")
    other = load("{kind: judgment, name: x, antivirus: {products: [{name: B}, {name: A}]}}")
    assert differences(one, other) == ["Antivirus: another order"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(generate.policies, generate.policies)
def test_policies_that_differ_say_so_and_equal_ones_say_nothing(one: JudgmentPolicy, other: JudgmentPolicy) -> None:
    for language in ("en", "ja"):
        assert bool(differences(one, other, language)) is (to_yaml(one) != to_yaml(other))
        assert differences(one, one, language) == []


def structs(kind: Any, seen: set[type[Any]]) -> Iterator[type[Any]]:
    """The struct ``kind`` and all that its fields can hold."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        yield kind
        for one in msgspec.structs.fields(kind):
            yield from structs(one.type, seen)
    for part in get_args(kind):
        yield from structs(part, seen)


FIELDS = [
    (struct, one)
    for policy in (JudgmentPolicy, ActionPolicy)
    for struct in structs(policy, set())
    for one in msgspec.structs.fields(struct)
    if struct not in (VersionRule, UserCondition)  # each said whole, by its values
]


@pytest.mark.parametrize(("struct", "field"), FIELDS, ids=lambda one: getattr(one, "__name__", "") or one.encode_name)
def test_every_field_of_every_rule_has_words(struct: type[Any], field: msgspec.structs.FieldInfo) -> None:
    english = diff_words.words(struct.__name__, field.encode_name, "en")
    japanese = diff_words.words(struct.__name__, field.encode_name, "ja")
    assert english, f"no words for {struct.__name__}.{field.encode_name} in kanmon/policy/diff_words.py"
    assert japanese
    assert KANA.search(japanese) or japanese == "{0}", "the Japanese words are not Japanese"


@pytest.mark.parametrize(("struct", "field"), FIELDS, ids=lambda one: getattr(one, "__name__", "") or one.encode_name)
def test_every_choice_has_words(struct: type[Any], field: msgspec.structs.FieldInfo) -> None:
    for word in choices(inspect.type_info(field.type)):
        assert word in diff_words.VALUES, f"no words for {struct.__name__}.{field.encode_name}: {word}"


def choices(kind: inspect.Type) -> Iterator[str]:
    if isinstance(kind, inspect.Metadata | inspect.VarTupleType):
        yield from choices(kind.type if isinstance(kind, inspect.Metadata) else kind.item_type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from choices(one)
    elif isinstance(kind, inspect.LiteralType):
        yield from map(str, kind.values)
