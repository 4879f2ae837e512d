"""The index as a file, so that a start has no need to read a million inventories.

The file is blocks, each with its length and CRC-32: a header, the PCs, bitmaps of facts, columns, and an end that
counts the blocks. It is written beside the old one, brought to the disk and renamed: whoever reads finds the old file
or the new one. A file without its end, or with a block that is not what was written, is refused as a whole.

While it is written, judging goes on. The lock of the index is held for one block at a time (at most ``_FACTS`` bitmaps,
25 MB, some milliseconds), so the blocks are of different moments. That does no harm, because ``position`` is of the
moment *before* the first block, and who loads the file follows the changes from there: setting a bit that is
set, or clearing one that is clear, changes nothing, and for each PC and fact the last change wins. A fact that nobody
had at that moment is not in the file at all; the changes bring it.

The dictionary itself is not in the file. Facts are read from the database and compared with ``facts_mark``, which
also tells whether their numbers are still the same.

Pure: no Django, no clock.
"""

import mmap
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
from pyroaring import BitMap

from kanmon.judgment.columns import Column
from kanmon.judgment.index import Index

MAGIC = b"KANMON INDEX 1\n"
_HEAD = struct.Struct("<cII")  # kind, bytes, CRC-32
_FACTS = 200  # bitmaps in a block
_SYNC_BYTES = 32 << 20  # brought to the disk at a time, so that a commit never waits behind hundreds of megabytes
HEADER, PCS, HOLDERS, COLUMN, END = b"H", b"P", b"F", b"C", b"E"


class Damaged(Exception):
    """The file is not what was written; the text says where."""


class TooSlow(Exception):
    """The time allowed for writing is over; the file before is still there."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What must still be true for the file to be of use.

    ``version``: of Kanmon. ``source``: the database, its timeline and era. ``position``: up to which change the
    index goes; ``change_mark``: what that change was. ``facts``, ``last_fact``, ``facts_mark``: how many facts there
    were up to which number, and a hash over them.
    """

    version: str
    source: str
    position: tuple[int, int]
    change_mark: str
    facts: int
    last_fact: int
    facts_mark: str


class Snapshot:
    """What of the index is written, taken under its lock at the moment of ``Header.position``: PCs and facts."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.pcs = BitMap(index.pcs)
        self.facts = index.held_facts()
        self.columns = index.column_names()


def write(
    path: Path, header: Header, taken: Snapshot, lock: AbstractContextManager[Any], go_on: Callable[[], bool]
) -> int:
    """Write the file; returns its bytes. ``go_on`` is asked before each block.

    Raises OSError, and TooSlow when ``go_on`` says no; then the old file stays, and the new one is removed.
    """
    new = path.with_name(path.name + ".new")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            size = file.write(MAGIC)
            count = unsynced = 0
            for kind, body in _blocks(header, taken, lock):
                if not go_on():
                    raise TooSlow
                size += file.write(_HEAD.pack(kind, len(body), zlib.crc32(body))) + file.write(body)
                count, unsynced = count + 1, unsynced + len(body)
                if unsynced > _SYNC_BYTES:
                    file.flush()
                    os.fdatasync(file.fileno())
                    unsynced = 0
            end = msgspec.msgpack.encode(count)
            size += file.write(_HEAD.pack(END, len(end), zlib.crc32(end))) + file.write(end)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return size


def _blocks(header: Header, taken: Snapshot, lock: AbstractContextManager[Any]) -> Iterator[tuple[bytes, bytes]]:
    yield HEADER, msgspec.msgpack.encode(header)
    yield PCS, taken.pcs.serialize()
    for start in range(0, len(taken.facts), _FACTS):
        facts = taken.facts[start : start + _FACTS]
        with lock:
            packed = taken.index.packed_holders(facts)
        sizes = [(fact, len(one)) for fact, one in zip(facts, packed, strict=True)]
        yield HOLDERS, b"".join([struct.pack("<I", len(facts)), *(struct.pack("<II", *one) for one in sizes), *packed])
    for name in taken.columns:
        with lock:
            texts, values = taken.index.column(name).dump()
        yield COLUMN, msgspec.msgpack.encode((name, texts, values))


def read(path: Path, check: Callable[[Header], None]) -> tuple[Header, Index]:
    """Header and index of the file. ``check`` raises what it likes when the header does not fit.

    Raises FileNotFoundError, OSError, Damaged.
    """
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size <= len(MAGIC):
            raise Damaged("it is empty")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # ends with the last of its views
    return _read(memoryview(mapped), check)


def _read(data: memoryview, check: Callable[[Header], None]) -> tuple[Header, Index]:
    if data[: len(MAGIC)] != MAGIC:
        raise Damaged("it is of another form")
    header: Header | None = None
    pcs, holders, columns = BitMap(), dict[int, BitMap](), dict[str, Column]()
    for count, (kind, body) in enumerate(_checked(data)):
        if kind == END:
            if header is None or msgspec.msgpack.decode(body, type=int) != count:
                break
            return header, Index.of(pcs, holders, columns)
        if kind == HEADER:
            header = msgspec.msgpack.decode(body, type=Header)
            check(header)
        elif kind == PCS:
            pcs = BitMap.deserialize(bytes(body))
        elif kind == HOLDERS:
            holders.update(_holders(body))
        else:
            name, texts, values = msgspec.msgpack.decode(body, type=tuple[str, list[str], bytes])
            columns[name] = Column.loaded(name, texts, values)
    raise Damaged("its end is missing")


def _checked(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The blocks, each compared with its CRC-32."""
    place = len(MAGIC)
    while place + _HEAD.size <= len(data):
        kind, size, mark = _HEAD.unpack_from(data, place)
        place += _HEAD.size
        if place + size > len(data):
            break
        body = data[place : place + size]
        if zlib.crc32(body) != mark:
            raise Damaged(f"the block at byte {place:,} is not what was written")
        yield kind, body
        place += size
    raise Damaged("its end is missing")


def _holders(body: memoryview) -> Iterator[tuple[int, BitMap]]:
    (count,) = struct.unpack_from("<I", body)
    place = 4 + 8 * count
    for fact, size in struct.iter_unpack("<II", body[4:place]):
        yield fact, BitMap.deserialize(bytes(body[place : place + size]))
        place += size
