"""What the pages of network control may change: orders by hand, invitations and their end."""

from collections.abc import Sequence

import msgspec

from kanmon.common.errors import Refused
from kanmon.console.change import Done, key
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.once import once
from kanmon.journal.writing import transaction
from kanmon.network import change, enrolment, shown


def targets_of(pc: int) -> tuple[change.Target, ...]:
    """The MACs of a PC's own. Raises Refused KNM6010-E (no such PC), KNM8455-E (it has none)."""
    host = Pc.objects.filter(pk=pc).values_list("host", flat=True).first()
    if host is None:
        raise Refused("KNM6010-E", status=404, what="PC", name=str(pc))
    found = change.macs_of([pc])[pc]
    if not found:
        raise Refused("KNM8455-E", status=409, host=host)
    return tuple(change.Target(mac, pc, "", host) for mac in found)


def order(wanted: str, targets: Sequence[change.Target], reason: str, actor: str, form_key: str) -> Done:
    """Begin the order of a person for ``targets``."""
    return _begin(change.Asked(wanted, reason, tuple(targets)), actor, form_key)


def _begin(asked: change.Asked, actor: str, form_key: str) -> Done:
    with transaction():
        earlier = Operation.objects.filter(key=key(form_key)).exists()
        begun = change.begin(asked, actor, key(form_key))
    same = begun.kind == "network" and msgspec.json.decode(bytes(begun.input), type=change.Asked).wanted == asked.wanted
    if not same:
        raise Refused("KNM7020-E", status=422, subject=begun.subject, operation=begun.id)
    return Done(begun, not earlier)


def invite(name: str, actor: str, form_key: str) -> tuple[Done, str]:
    """Invite agent ``name``; the token, which is nowhere else, or "" when the form had been sent before."""
    made: list[str] = []

    def work() -> None:
        made.append(enrolment.invite(name, actor, shown.addresses()))

    operation, now = once(f"Agent {name}: invited", work, actor=actor, requester="console", key=key(form_key))
    return Done(operation, now), made[0] if now else ""


def revoke(name: str, actor: str, form_key: str) -> Done:
    """Agent ``name`` is listened to no more."""

    def work() -> None:
        enrolment.revoke(name, actor)

    operation, now = once(f"Agent {name}: revoked", work, actor=actor, requester="console", key=key(form_key))
    return Done(operation, now)
