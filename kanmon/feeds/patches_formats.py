"""Bytes of a feed -> rows, told apart by content. Files are streams: what is held is one row, or one vulnerability.

wesng      a zip with ``CVEs_YYYYMMDD.csv`` and hand-made rows in ``Custom_*.csv`` (github.com/bitsadmin/wesng)
msrc       a CVRF document of Microsoft's security update guide, XML, plain or as bz2 or gzip
fleet      a JSON file of Fleet's ``fleet_msrc_*``: updates with the builds that they bring
csv        a list of one's own, see ``OWN_COLUMNS``

Bounds: ``MOST_BYTES`` unpacked, ``MOST_ROWS`` rows. What is beyond them, or broken, raises Refused with a sentence.
"""

import bz2
import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import msgspec

from kanmon.common.errors import Refused
from kanmon.feeds import broken
from kanmon.feeds.patches_collect import Body, Collector, Row

MOST_UPLOAD_BYTES = 64 * 2**20
MOST_BYTES = 2**30
MOST_JSON_BYTES = 64 * 2**20
MOST_ROWS = 5_000_000
_PIECE = 1 << 16
OWN_COLUMNS = (
    "update",
    "product",
    "hole",
    "component",
    "released",
    "severity",
    "title",
    "replaces",
    "build",
    "bulletin",
)
"""Columns of a CSV of one's own, in any order; ``update`` and ``product`` must be there."""
_WESNG = {
    "BulletinKB": "update", "AffectedProduct": "product", "CVE": "hole", "AffectedComponent": "component",
    "DatePosted": "released", "Severity": "severity", "Title": "title", "Supersedes": "replaces",
}  # fmt: skip


class ReadFeed(NamedTuple):
    """A feed that was read: its format, the name it is kept under, its day ("" when it tells none), its body."""

    format: str
    name: str
    dated: str
    body: Body
    rows: int
    used: int


def read(stream: IO[bytes], name: str, tick: Callable[[int], None] = lambda rows: None) -> ReadFeed:
    """Read the feed in ``stream``; ``name`` is what it was called where it came from. ``tick`` hears of the rows.

    Raises Refused KNM1200-E (unknown), KNM1201-E (broken), KNM1202-E (too large), KNM1203-E (no update in it).
    """
    collector, head = Collector(), _Head()
    for row in _sound(stream, name, head):
        collector.add(row)
        if collector.rows % 20_000 == 0:
            if collector.rows > MOST_ROWS:
                raise Refused("KNM1202-E", most=f"{MOST_ROWS:,} rows")
            tick(collector.rows)
    body = collector.body()
    if not body.updates:
        raise Refused("KNM1203-E", name=name, rows=f"{collector.rows:,}")
    newest = max((one[2] for one in body.updates), default="")
    return ReadFeed(head.format, head.name, head.dated or newest, body, collector.rows, collector.used)


@dataclass
class _Head:
    """What a feed tells of itself, known when its rows were read. ``dated``: "" when it tells no day."""

    format: str = "csv"
    name: str = ""
    dated: str = ""


def _sound(stream: IO[bytes], name: str, head: _Head) -> Iterator[Row]:
    with broken.refused(name):
        yield from _read(stream, name, head)


def _read(stream: IO[bytes], name: str, head: _Head) -> Iterator[Row]:
    packed = stream.read(64)
    stream.seek(0)
    if packed.startswith(b"PK"):
        yield from _wesng(stream, head)
        return
    unpacked: IO[bytes] = stream
    if packed.startswith(b"BZh"):
        unpacked = bz2.BZ2File(stream)
    elif packed.startswith(b"\x1f\x8b"):
        unpacked = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
    start = unpacked.read(64)
    unpacked.seek(0)
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        yield from _cvrf(unpacked, head)
    elif start.startswith(b"{"):
        yield from _fleet(unpacked, name, head)
    else:
        head.name = Path(name).name.partition(".")[0][:60] or "csv"
        with _text(unpacked) as text:
            yield from _rows(text, {column: column for column in OWN_COLUMNS}, name)


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than ``MOST_BYTES``."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner, self._left = inner, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise Refused("KNM1202-E", most=f"{MOST_BYTES // 2**20:,} MiB")
        buffer[: len(data)] = data
        return len(data)


def _text(stream: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(_Bounded(stream), _PIECE), "utf-8-sig", "replace", newline="")


def _wesng(stream: IO[bytes], head: _Head) -> Iterator[Row]:
    with zipfile.ZipFile(stream) as archive:
        named = [one for one in archive.namelist() if re.fullmatch(r"(CVEs|Custom)_\d{8}\.csv", one)]
        main = [one for one in named if one.startswith("CVEs")]
        if not main:
            raise Refused("KNM1200-E", name="zip", known="CVEs_YYYYMMDD.csv")
        day = main[0][5:13]
        head.format = head.name = "wesng"
        head.dated = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        for one in sorted(named):
            with archive.open(one) as packed, _text(packed) as text:
                yield from _rows(text, _WESNG, one)


def _rows(lines: Iterable[str], columns: dict[str, str], name: str) -> Iterator[Row]:
    csv.field_size_limit(1 << 20)
    reader = csv.reader(line for line in lines if not line.startswith("#"))
    header = [word.strip() for word in next(reader, [])]
    folded = {word.lower(): field for word, field in columns.items()}
    fields = [folded.get(word.lower()) for word in header]
    if "update" not in fields or "product" not in fields:
        raise Refused("KNM1200-E", name=name, known=", ".join(OWN_COLUMNS))
    places = {("builds" if field == "build" else field): place for place, field in enumerate(fields) if field}
    order = [places.get(field, -1) for field in Row._fields]
    for values in reader:
        if len(values) >= 2:
            values.append("")  # place -1: a column that is not there
            yield Row(*[values[place] if place < len(values) else "" for place in order])


def _fleet(stream: IO[bytes], name: str, head: _Head) -> Iterator[Row]:
    data = stream.read(MOST_JSON_BYTES + 1)
    if len(data) > MOST_JSON_BYTES:
        raise Refused("KNM1202-E", most=f"{MOST_JSON_BYTES // 2**20} MiB")
    told = msgspec.json.decode(data, type=_Fleet)
    match = re.search(r"(\d{4})[_-](\d\d)[_-](\d\d)", name)
    head.format, head.name = "fleet", f"fleet {told.ProductName}"[:60]
    head.dated = f"{match[1]}-{match[2]}-{match[3]}" if match else ""
    for hole, about in told.Vulnerabities.items():
        for kb in about.RemediatedBy:
            fix = told.VendorFixes.get(kb, _Fix())
            for product in about.ProductIDs.keys() & (fix.ProductIDs.keys() or about.ProductIDs.keys()):
                yield Row(
                    kb, told.Products.get(product, ""), hole, released=_epoch(about.PublishedEpoch),
                    title=f"Update for {told.ProductName}", replaces=str(fix.Supersedes or ""),
                    builds=";".join(fix.FixedBuilds),
                )  # fmt: skip


class _Fix(msgspec.Struct):
    FixedBuilds: list[str] = []
    ProductIDs: dict[str, bool] = {}
    Supersedes: int | str | None = None


class _About(msgspec.Struct):
    PublishedEpoch: int | None = None
    ProductIDs: dict[str, bool] = {}
    RemediatedBy: dict[str, bool] = {}


class _Fleet(msgspec.Struct):
    """Field names are the file's own, with its spelling."""

    ProductName: str
    Products: dict[str, str]
    Vulnerabities: dict[str, _About]
    VendorFixes: dict[str, _Fix] = {}


def _epoch(seconds: int | None) -> str:
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds or 0, UTC).date().isoformat() if seconds else ""
    except (OverflowError, OSError, ValueError):
        return ""


def _cvrf(stream: IO[bytes], head: _Head) -> Iterator[Row]:
    """Rows of the document. Entities are refused: none is needed, and they can blow up."""
    parser: Any = XMLPullParser(("end",))
    source = _Bounded(stream)
    products: dict[str, str] = {}
    name = ""
    before = b""
    while piece := source.read(_PIECE):
        plain = before[-10:] + piece.replace(b"\0", b"")  # UTF-16 has one at every second place
        if b"<!" in plain and re.search(rb"<!(DOCTYPE|ENTITY)", plain, re.IGNORECASE):
            raise Refused("KNM1201-E", name="XML", problem="it declares entities")
        before = plain
        try:
            parser.feed(piece)
        except LookupError as problem:  # no such encoding
            raise ParseError(str(problem)) from None
        for _, element in parser.read_events():
            tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            if tag == "FullProductName":
                products[element.get("ProductID", "")] = element.text or ""
            elif tag == "CurrentReleaseDate":
                head.dated = (element.text or "")[:10]
            elif tag == "ID" and not name:
                name = (element.text or "").strip()
            elif tag == "Vulnerability":
                yield from _vulnerability(element, products)
                element.clear()
    parser.close()
    head.format, head.name = "msrc", f"msrc {name}".strip()[:60]


def _vulnerability(element: Element, products: dict[str, str]) -> Iterator[Row]:
    hole = _child(element, "CVE")
    title = _child(element, "Title")
    severity: dict[str, str] = {}
    released = ""
    for one in element.iter():
        tag = str(one.tag).rpartition("}")[2]
        if tag == "Threat" and one.get("Type") == "Severity":
            severity |= dict.fromkeys(_children(one, "ProductID"), _child(one, "Description"))
        elif tag == "Revision" and not released:
            released = _child(one, "Date")[:10]
    for one in element.iter():
        if str(one.tag).rpartition("}")[2] != "Remediation" or one.get("Type") != "Vendor Fix":
            continue
        update, replaces, build = _child(one, "Description"), _child(one, "Supercedence"), _child(one, "FixedBuild")
        for product in _children(one, "ProductID"):
            yield Row(
                update, products.get(product, ""), hole, released=released, severity=severity.get(product, ""),
                title=title, replaces=replaces, builds=build,
            )  # fmt: skip


def _children(element: Element, tag: str) -> list[str]:
    return [(one.text or "").strip() for one in element if str(one.tag).rpartition("}")[2] == tag]


def _child(element: Element, tag: str) -> str:
    return next(iter(_children(element, tag)), "")
