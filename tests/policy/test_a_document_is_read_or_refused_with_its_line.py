"""Policy documents: what is read from them, and what the refusal says."""

import json
from importlib.resources import files

import jsonschema
import pytest
import yaml

from kanmon.common.errors import Refused
from kanmon.common.messages import catalogue
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy, json_schema, load, to_yaml

DOCUMENT = """\
kind: judgment
name: x
antivirus:
  judge: true
  products:
    - name: "*"
      version: {value: 4.10, comparison: ">="}
pc_settings:
  judge: true
  firewall:
    off: {level: warning}
user_definition:
  judge: true
  items:
    - name: a
      conditions: [{class: setting, property: tpm, value: false}]
"""
BUILTIN = ("default.yaml", "initial.yaml", "default-action.yaml", "initial-action.yaml")


def builtin(name: str) -> str:
    return (files("kanmon.policy") / "builtin" / name).read_text("utf-8")


def test_versions_and_the_word_off_stay_what_was_written() -> None:
    policy = load(DOCUMENT)
    assert isinstance(policy, JudgmentPolicy)
    assert policy.antivirus.products[0].version is not None
    assert policy.antivirus.products[0].version.value == "4.10"
    assert policy.pc_settings.firewall.off is not None
    assert policy.pc_settings.firewall.off.missing == "not_applicable"


@pytest.mark.parametrize(
    ("written", "instead", "wanted"),
    [
        ("judge: true", "jugde: true", 'Line 4, antivirus: "jugde" is not known here. Nearest: "judge".'),
        ("level: warning", "level: wraning", 'Line 11, pc_settings.firewall.off.level: "wraning" is not possible. Nearest: "warning".'),
        ("kind: judgment", "kind: judgement", 'Line 1, kind: "judgement" is not possible. Nearest: "judgment".'),
        ("kind: judgment\n", "", 'Line 1, document: "kind" is missing.'),
        ("name: x\n", "", 'Line 1, document: "name" is missing.'),
        ("name: x\n", "name: x\nname: y\n", 'Line 3, document: "name" stands twice.'),
        ("judge: true", "judge: maybe", 'Line 4, antivirus.judge: true or false is wanted, "maybe" is given.'),
        ("judge: true", "judge: >= 4", "Line 4: the document is not YAML:"),
        ('name: "*"', "name: /a(/", 'Line 6, antivirus.products[0].name: the pattern "/a(/" cannot be used: missing )'),
        ("class: setting", "class: settings", 'Line 16, user_definition.items[0].conditions[0].class: "settings" is not possible.'),
        ("property: tpm", "property: tmp", '.property: "tmp" is not possible. Nearest: "tpm".'),
        ("value: false", "value: 7", '.value: "7" is not possible. Nearest:'),
        ("value: 4.10", "value: [4]", 'Line 7, antivirus.products[0].version.value: a text is wanted, "a list" is given.'),
    ],
)  # fmt: skip
def test_a_refusal_names_line_path_and_nearest_word(written: str, instead: str, wanted: str) -> None:
    with pytest.raises(Refused) as refused:
        load(DOCUMENT.replace(written, instead, 1))
    assert wanted in refused.value.sentence()
    assert refused.value.sentence("ja") != refused.value.sentence()


def test_a_document_that_repeats_itself_without_end_is_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{two}: &{two} [" + ", ".join([f"*{one}"] * 10) + "]\n"
    with pytest.raises(Refused, match="too large"):
        load(bomb)


def test_an_unknown_keyword_of_a_mail_is_refused() -> None:
    document = "kind: action\nname: x\ndanger:\n  mail:\n    subject: {en: 'At {lvl}'}\n"
    with pytest.raises(
        Refused, match=r'Line 5, danger.mail.subject.en: "\{lvl\}" is not possible. Nearest: "\{level\}"'
    ):
        load(document)


@pytest.mark.parametrize("name", BUILTIN)
def test_the_policies_that_come_with_kanmon_are_valid_and_survive_their_document(name: str) -> None:
    policy = load(builtin(name))
    assert load(to_yaml(policy)) == policy
    assert isinstance(policy, ActionPolicy if "action" in name else JudgmentPolicy)


def test_the_initial_policy_judges_and_does_nothing() -> None:
    policy = load(builtin("initial.yaml"))
    assert isinstance(policy, JudgmentPolicy)
    assert not (policy.antivirus.judge)
    assert not (policy.pc_settings.judge)
    assert not (policy.security_updates.judge)


def test_a_stored_document_names_its_defaults() -> None:
    text = to_yaml(load("{kind: judgment, name: x, antivirus: {judge: true, products: [{name: '*'}]}}"))
    assert yaml.safe_load(text)["antivirus"]["use_up_to_date_flag"] is True


def test_the_schema_file_is_the_schema_of_the_rules() -> None:
    kept = json.loads((files("kanmon.policy") / "policy.schema.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(kept)
    for name in BUILTIN:
        jsonschema.validate(yaml.safe_load(builtin(name)), kept)


def test_every_message_about_policies_has_cause_and_remedy_in_both_languages() -> None:
    for message in catalogue().values():
        if message.id.startswith("KNM5"):
            assert message.cause
            assert message.remedy
            assert message.text_ja != message.text
