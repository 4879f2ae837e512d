"""What exactly is hashed: the same bytes for the same row, on every database, for ever.

A row is one JSON object: keys sorted, no blanks, UTF-8, times as "2026-11-22T20:15:03.120000Z". It holds texts,
whole numbers, true, false and null only: ``plain`` makes other numbers texts *before* they are stored, because
databases write 1e22 and -0.0 in ways of their own. An export has these very bytes, one object a line.

The *marks* of a seal are, for each row in order, its number (8 bytes, big endian) and the SHA-256 of its bytes. The
*root* is the SHA-256 of the marks. So the root stands for all rows and their order, and as long as the marks are
kept it can be said which row does not fit. The hash of a seal is the SHA-256 of the seal's own JSON object, in which
the hash of the seal before stands: the newest one stands for everything before it.
"""

import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kanmon.common.redact import redact

NO_SEAL = bytes(32)  # "the hash before" of the first seal
LONGEST_TEXT, MOST_MEMBERS, DEEPEST, LONGEST_DETAIL = 1000, 100, 6, 16_000
_MARK = struct.Struct(">q32s")
_SEAL_TEXT = re.compile(r"(?<![0-9a-f])([1-9][0-9]{0,17}):([0-9a-f]{64})(?![0-9a-f])")


class Row(NamedTuple):
    """One row of the audit, without its place in the order of change."""

    seq: int
    at: datetime
    actor: str
    event: str
    subject: str
    detail: Any
    address: str
    operation: int | None


class SealFacts(NamedTuple):
    """What the hash of a seal stands for. ``first`` and ``last`` are the least and greatest number of its rows."""

    number: int
    first: int
    last: int
    rows: int
    root: bytes
    before: bytes
    sealed_at: datetime
    term: int


def text(value: str, longest: int = LONGEST_TEXT) -> str:
    """``value`` as every database keeps it: without secrets, NUL and halves of surrogate pairs, and not too long."""
    clean = redact(value).encode("utf-8", "replace").decode().replace("\x00", "?")
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def plain(value: Any, depth: int = 0) -> Any:
    """``value`` as the detail of a row may hold it: bounded, and every database gives it back as it was."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)[:40]
    if depth < DEEPEST and isinstance(value, Mapping):
        members = list(value.items())[:MOST_MEMBERS]
        return {text(str(name), 200): plain(one, depth + 1) for name, one in members}
    if depth < DEEPEST and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one, depth + 1) for one in list(value)[:MOST_MEMBERS]]
    return text(value if isinstance(value, str) else str(value))


def detail(value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` as the detail of a row. What is longer than 16,000 bytes keeps its short members only."""
    made: dict[str, Any] = plain(value)
    if len(_json(made)) > LONGEST_DETAIL:
        made = {name: one for name, one in made.items() if len(_json(one)) <= LONGEST_DETAIL // MOST_MEMBERS}
        made["cut"] = True
    return made


def moment(at: datetime) -> str:
    """A time in UTC with six decimals of the second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _json(value: Any) -> bytes:
    said = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return said.encode("utf-8", "surrogatepass")


def row_bytes(row: Row) -> bytes:
    """The bytes of a row."""
    return _json({**row._asdict(), "at": moment(row.at)})


def seal_bytes(seal: SealFacts) -> bytes:
    """The bytes of a seal."""
    told = {"root": seal.root.hex(), "before": seal.before.hex(), "sealed_at": moment(seal.sealed_at)}
    return _json({**seal._asdict(), **told})


def digest(content: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(content).digest()


def marks(rows: Iterable[Row]) -> bytes:
    """The marks of rows, in their order."""
    return b"".join(_MARK.pack(row.seq, digest(row_bytes(row))) for row in rows)


def read_marks(content: bytes) -> list[tuple[int, bytes]]:
    """Number and SHA-256 of each row. ValueError when these are no marks."""
    if len(content) % _MARK.size:
        raise ValueError("no whole number of marks")
    return list(_MARK.iter_unpack(content))


def seal_text(number: int, hash: bytes) -> str:
    """A seal as people copy it: "17:9f86d081..."."""
    return f"{number}:{hash.hex()}"


def read_seal_text(said: str) -> tuple[int, bytes] | None:
    """Number and hash of the last seal that is named in ``said``, for example a line of the Manager log."""
    found = _SEAL_TEXT.findall(said)
    return (int(found[-1][0]), bytes.fromhex(found[-1][1])) if found else None
