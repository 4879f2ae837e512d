"""The rows of one chunk: looked up together before, changed in memory, written together after.

Two reports of one chunk may speak of the same PC, so each sees what the one before it wrote.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from kanmon.intake.models import Device, Receipt, Source
from kanmon.intake.report import Report
from kanmon.intake.tokens import THIS_MACHINE
from kanmon.inventory.identify import Candidate, Marks
from kanmon.inventory.models import Group, Pc
from kanmon.inventory.packing import difference, pack_columns
from kanmon.journal import changes
from kanmon.journal.writing import sql_time


@dataclass
class Book:
    """All that a chunk of receipts needs, and all that it changes."""

    devices: dict[tuple[int, str], Device] = field(default_factory=dict)
    pcs: dict[int, Pc] = field(default_factory=dict)
    marks: dict[int, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    holders: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    packed: dict[int, bytes] = field(default_factory=dict)
    columns: dict[int, bytes] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    new_pcs: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)  # removed from management, and has reported since
    facts_changed: dict[int, bytes] = field(default_factory=dict)  # pc -> packed before the chunk
    columns_changed: set[int] = field(default_factory=set)
    bodies: dict[int, tuple[str, datetime, bytes]] = field(default_factory=dict)
    new_marks: list[tuple[str, str, int]] = field(default_factory=list)
    bound: dict[int, int] = field(default_factory=dict)  # device -> PC, where that is new
    taken: set[str] = field(default_factory=set)  # asset numbers
    trusted: frozenset[int] = frozenset()
    checks_told: int | None = None  # number of the fact that says so
    next_pc: int = 0

    @classmethod
    def open(cls, receipts: list[Receipt], reports: list[Report]) -> "Book":
        """Look up everything that these receipts may touch."""
        book = cls()
        keys = {(receipt.source_id, receipt.device_key) for receipt in receipts}
        for device in Device.objects.filter(source__in={s for s, _ in keys}, key__in={k for _, k in keys}):
            book.devices[device.source_id, device.key] = device
        marks = {mark for report in reports for mark in marks_of(report)}
        numbers = {device.pc for device in book.devices.values() if device.pc is not None}
        for kind in ("serial", "uuid", "mac"):
            values = [value for one, value in marks if one == kind]
            sql = f"SELECT pc FROM identity WHERE kind = '{kind}' AND value IN"
            numbers |= {pc for (pc,) in _select(sql, values)}
        book._load(numbers)
        book.trusted = frozenset(Source.objects.filter(name=THIS_MACHINE).values_list("id", flat=True))
        newest = Pc.objects.order_by("-id").values_list("id", flat=True).first()
        book.next_pc = (newest or 0) + 1
        paths = {clean_path(report.group) for report in reports}
        book.groups.update(Group.objects.filter(path__in=paths).values_list("path", "id"))
        wanted = {report.asset_number for report in reports}
        wanted |= {asset_number(number) for number in range(book.next_pc, book.next_pc + len(reports))}
        book.taken.update(Pc.objects.filter(asset_number__in=wanted).values_list("asset_number", flat=True))
        return book

    def _load(self, numbers: set[int]) -> None:
        self.pcs.update(Pc.objects.in_bulk(numbers))
        for kind, value, pc in _select("SELECT kind, value, pc FROM identity WHERE pc IN", numbers):
            self.marks[pc][kind].add(value)
            self.holders[kind, value].add(pc)
        for pc, packed in _select("SELECT pc, packed FROM pc_facts WHERE pc IN", numbers):
            self.packed[pc] = bytes(packed)
        for pc, packed in _select("SELECT pc, packed FROM pc_columns WHERE pc IN", numbers):
            self.columns[pc] = bytes(packed)

    def candidate(self, pc: int, report: Report) -> Candidate:
        """PC ``pc`` as a candidate for ``report``: of several known serials the one that agrees is taken."""
        marks = self.marks[pc]
        row = self.pcs[pc]
        return Candidate(
            pc,
            row.source,
            Marks(
                report.serial if report.serial in marks["serial"] else row.serial,
                report.uuid if report.uuid in marks["uuid"] else row.uuid,
                frozenset(marks["mac"]),
            ),
        )

    def alike(self, report: Report) -> dict[int, Candidate]:
        """The PCs that share a mark with ``report``."""
        numbers = {pc for mark in marks_of(report) for pc in self.holders.get(mark, ())}
        return {pc: self.candidate(pc, report) for pc in sorted(numbers)}

    def candidates(self, pcs: Iterable[int], report: Report) -> dict[int, Candidate]:
        """These PCs as candidates for ``report``; looked up, as they share no mark with it."""
        wanted = set(pcs)
        self._load(wanted - self.pcs.keys())
        return {pc: self.candidate(pc, report) for pc in sorted(wanted)}

    def group(self, path: str) -> int:
        """Id of the group at ``path``, made with its parents when it is new. The root is "/"."""
        path = clean_path(path)
        if path not in self.groups:
            found = Group.objects.filter(path=path).values_list("id", flat=True).first()
            if found is None:
                parent_path, _, name = path.rpartition("/")
                parent = None if path == "/" else self.group(parent_path or "/")
                found = Group.objects.create(path=path, name=name or "/", parent_id=parent).id
            self.groups[path] = found
        return self.groups[path]

    def asset_number(self, told: str, pc: int) -> str:
        """For a new PC: the asset number that its report tells, else one by its number, which nobody has."""
        chosen, turn = told or asset_number(pc), 1
        while chosen in self.taken:
            chosen, turn = asset_number(pc) + (f"-{turn}" if turn > 1 else ""), turn + 1
        self.taken.add(chosen)
        return chosen

    def bind(self, device: Device, pc: int) -> None:
        """From now on this device's reports are of ``pc``."""
        if device.pc != pc:
            device.pc = self.bound[device.id] = pc

    def remember(self, pc: int, report: Report) -> None:
        """Keep the marks of an accepted report."""
        for kind, value in marks_of(report):
            if value not in self.marks[pc][kind]:
                self.marks[pc][kind].add(value)
                self.holders[kind, value].add(pc)
                self.new_marks.append((kind, value, pc))

    def put_columns(self, pc: int, values: dict[str, Any]) -> None:
        """Set the columns of a PC; notes whether they changed."""
        packed = pack_columns(values)
        if self.columns.get(pc) != packed:
            self.columns[pc] = packed
            self.columns_changed.add(pc)

    def write(self) -> None:
        """Write all rows of the chunk. In its transaction."""
        Pc.objects.bulk_create([self.pcs[pc] for pc in sorted(self.new_pcs)])
        old = [self.pcs[pc] for pc in sorted(self.touched - self.new_pcs)]
        with connection.cursor() as cursor:
            cursor.executemany(
                'UPDATE pc SET host = %s, "user" = %s, serial = %s, uuid = %s, source = %s, last_seen_at = %s, reported_at = %s,'
                " format = %s WHERE id = %s",
                [
                    (
                        pc.host,
                        pc.user,
                        pc.serial,
                        pc.uuid,
                        pc.source,
                        sql_time(pc.last_seen_at),
                        sql_time(pc.reported_at),
                        pc.format,
                        pc.id,
                    )
                    for pc in old
                ],
            )
            cursor.executemany(
                "INSERT INTO identity (kind, value, pc) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", self.new_marks
            )
            _upsert(
                cursor,
                "pc_facts",
                ("packed", "content_digest"),
                [(pc, self.packed[pc], b"") for pc in self.facts_changed],
            )
            _upsert(cursor, "pc_columns", ("packed",), [(pc, self.columns[pc]) for pc in self.columns_changed])
            _upsert(
                cursor, "pc_body", ("format", "received_at", "body"),
                [(pc, format, sql_time(at), body) for pc, (format, at, body) in self.bodies.items()],
            )  # fmt: skip
            cursor.executemany(
                "UPDATE device SET pc = %s WHERE id = %s", [(pc, device) for device, pc in sorted(self.bound.items())]
            )
        self._write_changes()

    def _write_changes(self) -> None:
        rows: list[tuple[str, int, bytes]] = [("pc", pc, b"") for pc in sorted(self.new_pcs)]
        rows += [("facts", pc, difference(before, self.packed[pc])) for pc, before in self.facts_changed.items()]
        rows += [("columns", pc, self.columns[pc]) for pc in sorted(self.columns_changed)]
        if rows:
            changes.add(rows)


def clean_path(path: str) -> str:
    """A group's path as it is stored."""
    return "/" + "/".join(part.strip()[:100] for part in path.split("/") if part.strip())


def asset_number(pc: int) -> str:
    """The asset number of a PC whose report tells none."""
    return f"PC{pc:07d}"


def marks_of(report: Report) -> Iterable[tuple[str, str]]:
    """(kind, value) of every mark in a report."""
    if report.serial:
        yield "serial", report.serial
    if report.uuid:
        yield "uuid", report.uuid
    for mac in report.macs:
        yield "mac", mac


def _select(sql: str, values: Collection[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of ``sql`` for these values, some hundred at a time."""
    wanted = list(values)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            cursor.execute(f"{sql} ({', '.join(['%s'] * len(part))})", part)
            yield from cursor.fetchall()


def _upsert(cursor: Any, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    places = ", ".join(["%s"] * (len(columns) + 1))
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns)
    cursor.executemany(
        f"INSERT INTO {table} (pc, {names}) VALUES ({places}) ON CONFLICT (pc) DO UPDATE SET {updates}", rows
    )
