"""What differs between two policies, as sentences that a person can read. Pure.

Both are walked field by field along their types, so a field that is added to a rule is said without a line here; only
its words stand in ``diff_words``. Members of a list are known again by their key (name, KB number); a member that is in
only one of the two is said whole, of one in both only what differs.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from kanmon.policy import diff_words
from kanmon.policy.diff_words import sentence, words
from kanmon.policy.rules_items import UserCondition
from kanmon.policy.rules_words import VersionRule

KEYS = ("name", "kb", "product", "os")
"""Fields by which a member of a list is known again, the first that it has."""
MOST_MEMBERS = 20  # of a list of words that are shown
LONGEST = 60  # characters of a text that are shown
SILENT = frozenset({"name"})  # of a whole policy: two versions have the same, copies differ by it alone


def differences(before: Any, after: Any, language: str = "en") -> list[str]:
    """Sentences for everything that differs between two policies of one kind; empty when they say the same."""
    found: list[str] = []
    for one in msgspec.structs.fields(type(before)):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old == new or one.name in SILENT:
            continue
        if one.encode_name in diff_words.ITEMS:
            title = diff_words.ITEMS[one.encode_name][language == "ja"]
            found += _structs(title, old, new, language)
        else:
            found += _field(sentence("policy", language), type(before), one, old, new, language)
    return found


def _structs(title: str, old: Any, new: Any, language: str) -> Iterator[str]:
    for one in msgspec.structs.fields(type(old)):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if before != after:
            yield from _field(title, type(old), one, before, after, language)


def _field(
    title: str, struct: type[Any], one: msgspec.structs.FieldInfo, old: Any, new: Any, language: str
) -> Iterator[str]:
    """What differs in one field of a struct."""
    template = words(struct.__name__, one.encode_name, language) or one.encode_name.replace("_", " ")
    value = old if old is not None else new
    if isinstance(value, msgspec.Struct) and not isinstance(value, VersionRule):
        if old is None or new is None:
            said = sentence("of", language, template, rest) if (rest := describe(value, language)) else template
            yield sentence("added" if old is None else "removed", language, title, said)
        else:
            yield from _structs(sentence("of", language, title, template), old, new, language)
    elif _keyed(old, new):
        yield from _members(title, old, new, language)
    else:
        name, filled = one.encode_name, "{0}" in template
        before = _value(one, old, language, name)
        yield sentence(
            "changed", language, title, template.format(before) if filled else f"{template} {before}",
            _value(one, new, language, name),
        )  # fmt: skip


def _keyed(old: Any, new: Any) -> bool:
    """Whether a field is a list of members that can be known again."""
    members = [*old, *new] if isinstance(old, tuple) and isinstance(new, tuple) else []
    return bool(members) and all(isinstance(one, msgspec.Struct) and _key_field(one) for one in members)


def _key_field(member: Any) -> str:
    return next((name for name in KEYS if name in member.__struct_fields__), "")


def _by_key(members: Sequence[Any]) -> dict[tuple[str, int], Any]:
    """Members by key; a second one with the same key by its turn."""
    found: dict[tuple[str, int], Any] = {}
    for one in members:
        key, turn = str(getattr(one, _key_field(one))), 0
        while (key, turn) in found:
            turn += 1
        found[key, turn] = one
    return found


def _members(title: str, old: Sequence[Any], new: Sequence[Any], language: str) -> Iterator[str]:
    before, after = _by_key(old), _by_key(new)
    for key, one in before.items():
        if key not in after:
            yield sentence("removed", language, title, key[0])
        elif after[key] != one:
            yield from _structs(sentence("of", language, title, key[0]), one, after[key], language)
    for key, one in after.items():
        if key not in before:
            yield sentence("added", language, title, _whole(one, language))
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield sentence("order", language, title)


def member(struct: Any, language: str) -> str:
    """A member of a list with all that it says."""
    return _whole(struct, language) if _key_field(struct) else describe(struct, language)


def _whole(member: Any, language: str) -> str:
    """A member with all that it says: "BitTorrent at any version, level Danger"."""
    key = _key_field(member)
    parts = describe(member, language, leave=(key,))
    name = str(getattr(member, key))
    if not parts:
        return name
    close = language != "ja" and "version" in member.__struct_fields__
    return f"{name} {parts}" if close else sentence("of", language, name, parts)


def describe(struct: Any, language: str, leave: Sequence[str] = ()) -> str:
    """What a struct says: level and version always, other fields where they are not what they are without a word."""
    said = []
    for one in sorted(msgspec.structs.fields(type(struct)), key=lambda one: one.name != "version"):
        value = getattr(struct, one.name)
        default = one.default if one.default is not msgspec.NODEFAULT else None
        always = one.name == "level" or (one.name == "version" and _in_any_version(struct))
        if one.name in leave or (value == default and not always):
            continue
        if isinstance(value, msgspec.Struct) and not isinstance(value, VersionRule):
            value_said = describe(value, language)
            if not value_said:
                continue
        else:
            value_said = _value(one, value, language, one.encode_name)
        template = words(type(struct).__name__, one.encode_name, language) or f"{one.encode_name} {{0}}"
        said.append(template.format(value_said) if "{0}" in template else f"{template} {value_said}")
    return sentence("and", language).join(said)


def _in_any_version(struct: Any) -> bool:
    """Whether a struct is about a program, and about all of its versions when it names none."""
    return "name" in struct.__struct_fields__ and not getattr(struct, "versions", "")


def _value(one: msgspec.structs.FieldInfo, value: Any, language: str, name: str) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return sentence("yes" if value else "no", language)
    if isinstance(value, VersionRule):
        return sentence(value.comparison, language, value.value)
    if isinstance(value, UserCondition):
        return f"{value.cls}.{value.property} {value.comparison} {value.value}"
    if value is None or value == "" or value == () or value == {}:
        return sentence("any_version" if name in ("version",) else "none", language)
    if isinstance(value, msgspec.Struct):
        return _whole(value, language) if _key_field(value) else describe(value, language)
    if isinstance(value, tuple):
        shown = [_value(one, member, language, "") for member in value[:MOST_MEMBERS]]
        return sentence("and", language).join(shown + ["..."] * (len(value) > MOST_MEMBERS))
    if isinstance(value, dict):
        texts = (f"{_choice(str(key), language)} {_text(str(text), language)}" for key, text in value.items())
        return sentence("and", language).join(texts)
    if name in diff_words.UNITS:
        single, many, japanese = diff_words.UNITS[name]
        return (japanese if language == "ja" else single if value == 1 else many).format(value)
    return (
        _choice(str(value), language) if _is_choice(inspect.type_info(one.type)) else _text(str(value), language, name)
    )


def _is_choice(kind: inspect.Type) -> bool:
    """Whether values of this type are words of a choice."""
    if isinstance(kind, inspect.Metadata):
        return _is_choice(kind.type)
    if isinstance(kind, inspect.UnionType):
        return any(_is_choice(one) for one in kind.types)
    return isinstance(kind, inspect.LiteralType)


def _choice(word: str, language: str) -> str:
    found = diff_words.VALUES.get(word)
    return found[language == "ja"] if found else word


def _text(text: str, language: str, name: str = "") -> str:
    """A text as it is; a long one or one of several lines is quoted, on one line and cut."""
    flat = " ".join(text.split())
    if name != "comment" and flat == text and len(text) <= LONGEST:
        return text
    return sentence("text", language, flat if len(flat) <= LONGEST else flat[: LONGEST - 3] + "...")
