"""The operation "pcs": a person removes PCs from management, disables or enables them.

Chunks are committed one by one; an interrupted one goes on behind its last, and a chunk that was written already
would change nothing. Who is not managed is not judged, so the verdict that holds ends with the chunk: levels and
statistics are of managed PCs, and the past stays readable. It runs in the lane of judging and recording, so that no
verdict is written beside it.
"""

from typing import NamedTuple

import msgspec
from pyroaring import BitMap

from kanmon.common import clock, config, fault, messages
from kanmon.common.errors import Refused
from kanmon.common.messages import counted
from kanmon.inventory import managing
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Stopped, Work
from kanmon.judgment.models import PcState, Verdict

KIND = "pcs"
CHUNK_PCS = 500
MOST = 10_000  # PCs at once
NOUNS = {"remove": "removal", "disable": "disabling", "enable": "enabling"}
_SENTENCES = {"remove": "KNM1132-I", "disable": "KNM1133-I", "enable": "KNM1134-I"}


class Asked(msgspec.Struct, frozen=True):
    """Input of an operation; ``pcs`` are numbers, rising."""

    wanted: managing.Wanted
    pcs: tuple[int, ...]
    reason: str = ""


class Managed(NamedTuple):
    """What an operation has done, for what follows it: ``pcs`` that were removed, or are disabled or enabled now."""

    wanted: managing.Wanted
    pcs: list[int]
    reason: str


def begin(wanted: managing.Wanted, pcs: BitMap, reason: str, actor: str, key: str | None) -> Operation:
    """Begin what a person wants. Inside a transaction. Raises Refused KNM1137-E (too many), KNM6009-E (nobody)."""
    if not pcs:
        raise Refused("KNM6009-E")
    if len(pcs) > MOST:
        raise Refused("KNM1137-E", count=len(pcs), most=MOST)
    return record.begin(
        KIND, requester="person", actor=actor, subject=f"{NOUNS[wanted]} of {counted(len(pcs))}", key=key,
        input=msgspec.json.encode(Asked(wanted, tuple(pcs), reason)),
    )  # fmt: skip


def manage_pcs(work: Work) -> None:
    """The function of the kind "pcs"."""
    asked = msgspec.json.decode(bytes(work.operation.input), type=Asked)
    done = int(work.operation.progress.get("done", 0))
    changed = int(work.operation.progress.get("changed", 0))
    at, by, of = work.operation.begun_at, work.operation.actor, len(asked.pcs)
    while True:
        if work.stopping.is_set():
            raise Stopped
        chunk = asked.pcs[done : done + CHUNK_PCS]
        with work.transaction():
            now_so = managing.change(chunk, asked.wanted, at, by, asked.reason)
            if asked.wanted != "enable":
                _end_verdicts(now_so)
            done, changed = done + len(chunk), changed + len(now_so)
            if done < of:
                work.save_progress(done=done, changed=changed, of=of)
            else:
                pcs = managing.removed_at(asked.pcs, at) if asked.wanted == "remove" else list(asked.pcs)
                handed = Managed(asked.wanted, pcs, asked.reason)
                sentence = _sentence(asked.wanted, changed, of - changed)
                work.finish(handed=handed, sentence=sentence, changed=changed, already=of - changed)
                fault.point("pcs_written")
        if done >= of:
            return
        fault.point("pcs_chunk")


def _end_verdicts(pcs: list[int]) -> None:
    """What was found of these PCs holds no longer; they count at no level."""
    Verdict.objects.filter(pc__in=pcs, to_at=None).update(to_at=clock.now())
    PcState.objects.filter(pc__in=pcs).delete()


def _sentence(wanted: managing.Wanted, changed: int, already: int) -> str:
    language = str(config.get("server.language"))
    told = [(_SENTENCES[wanted], changed)] * bool(changed) + [("KNM1135-I", already)] * bool(already)
    return " ".join(messages.text(id, {"counted": counted(n, language)}, language) for id, n in told)
