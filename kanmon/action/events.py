"""Events: what is told about one PC of an order, and about its run. Facts, without a form; see ``cef.py``, ``ocsf.py``.

Each event has an id that stays the same whenever it is told: ``kanmon_INSTALLATION_ORDER_PC``, and ``..._run``. Level
and findings are those of the decision, however late it is told; what else is said of a PC is as known when it is told.
The fields are those that JP1 events of the original have: who asked, level, policy, what was judged, result by item.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kanmon.action import texts
from kanmon.action.judged import Judged, judged, systems
from kanmon.action.models import Order
from kanmon.common import config
from kanmon.common.facts import Os
from kanmon.judgment import why
from kanmon.judgment.levels import ITEMS, Level

NO_OS = Os("other", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is the same for all events of an order.

    ``requester``: what asked for the judgment (inventory, schedule, judge_command...), ``actor``: who. ``when``:
    level_changed or every_judgment. ``pcs``: how many the order is about; ``judged``, ``changed``: of the run.
    """

    id: str
    order: int
    run: int
    requester: str
    actor: str
    policy: str
    version: int
    level: Level
    step: int
    when: str
    pcs: int
    judged: int
    changed: int
    at: datetime
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPc:
    """A PC. ``items``: level by item; ``why``: the worst finding, in the language of the server."""

    number: int
    asset_number: str
    host: str
    user: str
    group: str
    domain: str
    ip: str
    mac: str
    os: Os
    level: Level
    level_before: Level
    items: dict[str, str]
    why: str
    link: str

    def clipped(self, most: int) -> "AboutPc":
        """With no text longer than ``most`` characters."""
        longs: dict[str, Any] = {
            name: clip(getattr(self, name), most)
            for name in ("host", "user", "group", "domain", "ip", "mac", "why", "link")
        }
        return replace(self, **longs, os=self.os._replace(name=clip(self.os.name, most)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``pc``: None in that of the run."""

    id: str
    occasion: Occasion
    pc: AboutPc | None = None

    @property
    def level(self) -> Level:
        """What it is about: the level of the PC, or of the order."""
        return self.pc.level if self.pc else self.occasion.level

    @property
    def sentence(self) -> str:
        """What it says, in English whatever the language of the server is: programs compare it."""
        one = self.occasion
        if self.pc is None:
            return f"Judgment run {one.run}: {one.pcs} PCs at {one.level.word} by action policy {one.policy}"
        before = "" if self.pc.level_before == self.pc.level else f", before {self.pc.level_before.word}"
        return f"PC {self.pc.host} is at {self.pc.level.word}{before}"

    def clipped(self, most: int) -> "Event":
        """With no text longer than ``most`` characters."""
        pc = self.pc.clipped(most) if self.pc else None
        one = replace(self.occasion, actor=clip(self.occasion.actor, most), policy=clip(self.occasion.policy, most))
        return replace(self, pc=pc, occasion=one)


def clip(text: str, most: int) -> str:
    """``text`` of ``most`` characters at most; an ellipsis says that there was more."""
    return text if len(text) <= most else text[: most - 1] + "…"


def occasion(order: Order) -> Occasion:
    """What all events of ``order`` say."""
    told: dict[str, Any] = order.input
    return Occasion(
        id=order.message_id, order=order.operation, run=order.run, requester=told["requester"], actor=told["actor"],
        policy=told["policy"], version=told["version"], level=Level(order.level), step=order.step, when=told["when"],
        pcs=told["pcs"], judged=told["judged"], changed=told["changed"], at=order.created_at,
        link=f"{texts.base_url()}/operations/{order.operation}",
    )  # fmt: skip


def of_run(order: Order, occasion: Occasion) -> Event:
    """The event of the run."""
    return Event(id=f"{order.message_id}_run", occasion=occasion)


def of_pcs(order: Order, occasion: Occasion, pcs: Collection[int]) -> list[Event]:
    """The events of ``pcs``, by number. A PC that is gone has none."""
    language = str(config.get("server.language"))
    found = []
    for batch in judged(pcs, order.input["verdict"]):
        reasons = why.worst_texts([one.verdict.finding_set for one in batch], language)
        known = systems([one.pc.id for one in batch])
        for one in batch:
            told = _about(one, known.get(one.pc.id, NO_OS), reasons.get(one.verdict.finding_set, ""))
            found.append(Event(id=f"{order.message_id}_{one.pc.id}", occasion=occasion, pc=told))
    return found


def _about(one: Judged, os: Os, reason: str) -> AboutPc:
    pc, columns = one.pc, one.columns
    return AboutPc(
        number=pc.id, asset_number=pc.asset_number, host=pc.host, user=pc.user, group=pc.group.path,
        domain=str(columns.get("domain", "")), ip=str(columns.get("ip", "")), mac=str(columns.get("mac", "")), os=os,
        level=Level(one.verdict.level), level_before=Level(one.verdict.level_before),
        items={item: Level(level).word for item, level in zip(ITEMS, one.verdict.items, strict=True)}, why=reason,
        link=f"{texts.base_url()}/pcs/{pc.id}",
    )  # fmt: skip
