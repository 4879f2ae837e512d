"""A document as the nodes of a form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kanmon.console.policy_form import words
from kanmon.console.policy_form.kept import Given, at
from kanmon.console.policy_form.nodes import Node, Option, RowNode
from kanmon.console.policy_form.picks import PICKS
from kanmon.console.policy_form.shape import Shape, of_policy
from kanmon.console.policy_form.take import lines
from kanmon.policy import diff
from kanmon.policy.document import join

ROWS_SHOWN = 50
LONGEST_WAS = 60


@dataclass(frozen=True)
class Look:
    """What is looked at: the document, that of the version it was made from, problems, and the row that is open."""

    kind: str
    kept: Given
    base: Given
    problems: Mapping[str, str]
    language: str
    open: str = ""
    first: int = 0


def identity(path: str) -> str:
    """A path as an id of the page."""
    return "f-" + re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def nodes(look: Look, names: tuple[str, ...]) -> list[Node]:
    """The nodes of these fields of the policy; fields of a struct that is no choice stand beside each other."""
    shape = of_policy(look.kind)
    found: list[Node] = []
    for name in names:
        one = shape.fields[name]
        value, base = look.kept.get(name), look.base.get(name)
        if one.kind == "struct" and not one.optional:
            found += _fields(look, one, value, base, name)
        else:
            found.append(_node(look, shape, name, value, base, name))
    return found


def all_controls(shown: "list[Node] | tuple[Node, ...]") -> Iterator[Node]:
    """Every control that a form shows, for what is told while one types."""
    for node in shown:
        yield node
        yield from all_controls(list(node.inside))
        for row in node.rows:
            yield from all_controls(list(row.inside))


def _fields(look: Look, shape: Shape, value: Any, base: Any, path: str) -> list[Node]:
    now, then = (one if isinstance(one, dict) else {} for one in (value, base))
    return [_node(look, shape, name, now.get(name), then.get(name), join(path, name)) for name in shape.fields]


def _node(look: Look, of: Shape, name: str, value: Any, base: Any, path: str) -> Node:
    shape = of.fields[name]
    assert of.struct is not None
    label, unit = words.label(of.struct, name, look.language)
    hint = words.hint(of.struct, name, shape, look.language)
    common: dict[str, Any] = {
        "path": path, "id": identity(path), "label": label, "unit": unit, "hint": hint,
        "problem": look.problems.get(path, ""), "most": shape.high,
    }  # fmt: skip
    if shape.kind == "struct":
        return _part(look, shape, value, base, common)
    if shape.kind == "rows":
        return _table(look, shape, value, base, common)
    if shape.kind == "texts":
        return _texts(look, shape, value, base, common)
    if shape.kind == "version":
        return _version(look, value, base, common)
    shown, before = _shown(shape, value), _shown(shape, base)
    was = "" if shown == before else _was(look, shape, before)
    return Node(
        shape.kind, **common, value=shown, was=was, on=shown == "true", options=_options(look, shape),
        picks=PICKS.get((of.struct.__name__, name), ""),
    )  # fmt: skip


def _shown(shape: Shape, value: Any) -> str:
    if shape.kind == "lines":
        return lines(value) if value else shape.default or ""
    return str(value) if value is not None else shape.default or ""


def _was(look: Look, shape: Shape, before: str) -> str:
    if shape.kind == "flag":
        return words.said(
            "was", look.language, words.said("chosen" if before == "true" else "not_chosen", look.language)
        )
    flat = words.choice(before, look.language) if shape.kind == "choice" else ", ".join(before.split("\n"))
    cut = flat if len(flat) <= LONGEST_WAS else flat[: LONGEST_WAS - 3] + "..."
    empty = _left_out(look, shape) if shape.kind == "choice" else words.said("nothing", look.language)
    return words.said("was", look.language, cut or empty)


def _left_out(look: Look, shape: Shape) -> str:
    """What it means that nothing is chosen: the network is left as it is, a condition is not asked."""
    return words.said("as_it_is" if "deny" in shape.choices else "not_asked", look.language)


def _options(look: Look, shape: Shape) -> list[Option]:
    if shape.kind != "choice":
        return []
    empty = [Option("", _left_out(look, shape))] if shape.optional else []
    return empty + [Option(one, words.choice(one, look.language)) for one in shape.choices]


def _part(look: Look, shape: Shape, value: Any, base: Any, common: dict[str, Any]) -> Node:
    inside = _fields(look, shape, value, base if base is not None or not shape.optional else value, common["path"])
    if not shape.optional:
        return Node("group", **common, inside=inside)
    on, before = value is not None, base is not None
    was = "" if on == before else words.said(
        "was", look.language, words.said("chosen" if before else "not_chosen", look.language)
    )  # fmt: skip
    return Node("switch", **common, on=on, was=was, inside=inside)


def _texts(look: Look, shape: Shape, value: Any, base: Any, common: dict[str, Any]) -> Node:
    now, then = value or {}, base or {}
    inside = [
        Node(
            "long", join(common["path"], word), identity(join(common["path"], word)),
            f"{common['label']} ({words.said(word, look.language)})", value=now.get(word, ""),
            was="" if now.get(word) == then.get(word) else _was(look, shape, then.get(word, "")),
            problem=look.problems.get(join(common["path"], word), ""), most=shape.high,
        )
        for word in shape.choices
    ]  # fmt: skip
    return Node("texts", **common, inside=inside)


def _version(look: Look, value: Any, base: Any, common: dict[str, Any]) -> Node:
    now, then = value or {}, base or {}
    options = [Option(sign, words.choice(sign, look.language)) for sign in words.VERSIONS]
    said = f"{words.choice(then.get('comparison', '>='), look.language)} {then['value']}" if then else ""
    was = "" if now == then else words.said("was", look.language, said or words.said("nothing", look.language))
    problem = common.pop("problem") or look.problems.get(f"{common['path']}.value", "")
    return Node(
        "version", **common, problem=problem, value=str(now.get("value", "")), was=was, options=options,
        comparison=now.get("comparison", ">="),
    )  # fmt: skip


def _table(look: Look, shape: Shape, value: Any, base: Any, common: dict[str, Any]) -> Node:
    path, rows = common["path"], value if isinstance(value, list) else []
    before = _by_key(base if isinstance(base, list) else [])
    nested = "[" in path
    first = 0 if nested else min(look.first, max(0, (len(rows) - 1) // ROWS_SHOWN * ROWS_SHOWN))
    shown: list[RowNode] = []
    for place, row in list(enumerate(rows))[first : first + ROWS_SHOWN]:
        at_ = f"{path}[{place}]"
        wrong = next((said for where, said in look.problems.items() if where.startswith(at_)), "")
        opened = nested or look.open == at_
        old = before.get(_key(row))
        inside = _fields(look, shape, row, old if old is not None else row, at_) if opened else ()
        shown.append(
            RowNode(at_, identity(at_), place + 1, _row_text(shape, row, look), opened, wrong, old is None, inside)
        )
    return Node("rows", **common, rows=shown, count=len(rows), page=ROWS_SHOWN)


def _key(row: Any) -> str:
    return next((str(row[one]) for one in diff.KEYS if isinstance(row, dict) and one in row), "")


def _by_key(rows: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(_key(row), row)
    return found


def _row_text(shape: Shape, row: Given, look: Look) -> str:
    """A row in words; of one that is not complete its name."""
    assert shape.struct is not None
    try:
        return diff.member(msgspec.convert(row, shape.struct, strict=False), look.language)
    except msgspec.ValidationError:
        return _key(row) or words.said("new", look.language)


def count(kept: Given, name: str) -> int:
    """How many conditions (of an action policy: actions) a part of a policy has."""
    return _count(at(kept, name))


def _count(value: Any) -> int:
    if isinstance(value, list):
        return len(value)
    if not isinstance(value, dict):
        return 0
    found = 0
    for key, member in value.items():
        if isinstance(member, list) and member and isinstance(member[0], dict):
            found += len(member)
        elif isinstance(member, dict):
            inner = [one for one in member.values() if isinstance(one, dict)]
            found += len(inner) if inner and key not in ("latest", "vulnerabilities", "mail", "message") else 1
    return found
