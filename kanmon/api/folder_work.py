"""What the steps of a folder do, in the transaction of its operation: each takes the author and tells whom to judge anew.

Places are looked up when a step is done: the groups of the folder are made by then.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from kanmon.action import mail_groups
from kanmon.api import queries
from kanmon.flow import Within
from kanmon.inventory import groups
from kanmon.inventory.book import clean_path
from kanmon.policy import assignment, versions, waivers
from kanmon.policy.folder import AssignmentLine, WaiverLine
from kanmon.policy.models import Assignment, Policy, Waiver
from kanmon.policy.waivers import Place

NOBODY = Within()
ACTIONS = Within(already="ask")
Work = Callable[[str], Within]


def waiver_of(line: WaiverLine) -> waivers.Wanted:
    """What a line of a file says."""
    begins = date.fromisoformat(line.begins) if line.begins else None
    expires = date.fromisoformat(line.expires)
    return waivers.Wanted(line.condition, line.reason, line.approver, expires, begins, line.notice_days)


def make_group(path: str) -> Work:
    """Make a group."""

    def work(author: str) -> Within:
        groups.ensure(path)
        return NOBODY

    return work


def save(policy: Any) -> Work:
    """A new version of a policy."""

    def work(author: str) -> Within:
        mail_groups.check(policy)
        made = versions.add(policy, author)
        if not Assignment.objects.filter(policy=made.policy).exists():
            return NOBODY
        return Within(policies=(made.policy.id,)) if made.policy.kind == "judgment" else ACTIONS

    return work


def _place_now(line: Any) -> Place:
    """The place of a line when the groups of the folder are made."""
    if line.pc:
        return Place("pc", queries.find_pc(line.pc).id)
    if line.system or clean_path(line.group) == groups.ROOT:
        return Place("system")
    return Place("group", groups.find(line.group).id)


def assign(line: AssignmentLine) -> Work:
    """Assign as the line says."""

    def work(author: str) -> Within:
        place = _place_now(line)
        assignment.assign(versions.find(line.kind, line.policy), *place)
        return Within((place,)) if line.kind == "judgment" else ACTIONS

    return work


def unassign(kind: str, place: Place) -> Work:
    """Take an assignment away."""

    def work(author: str) -> Within:
        assignment.unassign(kind, *place)
        return Within((place,)) if kind == "judgment" else ACTIONS

    return work


def waive(line: WaiverLine) -> Work:
    """Give the waiver of a line."""

    def work(author: str) -> Within:
        place = _place_now(line)
        if place.target == "system":
            place = Place("group", groups.ensure(groups.ROOT)[0].id)
        waivers.add(place, waiver_of(line), author)
        return Within((place,))

    return work


def end(row: Waiver) -> Work:
    """End a waiver."""

    def work(author: str) -> Within:
        waivers.end(row, author)
        return Within((waivers.place_of(row),))

    return work


def delete(row: Policy) -> Work:
    """Delete a policy."""

    def work(author: str) -> Within:
        versions.delete(row.kind, row.name)
        return NOBODY

    return work
