"""The storage format of a PC's facts and columns.

Facts: the fact numbers, sorted, as little-endian uint32. Columns: a msgpack map of name -> value, names of
``common.facts.COLUMNS``. A change's body: msgpack [added, removed], both packed like facts.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint32]


def pack(numbers: Numbers) -> bytes:
    """Sorted, distinct fact numbers as stored."""
    ordered = np.sort(numbers.astype("<u4"))
    fresh = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh].tobytes()


def unpack(packed: bytes) -> Numbers:
    """Fact numbers, sorted."""
    return np.frombuffer(packed, dtype="<u4")


def difference(before: bytes, after: bytes) -> bytes:
    """The body of a change from ``before`` to ``after``, both packed; empty when they are equal."""
    if before == after:
        return b""
    if not before:
        return msgspec.msgpack.encode([after, b""])
    old, new = unpack(before), unpack(after)
    added = np.setdiff1d(new, old, assume_unique=True)
    removed = np.setdiff1d(old, new, assume_unique=True)
    return msgspec.msgpack.encode([added.tobytes(), removed.tobytes()])


def read_difference(body: bytes) -> tuple[Numbers, Numbers]:
    """(added, removed) of a change's body."""
    added, removed = msgspec.msgpack.decode(body, type=tuple[bytes, bytes])
    return unpack(added), unpack(removed)


def pack_columns(columns: Mapping[str, int | str]) -> bytes:
    """Columns as stored, in order of name, so that equal columns have equal bytes."""
    return msgspec.msgpack.encode(dict(sorted(columns.items())))


def unpack_columns(packed: bytes) -> dict[str, Any]:
    """Columns by name."""
    return msgspec.msgpack.decode(packed, type=dict[str, Any])
