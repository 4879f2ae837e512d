"""What a person changes about policies: each is one operation, and a judgment of whom it concerns in its transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from kanmon.action import mail_groups
from kanmon.action.acting import Ask
from kanmon.common.errors import Refused
from kanmon.console.change import Done, key
from kanmon.flow import Within, begin_acting, begin_judgment
from kanmon.journal.once import once
from kanmon.journal.writing import transaction
from kanmon.policy import drafts, versions
from kanmon.policy.models import Assignment, PolicyVersion
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy

CAUSE = "policy"
NAME_CHARACTERS = 100
Work = Callable[[], tuple[Mapping[str, Any], Within]]


def rejudging(subject: str, work: Work, actor: str, form_key: str) -> Done:
    """Do ``work`` once; it returns what is told of it, and whom to judge anew or decide about."""
    within = Within()

    def inner() -> Mapping[str, Any]:
        nonlocal within
        told, within = work()
        return told

    with transaction():
        operation, now = once(subject, inner, actor=actor, requester="console", key=key(form_key))
        if now and (within.places or within.policies):
            begin_judgment(None, CAUSE, actor, parent=operation.id, within=within)
        if now and within.already:
            ask = Ask(whole=True, already=within.already)
            begin_acting(ask, CAUSE, actor, key=f"act-policy:{operation.id}")
    return Done(operation, now)


def concerned(made: PolicyVersion, before: int) -> Within:
    """Whom a version concerns: nobody when nothing is new, or the policy is assigned to nothing."""
    assigned = Assignment.objects.filter(policy=made.policy).exists()
    if made.number == before or not assigned:
        return Within()
    return Within(policies=(made.policy.id,)) if made.policy.kind == "judgment" else Within(already="ask")


def save(policy: JudgmentPolicy | ActionPolicy, base: int, reason: str, actor: str, form_key: str) -> Done:
    """What a person has edited as a new version, if version ``base`` is still the newest; the draft is done with.

    Raises Refused KNM5080-E when somebody has saved meanwhile: the draft stays.
    """
    kind = "judgment" if isinstance(policy, JudgmentPolicy) else "action"

    def work() -> tuple[Mapping[str, Any], Within]:
        mail_groups.check(policy)
        newest = versions.version(kind, policy.name).number
        if newest != base:
            raise Refused("KNM5080-E", status=409, name=policy.name, number=newest, old=base)
        made = versions.add(policy, actor, reason)
        drafts.drop(actor, made.policy.id)
        return {"name": policy.name, "version": made.number}, concerned(made, base)

    return rejudging(f"{kind.capitalize()} policy {policy.name}: edited", work, actor, form_key)


def copy(kind: str, name: str, new: str, number: int, actor: str, form_key: str) -> Done:
    """A policy of its own with the content of a version; it is assigned to nothing.

    Raises Refused: KNM5004-E for a name that can't be, KNM5051-E for one that is taken.
    """
    check_name(new)

    def work() -> tuple[Mapping[str, Any], Within]:
        made = versions.copy(kind, name, new, actor, number)
        mail_groups.check(versions.rules(made.id))
        return {"name": new, "version": made.number}, Within()

    return rejudging(f"{kind.capitalize()} policy {name}: copied to {new}", work, actor, form_key)


def delete(kind: str, name: str, actor: str, form_key: str) -> Done:
    """Delete a policy that is assigned to nothing. Raises Refused KNM5052-E, KNM5053-E."""

    def work() -> tuple[Mapping[str, Any], Within]:
        gone = versions.delete(kind, name)
        drafts.forget(gone.id)
        return {"name": name, "state": "deleted"}, Within()

    return rejudging(f"{kind.capitalize()} policy {name}: deleted", work, actor, form_key)


def check_name(name: str) -> None:
    """Raises Refused KNM5004-E for a name that can't be stored, or that no address can hold."""
    if not 0 < len(name) <= NAME_CHARACTERS:
        wanted = f"1 to {NAME_CHARACTERS} characters"
        raise Refused("KNM5004-E", status=422, line=1, path="name", wanted=wanted, found=f"{len(name)}")
    if "/" in name or not name.isprintable():
        wanted = "a name without / on one line"
        raise Refused("KNM5004-E", status=422, line=1, path="name", wanted=wanted, found=name)
