"""Which actions would run once the PCs are judged by the new policy, and where a cap would hold them.

The same rule as in ``action.deciding``, for the judgment alone: a level's actions concern the PCs that come to it, or
all that are at it with ``when: every_judgment``; what wants days or judgments in a row is not done at once. Each action is one order a run. A kind of action is a line of
``KINDS``; a cap is a line of ``CAPS``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pyroaring import BitMap

from kanmon.action import caps as caps_of
from kanmon.action.decide import ACTED_LEVELS
from kanmon.common import clock, config, messages
from kanmon.common.messages import counted
from kanmon.journal.models import Operation
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.policy import assignment, versions
from kanmon.policy.rules_action import ActionPolicy, LevelActions
from kanmon.whatif.effect import Effect


@dataclass(frozen=True, slots=True)
class WouldRun:
    """One order: ``to`` is whom it would reach, a target or a program; ``pcs`` are those that it would be about."""

    kind: str
    level: Level
    policy: str
    to: tuple[str, ...]
    pcs: BitMap


def _mail(actions: LevelActions) -> tuple[str, ...]:
    assert actions.mail is not None
    to = config.get("mail.administrators") if actions.mail.to == "administrators" else actions.mail.to
    return tuple(str(one) for one in to)


def _user_mail(actions: LevelActions) -> tuple[str, ...]:
    return ("users",)


def _webhook(actions: LevelActions) -> tuple[str, ...]:
    assert actions.webhook is not None
    return (str(actions.webhook.to),)


def _event(actions: LevelActions) -> tuple[str, ...]:
    assert actions.event is not None
    return (str(actions.event.to),)


def _command(actions: LevelActions) -> tuple[str, ...]:
    assert actions.command is not None
    return (actions.command.program,)


def _network(actions: LevelActions) -> tuple[str, ...]:
    return (str(actions.network),)


def _message(actions: LevelActions) -> tuple[str, ...]:
    return ()


KINDS: Mapping[str, Callable[[LevelActions], tuple[str, ...]]] = {
    "network": _network, "mail": _mail, "user_mail": _user_mail, "webhook": _webhook, "event": _event,
    "command": _command, "message": _message,
}  # fmt: skip


def would_run(effect: Effect) -> list[WouldRun]:
    """The orders of a judgment of ``effect.scope``, the worst level first."""
    with ENGINE.lock:
        parts = assignment.resolve("action", effect.scope, ENGINE.groups, ENGINE.ancestors)
    orders = []
    for level in ACTED_LEVELS:
        came = effect.came(level)
        for version, members in sorted(parts.items()):
            policy: ActionPolicy = versions.rules(version)
            actions: LevelActions = getattr(policy, level.word)
            concerned = effect.after.levels.get(level, BitMap())
            if actions.when == "level_changed":
                concerned = came.pcs if came else BitMap()
            if policy.dry_run or actions.after is not None:  # nothing is done, or not at once
                continue
            if pcs := concerned & members:
                orders += [
                    WouldRun(kind, level, policy.name, KINDS[kind](actions), pcs)
                    for kind in actions.wanted
                    if kind in KINDS
                ]
    return orders


def _mails_an_hour(orders: Sequence[WouldRun], language: str) -> str | None:
    mails = sum(order.kind == "mail" for order in orders)
    most = int(config.get("mail.per_hour"))
    hour_ago = clock.now() - timedelta(hours=1)
    sent = Operation.objects.filter(kind="mail", begun_at__gt=hour_ago).count()
    if not mails or sent + mails <= most:
        return None
    return messages.text("KNM2133-W", {"mails": mails, "sent": sent, "most": most}, language)


def _no_mail_server(orders: Sequence[WouldRun], language: str) -> str | None:
    if config.get("mail.server") or not any(order.kind in ("mail", "user_mail") for order in orders):
        return None
    return messages.text("KNM2134-W", {}, language)


def _nobody_to_mail(orders: Sequence[WouldRun], language: str) -> str | None:
    if any(order.kind == "mail" and not order.to for order in orders):
        return messages.text("KNM2135-W", {}, language)
    return None


def _most_an_hour(orders: Sequence[WouldRun], language: str) -> str | None:
    with ENGINE.lock:
        fleet = len(ENGINE.managed)
    said = []
    for kind in KINDS:
        wanted = [order for order in orders if order.kind == kind and order.to != ("permit",)]
        pcs = BitMap.union(BitMap(), *(order.pcs for order in wanted))
        spare, reached = caps_of.room(kind, "deny", fleet)
        if spare is not None and len(pcs - reached) > spare:
            told = {"kind": kind, "counted": counted(len(pcs), language), "spare": spare, "most": spare + len(reached)}
            said.append(messages.text("KNM3089-W", told, language))
    return " ".join(said) or None


CAPS: tuple[Callable[[Sequence[WouldRun], str], str | None], ...] = (
    _most_an_hour, _mails_an_hour, _no_mail_server, _nobody_to_mail,
)  # fmt: skip


def caps(orders: Sequence[WouldRun], language: str) -> list[str]:
    """What would hold or keep back some of ``orders``, a sentence each."""
    return [said for cap in CAPS if (said := cap(orders, language))]
