"""The index of this process, and how it follows the database.

One thread judges (the worker of lane "rows"); others that ask (what-if, lists) take ``ENGINE.lock``.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from pyroaring import BitMap

from kanmon.common import zone
from kanmon.feeds import patches_store
from kanmon.inventory import dictionary
from kanmon.inventory.models import Group, Pc, PcColumns, PcFacts
from kanmon.inventory.packing import read_difference, unpack_columns
from kanmon.journal import changes
from kanmon.judgment import waived, warm_start
from kanmon.judgment.condition import INVENTORY, Condition, Outcome
from kanmon.judgment.index import Index, Judgement
from kanmon.judgment.judge import compile
from kanmon.policy import assignment, versions, waivers
from kanmon.policy.models import PolicyVersion
from kanmon.policy.rules import JudgmentPolicy

_PLACE = ("id", "group_id", "managed", "retired_at")
_CHUNK_PCS = 1000  # columns read at a time
FEW_CHANGES = 50  # up to which PCs come into the index one by one


class Engine:
    """Index, groups and managed PCs, as of ``position`` in the order of change."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.index = Index()
        self.managed = BitMap()
        self.removed = BitMap()  # from management: they have facts, and belong to no statistics
        self._placed = BitMap()
        self.groups: dict[int, BitMap] = defaultdict(BitMap)
        self.parents: dict[int, int | None] = {}
        self.position: changes.Position = changes.START
        self.loaded = False
        self.learned = 0  # the number of the newest fact that the index knows
        self.source = ""  # the database that the index was loaded from
        self.knowledge = 0  # of updates: the number of that which conditions were compiled with
        self.kept: changes.Position = changes.START  # of the newest checkpoint
        self._wanted: set[str] | None = None
        self._asked: set[str] = set()  # columns that only a what-if has asked for
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
        facts = list(dictionary.after(self.learned))
        if facts:
            self.index.learn(facts)
            self.learned = facts[-1][0]

    def _load(self) -> None:
        self.source = warm_start.source()
        newest = changes.newest()
        self._load_places()
        if not self._load_checkpoint():
            self.position = newest
            self._learn()
            rows = PcFacts.objects.values_list("pc", "packed").iterator(chunk_size=2000)
            self.index.load((pc, bytes(packed)) for pc, packed in rows)
            self._load_columns()
        self.loaded = True

    def _load_checkpoint(self) -> bool:
        """Begin with the index that this node has kept; what has changed since is followed. False: there is none."""
        kept = warm_start.load(self._placed)
        if kept is None:
            return False
        position, index = kept
        self.index, self.position, self.kept = index, position, position
        self._learn()
        if self._wanted_columns() - set(index.column_names()):
            self._load_columns()
        return True

    def _load_places(self) -> None:
        for row in Pc.objects.values_list(*_PLACE).iterator(chunk_size=5000):
            self._place(*row)

    def _follow(self, batch: list[changes.Changed]) -> None:
        """Take over a batch. PCs that are new in it come into the index together."""
        self._follow_places([change.subject for change in batch if change.kind == "pc"])
        fresh: dict[int, bytes] = {}
        for change in batch:
            if change.kind == "policy":
                self._policy_changed()
            elif change.kind == "knowledge":
                self._conditions = {}
            elif change.kind == "group":  # made, moved or deleted: an empty one may be gone
                self.parents = {}
                self.groups = defaultdict(BitMap, {group: pcs for group, pcs in self.groups.items() if pcs})
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
            for row in Pc.objects.filter(id__in=pcs[start : start + 900]).values_list(*_PLACE):
                self._place(*row)

    def _columns(self, pc: int, packed: bytes) -> None:
        values = unpack_columns(packed)
        for name in self._wanted_columns():
            self.index.set_column(pc, name, values.get(name))

    def _wanted_columns(self) -> set[str]:
        """The columns that a policy asks for; ``reported_at`` always, for stale inventory."""
        if self._wanted is None:
            wanted = {"reported_at", *self._asked}
            for policy in versions.live().filter(kind="judgment"):
                for condition in self.conditions(versions.newest(policy.id), zone.today()):
                    wanted |= {part.column for part in condition.parts if part.column}
            self._wanted = wanted
        return self._wanted

    def _policy_changed(self) -> None:
        """It may ask for columns that nobody asked for before."""
        before, self._wanted = self._wanted_columns(), None
        if self._wanted_columns() - before:
            self._load_columns()

    def want_columns(self, conditions: Iterable[Condition]) -> None:
        """Have the columns in the index that ``conditions`` ask for. Those that are new come in a chunk at a time; the
        rows are read under the lock, so that none is older than a change that has been followed.
        """
        with self.lock:
            columns = {part.column for condition in conditions for part in condition.parts if part.column}
            new = columns - self._wanted_columns()
            self._asked |= new
            self._wanted_columns().update(new)
        after = 0
        while new:
            with self.lock:
                rows = list(
                    PcColumns.objects.filter(pc__gt=after).order_by("pc").values_list("pc", "packed")[:_CHUNK_PCS]
                )
                for pc, packed in rows:
                    self._columns(pc, bytes(packed))
            if not rows:
                return
            after = rows[-1][0]

    def _load_columns(self) -> None:
        for pc, packed in PcColumns.objects.values_list("pc", "packed").iterator(chunk_size=2000):
            self._columns(pc, bytes(packed))

    def _place(self, pc: int, group: int, managed: bool, retired_at: datetime | None) -> None:
        if pc in self._placed:
            for members in self.groups.values():
                members.discard(pc)
        self._placed.add(pc)
        self.groups[group].add(pc)
        for pcs, belongs in ((self.managed, managed), (self.removed, retired_at is not None)):
            if belongs:
                pcs.add(pc)
            else:
                pcs.discard(pc)

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
            self._conditions[key] = self.compiled(versions.rules(version), today)
        return self._conditions[key]

    def compiled(self, policy: JudgmentPolicy, day: date) -> tuple[Condition, ...]:
        """The conditions of a policy, saved or not, as of ``day``."""
        knowledge = patches_store.newest()
        self.knowledge = knowledge.id
        return compile(policy, day, zone.zone(), knowledge)

    def outcomes(self, condition: Condition, scope: BitMap) -> dict[Outcome, BitMap]:
        """The PCs of ``scope`` by what comes out of one condition. The lock is held by the caller."""
        return self.index.outcomes(condition, scope)

    def uses_columns(self) -> bool:
        """Whether a policy in force asks for columns (apart from when the report was made)."""
        parts = self.parts(BitMap(self.managed))
        return any(
            part.column
            for version in parts
            for condition in self.conditions(version, zone.today())
            if condition.item != INVENTORY
            for part in condition.parts
        )

    def waived(self, day: date) -> dict[str, BitMap]:
        """Condition -> the PCs for which a waiver says on ``day`` that it does not count."""
        return waived.bitmaps(waivers.in_force(day), self.groups, self.ancestors)

    def within(self, places: Iterable[waivers.Place], policies: Collection[int] = ()) -> BitMap:
        """The PCs at these places, and those for which one of these judgment policies holds (ids of policies)."""
        found = waived.at(places, self.groups, self.ancestors)
        if policies:
            parts = self.parts(BitMap(self.managed))
            own = set(PolicyVersion.objects.filter(policy__in=policies, id__in=parts).values_list("id", flat=True))
            found |= BitMap.union(BitMap(), *(pcs for version, pcs in parts.items() if version in own))
        return found

    def parts(self, scope: BitMap) -> dict[int, BitMap]:
        """Policy version -> PCs of ``scope`` that it holds for."""
        return assignment.resolve("judgment", scope, self.groups, self.ancestors)

    def judge(self, scope: BitMap, day: date | None = None) -> list[tuple[int, Judgement]]:
        """Judge the managed PCs of ``scope`` under the policies in force, as of ``day`` (None: today):
        (policy version, judgement).
        """
        with self.lock:
            today = day or zone.today()
            wanted = scope & self.managed
            let_off = self.waived(today)
            return [
                (version, self.index.judge(self.conditions(version, today), pcs, waived=let_off))
                for version, pcs in sorted(self.parts(wanted).items())
            ]


ENGINE = Engine()
