"""All kinds of conditions that there are: the ids of a policy in which everything is asked, without names in brackets.

The policy is made from the rules themselves, so that a condition that is added to them is in here at once.
"""

from typing import Any

from msgspec import NODEFAULT, inspect, structs

from kanmon.judgment.judge import compile
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_items import UserCondition
from tests.judgment.one import TODAY

_OF_WORDS = {str: "1", int: 1, bool: True}
_CONDITION = UserCondition(cls="software", property="name", value="x")


def everything() -> JudgmentPolicy:
    """A policy in which each field that can be given is given."""
    policy = _made(inspect.type_info(JudgmentPolicy))
    assert isinstance(policy, JudgmentPolicy)
    return policy


def kinds() -> frozenset[str]:
    """Ids of conditions, without what stands in brackets."""
    with_severities = everything()
    updates = with_severities.security_updates
    assert updates.latest is not None
    assert updates.vulnerabilities is not None
    as_a_whole = structs.replace(
        with_severities,
        security_updates=structs.replace(
            updates,
            latest=structs.replace(updates.latest, severities=None),
            vulnerabilities=structs.replace(updates.vulnerabilities, severities=None),
        ),
    )
    policies = with_severities, as_a_whole
    return frozenset(one.id.partition("[")[0] for policy in policies for one in compile(policy, TODAY))


def _made(kind: inspect.Type, default: Any = NODEFAULT) -> Any:
    """A value of a type: rules and lists of rules with all within them, texts and numbers as they are by default."""
    if isinstance(kind, inspect.Metadata):
        return _made(kind.type, default)
    if isinstance(kind, inspect.UnionType):
        return _made(next(one for one in kind.types if not isinstance(one, inspect.NoneType)), default)
    if isinstance(kind, inspect.StructType):
        if kind.cls is UserCondition:
            return _CONDITION
        return kind.cls(**{one.name: _made(one.type, one.default) for one in kind.fields})
    if isinstance(kind, inspect.VarTupleType):
        within = kind.item_type.type if isinstance(kind.item_type, inspect.Metadata) else kind.item_type
        return (_made(within),) if isinstance(within, inspect.StructType) or default is NODEFAULT else default
    if isinstance(kind, inspect.BoolType):
        return True
    if default not in (NODEFAULT, None):
        return default
    if isinstance(kind, inspect.LiteralType):
        return kind.values[-1]
    return _OF_WORDS[int if isinstance(kind, inspect.IntType) else str]
