"""Making a backup: one snapshot, table after table, then the files of the home, then the manifest."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from django.db import connection

from kanmon import __version__
from kanmon.backup import files, snapshot
from kanmon.backup.manifest import FORMAT, File, Manifest, Progress, Table, said, silent
from kanmon.backup.package import Writer
from kanmon.backup.snapshot import Snapshot, where
from kanmon.backup.tables import Found
from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.journal import lease
from kanmon.journal.here import HERE

WRITE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. ``left_out``: secrets of the home that are not in it."""

    path: Path
    fingerprint: str
    manifest: Manifest
    bytes: int
    left_out: list[str]


def make(home: Path, path: Path, *, with_secrets: bool = False, progress: Progress = silent) -> Made:
    """Back the database of ``home`` up into the new file ``path``, while whoever works there goes on.

    Raises Refused KNM4222-E (there is such a file), KNM4223-E (no space), KNM4239-E (it can't be written).
    """
    try:
        writer = Writer(path)
        try:
            with snapshot.of_database(writer.part.with_name(writer.part.name + ".sqlite3")) as taken:
                require_space(path.parent, taken.bytes())
                manifest = _written(home, writer, taken, with_secrets, progress)
            fingerprint = writer.publish(manifest)
        finally:
            writer.abandon()
    except OSError as problem:
        raise Refused("KNM4239-E", path=str(path), problem=problem.strerror or str(problem)) from None
    except connection.Database.Error as problem:
        raise Refused("KNM4239-E", status=503, path=where(), problem=str(problem).strip()) from None
    left_out = [] if with_secrets else [name for name, _ in files.secrets(home)]
    return Made(path, fingerprint, manifest, path.stat().st_size, left_out)


def require_space(folder: Path, wanted: int) -> None:
    """Raises Refused KNM4223-E when ``folder`` has less than ``wanted`` bytes free.

    A full disk would stop the Manager too, if its home is there. A backup is hardly ever larger than its tables.
    """
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise Refused("KNM4223-E", folder=str(folder), free=said(free), wanted=said(wanted))


def _written(home: Path, writer: Writer, taken: Snapshot, with_secrets: bool, progress: Progress) -> Manifest:
    found = taken.tables()
    of = sum(taken.count(table) for table in found)
    done = 0
    tables = []
    for one in found:
        table = Table(one.name, one.columns, 0, 0, "", taken.numbered_to(one))
        for rows in _write_table(writer, taken, one, table):
            progress(one.name, done + rows, of)
        done += table.rows
        tables.append(table)
        fault.point("backup_table")
    settings, left_out = _settings(home, with_secrets)
    kept = [_file(writer, files.SETTINGS, settings.encode())] if settings else []
    if with_secrets:
        kept += [_file(writer, name, path.read_bytes()) for name, path in files.secrets(home)]
    here = lease.identity()
    return Manifest(
        kanmon_backup=FORMAT, version=__version__, made_at=clock.now(), node=HERE.node,
        database=taken.vendor, system_identifier=here.system_identifier, timeline=here.timeline,
        term=_term(taken), change=_newest(taken, "change"), entry=_newest(taken, "entry"), followed=_followed(taken),
        migrations=[(app, name) for app, name in taken.fetch("SELECT app, name FROM django_migrations ORDER BY id")],
        tables=tables, files=kept, with_secrets=with_secrets, settings_left_out=left_out, keys=files.keys(home),
    )  # fmt: skip


def _write_table(writer: Writer, taken: Snapshot, found: Found, table: Table) -> Iterator[int]:
    """Write its rows and fill in what the manifest says of them; yields how many are written, now and then."""
    encode = msgspec.json.Encoder().encode
    with writer.member(table.member) as member:
        lines: list[bytes] = []
        held = 0
        for row in taken.rows(found):
            line = encode(row)
            lines.append(line)
            held += len(line)
            table.rows += 1
            if held > WRITE_BYTES:
                member.write(b"\n".join([*lines, b""]))
                lines, held = [], 0
                yield table.rows
        member.write(b"\n".join([*lines, b""]))
        yield table.rows
    table.bytes, table.sha256 = member.bytes, member.sha256


def _file(writer: Writer, name: str, data: bytes) -> File:
    with writer.member(name) as member:
        member.write(data)
    return File(name, member.bytes, member.sha256)


def _settings(home: Path, with_secrets: bool) -> tuple[str, list[str]]:
    """kanmon.toml as it goes into the backup, and the names of the settings that do not."""
    path = home / files.SETTINGS
    text = path.read_text("utf-8") if path.exists() else ""
    return (text, []) if with_secrets else files.without_secrets(text)


def _term(taken: Snapshot) -> int:
    rows = taken.fetch("SELECT term FROM term WHERE shard = 0")
    return int(rows[0][0]) if rows else 0


def _newest(taken: Snapshot, table: str) -> tuple[int, int]:
    rows = taken.fetch(f"SELECT coalesce(xid, 0), seq FROM {table} ORDER BY xid DESC, seq DESC LIMIT 1")
    return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)


def _followed(taken: Snapshot) -> dict[str, tuple[int, int]]:
    """How far the tables in the order of change have been read by those who keep their place in the database."""
    places = {}
    if taken.has("audit_follower"):
        rows = taken.fetch("SELECT xid, seq FROM audit_follower WHERE name = 'entries'")
        places["entry"] = (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)
    if taken.has("seal"):
        rows = taken.fetch("SELECT xid, seq FROM seal ORDER BY number DESC LIMIT 1")
        places["audit"] = (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)
    return places
