"""Newer versions of antivirus products -> the versions that a policy wants, raised. Pure.

Three ways bring newer versions: a file or a program (``kanmon feed antivirus``, the API), and the policy's
model PC (``kanmon.inventory.model_pc``). All of them come here, and all rules are here:

* a wanted version is only ever raised. What is older, equal, or not given changes nothing; back goes one by rolling
  the policy back;
* raised is a version that is wanted as "this or newer" (``>=``) or as "exactly this" (``==``). Other comparisons
  and patterns ("4.18.*") say something that a newer version does not change;
* a line of the table takes the versions of the product that it names. If several products fit its pattern, the line
  stays as it is: nobody could say whose versions are meant.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, structs

from kanmon.common.errors import Refused
from kanmon.policy.compare import is_pattern, matcher
from kanmon.policy.rules_antivirus import AntivirusItem, AntivirusProduct
from kanmon.policy.rules_words import VersionRule
from kanmon.policy.version_order import order

FIELDS = ("version", "engine", "definitions")
MOST_PRODUCTS = 1_000
RISING = (">=", "==")

_Version = Annotated[str, Meta(max_length=200)]


class Newer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One product with its newest versions; what is empty is not known."""

    product: Annotated[str, Meta(min_length=1, max_length=500)]
    version: _Version = ""
    engine: _Version = ""
    definitions: _Version = ""


class Raise(NamedTuple):
    """A version that is wanted from now on. ``line``: the name in the table; ``field``: one of ``FIELDS``."""

    line: str
    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.line}: {self.field} {self.old} -> {self.new}"


class Raised(NamedTuple):
    """The item with raised versions, what was raised, and lines that more than one product fits."""

    item: AntivirusItem
    raises: tuple[Raise, ...]
    ambiguous: tuple[str, ...]


def raised(item: AntivirusItem, newer: Iterable[Newer]) -> Raised:
    """``item`` with the versions of ``newer`` where these are newer than what it wants."""
    known = list(newer)
    lines: list[AntivirusProduct] = []
    raises: list[Raise] = []
    ambiguous: list[str] = []
    for line in item.products:
        named = matcher(line.name)
        fitting = [one for one in known if named(one.product)]
        if len({one.product.casefold() for one in fitting}) > 1:
            ambiguous.append(line.name)
            fitting = []
        changes: dict[str, Any] = {}
        for field in FIELDS:
            rule: VersionRule | None = getattr(line, field)
            if rule is not None and (found := _newest(rule, [getattr(one, field) for one in fitting])):
                changes[field] = structs.replace(rule, value=found)
                raises.append(Raise(line.name, field, rule.value, found))
        lines.append(structs.replace(line, **changes))
    return Raised(structs.replace(item, products=tuple(lines)), tuple(raises), tuple(ambiguous))


def _newest(rule: VersionRule, found: Sequence[str]) -> str:
    """The newest of ``found`` if it is newer than what the rule wants, else ""."""
    if rule.comparison not in RISING or is_pattern(rule.value):
        return ""
    best = rule.value
    for one in found:
        if one and not is_pattern(one) and order(one, best) > 0:
            best = one
    return best if best != rule.value else ""


def unmatched(items: Iterable[AntivirusItem], newer: Iterable[Newer]) -> list[str]:
    """Products that no line of these tables names, in their order."""
    names = [matcher(line.name) for item in items for line in item.products]
    return [one.product for one in newer if not any(named(one.product) for named in names)]


_list = msgspec.json.Decoder(list[Newer])


def read(text: str) -> list[Newer]:
    """The products in a CSV text (its first line names the columns) or a JSON list.

    Columns are product, version, engine and definitions, in any order. Raises Refused KNM2052-E to KNM2054-E with what
    is wrong where.
    """
    text = text.removeprefix("\ufeff")
    try:
        found = _list.decode(text) if text.lstrip().startswith("[") else _rows(text)
    except msgspec.MsgspecError as error:
        raise Refused("KNM2052-E", detail=str(error)) from error
    except csv.Error as error:
        raise Refused("KNM2052-E", detail=str(error)) from error
    if not found:
        raise Refused("KNM2053-E")
    if len(found) > MOST_PRODUCTS:
        raise Refused("KNM2054-E", count=len(found), limit=MOST_PRODUCTS)
    return found


def _rows(text: str) -> list[Newer]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [name.strip().lower() for name in next(lines, [])]
    known = structs.fields(Newer)
    unknown = [name for name in columns if name not in {field.name for field in known}]
    if "product" not in columns or unknown:
        raise Refused("KNM2052-E", detail=f"line 1: columns are {', '.join(field.name for field in known)}")
    found = []
    for values in lines:
        if not any(value.strip() for value in values):
            continue
        try:
            row = dict(zip(columns, (value.strip() for value in values), strict=True))
            found.append(msgspec.convert(row, Newer))
        except (ValueError, msgspec.ValidationError) as error:
            raise Refused("KNM2052-E", detail=f"line {lines.line_num}: {error}") from error
    return found
