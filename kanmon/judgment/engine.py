"""The index of this process, how it follows the database, and the operation "judge".

One thread judges (the worker of lane "rows"); others that ask (what-if, lists) take ``ENGINE.lock``.
"""

import hashlib
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
import numpy as np
from django.db.models import OuterRef, Subquery
from pyroaring import BitMap

from kanmon.common import clock, config, fault, messages
from kanmon.inventory import dictionary
from kanmon.inventory.models import Group, Pc, PcColumns, PcFacts
from kanmon.inventory.packing import read_difference, unpack_columns
from kanmon.journal import changes
from kanmon.journal.worker import Passing, Stopped, Work
from kanmon.judgment.condition import INVENTORY, Condition
from kanmon.judgment.index import Index, Judgement
from kanmon.judgment.judge import compile
from kanmon.judgment.models import PcState
from kanmon.judgment.verdicts import Writer
from kanmon.policy import assignment, versions
from kanmon.policy.models import Policy

CHUNK_PCS = 1000
FEW_CHANGES = 50  # up to which PCs come into the index one by one
FOLLOW_SECONDS = 20.0


@dataclass(frozen=True)
class Judged:
    """What an operation has judged, for what follows it."""

    pcs: BitMap
    versions: set[int]
    changed: int


class Engine:
    """Index, groups and managed PCs, as of ``position`` in the order of change."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.index = Index()
        self.managed = BitMap()
        self._placed = BitMap()
        self.groups: dict[int, BitMap] = defaultdict(BitMap)
        self.parents: dict[int, int | None] = {}
        self.position: changes.Position = changes.START
        self.loaded = False
        self._learned = 0
        self._wanted: set[str] | None = None
        self._conditions: dict[tuple[int, date], tuple[Condition, ...]] = {}

    def catch_up(self) -> None:
        """Follow the database to the newest change that can be trusted; load everything the first time."""
        with self.lock:
            if not self.loaded:
                self._load()
            while batch := changes.read(self.position):
                self._follow(batch)
                self.position = batch[-1].position
            self._learn()

    def _learn(self) -> None:
        facts = list(dictionary.after(self._learned))
        if facts:
            self.index.learn(facts)
            self._learned = facts[-1][0]

    def _load(self) -> None:
        self.position = changes.newest()
        self._learn()
        self.index.load(
            (pc, bytes(packed)) for pc, packed in PcFacts.objects.values_list("pc", "packed").iterator(chunk_size=2000)
        )
        self._load_columns()
        for pc, group, managed in Pc.objects.values_list("id", "group_id", "managed").iterator(chunk_size=5000):
            self._place(pc, group, managed)
        self.loaded = True

    def _follow(self, batch: list[changes.Changed]) -> None:
        """Take over a batch. PCs that are new in it come into the index together."""
        self._follow_places([change.subject for change in batch if change.kind == "pc"])
        fresh: dict[int, bytes] = {}
        for change in batch:
            if change.kind == "policy":
                self._policy_changed()
            elif change.kind == "columns":
                self._columns(change.subject, change.body)
            elif change.kind == "facts" and change.body:
                added, removed = read_difference(change.body)
                if change.subject in fresh:
                    self.index.load(fresh.items())
                    fresh.clear()
                if change.subject in self.index.pcs or len(batch) < FEW_CHANGES:
                    self.index.apply(change.subject, added, removed)
                else:
                    fresh[change.subject] = added.tobytes()
        self.index.load(fresh.items())

    def _follow_places(self, pcs: list[int]) -> None:
        for start in range(0, len(pcs), 900):
            rows = Pc.objects.filter(id__in=pcs[start : start + 900]).values_list("id", "group_id", "managed")
            for pc, group, managed in rows:
                self._place(pc, group, managed)

    def _columns(self, pc: int, packed: bytes) -> None:
        values = unpack_columns(packed)
        for name in self._wanted_columns():
            self.index.set_column(pc, name, values.get(name))

    def _wanted_columns(self) -> set[str]:
        """The columns that a policy asks for; ``reported_at`` always, for stale inventory."""
        if self._wanted is None:
            wanted = {"reported_at"}
            for policy in Policy.objects.filter(kind="judgment"):
                for condition in self.conditions(versions.newest(policy.id), clock.today()):
                    wanted |= {part.column for part in condition.parts if part.column}
            self._wanted = wanted
        return self._wanted

    def _policy_changed(self) -> None:
        """It may ask for columns that nobody asked for before."""
        before, self._wanted = self._wanted_columns(), None
        if self._wanted_columns() - before:
            self._load_columns()

    def _load_columns(self) -> None:
        for pc, packed in PcColumns.objects.values_list("pc", "packed").iterator(chunk_size=2000):
            self._columns(pc, bytes(packed))

    def _place(self, pc: int, group: int, managed: bool) -> None:
        if pc in self._placed:
            for members in self.groups.values():
                members.discard(pc)
        self._placed.add(pc)
        self.groups[group].add(pc)
        if managed:
            self.managed.add(pc)
        else:
            self.managed.discard(pc)

    def ancestors(self, group: int) -> list[int]:
        """The group and those above it, nearest first."""
        if group not in self.parents:
            self.parents = dict(Group.objects.values_list("id", "parent_id"))
        found = [group]
        while (parent := self.parents.get(found[-1])) is not None:
            found.append(parent)
        return found

    def conditions(self, version: int, today: date) -> tuple[Condition, ...]:
        """The conditions of a policy version, compiled once a day."""
        key = version, today
        if key not in self._conditions:
            self._conditions = {k: v for k, v in self._conditions.items() if k[1] == today}
            self._conditions[key] = compile(versions.rules(version), today)
        return self._conditions[key]

    def uses_columns(self) -> bool:
        """Whether a policy in force asks for columns (apart from when the report was made)."""
        parts = self.parts(BitMap(self.managed))
        return any(
            part.column
            for version in parts
            for condition in self.conditions(version, clock.today())
            if condition.item != INVENTORY
            for part in condition.parts
        )

    def parts(self, scope: BitMap) -> dict[int, BitMap]:
        """Policy version -> PCs of ``scope`` that it holds for."""
        return assignment.resolve("judgment", scope, self.groups, self.ancestors)

    def judge(self, scope: BitMap) -> list[tuple[int, Judgement]]:
        """Judge the managed PCs of ``scope`` under the policies in force: (policy version, judgement)."""
        with self.lock:
            today = clock.today()
            wanted = scope & self.managed
            return [
                (version, self.index.judge(self.conditions(version, today), pcs))
                for version, pcs in sorted(self.parts(wanted).items())
            ]


ENGINE = Engine()


def judge_pcs(work: Work) -> None:
    """The operation "judge": judge in memory, then write verdicts in chunks; resumed after the last chunk."""
    order = msgspec.msgpack.decode(work.operation.input)
    _catch_up_wholly()
    scope = BitMap.deserialize(order["scope"]) if order["scope"] is not None else BitMap(ENGINE.managed)
    if order["skip_unchanged"]:
        scope -= _silent_since_judged(work.operation.begun_at)
    results = ENGINE.judge(scope)
    scope = BitMap.union(BitMap(), *(_bitmap(judgement.pcs) for _, judgement in results))
    rows = [
        (version, judgement, start)
        for version, judgement in results
        for start in range(0, len(judgement.pcs), CHUNK_PCS)
    ]
    layout = _layout(results)  # of an attempt before: the same chunks, or all of them again
    done = int(work.operation.progress.get("chunks", 0)) if work.operation.progress.get("layout") == layout else 0
    changed = int(work.operation.progress.get("changed", 0))
    run = work.operation.run or 0
    writer = Writer(run, work.operation.requester)
    total = sum(len(judgement.pcs) for _, judgement in results)
    for number, (version, judgement, start) in enumerate(rows):
        if number < done:
            continue
        if work.stopping.is_set():
            raise Stopped
        with work.transaction():
            changed += writer.write(version, judgement, slice(start, start + CHUNK_PCS))
            fault.point("judge_chunk")
            if number + 1 < len(rows):
                judged = min(total, (number + 1) * CHUNK_PCS)
                work.save_progress(chunks=number + 1, changed=changed, done=judged, of=total, layout=layout)
            else:
                work.finish(handed=Judged(scope, {v for v, _ in results}, changed), judged=total, changed=changed)
    if not work.ended:
        with work.transaction():
            work.finish(handed=Judged(scope, set(), changed), judged=total, changed=changed)


def _catch_up_wholly() -> None:
    """Follow until nothing is committed that the index has not. On PostgreSQL a change can't be followed while an
    older transaction is open; to judge by the facts before it would leave a wrong verdict that nobody corrects.
    """
    wanted = changes.newest(settled=False)
    end = clock.monotonic() + FOLLOW_SECONDS
    while True:
        ENGINE.catch_up()
        if ENGINE.position >= wanted:
            return
        if clock.monotonic() > end:
            language = str(config.get("server.language"))
            raise Passing(messages.text("KNM4017-W", {"seconds": round(FOLLOW_SECONDS)}, language))
        time.sleep(0.01)


def _layout(results: list[tuple[int, Judgement]]) -> str:
    """A mark of which PCs are in which chunk."""
    mark = hashlib.blake2b(digest_size=8)
    for version, judgement in results:
        mark.update(version.to_bytes(8, "little") + judgement.pcs.tobytes() + b"|")
    return mark.hexdigest()


def _silent_since_judged(begun_at: datetime) -> BitMap:
    """PCs that have sent nothing since they were judged. What was judged after ``begun_at`` may be the work of
    an attempt before of the same operation, and belongs to it.
    """
    seen = Pc.objects.filter(id=OuterRef("pc")).values("last_seen_at")
    quiet = PcState.objects.filter(judged_at__gte=Subquery(seen), judged_at__lt=begun_at)
    return BitMap(quiet.values_list("pc", flat=True).iterator(chunk_size=10_000))


def _bitmap(pcs: "np.ndarray[tuple[int], np.dtype[np.uint32]]") -> BitMap:
    from array import array

    return BitMap(array("I", pcs.astype(np.uint32, copy=False).tobytes()))
