"""Rows of a list: one more, one fewer, one up or down. All named by their path."""

import re
from copy import deepcopy
from typing import Any

from kanmon.console.policy_form.kept import Given, at, parts
from kanmon.console.policy_form.shape import Shape, of_policy


class NoRow(Exception):
    """There is no such row, or no such list."""


def _list_at(kind: str, path: str) -> Shape:
    shape: Shape | None = of_policy(kind)
    for part in parts(path):
        if isinstance(part, int):
            if shape is None or shape.kind != "rows":
                raise NoRow
            continue
        shape = shape.fields.get(part) if shape else None
    if shape is None or shape.kind != "rows":
        raise NoRow
    return shape


def new_row(shape: Shape) -> Given:
    """An empty row, with a first row in each list that must have one."""
    return {name: [new_row(one)] for name, one in shape.fields.items() if one.kind == "rows" and one.required}


def add(kind: str, kept: Given, path: str) -> tuple[Given, str]:
    """The document with one more row at the end of the list at ``path``, and the path of that row."""
    shape, made = _list_at(kind, path), deepcopy(kept)
    *way, last = parts(path)
    inside: Any = made
    for part in way:
        if isinstance(part, int):
            if not isinstance(inside, list) or part >= len(inside):
                raise NoRow
            inside = inside[part]
        else:
            inside = inside.setdefault(part, {})
    rows = inside.setdefault(last, [])
    rows.append(new_row(shape))
    return made, f"{path}[{len(rows) - 1}]"


def _row(kind: str, kept: Given, path: str) -> tuple[Given, list[Any], int]:
    match = re.fullmatch(r"(.+)\[(\d{1,6})\]", path)
    if match is None:
        raise NoRow
    _list_at(kind, match[1])
    made = deepcopy(kept)
    rows, place = at(made, match[1]), int(match[2])
    if not isinstance(rows, list) or place >= len(rows):
        raise NoRow
    return made, rows, place


def remove(kind: str, kept: Given, path: str) -> Given:
    """The document without the row at ``path``."""
    made, rows, place = _row(kind, kept, path)
    del rows[place]
    return made


def move(kind: str, kept: Given, path: str, by: int) -> Given:
    """The document with the row at ``path`` moved; at the end of its list it stays."""
    made, rows, place = _row(kind, kept, path)
    to = min(max(place + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(place))
    return made
