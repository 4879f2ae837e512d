"""One PC: how it stands, why, and what happened to it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from kanmon.action.models import Order
from kanmon.common.facts import Agent, Os
from kanmon.console import wording, words
from kanmon.console.read import findings, network_pc
from kanmon.console.read.inventory import known
from kanmon.console.read.pcs import rows
from kanmon.console.read.policies import used
from kanmon.console.shown.pc import HistoryEntry, PcShown, PolicyUsed
from kanmon.intake.models import Source
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Operation
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState, Verdict
from kanmon.policy.models import PolicyVersion

HISTORY_SHOWN = 20


def pc(number: int, earlier: int = 0) -> PcShown | None:
    """The page of a PC; ``earlier`` more lines of history are shown. None when there is no such PC."""
    one = Pc.objects.select_related("group").filter(pk=number).first()
    if one is None:
        return None
    state = PcState.objects.filter(pc=number).first()
    facts, columns = known(number)
    source = Source.objects.filter(pk=one.source).first()
    items, headline = findings.explain(number)
    history = _history(number, HISTORY_SHOWN + earlier + 1)
    return PcShown(
        row=rows([number])[0],
        os=_os(facts["os"]),
        agent=" ".join(f"{a.name} {a.version}".strip() for a in facts["agent"] if isinstance(a, Agent)),
        source=source.name if source else "",
        format=one.format,
        macs=list(Identity.objects.filter(pc=number, kind="mac").order_by("value").values_list("value", flat=True)),
        addresses=str(columns.get("ip", "")).split(),
        serial=one.serial,
        first_seen=one.first_seen_at,
        reported=one.reported_at,
        policies=used(one),
        judged_by=_judged_by(state),
        items=items,
        headline=headline,
        history=history[: HISTORY_SHOWN + earlier],
        history_more=len(history) > HISTORY_SHOWN + earlier,
        removed_by=one.retired_by,
        removed_reason=one.retired_reason,
    )


def _os(found: list[Any]) -> str:
    named = [one for one in found if isinstance(one, Os)]
    if not named:
        return ""
    one = named[0]
    version = "" if one.version in one.name else one.version
    return " ".join(part for part in (one.name or one.family, version, one.service_pack, one.arch) if part)


def _judged_by(state: PcState | None) -> PolicyUsed | None:
    if state is None or state.verdict is None:
        return None
    verdict = Verdict.objects.filter(pk=state.verdict).first()
    version = (
        PolicyVersion.objects.select_related("policy").filter(pk=verdict.policy_version).first() if verdict else None
    )
    return PolicyUsed("judgment", version.policy.name, version.number) if version else None


def _history(number: int, size: int) -> list[HistoryEntry]:
    """Judgments that changed something, and the actions that followed, newest first."""
    verdicts = list(Verdict.objects.filter(pc=number).order_by("-from_at")[:size])
    lines = [_judgment(verdict) for verdict in verdicts]
    runs = {verdict.decided_run for verdict in verdicts if verdict.decided_run}
    orders = [
        order for order in Order.objects.filter(run__in=runs).defer("attachment", "text") if number in _scope(order)
    ]
    operations: Mapping[int, Operation] = Operation.objects.defer("input").in_bulk(
        [order.operation for order in orders]
    )
    by_network = network_pc.history(number, size)
    written = {line.operation for line in by_network}  # of these the orders themselves tell more
    lines += [_order(one, operations.get(one.operation)) for one in orders if one.operation not in written]
    lines += by_network
    return sorted(lines, key=lambda line: line.at, reverse=True)[:size]


def _scope(order: Order) -> Any:
    from pyroaring import BitMap

    return BitMap.deserialize(bytes(order.pcs)) if order.pcs else BitMap()


def _judgment(verdict: Verdict) -> HistoryEntry:
    before, after = Level(verdict.level_before), Level(verdict.level)
    note = _("other findings, same level") if before == after else ""
    shown_before = before if before not in (after, Level.NOT_JUDGED) else None
    return HistoryEntry(verdict.from_at, "judge", wording.after(verdict.cause), shown_before, after, note)


def _order(order: Order, operation: Operation | None) -> HistoryEntry:
    state = words.STATES.get(operation.state, operation.state) if operation else ""
    text = order.subject or str(words.KINDS.get(order.kind, order.kind))
    at = operation.ended_at if operation and operation.ended_at else order.created_at
    if order.kind == "mail":
        text = _('Mail "%(subject)s"') % {"subject": order.subject}
    elif order.kind == "webhook":
        text = _("Webhook to %(target)s") % {"target": order.subject}
    elif order.kind == "network":
        text = _("Cut off the network") if order.subject == "deny" else _("Let back into the network")
    elif order.kind == "message":
        text = _('Message "%(title)s"') % {"title": order.subject}
    elif order.kind == "command":
        text = _("Command %(program)s") % {"program": order.subject}
    return HistoryEntry(at, order.kind, text, note=str(state), operation=order.operation)
