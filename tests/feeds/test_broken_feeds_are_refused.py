"""A file that is broken is refused in a sentence; an error of Kanmon while it is collected is not told as one of the file."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from kanmon.common.errors import Refused
from kanmon.feeds import osv_collect, osv_formats, patches_collect, patches_formats
from tests.feeds.osv_records import DEBIAN, zipped

CSV = "update,product,hole\nKB5093998,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-1\n"
WESNG = "BulletinKB,AffectedProduct,CVE\n5093998,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-1\n"
MEMBERS = {"CVEs_20260628.csv": WESNG, **{f"{number}.json": json.dumps(one) for number, one in enumerate(DEBIAN)}}
READERS: dict[str, Callable[[bytes], Any]] = {
    "patches": lambda body: patches_formats.read(io.BytesIO(body), "file"),
    "vulnerabilities": lambda body: osv_formats.read(io.BytesIO(body), "file"),
    "a large zip": lambda body: osv_formats.slimmed(io.BytesIO(body), "file"),
}


def packed(method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip that both readers find something in."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, text in MEMBERS.items():
            archive.writestr(name, text)
    return made.getvalue()


def encrypted() -> bytes:
    """The zip with the mark of encryption on each member."""
    body = bytearray(packed())
    for start, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(start)
        while at >= 0:
            body[at + place] |= 1
            at = body.find(start, at + 1)
    return bytes(body)


def scrambled(method: int) -> bytes:
    """The zip with other bytes within the data of each member."""
    body = bytearray(packed(method))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = archive.infolist()
    for one in members:
        data = one.header_offset + 30 + len(one.filename)
        body[data + 4 : data + one.compress_size] = b"\xff" * (one.compress_size - 4)
    return bytes(body)


BROKEN = {
    "cut at its end": packed()[:-30],
    "cut at its beginning": packed()[:4] + packed()[400:],
    "encrypted": encrypted(),
    "stored, with another sum": scrambled(zipfile.ZIP_STORED),
    "deflated": scrambled(zipfile.ZIP_DEFLATED),
    "bzip2": scrambled(zipfile.ZIP_BZIP2),
    "lzma": scrambled(zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("reader", READERS)
def test_a_broken_zip_is_refused_in_a_sentence(reader: str, how: str) -> None:
    READERS[reader](packed())
    with pytest.raises(Refused) as refusal:
        READERS[reader](BROKEN[how])
    assert refusal.value.message_id == "KNM1201-E"
    assert str(refusal.value).startswith("file ")


@pytest.mark.parametrize("encoding", ["no-such-one", "gb2312"])
def test_a_document_in_an_unknown_encoding_is_refused_in_a_sentence(encoding: str) -> None:
    with pytest.raises(Refused, match="encoding") as refusal:
        READERS["patches"](f'<?xml version="1.0" encoding="{encoding}"?><x/>'.encode())
    assert refusal.value.message_id == "KNM1201-E"


@pytest.mark.parametrize("error", [KeyError, RuntimeError, ValueError, OSError, EOFError])
def test_an_error_of_kanmon_is_not_told_as_a_broken_file(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(self: object, one: object) -> None:
        raise error("of Kanmon")

    monkeypatch.setattr(patches_collect.Collector, "add", wrong)
    monkeypatch.setattr(osv_collect.Collector, "add", wrong)
    for body in (CSV.encode(), packed()):
        with pytest.raises(error, match="of Kanmon"):
            READERS["patches"](body)
    for body in (json.dumps(DEBIAN).encode(), zipped(*DEBIAN)):
        with pytest.raises(error, match="of Kanmon"):
            READERS["vulnerabilities"](body)


def test_what_hears_of_the_rows_may_stop_the_reading() -> None:
    class Stopped(OSError):
        pass

    def stop(rows: int) -> None:
        raise Stopped

    rows = CSV + (CSV.splitlines()[1] + "\n") * 20_000
    with pytest.raises(Stopped):
        patches_formats.read(io.BytesIO(rows.encode()), "file", stop)
    records = "\n".join([json.dumps(DEBIAN[0])] * 5_000)
    with pytest.raises(Stopped):
        osv_formats.read(io.BytesIO(records.encode()), "file", tick=stop)
