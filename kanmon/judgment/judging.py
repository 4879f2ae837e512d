"""The operation "judge": whom an order is about, what comes out in memory, and its verdicts as rows in chunks."""

import hashlib
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import OuterRef, Subquery
from pyroaring import BitMap

from kanmon.common import clock, config, fault, messages
from kanmon.inventory.models import Pc
from kanmon.journal import changes
from kanmon.journal.worker import Passing, Stopped, Work
from kanmon.judgment import days
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.index import Judgement
from kanmon.judgment.models import PcState
from kanmon.judgment.verdicts import Writer
from kanmon.policy import waivers

CHUNK_PCS = 1000
FOLLOW_SECONDS = 20.0


@dataclass(frozen=True)
class Judged:
    """What an operation has judged, for what follows it."""

    pcs: BitMap
    versions: set[int]
    changed: int


def judge_pcs(work: Work) -> None:
    """The operation "judge": judge in memory, then write verdicts in chunks; resumed after the last chunk."""
    order = msgspec.msgpack.decode(work.operation.input)
    _catch_up_wholly()
    step = [date.fromisoformat(one) for one in order.get("step", ())]
    scope = _scope(order, step, work.operation.begun_at)
    results = ENGINE.judge(scope, step[1] if step else None)
    scope = BitMap.union(BitMap(), *(BitMap(array("I", judgement.pcs.tobytes())) for _, judgement in results))
    rows = [
        (version, judgement, start)
        for version, judgement in results
        for start in range(0, len(judgement.pcs), CHUNK_PCS)
    ]
    layout = _layout(results)  # of an attempt before: the same chunks, or all of them again
    done = int(work.operation.progress.get("chunks", 0)) if work.operation.progress.get("layout") == layout else 0
    changed = int(work.operation.progress.get("changed", 0))
    run = work.operation.run or 0
    writer = Writer(run, work.operation.requester)
    total = sum(len(judgement.pcs) for _, judgement in results)
    for number, (version, judgement, start) in enumerate(rows):
        if number < done:
            continue
        if work.stopping.is_set():
            raise Stopped
        with work.transaction():
            changed += writer.write(version, judgement, slice(start, start + CHUNK_PCS))
            fault.point("judge_chunk")
            if number + 1 < len(rows):
                judged = min(total, (number + 1) * CHUNK_PCS)
                work.save_progress(chunks=number + 1, changed=changed, done=judged, of=total, layout=layout)
            else:
                days.done(work.operation.id)
                work.finish(
                    handed=Judged(scope, {v for v, _ in results}, changed),
                    judged=total,
                    changed=changed,
                    patch_knowledge=ENGINE.knowledge,
                )
    if not work.ended:
        with work.transaction():
            days.done(work.operation.id)
            work.finish(
                handed=Judged(scope, set(), changed), judged=total, changed=changed, patch_knowledge=ENGINE.knowledge
            )


def _scope(order: Mapping[str, Any], step: Sequence[date], begun_at: datetime) -> BitMap:
    """Whom the order is about: PCs that it names, those at places, those that a new day concerns, or all."""
    if step:
        with ENGINE.lock:
            return days.concerned(ENGINE, step[0], step[1])
    scope = BitMap.deserialize(order["scope"]) if order["scope"] is not None else BitMap(ENGINE.managed)
    if within := order.get("within"):
        scope = ENGINE.within([waivers.Place(*one) for one in within["places"]], within["policies"])
    if order["skip_unchanged"]:
        scope -= _silent_since_judged(begun_at)
    return scope


def _catch_up_wholly() -> None:
    """Follow until nothing is committed that the index has not. On PostgreSQL a change can't be followed while an
    older transaction is open; to judge by the facts before it would leave a wrong verdict that nobody corrects.
    """
    wanted = changes.newest(settled=False)
    end = clock.monotonic() + FOLLOW_SECONDS
    while True:
        ENGINE.catch_up()
        if ENGINE.position >= wanted:
            return
        if clock.monotonic() > end:
            language = str(config.get("server.language"))
            raise Passing(messages.text("KNM4017-W", {"seconds": round(FOLLOW_SECONDS)}, language))
        time.sleep(0.01)


def _layout(results: list[tuple[int, Judgement]]) -> str:
    """A mark of which PCs are in which chunk."""
    mark = hashlib.blake2b(digest_size=8)
    for version, judgement in results:
        mark.update(version.to_bytes(8, "little") + judgement.pcs.tobytes() + b"|")
    return mark.hexdigest()


def _silent_since_judged(begun_at: datetime) -> BitMap:
    """PCs that have sent nothing since they were judged. What was judged after ``begun_at`` may be the work of
    an attempt before of the same operation, and belongs to it.
    """
    seen = Pc.objects.filter(id=OuterRef("pc")).values("last_seen_at")
    quiet = PcState.objects.filter(judged_at__gte=Subquery(seen), judged_at__lt=begun_at)
    return BitMap(quiet.values_list("pc", flat=True).iterator(chunk_size=10_000))
