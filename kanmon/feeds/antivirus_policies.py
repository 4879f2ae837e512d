"""New versions of judgment policies, made of newer versions of antivirus products. Inside a transaction."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import structs

from kanmon.common.errors import Refused
from kanmon.feeds.antivirus import Newer, Raise, Raised, raised, unmatched
from kanmon.policy import versions
from kanmon.policy.models import Policy
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_antivirus import AntivirusItem

COMMENT_CHARACTERS = 500


class Changed(NamedTuple):
    """A policy that has a new version."""

    policy: int
    name: str
    version: int
    raises: tuple[Raise, ...]

    def told(self) -> dict[str, Any]:
        """For answers and outcomes of operations."""
        return {"name": self.name, "version": self.version, "raised": [str(one) for one in self.raises]}


class Update(NamedTuple):
    """What an import did: policies with a new version, products that no policy names, lines that several fit."""

    changed: tuple[Changed, ...]
    unmatched: tuple[str, ...]
    ambiguous: tuple[str, ...]


def update(newer: Sequence[Newer], names: Sequence[str], author: str) -> Update:
    """Raise the versions that the policies ``names`` want (empty: all that people can edit).

    Raises Refused KNM5050-E for a name that is none, KNM3121-E for a policy that is read-only.
    """
    rows = [versions.find("judgment", name) for name in names]
    for row in rows:
        if row.read_only:
            raise Refused("KNM3121-E", status=409, name=row.name)
    rows = rows or list(versions.live().filter(kind="judgment", read_only=False).order_by("name"))
    changed: list[Changed] = []
    items: list[AntivirusItem] = []
    ambiguous: set[str] = set()
    for row in rows:
        rules, done = _raised(row, newer)
        items.append(rules.antivirus)
        ambiguous.update(done.ambiguous)
        if done.raises:
            changed.append(_write(row, rules, done, author))
    return Update(tuple(changed), tuple(unmatched(items, newer)), tuple(sorted(ambiguous)))


def follow(policy: int, newer: Sequence[Newer], author: str) -> Changed | None:
    """The same for one policy by its id; None when nothing is newer, or it is gone or read-only."""
    row = versions.live().filter(id=policy, read_only=False).first()
    if row is None:
        return None
    rules, done = _raised(row, newer)
    return _write(row, rules, done, author) if done.raises else None


def _raised(row: Policy, newer: Sequence[Newer]) -> tuple[JudgmentPolicy, Raised]:
    Policy.objects.select_for_update().get(id=row.id)  # two at once: one after the other
    rules: JudgmentPolicy = versions.rules(versions.newest(row.id))
    return rules, raised(rules.antivirus, newer)


def _write(row: Policy, rules: JudgmentPolicy, done: Raised, author: str) -> Changed:
    said = "Antivirus: " + "; ".join(map(str, done.raises))
    made = versions.add(structs.replace(rules, antivirus=done.item), author, said[:COMMENT_CHARACTERS])
    return Changed(row.id, row.name, made.number, done.raises)
