"""Which conditions there are: what a waiver may name."""

from collections.abc import Iterable

from kanmon.common import zone
from kanmon.common.errors import Refused
from kanmon.judgment.condition import AGENT_ID
from kanmon.judgment.engine import ENGINE
from kanmon.policy import versions
from kanmon.policy.check import nearest
from kanmon.policy.rules import JudgmentPolicy


def conditions() -> set[str]:
    """The ids of all conditions of the judgment policies as they are now."""
    found: set[str] = set()
    newest = [versions.newest(policy.id) for policy in versions.live().filter(kind="judgment")]
    with ENGINE.lock:
        for version in newest:
            found |= {one.id for one in ENGINE.conditions(version, zone.today())}
    return found - {AGENT_ID}  # a PC of which nothing is known is Unknown, whatever is waived


def of_policies(policies: Iterable[JudgmentPolicy]) -> set[str]:
    """The ids of the conditions of policies that need not be stored."""
    return {one.id for policy in policies for one in ENGINE.compiled(policy, zone.today())} - {AGENT_ID}


def check_condition(condition: str, known: set[str] | None = None) -> None:
    """Raises Refused KNM5050-E with the nearest id when no policy has such a condition."""
    possible = conditions() if known is None else known
    if condition not in possible:
        near = nearest(condition, sorted(possible))
        raise Refused("KNM5050-E", status=404, what="condition of a policy", name=condition, nearest=near)
