"""The lists of a policy as CSV, and back without a difference. Pure.

The habit is that of the system that Kanmon takes over from: values separated by commas, every one in double quotes, a
quote doubled, lines ended by CR and LF. The first line names the columns. They are the fields of the rule, so a field
that is added to a rule has its column without a line here:

* a text, number or choice is one column; ``true`` or ``false`` for yes and no; empty: left out;
* a version is two: ``version_comparison`` and ``version``;
* a list of words is one, with blanks between them;
* a list in a list (the alternatives of a group, the conditions of an item) is one line for each member. Lines with the
  same number in the column ``no`` belong together, and their other columns are the same.

Import replaces the list, and leaves everything else of the policy as it is. What is wrong is refused with the line of the file, like a
document: same checks, same sentences.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from kanmon.common.errors import Refused
from kanmon.policy import check, rules
from kanmon.policy.document import MAX_CHARACTERS, Document
from kanmon.policy.rules_action import ActionPolicy, Mail
from kanmon.policy.rules_items import (
    AntivirusProduct,
    JudgmentPolicy,
    MandatoryGroup,
    ProhibitedSoftware,
    SpecifiedUpdate,
    UserItem,
)
from kanmon.policy.rules_words import VersionRule

NUMBER = "no"
Row = dict[str, str]
Lined = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class List:
    """A list of a policy: where it stands, what its members are, and the field of theirs that is a list of structs."""

    kind: str
    path: tuple[str, str]
    member: type[Any]
    nested: str = ""


LISTS: dict[str, List] = {
    "prohibited": List("judgment", ("prohibited_software", "programs"), ProhibitedSoftware),
    "mandatory": List("judgment", ("mandatory_software", "groups"), MandatoryGroup, "any_of"),
    "updates": List("judgment", ("security_updates", "specified"), SpecifiedUpdate),
    "antivirus": List("judgment", ("antivirus", "products"), AntivirusProduct),
    "user": List("judgment", ("user_definition", "items"), UserItem, "conditions"),
    "addresses": List("action", ("", ""), Mail),
}
"""Lists by the word of the command. ``addresses`` are the receivers of mails, by level."""
LEVELS = ("danger", "warning", "caution", "safe")
ADDRESS_COLUMNS = ("level", "address")


def the_list(name: str, kind: str) -> List:
    """The list of this name that a policy of ``kind`` has. Raises Refused KNM5050-E with the nearest name."""
    of_kind = [one for one, held in LISTS.items() if held.kind == kind]
    if name not in of_kind:
        near = check.nearest(name, of_kind)
        raise Refused("KNM5050-E", status=404, what=f"list of a policy of kind {kind}", name=name, nearest=near)
    return LISTS[name]


def columns(held: List) -> list[str]:
    """The columns of a list, in the order of the rule's fields."""
    if held.member is Mail:
        return list(ADDRESS_COLUMNS)
    found = [NUMBER] if held.nested else []
    for one in msgspec.structs.fields(held.member):
        if one.encode_name == held.nested:
            found += [f"{held.nested}.{column}" for column in _flat(_nested(held))]
        else:
            found += _columns_of(one)
    return found


def _nested(held: List) -> type[Any]:
    """The struct of the inner list."""
    kind = next(one.type for one in msgspec.structs.fields(held.member) if one.encode_name == held.nested)
    return next(_structs_in(kind))


def _structs_in(kind: Any) -> Iterator[type[Any]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for one in get_args(kind):
        yield from _structs_in(one)


def _flat(struct: type[Any]) -> list[str]:
    return [column for one in msgspec.structs.fields(struct) for column in _columns_of(one)]


def _columns_of(one: msgspec.structs.FieldInfo) -> list[str]:
    return [f"{one.encode_name}_comparison", one.encode_name] if _is_version(one) else [one.encode_name]


def _is_version(one: msgspec.structs.FieldInfo) -> bool:
    return VersionRule in list(_structs_in(one.type))


def export(policy: JudgmentPolicy | ActionPolicy, name: str) -> str:
    """The list ``name`` of ``policy`` as CSV text. Raises Refused KNM5050-E."""
    held = the_list(name, "judgment" if isinstance(policy, JudgmentPolicy) else "action")
    heads = columns(held)
    lines = _addresses(policy) if held.member is Mail else _rows(held, policy)
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([row.get(head, "") for head in heads] for row in lines)
    return out.getvalue()


def _addresses(policy: Any) -> Iterator[Row]:
    for level in LEVELS:
        mail = getattr(policy, level).mail
        for address in (mail.to,) if mail and isinstance(mail.to, str) else mail.to if mail else ():
            yield {"level": level, "address": address}


def _rows(held: List, policy: Any) -> Iterator[Row]:
    for number, member in enumerate(getattr(getattr(policy, held.path[0]), held.path[1]), start=1):
        if not held.nested:
            yield _cells(member)
            continue
        outer = {NUMBER: str(number)} | _cells(member, leave=held.nested)
        for inner in getattr(member, _attribute(held)):
            yield outer | {f"{held.nested}.{column}": value for column, value in _cells(inner).items()}


def _attribute(held: List) -> str:
    return next(one.name for one in msgspec.structs.fields(held.member) if one.encode_name == held.nested)


def _cells(member: Any, leave: str = "") -> Row:
    cells: Row = {}
    for one in msgspec.structs.fields(type(member)):
        value = getattr(member, one.name)
        if one.encode_name == leave:
            continue
        if isinstance(value, VersionRule):
            cells[f"{one.encode_name}_comparison"], cells[one.encode_name] = value.comparison, value.value
        elif isinstance(value, tuple):
            cells[one.encode_name] = " ".join(map(str, value))
        elif isinstance(value, bool):
            cells[one.encode_name] = "true" if value else "false"
        else:
            cells[one.encode_name] = "" if value is None else str(value)
    return cells


def take_in(policy: JudgmentPolicy | ActionPolicy, name: str, text: str) -> JudgmentPolicy | ActionPolicy:
    """``policy`` with the list ``name`` of the CSV ``text`` in the place of its own.

    Raises Refused with the line: KNM5061-E for what is no CSV, else as a document is refused.
    """
    held = the_list(name, "judgment" if isinstance(policy, JudgmentPolicy) else "action")
    lined = read_rows(text, columns(held))
    value = rules.plain(policy)
    lines: dict[str, int] = {}
    if held.member is Mail:
        _put_addresses(value, lined, lines)
    else:
        item, field = held.path
        put = _nested_members if held.nested else _members
        value.setdefault(item, {})[field] = put(held, lined, f"{item}.{field}", lines)
    return rules.from_document(Document(value, lines))


def read_rows(text: str, known: list[str], most: int = MAX_CHARACTERS) -> list[Lined]:
    """The rows of a CSV text below its head, each with the line where it begins. ``known``: its columns.

    Raises Refused with the line: KNM5002-E to KNM5008-E, KNM5061-E.
    """
    if len(text) > most:
        raise Refused("KNM5008-E", problem=f"{len(text):,} characters")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found: list[Lined] = []
    heads: list[str] = []
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if not heads:
                heads = cells
                _check_heads(heads, known)
            elif cells and len(cells) != len(heads):
                problem = f"{len(cells)} values, {len(heads)} columns"
                raise Refused("KNM5061-E", line=line, problem=problem)
            elif cells:
                found.append((line, dict(zip(heads, cells, strict=True))))
    except csv.Error as problem:
        raise Refused("KNM5061-E", line=begins, problem=problem) from None
    if not heads:
        raise Refused("KNM5005-E", line=1, path="columns", word=known[0])
    return found


def _check_heads(heads: list[str], known: list[str]) -> None:
    for place, head in enumerate(heads):
        if head not in known:
            near = check.nearest(head, known)
            raise Refused("KNM5002-E", line=1, path="columns", word=head, nearest=near, known=", ".join(known))
        if head in heads[:place]:
            raise Refused("KNM5007-E", line=1, path="columns", word=head)


def _members(held: List, lined: list[Lined], path: str, lines: dict[str, int]) -> list[Any]:
    return [
        _member(held.member, row, f"{path}[{place}]", line, lines) for place, (line, row) in enumerate(lined)
    ]  # fmt: skip


def _nested_members(held: List, lined: list[Lined], path: str, lines: dict[str, int]) -> list[Any]:
    members: list[Any] = []
    inner_type, prefix = _nested(held), f"{held.nested}."
    before: Row | None = None
    for line, row in lined:
        outer = {name: value for name, value in row.items() if not name.startswith(prefix)}
        if before is None or outer.get(NUMBER) != before.get(NUMBER) or not outer.get(NUMBER):
            members.append(_member(held.member, outer, f"{path}[{len(members)}]", line, lines))
        elif outer != before:
            differing = next(name for name in outer if outer[name] != before.get(name))
            raise Refused("KNM5062-E", line=line, path=differing, number=outer[NUMBER])
        before = outer
        inner = {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
        place = f"{path}[{len(members) - 1}].{held.nested}"
        held_list = members[-1].setdefault(held.nested, [])
        held_list.append(_member(inner_type, inner, f"{place}[{len(held_list)}]", line, lines))
    return members


def _member(struct: type[Any], row: Row, path: str, line: int, lines: dict[str, int]) -> dict[str, Any]:
    """A row as a document has it: empty cells are left out."""
    lines[path] = line
    member: dict[str, Any] = {}
    for one in msgspec.structs.fields(struct):
        name = one.encode_name
        value = row.get(name, "")
        lines[f"{path}.{name}"] = line
        if _is_version(one):
            comparison = row.get(f"{name}_comparison", "")
            if value or comparison:
                member[name] = {k: v for k, v in (("value", value), ("comparison", comparison)) if v}
        elif value:
            member[name] = value.split() if _is_words(one) else value
    return member


def _is_words(one: msgspec.structs.FieldInfo) -> bool:
    return isinstance(msgspec.inspect.type_info(one.type), msgspec.inspect.VarTupleType) or isinstance(
        getattr(msgspec.inspect.type_info(one.type), "type", None), msgspec.inspect.VarTupleType
    )


def _put_addresses(value: dict[str, Any], lined: list[Lined], lines: dict[str, int]) -> None:
    """The receivers of each level that the file names; a level without mail gets one."""
    by_level: dict[str, list[tuple[int, str]]] = {}
    for line, row in lined:
        level = row.get("level", "")
        if level not in LEVELS:
            near, known = check.nearest(level, LEVELS), ", ".join(LEVELS)
            raise Refused("KNM5003-E", line=line, path="level", word=level, nearest=near, known=known)
        by_level.setdefault(level, []).append((line, row.get("address", "")))
    for level, addresses in by_level.items():
        mail = value.setdefault(level, {}).setdefault("mail", {})
        path = f"{level}.mail.to"
        for place, (line, _) in enumerate(addresses):
            lines.setdefault(path, line)
            lines[f"{path}[{place}]"] = line
        alone = addresses[0][1] if len(addresses) == 1 else ""
        mail["to"] = alone if alone == "administrators" else [address for _, address in addresses]
