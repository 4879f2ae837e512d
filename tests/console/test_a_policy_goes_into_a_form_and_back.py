"""A policy as a form: what is shown and sent again is the same policy, and what is wrong is told at its field."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from kanmon.common.errors import Refused
from kanmon.console.policy_form import merge, rows, words
from kanmon.console.policy_form.kept import at, document, meant
from kanmon.console.policy_form.problems import check
from kanmon.console.policy_form.sending import sent
from kanmon.console.policy_form.shape import KINDS, Shape, of_policy
from kanmon.console.policy_form.show import Look, all_controls, nodes
from kanmon.console.policy_form.take import take
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy, load
from tests.judgment import generate

ROOT = Path(__file__).parent.parent.parent


def examples() -> Iterator[Any]:
    """Every policy that stands in the repository: those that come with it, and those of the documentation."""
    for path in sorted((ROOT / "kanmon" / "policy" / "builtin").glob("*.yaml")):
        yield pytest.param(path.read_text("utf-8"), id=path.name)
    for path in sorted((ROOT / "docs").rglob("*.md")):
        for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)):
            if re.search(r"^kind: (judgment|action)$", block, re.MULTILINE):
                yield pytest.param(block, id=f"{path.name}-{number}")


def kind_of(policy: Any) -> str:
    return "judgment" if isinstance(policy, JudgmentPolicy) else "action"


def blank(value: Any) -> Any:
    """The lists of a document with their rows, and nothing in them."""
    if isinstance(value, dict):
        return {key: blank(one) for key, one in value.items() if isinstance(one, dict | list)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [blank(one) for one in value]
    return [] if isinstance(value, list) else {}


def openable(kept: Any, name: str) -> list[str]:
    """Nothing open, and each row of the first level in turn."""
    part = kept.get(name)
    lists = {key: one for key, one in part.items() if isinstance(one, list)} if isinstance(part, dict) else {}
    return ["", *(f"{name}.{key}[{place}]" for key, one in lists.items() for place in range(len(one)))]


def through_the_form(policy: Any) -> Any:
    """The policy after all of it was sent by a browser, onto a document of which only the number of rows is known."""
    kind, kept = kind_of(policy), document(policy)
    made = {"kind": kept["kind"], "name": kept["name"], **blank(kept)}
    for name in of_policy(kind).fields:
        if name == "name":
            continue
        for opened in openable(kept, name):
            look = Look(kind, kept, kept, {}, "en", open=opened)
            made = take(kind, made, sent(nodes(look, (name,))), (name,))
    return meant(made)


@pytest.mark.parametrize("text", list(examples()))
def test_every_example_is_the_same_after_it_was_shown_and_sent(text: str) -> None:
    policy = load(text)
    assert through_the_form(policy) == policy


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(generate.policies)
def test_any_judgment_policy_is_the_same_after_it_was_shown_and_sent(policy: JudgmentPolicy) -> None:
    assert through_the_form(policy) == meant(document(policy))


def every_field(shape: Shape) -> Iterator[tuple[type[Any], str, Shape]]:
    for name, one in shape.fields.items():
        assert shape.struct is not None
        yield shape.struct, name, one
        yield from every_field(one)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_label(kind: str, language: str) -> None:
    for struct, name, shape in every_field(of_policy(kind)):
        label, _ = words.label(struct, name, language)
        assert label, f"{struct.__name__}.{name} has no label"
        assert "{" not in label + words.hint(struct, name, shape, language)
        assert language == "en" or not re.fullmatch("[A-Za-z ]+", label) or label.isupper() or len(label) < 8, label


def default() -> Any:
    return document(load((ROOT / "kanmon/policy/builtin/default.yaml").read_text("utf-8")))


def test_what_differs_from_the_version_says_what_it_was() -> None:
    kept = default() | {"antivirus": default()["antivirus"] | {"definitions_max_age_days": "3"}}
    shown = {one.path: one for one in all_controls(nodes(Look("judgment", kept, default(), {}, "en"), ("antivirus",)))}
    age = shown["antivirus.definitions_max_age_days"]
    assert (age.label, age.value, age.unit) == ("Definitions at most", "3", "days old")
    assert age.was.startswith("was ")
    assert [one.path for one in shown.values() if one.was] == [age.path]


def test_each_wrong_value_is_told_at_its_field_in_the_words_of_the_import() -> None:
    wrong = {"kind": "judgment", "name": "x"}
    wrong |= {"antivirus": {"definitions_max_age_days": "soon", "level": "danger"}}  # type: ignore[dict-item]
    wrong |= {"prohibited_software": {"programs": [{"level": "danger"}]}}  # type: ignore[dict-item]
    wrong |= {"stale_inventory": {"after_days": "40000"}}  # type: ignore[dict-item]
    checked = check(wrong, "en")
    assert checked.policy is None
    assert checked.problems["prohibited_software.programs[0].name"] == "This must have a value."
    del wrong["prohibited_software"]
    checked = check(wrong, "en")
    assert checked.problems["antivirus.definitions_max_age_days"] == 'A whole number is wanted, "soon" is given.'
    assert "36500" in checked.problems["stale_inventory.after_days"]
    with pytest.raises(Refused, match="whole number"):
        meant(wrong)


def test_rows_are_added_moved_and_removed_and_nothing_else() -> None:
    kept = default()
    path = "mandatory_software.groups"
    more, added = rows.add("judgment", {key: kept[key] for key in ("kind", "name")}, path)
    assert (added, at(more, path)) == (f"{path}[0]", [{"any_of": [{}]}])
    more, _ = rows.add("judgment", more, f"{added}.any_of")
    assert at(more, path) == [{"any_of": [{}, {}]}]
    more["mandatory_software"]["groups"] = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    assert [one["name"] for one in at(rows.move("judgment", more, f"{path}[2]", -1), path)] == ["a", "c", "b"]
    assert [one["name"] for one in at(rows.move("judgment", more, f"{path}[0]", -1), path)] == ["a", "b", "c"]
    assert [one["name"] for one in at(rows.remove("judgment", more, f"{path}[1]"), path)] == ["a", "c"]
    for nonsense in ("name", "antivirus", f"{path}[9].any_of", "no.such", "", f"{path}.x"):
        with pytest.raises(rows.NoRow):
            rows.add("judgment", more, nonsense)
        with pytest.raises(rows.NoRow):
            rows.remove("judgment", more, f"{nonsense}[7]")


def test_a_draft_comes_onto_what_somebody_else_saved_item_by_item() -> None:
    base, theirs, mine = default(), default(), default()
    theirs["antivirus"] = theirs["antivirus"] | {"level": "warning"}
    mine["pc_settings"] = mine["pc_settings"] | {"judge": "false"}
    merged, both = merge.merge(base, theirs, mine)
    assert (merged["antivirus"]["level"], merged["pc_settings"]["judge"], both) == ("warning", "false", [])
    mine["antivirus"] = mine["antivirus"] | {"level": "caution"}
    merged, both = merge.merge(base, theirs, mine)
    assert (merged["antivirus"]["level"], both) == ("caution", ["antivirus"])


def test_an_action_policy_of_every_kind_of_action_is_the_same_again() -> None:
    texts = {"en": "One\n\ntwo {level}\n", "ja": "危険"}
    policy = msgspec.convert(
        {
            "kind": "action", "name": "all", "dry_run": True, "new_pc_grace_days": 3,
            "danger": {
                "when": "level_changed", "after": {"days": 1, "judgments": 2}, "repeat": {"every_days": 2, "most": 3},
                "network": "deny", "mail": {"to": ["a@example.com", "group:night"], "subject": texts, "digest": ["08:00"]},
                "user_mail": {"body": texts}, "webhook": {"to": "chat"}, "event": {"to": "siem"},
                "command": {"program": "cut.sh", "arguments": ["{level}", "--now"], "interrupted": "never"},
                "message": {"title": texts, "html": texts, "expires_days": 3},
                "then": [{"after": {"days": 5}, "network": "deny"}, {"after": {"days": 9}, "mail": {"body": texts}}],
            },
            "safe": {"network": "permit"},
        },
        ActionPolicy, strict=False,
    )  # fmt: skip
    assert through_the_form(policy) == policy


def test_texts_that_a_form_can_not_hold_stay_when_nobody_changes_them() -> None:
    command = {"program": "cut.sh", "arguments": ["--to", "", "two\nlines", " blank "]}
    kept = {"kind": "action", "name": "x", "danger": {"command": command}}
    shown = nodes(Look("action", kept, kept, {}, "en"), ("danger",))
    assert at(take("action", kept, sent(shown), ("danger",)), "danger.command.arguments") == command["arguments"]
    edited = sent(shown) | {"danger.command.arguments": "--to\r\n\r\nnobody "}
    assert at(take("action", kept, edited, ("danger",)), "danger.command.arguments") == ["--to", "nobody"]
