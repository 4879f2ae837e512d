"""What was sent, put back into the document. What a form does not show stays as it is."""

from collections.abc import Mapping
from typing import Any

from kanmon.console.policy_form.kept import Given
from kanmon.console.policy_form.shape import Shape, of_policy
from kanmon.policy.document import join

Sent = Mapping[str, str]
ON, ROW = "on:", "row:"
"""Marks before a path: a part that may be left out is there; this row was shown."""


def take(kind: str, kept: Given, sent: Sent, names: tuple[str, ...]) -> Given:
    """The document with what was sent for its fields ``names``."""
    shape = of_policy(kind)
    made = {key: value for key, value in kept.items() if key not in names}
    for name in names:
        value = _one(shape.fields[name], kept.get(name), sent, name)
        if value is not None:
            made[name] = value
    order = ["kind", *shape.fields]
    return {key: made[key] for key in sorted(made, key=order.index)}


def _fields(shape: Shape, old: Any, sent: Sent, path: str) -> Given:
    before = old if isinstance(old, dict) else {}
    made = {name: _one(one, before.get(name), sent, join(path, name)) for name, one in shape.fields.items()}
    return {name: value for name, value in made.items() if value is not None}


def _one(shape: Shape, old: Any, sent: Sent, path: str) -> Any:
    if shape.kind == "struct":
        if shape.optional:
            return _fields(shape, old, sent, path) if ON + path in sent else None
        return _fields(shape, old, sent, path) or None
    if shape.kind == "rows":
        return _rows(shape, old, sent, path)
    if shape.kind == "version":
        return _version(old, sent, path)
    if shape.kind == "texts":
        found = {word: _text(shape, (old or {}).get(word), sent, join(path, word)) for word in shape.choices}
        return {word: text for word, text in found.items() if text} or None
    if shape.kind == "flag":
        return "true" if path in sent else "false"
    return _lines(shape, old, sent, path) if shape.kind == "lines" else _text(shape, old, sent, path)


def _rows(shape: Shape, old: Any, sent: Sent, path: str) -> list[Any] | None:
    rows = list(old) if isinstance(old, list) else []
    for place, row in enumerate(rows):
        if f"{ROW}{path}[{place}]" in sent:
            rows[place] = _fields(shape, row, sent, f"{path}[{place}]")
    return rows or None


def _version(old: Any, sent: Sent, path: str) -> Given | None:
    before = old if isinstance(old, dict) else {}
    value = _said(sent, join(path, "value"), str(before.get("value", "")))
    return {"value": value, "comparison": sent.get(join(path, "comparison"), ">=")} if value else None


def _text(shape: Shape, old: Any, sent: Sent, path: str) -> str | None:
    return _said(sent, path, old or "", strip=shape.kind not in ("long", "texts")) or None


def _said(sent: Sent, path: str, old: str, strip: bool = True) -> str:
    """A text that was sent; one that was not changed stays what it was to the last blank."""
    said = sent.get(path, old).replace("\r\n", "\n")
    return old if said == old.replace("\r\n", "\n") else said.strip() if strip else said


def lines(old: Any) -> str:
    """A list of texts as lines."""
    return old if isinstance(old, str) else "\n".join(old or ())


def _lines(shape: Shape, old: Any, sent: Sent, path: str) -> Any:
    said = sent.get(path, lines(old)).replace("\r\n", "\n")
    if said == lines(old):
        return old
    found = [line.strip() for line in said.split("\n") if line.strip()]
    if len(found) == 1 and found[0] in shape.choices and shape.default is not None:
        return found[0]
    return found or None
