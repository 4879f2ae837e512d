"""The type of a rule as a form sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from kanmon.policy.rules import ActionPolicy, JudgmentPolicy
from kanmon.policy.rules_words import VersionRule

KINDS: Mapping[str, type[Any]] = {"judgment": JudgmentPolicy, "action": ActionPolicy}
LONG = 1_001  # characters; a text that may be as long gets several lines


@dataclass(frozen=True)
class Shape:
    """``kind``: flag, number, choice, text, long, lines, texts, version, struct or rows.

    ``optional``: it may be left out, and that means something of its own (``default`` is None then).
    """

    kind: str
    optional: bool = False
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    struct: type[Any] | None = None
    fields: Mapping[str, "Shape"] = field(default_factory=dict)


@cache
def of_policy(kind: str) -> Shape:
    """The shape of a whole policy of this kind."""
    return _struct(KINDS[kind])


def _struct(struct: type[Any]) -> Shape:
    fields = {one.encode_name: _field(one) for one in msgspec.structs.fields(struct)}
    return Shape("struct", struct=struct, fields=fields)


def _field(one: msgspec.structs.FieldInfo) -> Shape:
    default = one.default if one.default is not msgspec.NODEFAULT else None
    found = _of(inspect.type_info(one.type))
    parts = {name: getattr(found, name) for name in ("kind", "choices", "low", "high", "struct", "fields", "optional")}
    return Shape(**parts, required=one.required, default=_text(default))


def _text(default: Any) -> Any:
    """A default as a text; of a struct or a list none, for nothing of it is what it is."""
    if isinstance(default, bool):
        return "true" if default else "false"
    return str(default) if isinstance(default, str | int) and default != "" else None


def _of(kind: inspect.Type) -> Shape:
    if isinstance(kind, inspect.Metadata):
        return _of(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _union(kind)
    if isinstance(kind, inspect.BoolType):
        return Shape("flag")
    if isinstance(kind, inspect.IntType):
        return Shape("number", low=kind.ge, high=kind.le)
    if isinstance(kind, inspect.LiteralType):
        return Shape("choice", choices=tuple(str(one) for one in kind.values))
    if isinstance(kind, inspect.StructType):
        return Shape("version", struct=VersionRule) if kind.cls is VersionRule else _struct(kind.cls)
    if isinstance(kind, inspect.VarTupleType):
        return _list(kind)
    if isinstance(kind, inspect.DictType):
        return Shape("texts", choices=_of(kind.key_type).choices, high=_of(kind.value_type).high)
    assert isinstance(kind, inspect.StrType), kind
    short = kind.pattern or (kind.max_length or LONG) < LONG  # what has a form of its own is no prose
    return Shape("text" if short else "long", high=kind.max_length)


def _list(kind: inspect.VarTupleType) -> Shape:
    member = _of(kind.item_type)
    if member.kind == "struct":
        return Shape("rows", struct=member.struct, fields=member.fields, high=kind.max_length)
    return Shape("lines", choices=member.choices, high=kind.max_length)


def _union(kind: inspect.UnionType) -> Shape:
    """A rule or nothing; or one word for a list ("administrators")."""
    rest = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    lists = [one for one in rest if isinstance(one, inspect.VarTupleType)]
    found = _of(lists[0] if lists else rest[0])
    word = next((_of(one).choices for one in rest if lists and isinstance(one, inspect.LiteralType)), found.choices)
    parts = {name: getattr(found, name) for name in ("kind", "low", "high", "struct", "fields")}
    return Shape(**parts, choices=word, optional=len(rest) < len(kind.types))
