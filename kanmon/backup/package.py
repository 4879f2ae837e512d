"""The file of a backup: a ZIP archive, so that anybody can look into it, whose last member is its manifest.

manifest.json         what it is of, and of each other member its size and SHA-256 (``Manifest``)
tables/NAME.jsonl     a table: one JSON array a line, values in the order of the manifest's columns
kanmon.toml           the settings, without passwords unless the secrets are in it too
secrets/NAME          only when asked for

It is written under another name (``.NAME.kanmon-part``, 0600, locked by its writer), synced to the disk, and then given
its name by a hard link, which fails when something of that name is there: no backup is ever written over. A writer that
was killed leaves its part without a lock, and the next one in that folder removes it.

ZIP keeps its table of contents at the end. A file that was cut off has none, and is no backup to anybody.
"""

import contextlib
import fcntl
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from kanmon import __version__
from kanmon.backup.interrupted import sync_folder
from kanmon.backup.manifest import FORMAT, MANIFEST, File, Manifest, Table
from kanmon.common import clock, fault
from kanmon.common.errors import Refused

PART = ".kanmon-part"
MANIFEST_BYTES = 64 * 2**20
READ_BYTES = 2**20
LEVEL = 1  # of deflate: bodies are compressed already, and rows are nearly as small as at level 6
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)


class Member:
    """A member while it is written: counts and hashes what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.bytes = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Write ``data``."""
        self._hash.update(data)
        self.bytes += len(data)
        self._file.write(data)

    @property
    def sha256(self) -> str:
        """Of all that was written."""
        return self._hash.hexdigest()


class Writer:
    """A backup that is being made; ``path`` is the name that it gets in the end. Raises Refused KNM4222-E."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(f".{path.name}{PART}")
        if path.exists():
            raise Refused("KNM4222-E", status=409, path=str(path))
        remove_broken_off(path.parent)
        self._file = os.fdopen(_locked(self.part), "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    @contextlib.contextmanager
    def member(self, name: str) -> Iterator[Member]:
        """Write a member."""
        with self._zip.open(_info(name), "w", force_zip64=True) as file:
            yield Member(file)

    def publish(self, manifest: Manifest) -> str:
        """Write the manifest, and give the file its name once it is on the disk. Returns the backup's fingerprint."""
        data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        fault.point("backup_before_manifest")
        self._zip.writestr(_info(MANIFEST), data, zipfile.ZIP_DEFLATED, LEVEL)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        fault.point("backup_before_name")
        _name(self.part, self.path)
        sync_folder(self.path.parent)
        self._file.close()
        return fingerprint(data)

    def abandon(self) -> None:
        """Away with it. Does nothing once it is published."""
        if not self._file.closed:
            self._zip.fp = None  # or it would write its table of contents when it is collected
            with contextlib.suppress(OSError):
                self._file.close()
            self.part.unlink(missing_ok=True)


def _locked(part: Path) -> int:
    """A new, locked file."""
    while True:
        try:
            descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            raise Refused("KNM4222-E", status=409, path=str(part)) from None
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # somebody took it for broken off, before it was locked


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, clock.now().timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return info


def _name(part: Path, path: Path) -> None:
    """``part`` becomes ``path``, if nothing of that name is there."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise Refused("KNM4222-E", status=409, path=str(path)) from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise Refused("KNM4222-E", status=409, path=str(path)) from None
        part.rename(path)
    else:
        part.unlink()


def remove_broken_off(folder: Path) -> None:
    """Remove what writers have left that were killed: their lock is gone."""
    for part in folder.glob(f".*{PART}"):
        with contextlib.suppress(OSError), open(part, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for beside in folder.glob(f"{part.name}.sqlite3*"):  # see snapshot.py
                beside.unlink()
            part.unlink()


def fingerprint(data: bytes) -> str:
    """The mark of a backup: SHA-256 of its manifest, which holds those of all the rest."""
    return hashlib.sha256(data).hexdigest()


class Reader:
    """An opened backup. Raises Refused KNM6006-E, KNM4224-E (no whole backup), KNM4225-E, KNM4226-E."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            info = self._zip.getinfo(MANIFEST)
            if info.file_size > MANIFEST_BYTES:
                raise zipfile.BadZipFile(f"a manifest of {info.file_size} bytes")
            data = self._zip.read(info)
        except OSError as problem:
            raise Refused("KNM6006-E", path=str(path), problem=problem.strerror or str(problem)) from None
        except KeyError:
            raise Refused("KNM4224-E", path=str(path), problem="it has no manifest") from None
        except _BROKEN as problem:
            raise Refused("KNM4224-E", path=str(path), problem=str(problem) or type(problem).__name__) from None
        self.fingerprint = fingerprint(data)
        self.manifest = self._decoded(data)

    def _decoded(self, data: bytes) -> Manifest:
        try:
            head: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
            if isinstance(head.get("kanmon_backup"), int) and head["kanmon_backup"] > FORMAT:
                raise Refused(
                    "KNM4226-E", status=409, path=str(self.path), version=str(head.get("version")), own=__version__
                )
            return msgspec.convert(head, Manifest)
        except msgspec.MsgspecError as problem:
            raise Refused("KNM4225-E", path=str(self.path), member=MANIFEST, problem=str(problem)) from None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def names(self) -> list[str]:
        """All members."""
        return self._zip.namelist()

    def chunks(self, member: str, size: int, sha256: str) -> Iterator[bytes]:
        """The bytes of a member in pieces. Raises Refused KNM4225-E when they are not those that were written: at the
        latest after the last piece, so do nothing final with them before.
        """
        digest, left = hashlib.sha256(), size
        try:
            with self._zip.open(member) as file:
                while data := file.read(READ_BYTES):
                    digest.update(data)
                    left -= len(data)
                    if left < 0:
                        break
                    yield data
        except KeyError:
            raise self._damaged(member, "it is missing") from None
        except (*_BROKEN, OSError) as problem:
            raise self._damaged(member, str(problem) or type(problem).__name__) from None
        if left or digest.hexdigest() != sha256:
            raise self._damaged(member, "it is not what the manifest says (SHA-256)")

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows of a table as lines of JSON, without their ends."""
        rest = b""
        for data in self.chunks(table.member, table.bytes, table.sha256):
            parts = (rest + data).split(b"\n")
            rest = parts.pop()
            yield from parts
        if rest:
            raise self._damaged(table.member, "its last line has no end")

    def file(self, one: File) -> bytes:
        """The content of a file."""
        buffer = io.BytesIO()
        for data in self.chunks(one.name, one.bytes, one.sha256):
            buffer.write(data)
        return buffer.getvalue()

    def _damaged(self, member: str, problem: str) -> Refused:
        return Refused("KNM4225-E", path=str(self.path), member=member, problem=problem)
