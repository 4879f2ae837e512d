"""The operation "network": what a policy or a person wants becomes orders, in the list and for the agents.

It ends when the orders stand in the list: from there on agents are given them until each has answered, whatever
happens to Manager, agent or network. What became of them is told by the orders (``seen``). Long ones are committed in
chunks; an interrupted one goes on behind its last. Chunks that were written are not written again, and if one were, it
would say the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from pyroaring import BitMap

from kanmon import wire
from kanmon.action.models import Order as ActionOrder
from kanmon.common import config, fault, messages
from kanmon.common.messages import counted
from kanmon.inventory.models import Identity, Pc
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Permanent, Stopped, Work
from kanmon.network import book, news
from kanmon.network.book import Wish
from kanmon.network.models import Entry

LANE = "network"
CHUNK = 500


class Target(msgspec.Struct, frozen=True):
    """One MAC that a person means."""

    mac: str
    pc: int | None = None
    ip: str = ""
    host: str = ""


class Asked(msgspec.Struct, frozen=True):
    """Input of an operation: orders of a person for ``targets``, or ``follow`` (``pcs``)."""

    wanted: wire.Wanted | str
    reason: str = ""
    targets: tuple[Target, ...] = ()
    pcs: tuple[int, ...] = ()


class Counts(NamedTuple):
    """What a chunk, or an operation, has done, in PCs (of a person: in MACs)."""

    ordered: int = 0
    already: int = 0
    no_mac: int = 0
    later: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def begin(asked: Asked, actor: str, key: str | None, parent: int | None = None) -> Operation:
    """Begin what a person wants, or what follows the operation ``parent``. Inside a transaction."""
    about = counted(len(asked.targets) or len(asked.pcs))
    return record.begin(
        "network", requester="person", actor=actor, subject=f"{asked.wanted}: {about}"[:200], key=key,
        parent=parent, input=msgspec.json.encode(asked),
    )  # fmt: skip


def order_changes(work: Work) -> None:
    """The function of the kind "network"."""
    order = ActionOrder.objects.filter(operation__in=record.redone(work.operation)).first()
    if order is not None:
        pcs = sorted(BitMap.deserialize(bytes(order.pcs)))
        wanted, reason = str(order.input["wanted"]), str(order.input["reason"])
        _in_chunks(work, pcs, lambda chunk: _by_policy(work, chunk, wanted, reason, order.operation))
        return
    if not work.operation.input:
        raise Permanent(messages.text("KNM3295-E", {}, str(config.get("server.language"))))
    asked = msgspec.json.decode(bytes(work.operation.input), type=Asked)
    if asked.wanted == "follow":
        _in_chunks(work, asked.pcs, lambda chunk: _by_new_cards(work, chunk))
    else:
        _in_chunks(work, asked.targets, lambda chunk: _by_person(work, chunk, asked))


def _in_chunks(work: Work, everything: Sequence[Any], write: Any) -> None:
    progress = work.operation.progress
    done, counts = int(progress.get("done", 0)), Counts(*progress.get("counts", Counts()))
    while True:
        if work.stopping.is_set():
            raise Stopped
        chunk = everything[done : done + CHUNK]
        with work.transaction():
            counts = counts.plus(write(chunk))
            done += len(chunk)
            if done >= len(everything):
                sentence = _sentence(counts)
                work.finish(
                    "success" if not counts.no_mac else "partial_success", sentence=sentence, **counts._asdict()
                )
                fault.point("network_written")
            else:
                work.save_progress(done=done, counts=list(counts), of=len(everything))
        news.tell()
        if done >= len(everything):
            return
        fault.point("network_chunk")


def _by_policy(work: Work, pcs: Sequence[int], wanted: str, reason: str, decided_by: int) -> Counts:
    """Order it for these PCs. A MAC that several PCs have is nobody's, and left alone."""
    macs = macs_of(pcs)
    rows = book.rows_of([mac for of_pc in macs.values() for mac in of_pc])
    later = {pc for pc in pcs if any(mac in rows and rows[mac].decided_by > decided_by for mac in macs[pc])}
    due = [pc for pc in pcs if macs[pc] and pc not in later]
    already = {pc for pc in due if _says(rows, macs[pc], wanted)}
    due = [pc for pc in due if pc not in already]
    _order(work, due, macs, wanted, "policy", reason, decided_by)
    return Counts(len(due), len(already), sum(not macs[pc] for pc in pcs), len(later))


def _says(rows: Mapping[str, Entry], macs: Sequence[str], wanted: str) -> bool:
    return all(mac in rows and book.body_of(rows[mac]).policy.state == wanted for mac in macs)


def in_force(wanted: str, pcs: BitMap) -> BitMap:
    """Those of ``pcs`` of which policies have said so already, of all their MACs."""
    found, everybody = BitMap(), list(pcs)
    for start in range(0, len(everybody), CHUNK):
        chunk = everybody[start : start + CHUNK]
        macs = macs_of(chunk)
        rows = book.rows_of([mac for of_pc in macs.values() for mac in of_pc])
        found.update(pc for pc in chunk if macs[pc] and _says(rows, macs[pc], wanted))
    return found


def _by_new_cards(work: Work, pcs: Sequence[int]) -> Counts:
    """What policies have ordered of these PCs holds for all their MACs, and no MAC keeps what was ordered of another
    PC that had it before.
    """
    macs = macs_of(pcs)
    rows = book.rows_of([mac for of_pc in macs.values() for mac in of_pc])
    wishes = []
    for pc in pcs:
        mine = [rows[mac] for mac in macs[pc] if mac in rows and rows[mac].pc == pc]
        newest = max(mine, key=lambda row: row.decided_by, default=None)
        held = book.body_of(newest).policy if newest else wire.NOTHING
        for mac in macs[pc]:
            there = book.body_of(rows[mac]).policy.state if mac in rows and rows[mac].pc != pc else None
            if (mac in rows and rows[mac].pc == pc) or held.state == there:
                continue
            wishes.append(Wish(mac, held.state or "remove", "policy", pc, "", "", held.reason))
    return Counts(len({order.pc for order in book.write(wishes, work.operation.id, work.operation.id, work.term)}))


def new_cards(pcs: BitMap) -> list[int]:
    """Of PCs whose inventory has changed, those with a MAC that what was ordered of them does not hold for yet."""
    if not Entry.objects.exists():
        return []
    rows = Entry.objects.filter(pc__in=list(pcs))
    ordered = {row.pc for row in rows if book.body_of(row).policy.state is not None}
    macs = macs_of(sorted(pcs))
    cards = dict.fromkeys(mac for of_pc in macs.values() for mac in of_pc)
    owners = dict(Entry.objects.filter(mac__in=list(cards)).values_list("mac", "pc"))
    return [
        pc
        for pc, of_pc in macs.items()
        if any(owners.get(mac, 0) != pc and (pc in ordered or mac in owners) for mac in of_pc)
    ]


def _by_person(work: Work, targets: Sequence[Target], asked: Asked) -> Counts:
    wishes = [
        Wish(one.mac, asked.wanted, "person", one.pc, one.ip, one.host, asked.reason)  # type: ignore[arg-type]
        for one in targets
    ]
    assert work.operation.term is not None
    return Counts(len(book.write(wishes, work.operation.id, work.operation.id, work.term)))


def _order(
    work: Work, pcs: Sequence[int], macs: dict[int, list[str]], wanted: str, by: wire.By, reason: str, decided_by: int
) -> None:  # fmt: skip
    hosts = dict(Pc.objects.filter(id__in=list(pcs)).values_list("id", "host"))
    wishes = [
        Wish(mac, wanted, by, pc, "", hosts.get(pc, ""), reason)  # type: ignore[arg-type]
        for pc in pcs
        for mac in macs[pc]
    ]
    book.write(wishes, work.operation.id, decided_by, work.term)


def macs_of(pcs: Sequence[int]) -> dict[int, list[str]]:
    """PC -> its MACs, of which no other PC has any. What a removed PC had belongs to who has it now."""
    found: dict[int, list[str]] = {pc: [] for pc in pcs}
    mine = {
        value for kind, value in Identity.objects.filter(pc__in=list(pcs)).values_list("kind", "value") if kind == "mac"
    }
    owners: dict[str, set[int]] = {}
    for mac, pc in Identity.objects.filter(kind="mac", value__in=mine).values_list("value", "pc"):
        owners.setdefault(mac, set()).add(pc)
    several = {pc for of_mac in owners.values() if len(of_mac) > 1 for pc in of_mac}
    gone = set(Pc.objects.filter(id__in=several, retired_at__isnull=False).values_list("id", flat=True))
    for mac, of_mac in sorted(owners.items()):
        present = of_mac - gone or of_mac
        if len(present) == 1 and (pc := next(iter(present))) in found:
            found[pc].append(mac)
    return found


def _sentence(counts: Counts) -> str:
    language = str(config.get("server.language"))
    said = [
        messages.text(id, {"counted": counted(number, language)}, language)
        for id, number in (
            ("KNM8410-I", counts.ordered), ("KNM8411-I", counts.already), ("KNM8413-W", counts.no_mac),
            ("KNM8414-I", counts.later),
        )
        if number
    ]  # fmt: skip
    return " ".join(said) or messages.text("KNM8415-I", {}, language)
