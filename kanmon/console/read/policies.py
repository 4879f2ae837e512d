"""Policies and their versions, readable."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import F, Max
from django.utils.translation import ngettext

from kanmon.common.errors import Refused
from kanmon.console import policy_words
from kanmon.console.shown.pc import PolicyUsed
from kanmon.console.shown.policies import PolicyRow, PolicyShown, RuleGroup
from kanmon.inventory.models import Group, Pc
from kanmon.policy import rules
from kanmon.policy.models import Assignment, Policy, PolicyVersion

VERSIONS_SHOWN = 100


def policies() -> list[PolicyRow]:
    """The newest version of every policy, judgment policies first."""
    newest = PolicyVersion.objects.select_related("policy").annotate(last=Max("policy__versions__number"))
    rows = newest.filter(number=F("last"), policy__deleted_at=None).order_by("-policy__kind", "policy__name")
    places = _places()
    return [_row(version, places.get(version.policy.pk, [])) for version in rows]


def policy(kind: str, name: str, number: int | None = None) -> PolicyShown | None:
    """Version ``number`` (None: the newest) of a policy."""
    versions = PolicyVersion.objects.select_related("policy").filter(
        policy__kind=kind, policy__name=name, policy__deleted_at=None
    )
    all_of_them = list(versions.order_by("-number")[:VERSIONS_SHOWN])
    shown = all_of_them[0] if number is None and all_of_them else versions.filter(number=number).first()
    if shown is None:
        return None
    places = _places().get(shown.policy.pk, [])
    return PolicyShown(
        _row(shown, places), _groups(shown.text), shown.text, [_row(version, places) for version in all_of_them]
    )


def _groups(text: str) -> list[RuleGroup]:
    """The rules in words; empty when the text is of a kind that this version does not know."""
    try:
        document = rules.load(text)
    except Refused:
        return []
    if isinstance(document, rules.JudgmentPolicy):
        return policy_words.judgment(document)
    return policy_words.action(document)


def _row(version: PolicyVersion, places: list[str]) -> PolicyRow:
    one: Policy = version.policy
    return PolicyRow(
        kind=one.kind,
        name=one.name,
        version=version.number,
        author=version.author,
        comment=version.comment,
        at=version.created_at,
        builtin=one.builtin,
        read_only=one.read_only,
        assigned=places,
    )


def _places() -> dict[int, list[str]]:
    """By policy: to what it is assigned, the whole system ("/") first."""
    places: dict[int, list[str]] = defaultdict(list)
    pcs: Counter[int] = Counter()
    paths = dict(Group.objects.values_list("id", "path"))
    for policy_id, target, target_id in Assignment.objects.values_list("policy", "target", "target_id"):
        if target == "pc":
            pcs[policy_id] += 1
        else:
            places[policy_id].append("/" if target == "system" else paths.get(target_id, "?"))
    for policy_id, count in pcs.items():
        places[policy_id].append(ngettext("%(n)s PC", "%(n)s PCs", count) % {"n": count})
    return {policy_id: sorted(found) for policy_id, found in places.items()}


def used(pc: Pc) -> list[PolicyUsed]:
    """The policies that hold for a PC and where they come from: PC, nearest group, whole system."""
    chain: list[tuple[str, int, str]] = [("pc", pc.pk, pc.host)]
    group: Group | None = pc.group
    while group is not None:
        chain.append(("group", group.pk, group.path))
        group = group.parent
    chain.append(("system", 0, ""))
    result = []
    for kind in ("judgment", "action"):
        found = _nearest(kind, chain)
        if found:
            result.append(found)
    return result


def _nearest(kind: str, chain: Iterable[tuple[str, int, str]]) -> PolicyUsed | None:
    assigned = {
        (a.target, a.target_id): a.policy for a in Assignment.objects.select_related("policy").filter(kind=kind)
    }
    for target, target_id, place in chain:
        if one := assigned.get((target, target_id)):
            number = one.versions.aggregate(last=Max("number"))["last"] or 0
            return PolicyUsed(kind, one.name, number, place)
    return None
