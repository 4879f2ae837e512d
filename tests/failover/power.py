"""Power cuts: a run is recorded write by write, and then cut at any moment.

What a disk keeps of it: everything up to the last sync of each file, and of what came after any part, sector by sector
(512 bytes) and in any order; of changes of the folder (created, renamed, deleted) those up to its last sync, and of the
later ones the first so many, because file systems keep their order. That is more cruel than any disk, and nothing that
SQLite does not claim to bear.

What was sent to others is in the same record. So what must be there after the cut is known: whatever was acknowledged
before it, and the intent of each effect that had been ordered.
"""

import json
import random
import re
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
HEAD = struct.Struct("<cIQI")
MAIL = re.compile(rb"^X-Kanmon-(Attempt|Operation): (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A record of the trace, see record_writes.c."""

    what: str
    file: int
    offset: int
    data: bytes


def read_trace(path: Path) -> list[Step]:
    """All steps; a torn last one, of a process that was killed, is left out."""
    data, place, steps = path.read_bytes(), 0, []
    while place + HEAD.size <= len(data):
        what, file, offset, length = HEAD.unpack_from(data, place)
        place += HEAD.size
        if place + length > len(data):
            break
        steps.append(Step(what.decode(), file, offset, data[place : place + length]))
        place += length
    return steps


@dataclass
class Inode:
    """A file, whatever it is called: ``kept`` is on the disk for certain, ``loose`` was written since its last sync."""

    kept: bytearray = field(default_factory=bytearray)
    loose: list[tuple[str, int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        for one in self.loose:
            _apply(self.kept, *one)
        self.loose.clear()

    def after_the_cut(self, chance: random.Random) -> bytes:
        """What a disk may have of it."""
        found = bytearray(self.kept)
        share = chance.choice([0.0, 0.5, 0.5, 0.9, 1.0])
        for what, offset, data in self.loose:
            if what == "T":
                if chance.random() < share:
                    _apply(found, what, offset, data)
                continue
            for start, piece in _sectors(offset, data):
                if chance.random() < share:
                    _apply(found, what, start, piece)
        return bytes(found)


def _apply(content: bytearray, what: str, offset: int, data: bytes) -> None:
    if what == "T":
        del content[offset:]
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        size = min(SECTOR - (offset + place) % SECTOR, len(data) - place)
        yield offset + place, data[place : place + size]
        place += size


class Disk:
    """The folder of the database, as it was when the recording began, and what was done to it since."""

    def __init__(self, folder: Path, before: dict[str, bytes]) -> None:
        self.folder = str(folder)
        self._kept = {name: Inode(bytearray(content)) for name, content in before.items()}
        self._names = dict(self._kept)  # as a running process sees it
        self._loose: list[tuple[str, str, Inode | None]] = []
        self._opened: dict[int, Inode | None] = {}  # None: the folder

    def do(self, step: Step) -> None:
        """The next step."""
        if step.what == "O":
            path = step.data.decode()
            if path == self.folder:
                self._opened[step.file] = None
                return
            if path not in self._names:
                self._change(path, Inode())
            self._opened[step.file] = self._names[path]
        elif step.what == "U":
            self._change(step.data.decode(), None)
        elif step.what == "R":
            old, new = step.data.decode().split("\0")
            inode = self._names[old]
            self._change(new, inode)
            self._change(old, None)
        elif step.what in "WTS":
            self._to_file(step)

    def _to_file(self, step: Step) -> None:
        inode = self._opened[step.file]
        if inode is None:
            for _, path, made in self._loose:
                _name(self._kept, path, made)
            self._loose.clear()
        elif step.what == "S":
            inode.sync()
        else:
            inode.loose.append((step.what, step.offset, step.data))

    def _change(self, path: str, inode: Inode | None) -> None:
        _name(self._names, path, inode)
        self._loose.append(("", path, inode))

    def cut(self, chance: random.Random, to: Path) -> None:
        """Write what is left of it into the folder ``to``."""
        names = dict(self._kept)
        for _, path, inode in self._loose[: chance.randint(0, len(self._loose))]:
            _name(names, path, inode)
        for path, inode in names.items():
            (to / Path(path).name).write_bytes(inode.after_the_cut(chance))


def _name(names: dict[str, Inode], path: str, inode: Inode | None) -> None:
    if inode is None:
        names.pop(path, None)
    else:
        names[path] = inode


@dataclass
class Said:
    """What had been told to others before the cut."""

    inputs: set[str] = field(default_factory=set)
    operations: set[int] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    intents: set[tuple[int, int]] = field(default_factory=set)  # operation, attempt

    def hear(self, data: bytes) -> None:
        """Something was sent."""
        if data.startswith(b"{"):
            told = json.loads(data)
            if told.get("said") == "ok":
                self._acknowledged(told.get("of") or {}, told)
            elif told.get("do") in ("post", "command", "probed"):
                self.intents.add((told["operation"], told["attempt"]))
        else:
            found = {name.decode(): int(value) for name, value in MAIL.findall(data)}
            if found:
                self.intents.add((found["Operation"], found["Attempt"]))

    def _acknowledged(self, question: dict[str, Any], answer: dict[str, Any]) -> None:
        if question.get("do") == "input":
            self.inputs.add(question["name"])
        elif question.get("do") == "change":
            self.changes.add(question["key"])
        elif question.get("do") == "count":
            self.operations.add(answer["operation"])


def cuts(
    trace: list[Step], folder: Path, before: dict[str, bytes], to: Path, chance: random.Random, count: int
) -> Iterator[Said]:
    """Cut at ``count`` moments, drawn by ``chance``; the folder ``to`` holds what each has left, until the next one."""
    moments = set(chance.sample(range(len(trace)), min(count, len(trace))))
    disk, said = Disk(folder, before), Said()
    for moment, step in enumerate(trace):
        if step.what == "M":
            said.hear(step.data)
        else:
            disk.do(step)
        if moment in moments:
            shutil.rmtree(to, ignore_errors=True)
            to.mkdir(parents=True)
            disk.cut(chance, to)
            yield said
            if moment == max(moments):
                return
