"""Policy documents: YAML text in, frozen rules out, and back.

``load`` is the only door: what it returns is complete, has only words that Kanmon knows, and only patterns
that compile. What it refuses it refuses with the line, the path and the nearest valid word. ``to_yaml``
writes every setting that is in force, defaults too, so that a stored version keeps its meaning when a
later Kanmon has other defaults; ``load(to_yaml(policy)) == policy``.
"""

from functools import cache
from typing import Any

import msgspec
import yaml
from msgspec import inspect

from kanmon.common.errors import Refused
from kanmon.policy import check, document
from kanmon.policy.rules_action import ActionPolicy, LevelActions, Mail
from kanmon.policy.rules_items import JudgmentPolicy
from kanmon.policy.rules_words import keyed

__all__ = [
    "ActionPolicy", "JudgmentPolicy", "LevelActions", "Mail", "from_document", "json_schema", "keyed", "load", "named",
    "plain", "to_yaml",
]  # fmt: skip

_KINDS: dict[str, type[JudgmentPolicy] | type[ActionPolicy]] = {"judgment": JudgmentPolicy, "action": ActionPolicy}


def load(text: str) -> JudgmentPolicy | ActionPolicy:
    """The policy that the YAML (or JSON) document ``text`` describes. Raises Refused (KNM5001-E to KNM5008-E)."""
    return from_document(document.read(text))


def from_document(read: document.Document) -> JudgmentPolicy | ActionPolicy:
    """The policy of a document that has been read, from YAML or from another form. Raises Refused like ``load``."""
    if not isinstance(read.value, dict):
        found = "nothing" if read.value is None else str(read.value)[:100]
        raise Refused("KNM5004-E", line=1, path="document", wanted="a mapping", found=found)
    kind = read.value.get("kind")
    if kind is None:
        raise Refused("KNM5005-E", line=1, path="document", word="kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise check.refuse_word("KNM5003-E", read, "kind", str(kind), _KINDS)
    check.words(read, read.value, _type_of(kind))
    check.patterns(read, read.value)
    try:
        policy = msgspec.convert(read.value, _KINDS[kind], strict=False)
    except msgspec.ValidationError as error:
        raise check.refuse_type(read, error) from None
    if isinstance(policy, JudgmentPolicy):
        check.properties(read, policy)
    else:
        check.keywords(read)
        check.steps(read, policy)
    return policy


@cache
def _type_of(kind: str) -> inspect.Type:
    return inspect.type_info(_KINDS[kind])


def to_yaml(policy: JudgmentPolicy | ActionPolicy) -> str:
    """The document of ``policy``: in the order of the rules, without what is left empty."""
    return str(yaml.safe_dump(plain(policy), sort_keys=False, allow_unicode=True, width=120))


def plain(policy: JudgmentPolicy | ActionPolicy) -> dict[str, Any]:
    """The document of ``policy`` as plain values, without what is left empty."""
    members: dict[str, Any] = _bare(msgspec.to_builtins(policy))
    return members


def named(policy: JudgmentPolicy | ActionPolicy, name: str) -> JudgmentPolicy | ActionPolicy:
    """The same policy under another name."""
    return msgspec.structs.replace(policy, name=name)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        members = ((key, _bare(member)) for key, member in value.items())
        return {key: member for key, member in members if member not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_bare(member) for member in value]
    return value


def json_schema() -> dict[str, Any]:
    """The JSON Schema of both kinds of document, for editors; it is kept as ``policy.schema.json``."""
    return msgspec.json.schema(JudgmentPolicy | ActionPolicy)
