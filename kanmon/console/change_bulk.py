"""What a person orders about several PCs of the list at once: each is one operation, once for the form's key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pyroaring import BitMap

from kanmon.action.acting import Ask
from kanmon.common.errors import Refused
from kanmon.console import change_groups, change_network, change_waivers
from kanmon.console.change import Done, key
from kanmon.flow import begin_acting, begin_judgment
from kanmon.inventory.managing import Wanted
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.judgment import managing
from kanmon.message import write
from kanmon.network import change as network

CAUSE = "pc_list"


@dataclass(frozen=True, slots=True)
class Given:
    """PCs, and what a person has filled in. ``conditions`` false: whether or not those of the policy are met.

    ``fields``: what the form of this verb asks for beside, by name.
    """

    pcs: Sequence[int]
    actor: str
    form_key: str
    reason: str = ""
    conditions: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)


def _begun(kind: str, form_key: str, begin: Callable[[], Operation]) -> Done:
    with transaction():
        earlier = Operation.objects.filter(key=key(form_key)).exists()
        operation = begin()
    if operation.kind != kind:
        raise Refused("KNM7020-E", status=422, subject=operation.subject, operation=operation.id)
    return Done(operation, not earlier)


def judge(given: Given) -> Done:
    """Judge them again."""
    scope = BitMap(given.pcs)
    return _begun(
        "judge", given.form_key,
        lambda: begin_judgment(scope, CAUSE, given.actor, key=key(given.form_key)),
    )  # fmt: skip


def act(given: Given) -> Done:
    """Decide on actions for their newest levels."""
    scope = BitMap(given.pcs)
    ask = Ask(scope=scope.serialize(), conditions=given.conditions)
    return _begun(
        "act", given.form_key, lambda: begin_acting(ask, CAUSE, given.actor, key(given.form_key), judged=scope)
    )  # fmt: skip


def message(given: Given) -> Done:
    """Write a message to the users of them. Raises Refused KNM3218-E when it can't be as it is given."""
    title, text, html = (_lines(given.fields.get(name, "")) for name in ("title", "text", "html"))
    days = given.fields.get("expires_days", "")
    asked = write.Asked(title, text, html, int(days) if days.isdecimal() and len(days) < 5 else 0)
    scope = BitMap(given.pcs)
    return _begun("message", given.form_key, lambda: write.begin(scope, asked, given.actor, key(given.form_key)))


def _lines(text: str) -> str:
    """Lines as everywhere else; browsers end them with two characters."""
    return text.replace("\r\n", "\n").strip()


def _network(wanted: str) -> Callable[[Given], Done]:
    def order(given: Given) -> Done:
        macs = network.macs_of(given.pcs)
        hosts = dict(Pc.objects.filter(id__in=list(given.pcs)).values_list("id", "host"))
        targets = [network.Target(mac, pc, "", hosts.get(pc, "")) for pc in given.pcs for mac in macs[pc]]
        return change_network.order(wanted, targets, given.reason, given.actor, given.form_key)

    return order


def _manage(wanted: Wanted) -> Callable[[Given], Done]:
    def begin(given: Given) -> Done:
        pcs = BitMap(given.pcs)
        return _begun(
            managing.KIND, given.form_key,
            lambda: managing.begin(wanted, pcs, given.reason, given.actor, key(given.form_key)),
        )  # fmt: skip

    return begin


def waive(given: Given) -> Done:
    """Waive a condition for each of them."""
    said = given.fields
    wanted = change_waivers.wanted(
        said.get("condition", ""), given.reason, said.get("approver", ""), said.get("expires", "")
    )
    return change_waivers.give_pcs(given.pcs, wanted, given.actor, given.form_key)


def group(given: Given) -> Done:
    """Put them into a group."""
    return change_groups.put(given.pcs, given.fields.get("path", ""), given.actor, given.form_key)


KINDS = {"waive": "change", "group": "change", "permit": "network", "refuse": "network"} | dict.fromkeys(
    ("disable", "enable", "remove"), managing.KIND
)
"""Verb -> the kind of its operation, where that is not called so."""


def earlier(verb: str, form_key: str) -> Done | None:
    """What this form has begun when it was sent before: the PCs of its search may be others by now."""
    begun = Operation.objects.filter(key=key(form_key)).first()
    if begun is not None and begun.kind != KINDS.get(verb, verb):
        raise Refused("KNM7020-E", status=422, subject=begun.subject, operation=begun.id)
    return Done(begun, False) if begun is not None else None


BEGIN: Mapping[str, Callable[[Given], Done]] = {
    "judge": judge, "act": act, "message": message, "waive": waive, "group": group, "permit": _network("permit"), "refuse": _network("refuse"),
    "disable": _manage("disable"), "enable": _manage("enable"), "remove": _manage("remove"),
}  # fmt: skip
"""Verb of ``bulk_words.BULK`` -> how it is begun."""
