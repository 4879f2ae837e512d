"""Bytes of an OSV feed -> records, told apart by content. A zip is read member by member: one record is held at a time.

zip            one JSON file for each record, as osv.dev gives them (``Debian:12/all.zip``)
a record       one JSON object
a list         a JSON array of records, or one JSON object a line; plain or as gzip or bz2

Bounds: ``MOST_BYTES`` unpacked, ``MOST_RECORD_BYTES`` a record, ``MOST_RECORDS``; a list is at most ``MOST_LIST_BYTES``,
unless it is one record a line. What is beyond them, or broken, raises Refused with a sentence.
"""

import bz2
import gzip
import io
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from kanmon.common.errors import Refused
from kanmon.feeds import broken
from kanmon.feeds.osv_collect import Collected, Collector
from kanmon.feeds.osv_record import Record, slim

MOST_BYTES = 8 * 2**30
MOST_RECORD_BYTES = 32 * 2**20
MOST_LIST_BYTES = 64 * 2**20
MOST_RECORDS = 1_000_000
_TICK = 5_000
_decoder = msgspec.json.Decoder(Record)
_encoder = msgspec.json.Encoder()
_list_decoder = msgspec.json.Decoder(list[Record])


class ReadOsv(NamedTuple):
    """A feed that was read: the name it is kept under, its format, what it tells, and how many records it had."""

    name: str
    format: str
    told: Collected
    records: int
    used: int
    withdrawn: int


def read(
    stream: IO[bytes], name: str, covers: Collection[str] = (), tick: Callable[[int], None] = lambda records: None
) -> ReadOsv:
    """Read the feed in ``stream``; ``name`` is its file name. ``covers``: keys of releases, see ``osv_collect``.

    Raises Refused KNM1210-E (no OSV), KNM1201-E (broken), KNM1202-E (too large), KNM1211-E (of no known release).
    """
    collector = Collector()
    format = "zip" if _is_zip(stream) else "json"
    records = _of_zip(stream) if format == "zip" else _of_json(stream, name)
    for record in _sound(records, name):
        collector.add(record)
        if collector.records > MOST_RECORDS:
            raise Refused("KNM1202-E", most=f"{MOST_RECORDS:,} records")
        if collector.records % _TICK == 0:
            tick(collector.records)
    told = collector.collected(format == "zip", covers)
    if not told.releases:
        raise Refused("KNM1211-E", name=name, records=f"{collector.records:,}")
    kept = _name(told.covers, name) if format == "zip" else f"osv {Path(name).name.partition('.')[0]}"
    return ReadOsv(kept[:60], format, told, collector.records, collector.used, collector.withdrawn)


def _name(covers: tuple[str, ...], file: str) -> str:
    if len(covers) == 1:
        return f"osv {covers[0]}"
    distributions = {one.partition(":")[0] for one in covers}
    return f"osv {distributions.pop() if len(distributions) == 1 else Path(file).name.partition('.')[0]}"


def _is_zip(stream: IO[bytes]) -> bool:
    head = stream.read(2)
    stream.seek(0)
    return head == b"PK"


def _sound(records: Iterator[Record], name: str) -> Iterator[Record]:
    """``records`` while they are read. Raises Refused KNM1201-E, KNM1210-E."""
    with broken.refused(name):
        try:
            yield from records
        except msgspec.ValidationError as problem:
            raise Refused("KNM1210-E", name=name, problem=str(problem)[:200]) from None


def _of_json(stream: IO[bytes], name: str) -> Iterator[Record]:
    head = stream.read(64)
    stream.seek(0)
    unpacked: IO[bytes] = stream
    if head.startswith(b"BZh"):
        unpacked = bz2.BZ2File(stream)
    elif head.startswith(b"\x1f\x8b"):
        unpacked = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
    start = unpacked.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    unpacked.seek(0)
    if start.startswith(b"["):
        yield from _list_decoder.decode(_all(unpacked))
        return
    if not start.startswith(b"{"):
        raise Refused("KNM1210-E", name=name, problem="neither a zip nor JSON")
    yield from _of_objects(unpacked, name)


def _of_zip(stream: IO[bytes]) -> Iterator[Record]:
    total = 0
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".json"):
                continue
            with archive.open(member) as packed:
                body = packed.read(MOST_RECORD_BYTES + 1)
            total += len(body)
            if len(body) > MOST_RECORD_BYTES or total > MOST_BYTES:
                raise Refused(
                    "KNM1202-E", most=f"{MOST_RECORD_BYTES // 2**20} MiB a record, {MOST_BYTES >> 30} GiB in all"
                )
            yield _record(body, member.filename)


def slimmed(stream: IO[bytes], name: str) -> bytes:
    """A zip of OSV with only what is read of each record: a tenth of it. The same zip gives the same bytes.

    Raises Refused like ``read``, and KNM1201-E for what is no zip.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, record in enumerate(_sound(_of_zip(stream), name)):
            archive.writestr(zipfile.ZipInfo(f"{number}.json"), _encoder.encode(slim(record)), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _of_objects(stream: IO[bytes], name: str) -> Iterator[Record]:
    """One record a line; or one record over the whole of the stream."""
    lines = io.BufferedReader(stream, 1 << 16) if isinstance(stream, io.RawIOBase) else stream
    total, number = 0, 0
    while line := lines.readline(MOST_RECORD_BYTES + 1):
        number += 1
        total += len(line)
        if len(line) > MOST_RECORD_BYTES or total > MOST_BYTES:
            raise Refused("KNM1202-E", most=f"{MOST_RECORD_BYTES // 2**20} MiB a record, {MOST_BYTES >> 30} GiB in all")
        bare = line.removeprefix(b"\xef\xbb\xbf").strip()
        if number == 1 and not _is_whole(bare):
            stream.seek(0)
            yield _record(_all(stream), name)
            return
        if bare:
            yield _record(bare, f"{name}, line {number}")


def _is_whole(line: bytes) -> bool:
    """Whether a first line is a whole JSON object."""
    try:
        msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return False
    return True


def _all(stream: IO[bytes]) -> bytes:
    data = stream.read(MOST_LIST_BYTES + 1)
    if len(data) > MOST_LIST_BYTES:
        raise Refused("KNM1202-E", most=f"{MOST_LIST_BYTES // 2**20} MiB of JSON")
    return data.removeprefix(b"\xef\xbb\xbf")


def _record(body: bytes, where: str) -> Record:
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as problem:
        raise type(problem)(f"{where}: {problem}") from None
