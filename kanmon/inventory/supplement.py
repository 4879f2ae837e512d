"""Reports of what another program than the agent found (results of SCAP, lynis, osquery): added to a PC that is known.

A supplement names its PC by MAC addresses or UUID, or by its host name where it tells none. It brings results of checks
and nothing else: no columns, no marks, no time of a report, no body that an inventory is read from. It takes the place of
the results of the same program (of those rules only, when it is a piece, see ``report.PIECES``) and leaves those of others. The
next inventory of the agent takes none away, unless it tells about checks itself.

It may come from the source that made the PC, or from a person at this Manager (``kanmon import``). From another
source it is suspected, as any report about another's PC: "passed" of a stranger must not make a PC Safe.
"""

import msgspec

from kanmon.common.facts import CODE_OF, Check, Told
from kanmon.intake.models import Device, Receipt, Refusal, Source
from kanmon.intake.report import PIECES, Report
from kanmon.intake.tokens import THIS_MACHINE
from kanmon.inventory import managing
from kanmon.inventory.book import Book
from kanmon.inventory.dictionary import digest, facts_of
from kanmon.inventory.identify import Decision, Marks, identify
from kanmon.inventory.models import FactRow
from kanmon.inventory.packing import unpack

BY_HAND = ("import", THIS_MACHINE)
"""The built-in sources that only the Manager's own user can be."""
_CHECK = CODE_OF[Check]
_OF_OSQUERY = frozenset({"osquery", "fleet"})  # formats
_KEPT_BYTES = 65_536  # of the body of a refused one


def decide(book: Book, receipt: Receipt, report: Report, bound: int | None) -> Decision:
    """Which PC is meant; none when Kanmon knows no such PC."""
    if receipt.pc is not None:  # a person has decided
        return Decision(receipt.pc or None)
    candidate = book.candidate(bound, report) if bound is not None else None
    alike = {} if candidate else book.alike(report)
    if not candidate and not alike and not report.macs and report.host:
        found = {pc.id for pc in managing.called(report.host, 2)}
        found |= {pc for pc in book.new_pcs if book.pcs[pc].host.casefold() == report.host.casefold()}
        alike = book.candidates(found, report)
    trusted = Source.objects.filter(id=receipt.source_id, name__in=BY_HAND).values_list("id", flat=True)
    marks = Marks(uuid=report.uuid, macs=frozenset(report.macs))
    return identify(receipt.source_id, marks, candidate, alike, frozenset(trusted))


def refuse(receipt: Receipt, report: Report, device: Device | None) -> tuple[str, None, str]:
    """Sets a supplement of an unknown PC aside. Sent again when the PC is known, it is taken in as if it were new."""
    params = {"host": report.host or "-", "macs": ", ".join(report.macs) or "-"}
    Refusal.objects.create(
        source_id=receipt.source_id, received_at=receipt.received_at, agent=receipt.device_key[:200],
        size=len(receipt.body), message_id="KNM1250-E", params=params, body=bytes(receipt.body)[:_KEPT_BYTES],
    )  # fmt: skip
    if device is not None:
        Device.objects.filter(id=device.id).delete()
    return Receipt.REJECTED, None, "[]"


def others(before: bytes, facts: list[int], format: str) -> list[int]:
    """Of the facts ``before``, the results that a supplement in ``format`` with ``facts`` leaves as they are."""
    new = [fact for fact in facts_of(facts).values() if isinstance(fact, Check)]
    sources, rules = {one.source for one in new}, {(one.source, one.rule) for one in new}
    return [
        number
        for number, fact in facts_of(unpack(before).tolist()).items()
        if isinstance(fact, Check)
        and ((fact.source, fact.rule) not in rules if format == PIECES else fact.source not in sources)
    ]


def told_number() -> int | None:
    """The number of the fact "checks are told"; None when no PC ever had it."""
    mark = digest(CODE_OF[Told], msgspec.msgpack.encode(Told("check")))
    return FactRow.objects.filter(digest=mark).values_list("id", flat=True).first()


def kept(before: bytes, facts: list[int], told: int | None, format: str) -> list[int]:
    """Of the facts ``before``, those of supplements, which a whole report with ``facts`` leaves as they are.

    None when it tells of checks itself; an inventory of osquery or Fleet tells those of osquery only.
    """
    if told is None or (told in facts and format not in _OF_OSQUERY):
        return []
    numbers = unpack(before).tolist()
    if told not in numbers:
        return []
    found = [told]
    for start in range(0, len(numbers), 500):
        rows = FactRow.objects.filter(cls=_CHECK, id__in=numbers[start : start + 500])
        found += rows.values_list("id", flat=True)
    if told not in facts:
        return found
    return [told, *(id for id, fact in facts_of(found).items() if isinstance(fact, Check) and fact.source != "osquery")]
