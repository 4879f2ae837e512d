"""What the generator never makes, the two judges are never compared on. So every field of every rule must come up.

A field that was added to a rule, or a word that it newly takes, fails here until ``generate.py`` makes it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct, inspect, structs

from kanmon.common.facts import CLASSES, Fact
from kanmon.judgment.judge import compile
from kanmon.policy.check import USER_CLASSES, property_types
from kanmon.policy.rules import JudgmentPolicy
from tests.judgment import generate
from tests.judgment.generate import TODAY
from tests.judgment.generate_updates import SAMPLE
from tests.judgment.test_two_judges_say_the_same import found

Seen = dict[str, set[str]]
NO_MEANING = {"JudgmentPolicy.name", "JudgmentPolicy.comment", "SpecifiedUpdate.title", "SpecifiedUpdate.bulletin"}
"""Fields that say nothing of any PC."""
LOOK = settings(
    derandomize=True, database=None, phases=[Phase.generate], deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def word(value: Any) -> str:
    """What is told apart of a value: itself if it is a choice of few, else whether it was given."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, str | tuple | dict):
        return "given" if value else "empty"
    return "given"


def note(seen: Seen, value: Any) -> None:
    """Write down what ``value`` and all within it has."""
    if isinstance(value, Struct):
        for field in value.__struct_fields__:
            member = getattr(value, field)
            seen[f"{type(value).__name__}.{field}"] |= {word(member), str(member)}
            note(seen, member)
    elif isinstance(value, tuple | list):
        for member in value:
            note(seen, member)
    elif isinstance(value, dict):
        for member in value.values():
            note(seen, member)


def wanted(kind: inspect.Type, done: set[type]) -> Iterator[tuple[str, str]]:
    """(Rule.field, what it must have been) of a struct and of all within it."""
    if isinstance(kind, inspect.Metadata):
        yield from wanted(kind.type, done)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from wanted(one, done)
    elif isinstance(kind, inspect.VarTupleType):
        yield from wanted(kind.item_type, done)
    elif isinstance(kind, inspect.DictType):
        yield from wanted(kind.value_type, done)
    elif isinstance(kind, inspect.StructType) and kind.cls not in done:
        done.add(kind.cls)
        for field in kind.fields:
            name = f"{kind.cls.__name__}.{field.name}"
            yield from ((name, one) for one in words(field.type) if name not in NO_MEANING)
            yield from wanted(field.type, done)


def words(kind: inspect.Type) -> set[str]:
    """What a field of this type must have been, to have been all that it can."""
    if isinstance(kind, inspect.Metadata):
        return words(kind.type)
    if isinstance(kind, inspect.UnionType):
        return set().union(*(words(one) for one in kind.types))
    if isinstance(kind, inspect.LiteralType):
        return {str(one) for one in kind.values}
    if isinstance(kind, inspect.BoolType):
        return {"True", "False"}
    return {"None"} if isinstance(kind, inspect.NoneType) else {"given"}


@pytest.fixture(scope="module")
def generated() -> Seen:
    """What came up in some hundreds of policies of each kind; conditions and what came out of them, too."""
    seen: Seen = defaultdict(set)
    look_at(seen, 150, generate.policies, generate.facts())
    for name, (policies, records) in generate.FOCUS.items():
        cls = name.partition("user_definition.")[2]
        times = 10 * max(4, len(property_types(cls))) if cls else 100
        look_at(seen, times, policies, generate.pc_about(records))
    return seen


def look_at(
    seen: Seen, times: int, policies: st.SearchStrategy[JudgmentPolicy], pcs: st.SearchStrategy[frozenset[Fact]]
) -> None:
    """Note what comes up in policies and PCs of one kind."""

    @settings(LOOK, max_examples=times)
    @given(policies, pcs, generate.columns)
    def look(policy: JudgmentPolicy, facts: frozenset[Fact], columns: dict[str, Any]) -> None:
        note(seen, policy)
        outcomes(seen, policy, facts, columns)

    look()


def outcomes(seen: Seen, policy: JudgmentPolicy, facts: frozenset[Fact], columns: dict[str, Any]) -> None:
    """Which kinds of conditions there were, and which of them failed or were unknown."""
    for item in policy.user_definition.items:
        for one in item.conditions:
            seen["user"].add(f"{one.cls}.{one.property}")
    for fact in facts:
        for field in fact._fields:
            seen["facts"].add(f"{type(fact).__name__}.{field}={word(getattr(fact, field))}")
    conditions = compile(policy, TODAY, knowledge=SAMPLE)
    for condition in conditions:
        seen["kinds"].add(condition.id.partition("[")[0])
    for condition, outcome in found(conditions, facts, columns):
        seen[condition.partition("[")[0]].add(outcome)


def test_every_field_of_every_rule_comes_up_with_every_word(generated: Seen) -> None:
    missing = [
        f"{name}: {one}"
        for name, one in wanted(inspect.type_info(JudgmentPolicy), set())
        if one not in generated.get(name, ())
    ]
    assert not missing, "tests/judgment/generate.py never makes " + "; ".join(missing)


def test_every_kind_of_condition_finds_something(generated: Seen) -> None:
    calm = [kind for kind in sorted(generated["kinds"]) if not {"failed", "unknown"} & generated[kind]]
    assert not calm, f"of no generated PC is there a finding of {', '.join(calm)}"
    for kind in ("security_updates.specified", "prohibited_software", "antivirus.definitions", "user_definition"):
        assert {"failed", "unknown"} <= generated[kind], kind
    assert "unknown" in generated["inventory.agent"]


def test_user_definitions_ask_of_every_property(generated: Seen) -> None:
    every = {f"{cls}.{name}" for cls in USER_CLASSES for name in property_types(cls)}
    assert every - generated["user"] == set()


def test_every_field_of_every_fact_comes_up_given(generated: Seen) -> None:
    every = {f"{record.__name__}.{field}" for _, record in CLASSES.values() for field in record._fields}
    given_ = {one.partition("=")[0] for one in generated["facts"] if not one.endswith(("=None", "=empty"))}
    assert every - given_ == set()


def test_a_rule_that_the_generator_does_not_know_is_named() -> None:
    """The test above is worth something: take a field away from what was seen, and it is missed."""
    seen: Seen = defaultdict(set)
    note(seen, structs.replace(JudgmentPolicy(name="x"), stale_inventory=None))
    asked = dict.fromkeys(wanted(inspect.type_info(JudgmentPolicy), set()))
    assert ("StaleInventory.after_days", "given") in asked
    assert "given" not in seen["StaleInventory.after_days"]
    assert ("ServiceCondition.must", "run") in asked
