"""What is wrong with a policy document, found before and after its types: words, patterns, properties."""

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

import msgspec
from msgspec import inspect

from kanmon.common.errors import Refused
from kanmon.common.facts import CLASSES, COLUMNS, SETTINGS
from kanmon.policy.compare import BadPattern, as_number, is_pattern, matcher
from kanmon.policy.document import Document, join
from kanmon.policy.rules_action import COMMAND_KEYWORDS, KEYWORDS, MESSAGE_KEYWORDS, ActionPolicy, LevelActions, Step
from kanmon.policy.rules_items import JudgmentPolicy, UserCondition

USER_CLASSES = ("pc", *(name for name in CLASSES if name != "told"))
_KINDS = {
    "int": "a whole number",
    "bool": "true or false",
    "str": "a text",
    "object": "a mapping",
    "array": "a list",
    "float": "a number",
}
_TEXT_OF_MAIL = re.compile(r"mail\.(subject|body|html)\.")
_PATTERN_FIELDS = frozenset({"name", "publisher", "os"})


def nearest(word: str, known: Iterable[str]) -> str:
    """The word of ``known`` that is most like ``word``."""
    return max(known, key=lambda other: SequenceMatcher(None, word.lower(), other.lower()).ratio(), default="-")


def refuse_word(message_id: str, document: Document, path: str, word: str, known: Iterable[str]) -> Refused:
    """The refusal of a word, with the words that would be possible."""
    words = list(known)
    place = document.line(join(path, word) if message_id == "KNM5002-E" else path)
    return Refused(
        message_id, line=place, path=path or "document", word=word, nearest=nearest(word, words), known=", ".join(words)
    )


def words(document: Document, value: Any, kind: inspect.Type, path: str = "") -> None:
    """Walks ``value`` beside its type; refuses unknown and missing words and impossible choices."""
    if isinstance(kind, inspect.Metadata):
        words(document, value, kind.type, path)
    elif isinstance(kind, inspect.UnionType):
        shaped = [member for member in kind.types if _fits(value, member)]
        if len(shaped) == 1:
            words(document, value, shaped[0], path)
    elif isinstance(kind, inspect.StructType) and isinstance(value, dict):
        _struct_words(document, value, kind, path)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(value, list):
        for place, member in enumerate(value):
            words(document, member, kind.item_type, f"{path}[{place}]")
    elif isinstance(kind, inspect.DictType) and isinstance(value, dict):
        for key, member in value.items():
            words(document, key, kind.key_type, join(path, key))
            words(document, member, kind.value_type, join(path, key))
    elif isinstance(kind, inspect.LiteralType) and isinstance(value, str) and value not in kind.values:
        raise refuse_word("KNM5003-E", document, path, value, map(str, kind.values))


def _fits(value: Any, kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _fits(value, kind.type)
    if isinstance(value, dict):
        return isinstance(kind, inspect.StructType | inspect.DictType)
    return isinstance(kind, inspect.VarTupleType) if isinstance(value, list) else isinstance(kind, inspect.LiteralType)


def _struct_words(document: Document, value: dict[str, Any], kind: inspect.StructType, path: str) -> None:
    fields = {one.encode_name: one for one in kind.fields}
    for key in value:
        if key not in fields and key != kind.tag_field:
            raise refuse_word("KNM5002-E", document, path, key, fields)
    for key, one in fields.items():
        if key in value:
            words(document, value[key], one.type, join(path, key))
        elif one.required:
            raise Refused("KNM5005-E", line=document.line(path), path=path or "document", word=key)


def refuse_type(document: Document, error: msgspec.ValidationError) -> Refused:
    """The refusal for a value of the wrong kind, from what msgspec says of it."""
    text, _, place = str(error).partition(" - at `")
    path = place.rstrip("`").removeprefix("$").removeprefix(".")
    parts = re.findall(r"[^.\[\]]+", path)
    value = document.value
    for part in parts:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            break
    found = value if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"
    wanted = re.sub(r"`(\w+)( \| null)?`", lambda match: _KINDS.get(match[1], match[1]), text.removeprefix("Expected "))
    wanted = "bounds such as '>=1.0, <1.0.7 || >=2.0'" if path.endswith(".versions") and value == found else wanted
    return Refused(
        "KNM5004-E",
        line=document.line(path),
        path=path or "document",
        wanted=wanted.split(", got")[0],
        found=found[:100],
    )


def patterns(document: Document, value: Any, path: str = "", field: str = "") -> None:
    """Refuses a name pattern, or a version pattern, that RE2 does not accept."""
    if isinstance(value, dict):
        for key, member in value.items():
            patterns(document, member, join(path, key), key)
    elif isinstance(value, list):
        for place, member in enumerate(value):
            patterns(document, member, f"{path}[{place}]", field)
    elif isinstance(value, str) and path and (field in _PATTERN_FIELDS or field == "value") and is_pattern(value):
        try:
            matcher(value)
        except BadPattern as error:
            raise Refused("KNM5006-E", line=document.line(path), path=path, word=value, problem=error) from None


def properties(document: Document, policy: JudgmentPolicy) -> None:
    """Refuses a user-defined condition on an unknown class or property, or with an impossible value."""
    for item_place, item in enumerate(policy.user_definition.items):
        for place, condition in enumerate(item.conditions):
            path = f"user_definition.items[{item_place}].conditions[{place}]"
            if condition.cls not in USER_CLASSES:
                raise refuse_word("KNM5003-E", document, join(path, "class"), condition.cls, USER_CLASSES)
            types = property_types(condition.cls)
            if condition.property not in types:
                raise refuse_word("KNM5003-E", document, join(path, "property"), condition.property, types)
            _value(document, path, condition, types[condition.property])


def property_types(cls: str) -> dict[str, type]:
    """Property -> bool, int or str for a class of user-defined conditions (``USER_CLASSES``)."""
    if cls == "pc":
        return COLUMNS
    if cls == "setting":
        return SETTINGS
    hints = CLASSES[cls][1].__annotations__
    return {name: bool if "bool" in str(hint) else str for name, hint in hints.items()}


def _value(document: Document, path: str, condition: UserCondition, kind: type) -> None:
    place = join(path, "value")
    if kind is bool and condition.value.strip().lower() not in ("true", "false"):
        raise refuse_word("KNM5003-E", document, place, condition.value, ("true", "false"))
    if kind is bool and condition.comparison not in ("==", "!="):
        raise refuse_word("KNM5003-E", document, join(path, "comparison"), condition.comparison, ("==", "!="))
    if kind in (int, float) and as_number(condition.value) is None:
        raise Refused("KNM5004-E", line=document.line(place), path=place, wanted="a number", found=condition.value)


def steps(document: Document, policy: ActionPolicy) -> None:
    """Refuses a repeat of what is done at every judgment, and a later step that does not come later."""
    for level in ("danger", "warning", "caution", "safe"):
        actions: LevelActions = getattr(policy, level)
        if actions.when == "every_judgment" and actions.repeat is not None:
            path = f"{level}.repeat"
            raise Refused("KNM5009-E", line=document.line(path), path=path)
        before = _how_late(actions)
        for place, step in enumerate(actions.then):
            late = _how_late(step)
            if late[0] <= before[0] and late[1] <= before[1]:
                path = f"{level}.then[{place}]"
                raise Refused("KNM5010-E", line=document.line(path), path=path, days=before[0], judgments=before[1])
            before = late


def _how_late(step: Step) -> tuple[int, int]:
    """Days and judgments that a step waits for."""
    return (step.after.days, step.after.judgments) if step.after else (0, 1)


def keywords(document: Document) -> None:
    """Refuses a keyword in braces that a mail, a message, or an argument of a command, does not know."""
    for path, text in _texts(document.value, ""):
        known = _keywords_at(path)
        for word in re.findall(r"\{(\w*)\}", text) if known else ():
            if word not in known:
                raise refuse_word("KNM5003-E", document, path, "{" + word + "}", [f"{{{one}}}" for one in known])


def _keywords_at(path: str) -> Collection[str]:
    """The keywords that a text at ``path`` may hold; none where braces mean nothing."""
    if ".command.arguments[" in path:
        return COMMAND_KEYWORDS
    if any(f".message.{part}." in path for part in ("title", "text", "html")):
        return MESSAGE_KEYWORDS
    return KEYWORDS if _TEXT_OF_MAIL.search(path) else ()


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _texts(member, join(path, key))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _texts(member, f"{path}[{place}]")
    elif isinstance(value, str):
        yield path, value
