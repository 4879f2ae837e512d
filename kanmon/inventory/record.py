"""The operation "record": acknowledged reports become PCs, facts and changes.

It takes the oldest receipts of the queue, bounded in number and in bytes, and records them in one transaction
in which it also ends. What is left is the work of the next such operation, so that judgment gets its turn
between two. Killed before the commit, the next attempt finds the same receipts.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import numpy as np
from django.db import InterfaceError, OperationalError, connection, transaction
from pyroaring import BitMap

from kanmon.common import clock, fault
from kanmon.common.facts import CLASSES, CODE_OF, Told
from kanmon.intake.models import Device, Receipt, Refusal, Source
from kanmon.intake.report import Report, decode_bodies
from kanmon.intake.store import utc
from kanmon.inventory import managing, supplement
from kanmon.inventory.book import Book
from kanmon.inventory.dictionary import Bodies, Dictionary, decode, facts_of
from kanmon.inventory.identify import Decision, Marks, identify
from kanmon.inventory.models import Pc
from kanmon.inventory.packing import pack, unpack, unpack_columns
from kanmon.journal.worker import Work
from kanmon.journal.writing import sql_time

log = logging.getLogger("kanmon.record")
CHUNK_RECEIPTS = 500
CHUNK_BYTES = 32 * 2**20
_dictionary = Dictionary()


@dataclass
class Recorded:
    """What a chunk, or a whole operation, has done. ``changed``: facts differ; ``same``: columns at most; ``back``: PCs
    that had been removed from management.
    """

    changed: BitMap = field(default_factory=BitMap)
    same: BitMap = field(default_factory=BitMap)
    back: BitMap = field(default_factory=BitMap)
    recorded: int = 0
    suspected: int = 0
    older: int = 0


@dataclass(frozen=True, slots=True)
class Queued:
    """A receipt with its report (which is without facts), their numbers, and the classes that it covers.

    ``covered`` are codes of classes; it is empty for a whole report, which covers them all.
    """

    receipt: Receipt
    report: Report
    facts: list[int]
    covered: frozenset[int]


def record_reports(work: Work) -> None:
    """Record one chunk of the queue and end. The flow judges what changed, and records what is left."""
    try:
        receipts = _chunk()  # before others have to wait: nobody else takes from the queue
        with work.transaction():
            done = record_chunk(receipts) if work.operation.attempt == 1 else _record_apart(receipts)
            fault.point("record_chunk")
            work.finish(handed=done, recorded=done.recorded, suspected=done.suspected, older=done.older)
    except BaseException:  # whatever rolled back, the commit itself among it
        _dictionary.forget()
        raise


def _record_apart(receipts: list[Receipt]) -> Recorded:
    """Record each report by itself, at a second attempt: one that can't be recorded must not hold up the others.

    It is set aside as rejected, with its body and the reason; a failing database is another matter and raises.
    """
    total = Recorded()
    for receipt in receipts:
        try:
            with transaction.atomic():
                done = record_chunk([receipt])
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            _dictionary.forget()
            log.exception("report %s can't be recorded", receipt.id)
            _set_aside(receipt, f"{type(problem).__name__}: {problem}")
            continue
        total.changed |= done.changed
        total.same |= done.same
        total.back |= done.back
        total.recorded += done.recorded
        total.suspected += done.suspected
        total.older += done.older
    return total


def _set_aside(receipt: Receipt, problem: str) -> None:
    """Reject a receipt for a defect of ours; the administrator finds it among the refused reports, with its body."""
    params = {"receipt": receipt.id, "problem": problem[:500]}
    now = clock.now()
    Receipt.objects.filter(id=receipt.id).update(state=Receipt.REJECTED, reasons=[("KNM1105-E", params)], ended_at=now)
    Refusal.objects.create(
        source_id=receipt.source_id, received_at=receipt.received_at, agent=receipt.device_key[:200],
        size=len(receipt.body), message_id="KNM1105-E", params=params, body=bytes(receipt.body)[:65536],
    )  # fmt: skip


def _chunk() -> list[Receipt]:
    """The next receipts of the queue, bounded in number and in bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, length(body) + length(report) FROM receipt WHERE state = 'queued' ORDER BY id LIMIT %s",
            [CHUNK_RECEIPTS],
        )
        rows = cursor.fetchall()
    ids: list[int] = []
    size = 0
    for id, length in rows:
        size += length
        if ids and size > CHUNK_BYTES:
            break
        ids.append(id)
    return list(Receipt.objects.filter(id__in=ids).order_by("id"))


def record_chunk(receipts: list[Receipt]) -> Recorded:
    """Record these receipts in order. Inside a transaction."""
    result = Recorded()
    if not receipts:
        return result
    queue = _numbered(receipts)
    book = Book.open(receipts, [one.report for one in queue])
    book.checks_told = supplement.told_number()
    ended = [(*_record_one(book, one, result), one.receipt.id) for one in queue]
    book.write()
    result.back |= managing.take_back([book.pcs[number] for number in sorted(book.back)])
    now = sql_time(clock.now())
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE receipt SET state = %s, pc = %s, reasons = %s WHERE id = %s",
            [row for row in ended if row[0] == Receipt.SUSPECTED],
        )
        cursor.executemany(
            "UPDATE receipt SET state = %s, pc = %s, reasons = %s, ended_at = %s, body = %s, report = %s WHERE id = %s",
            [(*row[:3], now, b"", b"", row[3]) for row in ended if row[0] != Receipt.SUSPECTED],
        )
    return result


def _numbered(receipts: list[Receipt]) -> list[Queued]:
    """The reports of these receipts, with the numbers of their facts."""
    decoded = [decode_bodies(bytes(receipt.report)) for receipt in receipts]
    numbers = _dictionary.numbers([bodies for _, bodies in decoded])
    return [
        Queued(receipt, report, facts, _covered(bodies) if report.partial else frozenset())
        for receipt, (report, bodies), facts in zip(receipts, decoded, numbers, strict=True)
    ]


def _covered(bodies: Bodies) -> frozenset[int]:
    """The classes of which a partial report has facts, and those that it says it tells."""
    told = (decode(CODE_OF[Told], body) for body in bodies.get(CODE_OF[Told], ()))
    return frozenset(bodies) | {CLASSES[fact.cls][0] for fact in told if isinstance(fact, Told)}


def _record_one(book: Book, one: Queued, result: Recorded) -> tuple[str, int | None, str]:
    """Record one report; returns state of its receipt, PC and reasons."""
    receipt, report = one.receipt, one.report
    device = book.devices.get((receipt.source_id, receipt.device_key))
    bound = device.pc if device else None
    if report.supplement:
        return _supplement(book, one, device, result)
    if receipt.content == "same":
        decision = decide(book, receipt.source_id, report, bound) if bound is not None else Decision(None)
        if decision.pc is None or decision.reasons:  # it repeats a report that is suspected or was rejected
            return "recorded", None, "[]"
    elif receipt.pc is not None:  # a person has decided
        decision = Decision(receipt.pc or None)
    else:
        decision = decide(book, receipt.source_id, report, bound)
    if decision.reasons:
        decision = _with_names(decision)
        result.suspected += 1
        return "suspected", decision.pc, msgspec.json.encode(decision.reasons).decode()
    if decision.pc is None:
        pc = _new_pc(book, receipt, report)
    else:
        pc = book.pcs[decision.pc]
        if (utc(report.reported_at) or receipt.received_at) < pc.reported_at and receipt.pc is None:
            result.older += 1
            return "older", pc.id, "[]"
    if device is not None:
        book.bind(device, pc.id)
    _apply(book, pc, one, result)
    result.recorded += 1
    return "recorded", pc.id, "[]"


def _supplement(book: Book, one: Queued, device: Device | None, result: Recorded) -> tuple[str, int | None, str]:
    """Add what another program found to the PC that it is about, see supplement.py."""
    receipt = one.receipt
    bound = device.pc if device else None
    decision = supplement.decide(book, receipt, one.report, bound)
    if decision.reasons:
        result.suspected += 1
        return "suspected", decision.pc, msgspec.json.encode(_with_names(decision).reasons).decode()
    if decision.pc is None:
        return supplement.refuse(receipt, one.report, device)
    if device is not None:
        book.bind(device, decision.pc)
    if receipt.content == "same":
        result.same.add(decision.pc)
    else:
        before = book.packed.get(decision.pc, b"")
        left = _untold(before, one.covered) + supplement.others(before, one.facts, one.report.format)
        _put_facts(book, decision.pc, one.facts + left, result)
    result.recorded += 1
    return "recorded", decision.pc, "[]"


def _with_names(decision: Decision) -> Decision:
    """The reasons with sources by their names, as people know them."""
    names = {str(id): name for id, name in Source.objects.values_list("id", "name")}
    reasons = [
        (
            id,
            {
                key: names.get(str(value), value) if key in ("source", "other") else value
                for key, value in params.items()
            },
        )
        for id, params in decision.reasons
    ]
    return Decision(decision.pc, tuple(reasons))


def decide(book: Book, source: int, report: Report, bound: int | None) -> Decision:
    """Which PC ``report`` speaks of, by the rules of identify.py."""
    marks = Marks(report.serial, report.uuid, frozenset(report.macs))
    candidate = book.candidate(bound, report) if bound is not None else None
    return identify(source, marks, candidate, book.alike(report) if candidate is None else {}, book.trusted)


def _new_pc(book: Book, receipt: Receipt, report: Report) -> Pc:
    number = book.next_pc
    book.next_pc += 1
    pc = Pc(
        id=number, asset_number=book.asset_number(report.asset_number, number), host=report.host, group_id=book.group(report.group or "/"),
        source=receipt.source_id, first_seen_at=receipt.received_at, last_seen_at=receipt.received_at,
        reported_at=utc(report.reported_at) or receipt.received_at,
    )  # fmt: skip
    book.pcs[number] = pc
    book.new_pcs.add(number)
    return pc


def _apply(book: Book, pc: Pc, one: Queued, result: Recorded) -> None:
    """Write the report into the PC's rows of the book."""
    receipt, report = one.receipt, one.report
    reported_at = utc(report.reported_at) or receipt.received_at
    pc.last_seen_at = max(pc.last_seen_at, receipt.received_at)
    pc.reported_at = min(reported_at, receipt.received_at)
    pc.user = str(report.columns.get("user", pc.user))[:255]
    if pc.source in book.trusted:
        pc.source = receipt.source_id  # this machine, made at the first start, now reports through its agent
    if pc.retired_at is not None and receipt.received_at > pc.retired_at:
        book.back.add(pc.id)
    book.touched.add(pc.id)
    before_it = unpack_columns(book.columns[pc.id]) if report.partial and pc.id in book.columns else {}
    book.put_columns(pc.id, {**before_it, **report.columns, "reported_at": _seconds(pc.reported_at)})
    if receipt.content == "same":
        result.same.add(pc.id)
        return
    pc.host = report.host or pc.host
    pc.serial, pc.uuid = report.serial or pc.serial, report.uuid or pc.uuid
    pc.format = receipt.format
    book.remember(pc.id, report)
    book.bodies[pc.id] = (receipt.format, receipt.received_at, bytes(receipt.body))
    before = book.packed.get(pc.id, b"")
    if report.partial:
        numbers = one.facts + _untold(before, one.covered)
    else:
        numbers = one.facts + supplement.kept(before, one.facts, book.checks_told, report.format)
    _put_facts(book, pc.id, numbers, result)


def _put_facts(book: Book, pc: int, numbers: list[int], result: Recorded) -> None:
    """The facts that a PC has from now on."""
    before, packed = book.packed.get(pc, b""), pack_numbers(numbers)
    if packed != before or pc in book.new_pcs:
        book.facts_changed.setdefault(pc, before)
        book.packed[pc] = packed
        result.changed.add(pc)
    else:
        result.same.add(pc)


def _untold(before: bytes, covered: frozenset[int]) -> list[int]:
    """Of the facts before, those of classes that a partial report does not cover."""
    return [
        number
        for number, fact in facts_of(unpack(before)).items()
        if isinstance(fact, Told) or CODE_OF[type(fact)] not in covered
    ]


def pack_numbers(numbers: list[int]) -> bytes:
    """Fact numbers as stored."""
    return pack(np.array(numbers, dtype=np.uint32))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
