"""A YAML document as plain values, and the line of each of them.

All scalars stay texts, the types of the rules decide what they become: so a version ``4.10`` does not
turn into the number 4.1, and the word ``off`` not into false. A key without a value counts as left out.
"""

from typing import Any, NamedTuple

import yaml

from kanmon.common.errors import Refused

MAX_CHARACTERS = 4_000_000
MAX_VALUES = 500_000
MAX_DEPTH = 20
_NULL = {"", "~", "null", "Null", "NULL"}


class Document(NamedTuple):
    """``value``: dicts, lists, texts. ``lines``: path ("antivirus.products[0].name", "" for all) -> line from 1."""

    value: Any
    lines: dict[str, int]

    def line(self, path: str) -> int:
        """The line of ``path``, or of the nearest part that holds it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def join(path: str, word: str) -> str:
    """The path of member ``word`` of ``path``."""
    return f"{path}.{word}" if path else word


def read(text: str) -> Document:
    """Reads one YAML (or JSON) document. Raises Refused with the line."""
    if len(text) > MAX_CHARACTERS:
        raise Refused("KNM5008-E", problem=f"{len(text):,} characters")
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        raise Refused("KNM5001-E", line=mark.line + 1 if mark else 1, problem=problem) from None
    lines: dict[str, int] = {}
    return Document(_value(node, "", 0, lines), lines)


def _value(node: Any, path: str, depth: int, lines: dict[str, int]) -> Any:
    if node is None:
        return None
    if depth > MAX_DEPTH or len(lines) >= MAX_VALUES:
        problem = f"more than {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"more than {MAX_VALUES:,} values"
        raise Refused("KNM5008-E", problem=problem)
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, depth, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{path}[{place}]", depth + 1, lines) for place, item in enumerate(node.value)]
    return None if node.style is None and node.value in _NULL else node.value


def _mapping(node: Any, path: str, depth: int, lines: dict[str, int]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    seen: set[str] = set()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise Refused("KNM5004-E", line=line, path=path or "document", wanted="text", found="...")
        key = key_node.value
        if key in seen:
            raise Refused("KNM5007-E", line=line, path=path or "document", word=key)
        seen.add(key)
        lines[join(path, key)] = line
        value = _value(value_node, join(path, key), depth + 1, lines)
        if value is not None:
            members[key] = value
    return members
