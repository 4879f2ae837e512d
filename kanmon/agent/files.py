"""The connection control list as a file: CSV, NDJSON or JSON, told by the file's name.

CSV is as the original's: comma, every value in double quotes, "" for a quote, lines end with CR LF, first line names
the columns. Read are ``mac`` and ``state``, and ``ip``, ``host``, ``reason`` if they are there; the others of an export
are passed over, so that an export can be imported as it is.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kanmon.common.errors import Refused
from kanmon.ordering import Holds
from kanmon.wire import Address, Mac, Sentence, Short, State

FILE_BYTES = 64 * 2**20
MOST_ROWS = 1_000_000
COLUMNS = ("mac", "ip", "host", "state", "network", "why", "since", "order", "reason")
KINDS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json"}
_READ = ("mac", "ip", "host", "state", "reason")
_OCTETS = re.compile(r"[0-9a-f]{12}|[0-9a-f]{6}|[0-9a-f]{8}|[0-9a-f]{10}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BETWEEN = re.compile(r"(?<=[0-9a-fA-F])[-:.](?=[0-9a-fA-F])")


class Row(msgspec.Struct, frozen=True):
    """One PC of a file."""

    mac: Mac
    state: State
    ip: Address = ""
    host: Short = ""
    reason: Sentence = ""


class _Fields(msgspec.Struct):
    mac: Annotated[str, Meta(max_length=40)]
    state: State
    ip: Address | None = ""
    host: Short | None = ""
    reason: Sentence | None = ""


def mac_of(text: str, *, prefix: bool = False) -> str:
    """A MAC in any common spelling as aa:bb:cc:dd:ee:ff; with ``prefix`` also its first three to five octets.

    Raises Refused KNM8052-E.
    """
    digits = _BETWEEN.sub("", text.strip()).lower()
    if not _OCTETS.fullmatch(digits) or (len(digits) != 12 and not prefix):
        raise Refused("KNM8052-E", text=text[:40])
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def kind_of(path: Path) -> str:
    """csv, ndjson or json. Raises Refused KNM8051-E."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise Refused("KNM8051-E", path=str(path), problem=f"{path.suffix or 'no ending'}: not .csv, .json, .ndjson")
    return kind


def read(path: Path) -> list[Row]:
    """The rows of a file, none twice. Raises Refused KNM8050-E or KNM8051-E; then nothing of it counts."""
    kind = kind_of(path)
    try:
        with open(path, "rb") as file:
            data = file.read(FILE_BYTES + 1)
        if len(data) > FILE_BYTES:
            raise ValueError(f"it has more than {FILE_BYTES} bytes")
        text = data.decode("utf-8-sig")
        rows: list[Row] = []
        seen: dict[str, int] = {}
        for line, fields in _lines(kind, text):
            row = _row(path, line, fields)
            if row.mac in seen:
                raise Refused(
                    "KNM8050-E", path=str(path), line=line, problem=f"{row.mac} is in line {seen[row.mac]}, too"
                )
            seen[row.mac] = line
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise ValueError(f"it has more than {MOST_ROWS} rows")
    except OSError as problem:
        raise Refused("KNM8051-E", path=str(path), problem=problem.strerror or str(problem)) from None
    except (ValueError, csv.Error) as problem:  # msgspec's and Unicode's errors are ValueErrors
        raise Refused("KNM8051-E", path=str(path), problem=str(problem)) from None
    return rows


def _lines(kind: str, text: str) -> Iterator[tuple[int, Any]]:
    if kind == "json":
        found = msgspec.json.decode(text, type=list[dict[str, Any]])
        yield from enumerate(found, 1)
    elif kind == "ndjson":
        for line, part in enumerate(text.splitlines(), 1):
            if part.strip():
                yield line, msgspec.json.decode(part, type=dict[str, Any])
    else:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = {"mac", "state"} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"the first line does not name {', '.join(sorted(missing))}")
        for fields in rows:
            yield rows.line_num, {name: _meant(fields.get(name)) for name in _READ}


def _row(path: Path, line: int, fields: Mapping[str, Any]) -> Row:
    try:
        told = msgspec.convert(fields, _Fields, strict=False)
        mac = mac_of(told.mac)
        return msgspec.convert(
            {
                "mac": mac,
                "state": told.state,
                "ip": told.ip or "",
                "host": told.host or "",
                "reason": told.reason or "",
            },
            Row,
        )
    except (msgspec.ValidationError, Refused) as problem:
        raise Refused("KNM8050-E", path=str(path), line=line, problem=str(problem).rstrip(".")) from None


def values(holds: Holds) -> dict[str, str]:
    """A PC as it stands in an export, by column."""
    told = holds._asdict()
    told["since"] = "" if holds.since is None else holds.since.isoformat(timespec="seconds")
    return {name: str(told[name]) for name in COLUMNS}


def write(kind: str, listed: Iterable[Holds]) -> Iterator[str]:
    """The text of an export, piece by piece."""
    if kind == "csv":
        yield _csv_line(COLUMNS)
        for one in listed:
            yield _csv_line(values(one).values())
    elif kind == "ndjson":
        for one in listed:
            yield msgspec.json.encode(values(one)).decode() + "\n"
    else:
        yield msgspec.json.format(msgspec.json.encode([values(one) for one in listed])).decode() + "\n"


def _csv_line(cells: Iterable[str]) -> str:
    return ",".join('"' + _harmless(cell).replace('"', '""') + '"' for cell in cells) + "\r\n"


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: host names come from PCs that may be hostile."""
    return "'" + cell if cell.lstrip("'")[:1] in _FORMULA else cell


def _meant(cell: str | None) -> str:
    """The cell again."""
    text = cell or ""
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in _FORMULA else text
