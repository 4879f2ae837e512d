"""What a folder of YAML would change, step by step: each says itself in words, and can be done.

Steps come in an order in which each finds what it needs: groups, policies, assignments, waivers, and last what is to go.
Looking for steps writes nothing. What is there and not in the folder is *left over*: it goes only when that is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kanmon.api import folder_work as work
from kanmon.api import queries
from kanmon.api.folder_work import Work
from kanmon.api.places import Names, spell, words
from kanmon.api.policies import check_name
from kanmon.common import zone
from kanmon.common.errors import Refused
from kanmon.inventory import groups
from kanmon.inventory.book import clean_path
from kanmon.inventory.models import Group
from kanmon.judgment import known
from kanmon.policy import assignment, diff, rules, versions, waivers
from kanmon.policy.check import nearest
from kanmon.policy.folder import AssignmentLine, Folder, WaiverLine, Wanted
from kanmon.policy.models import Waiver
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.waivers import Place

CREATE, CHANGE, REMOVE = "create", "change", "remove"


@dataclass(frozen=True, slots=True)
class Step:
    """``does``: create, change or remove. ``said``: what differs, in words. ``now``: who made what is there.

    ``work(author)`` does it, in a transaction, and tells whom to judge anew.
    """

    does: str
    what: str
    work: Work
    said: tuple[str, ...] = ()
    now: str = ""


class Looking:
    """The steps of one folder."""

    def __init__(self, folder: Folder, language: str = "en") -> None:
        self.folder, self.language = folder, language
        present = set(Group.objects.values_list("path", flat=True))
        self.new_groups = [path for path in dict.fromkeys(self._paths()) if path not in present]
        self.groups = present | {above for path in self.new_groups for above in _with_above(path)}
        self._conditions: set[str] | None = None

    def steps(self) -> list[Step]:
        """What is to be made or changed."""
        found = [Step(CREATE, f"Group {path}", work.make_group(path)) for path in self.new_groups]
        for one in (*self._policies(), *self._assignments(), *self._waivers()):
            found.append(one)
        return found

    def left_over(self) -> list[Step]:
        """What is there and not in the folder, of the kinds that the folder has."""
        return [*self._assignments_left(), *self._waivers_left(), *self._policies_left()]

    def _paths(self) -> Iterator[str]:
        for wanted in self.folder.groups:
            yield clean_path(wanted.what)

    def _policies(self) -> Iterator[Step]:
        for wanted in self.folder.policies:
            policy = wanted.what
            try:
                check_name(policy.name, wanted.line)
            except Refused as problem:
                raise wanted.refused(problem) from None
            kind = "judgment" if isinstance(policy, JudgmentPolicy) else "action"
            what = f"{kind.capitalize()} policy {policy.name}"
            row = versions.live().filter(kind=kind, name=policy.name).first()
            if row is None:
                yield Step(CREATE, what, work.save(policy))
                continue
            held = versions.version(kind, policy.name)
            before = rules.load(held.text)
            if rules.to_yaml(before) == rules.to_yaml(policy):
                continue
            if row.read_only:
                raise wanted.refused(Refused("KNM3121-E", status=409, name=policy.name))
            now = f"version {held.number} by {held.author}, {held.created_at:%Y-%m-%d}"
            yield Step(CHANGE, what, work.save(policy), tuple(diff.differences(before, policy, self.language)), now)

    def _place(self, wanted: Wanted) -> Place | None:
        """The place that a line names; None for a group that the folder makes. Refused with its line."""
        line = wanted.what
        try:
            if line.pc:
                return Place("pc", queries.find_pc(line.pc).id)
            if line.system or clean_path(line.group) == groups.ROOT:
                return Place("system")
            path = clean_path(line.group)
            if path not in self.groups:
                near = nearest(path, self.groups)
                raise Refused("KNM5050-E", status=404, what="group", name=path, nearest=near)
            row = Group.objects.filter(path=path).first()
        except Refused as problem:
            raise wanted.refused(problem) from None
        return Place("group", row.id) if row else None

    def _assignments(self) -> Iterator[Step]:
        present = {(row.kind, row.target, row.target_id): row.policy for row in assignment.listed()}
        own = {(_kind(one.what), one.what.name) for one in self.folder.policies}
        for wanted in self.folder.assignments:
            line: AssignmentLine = wanted.what
            names = {*versions.live().filter(kind=line.kind).values_list("name", flat=True)}
            names |= {name for kind, name in own if kind == line.kind}
            if line.policy not in names:
                near = nearest(line.policy, names)
                problem = Refused("KNM5050-E", status=404, what=f"{line.kind} policy", name=line.policy, nearest=near)
                raise wanted.refused(problem)
            place = self._place(wanted)
            before = present.get((line.kind, *place)) if place else None
            if before != line.policy:
                what = f"{line.kind.capitalize()} policy of {_where(line)}"
                said = (f"{before} -> {line.policy}" if before else line.policy,)
                yield Step(CHANGE if before else CREATE, what, work.assign(line), said)

    def _wanted_places(self, lines: list[Wanted]) -> set[tuple[Any, ...]]:
        return {(_subject(one.what), *place) for one in lines if (place := self._place(one))}

    def _assignments_left(self) -> Iterator[Step]:
        if "assignments" not in self.folder.kinds:
            return
        wanted = self._wanted_places(self.folder.assignments)
        rows = assignment.listed()
        names = Names(Place(row.target, row.target_id) for row in rows)
        for row in rows:
            if (row.kind, row.target, row.target_id) not in wanted and row.target != "system":
                where = words(spell(row.target, row.target_id, names))
                what = f"{row.kind.capitalize()} policy of {where}"
                yield Step(REMOVE, what, work.unassign(row.kind, Place(row.target, row.target_id)), (row.policy,))

    def _waivers(self) -> Iterator[Step]:
        today = zone.today()
        for wanted in self.folder.waivers:
            line: WaiverLine = wanted.what
            try:
                if self._conditions is None:
                    self._conditions = known.conditions() | self._own_conditions()
                known.check_condition(line.condition, self._conditions)
                place = self._place(wanted)
                says = work.waiver_of(line)
                if says.expires_on < today:
                    continue  # it is over: nothing to be done
                waivers.check(says, today)
            except Refused as problem:
                raise problem if problem.message_id == "KNM5060-E" else wanted.refused(problem) from None
            row = self._waiver_at(place, line.condition)
            if row is not None and waivers.says(row) == says._replace(begins_on=says.begins_on or row.begins_on):
                continue
            said = (f"until {line.expires}: {line.reason} (approved by {line.approver})",)
            what = f"Waiver of {line.condition} for {_where(line)}"
            yield Step(CHANGE if row else CREATE, what, work.waive(line), said)

    def _own_conditions(self) -> set[str]:
        """Conditions of the judgment policies of the folder itself."""
        policies = [one.what for one in self.folder.policies if isinstance(one.what, JudgmentPolicy)]
        return known.of_policies(policies)

    @staticmethod
    def _waiver_at(place: Place | None, condition: str) -> Waiver | None:
        place = _of_group(place) if place else None
        if place is None:
            return None
        return Waiver.objects.filter(
            target=place.target, target_id=place.target_id, condition=condition, ended_at=None
        ).first()

    def _waivers_left(self) -> Iterator[Step]:
        if "waivers" not in self.folder.kinds:
            return
        wanted = {(_subject(one.what), *at) for one in self.folder.waivers if (at := _of_group(self._place(one)))}
        rows = list(waivers.open_ones())
        names = Names(map(waivers.place_of, rows))
        for row in rows:
            if (row.condition, row.target, row.target_id) not in wanted:
                where = words(spell(row.target, row.target_id, names))
                said = (f"until {row.expires_on}: {row.reason} (approved by {row.approver})",)
                yield Step(REMOVE, f"Waiver of {row.condition} for {where}", work.end(row), said, f"by {row.author}")

    def _policies_left(self) -> Iterator[Step]:
        wanted = {(_kind(one.what), one.what.name) for one in self.folder.policies}
        for row in versions.live().filter(builtin=False, kind__in=self.folder.kinds).order_by("kind", "name"):
            if (row.kind, row.name) not in wanted:
                held = versions.version(row.kind, row.name)
                now = f"version {held.number} by {held.author}, {held.created_at:%Y-%m-%d}"
                yield Step(REMOVE, f"{row.kind.capitalize()} policy {row.name}", work.delete(row), (), now)


def _with_above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _kind(policy: Any) -> str:
    return "judgment" if isinstance(policy, JudgmentPolicy) else "action"


def _subject(line: Any) -> str:
    return str(line.kind if isinstance(line, AssignmentLine) else line.condition)


def _where(line: Any) -> str:
    if line.pc:
        return f"PC {line.pc}"
    return words({"system": line.system or clean_path(line.group) == groups.ROOT, "group": clean_path(line.group)})


def _of_group(place: Place | None) -> Place | None:
    """The whole system is the root of the tree, for waivers; None when there is none yet."""
    if place is None or place.target != "system":
        return place
    root = Group.objects.filter(path=groups.ROOT).first()
    return Place("group", root.id) if root else None
