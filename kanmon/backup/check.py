"""Is a backup whole, and what was written? Every byte is read; nothing is kept."""

import re
from pathlib import Path

from kanmon.backup.files import SETTINGS
from kanmon.backup.manifest import MANIFEST, Manifest, Progress, silent
from kanmon.backup.package import Reader
from kanmon.common.errors import Refused

_FILE = re.compile(r"secrets/[A-Za-z0-9._/-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


def open_backup(path: Path, progress: Progress = silent) -> Reader:
    """A backup that is whole, to be closed. Raises Refused KNM6006-E, KNM4224-E to KNM4226-E."""
    reader = Reader(path)
    try:
        verify(reader, progress)
    except BaseException:
        reader.close()
        raise
    return reader


def verify(reader: Reader, progress: Progress = silent) -> Manifest:
    """Read all of it. Raises Refused KNM4225-E that names the first member that is not what the manifest says."""
    manifest = reader.manifest
    _require_members(reader)
    done = 0
    for table in manifest.tables:
        rows = 0
        for data in reader.chunks(table.member, table.bytes, table.sha256):
            rows += data.count(b"\n")
            progress(table.name, done + rows, manifest.rows)
        if rows != table.rows:
            raise _damaged(reader, table.member, f"{rows} rows instead of {table.rows}")
        done += rows
    for file in manifest.files:
        for _ in reader.chunks(file.name, file.bytes, file.sha256):
            pass
    return manifest


def _require_members(reader: Reader) -> None:
    """What the manifest tells of is there once, nothing else is, and no name leads anywhere else."""
    manifest = reader.manifest
    for table in manifest.tables:
        for name in [table.name, *(column.name for column in table.columns)]:
            if not _NAME.fullmatch(name):
                raise _damaged(reader, MANIFEST, f"{name!r} is no name of a table or column")
    for file in manifest.files:
        if file.name != SETTINGS and (not _FILE.fullmatch(file.name) or ".." in file.name.split("/")):
            raise _damaged(reader, MANIFEST, f"{file.name!r} is no file of a home")
    told = [MANIFEST, *(table.member for table in manifest.tables), *(file.name for file in manifest.files)]
    there = reader.names()
    for name in sorted(set(told) ^ set(there)):
        raise _damaged(reader, name, "it is missing" if name in told else "the manifest does not know it")
    if len(told) != len(set(told)) or len(there) != len(set(there)):
        raise _damaged(reader, MANIFEST, "a name stands twice")


def _damaged(reader: Reader, member: str, problem: str) -> Refused:
    return Refused("KNM4225-E", path=str(reader.path), member=member, problem=problem)
