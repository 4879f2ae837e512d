"""The operation "message": what a policy or a person wants to tell users becomes one row a PC.

It ends when the rows are written: from there on each is given to its PC's client until that has shown it, or it expires.
Long ones are committed in chunks, and go on behind the last; a row stands once for an operation and a PC, and a redo of an
operation writes those that are missing.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from pyroaring import BitMap

from kanmon.action.models import MessageClient, UserMessage
from kanmon.action.models import Order as ActionOrder
from kanmon.common import clock, config, fault, messages, zone
from kanmon.common.errors import Refused
from kanmon.common.messages import counted
from kanmon.inventory.models import Pc
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.worker import Stopped, Work
from kanmon.judgment import why
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.judgment.wording import level_word
from kanmon.message import desk
from kanmon.message.words import HTML_CHARS, LINK, Texts, filled

CHUNK = 500
PROBLEMS = 5
MOST_DAYS = 90
TEMPLATE_CHARS = 5000


class Asked(msgspec.Struct, frozen=True):
    """What is to be told: the templates. ``level``, ``cut_off_days``: of a policy, which names both."""

    title: str
    text: str
    html: str = ""
    expires_days: int = 14
    policy: str = ""
    level: int | None = None
    cut_off_days: int | None = None


class Counts(NamedTuple):
    """What has been done so far: messages written, and to how many PCs whose client is known."""

    written: int = 0
    listening: int = 0


def begin(scope: BitMap | None, asked: Asked, actor: str, key: str | None) -> Operation:
    """Begin a message by hand to ``scope`` (None: all managed PCs). Inside a transaction. Raises Refused KNM3218-E."""
    check(asked)
    about = "all PCs" if scope is None else counted(len(scope))
    body = {"scope": scope.serialize() if scope is not None else None, "asked": msgspec.to_builtins(asked)}
    return record.begin(
        "message", requester="person", actor=actor, subject=f"message: {about}", key=key,
        input=msgspec.msgpack.encode(body),
    )  # fmt: skip


def check(asked: Asked) -> None:
    """Raises Refused KNM3218-E when a message by hand can't be."""
    wrong = (
        "title: 1 to 200 characters" if not 1 <= len(asked.title.strip()) <= 200
        else f"text: 1 to {TEMPLATE_CHARS:,} characters" if not 1 <= len(asked.text.strip()) <= TEMPLATE_CHARS
        else f"html: at most {HTML_CHARS:,} characters" if len(asked.html) > HTML_CHARS
        else f"expires_days: 1 to {MOST_DAYS}" if not 1 <= asked.expires_days <= MOST_DAYS
        else ""
    )  # fmt: skip
    if wrong:
        raise Refused("KNM3218-E", status=422, wrong=wrong)


def write_messages(work: Work) -> None:
    """The function of the kind "message"."""
    chain = record.redone(work.operation)
    order = ActionOrder.objects.filter(operation__in=chain).first()
    if order is not None:
        pcs, asked = BitMap.deserialize(bytes(order.pcs)), msgspec.convert(order.input, Asked)
    else:
        body = msgspec.msgpack.decode(bytes(work.operation.input))
        asked = msgspec.convert(body["asked"], Asked)
        everybody = Pc.objects.filter(managed=True).values_list("id", flat=True)
        pcs = BitMap.deserialize(body["scope"]) if body["scope"] is not None else BitMap(everybody.iterator())
    progress = work.operation.progress
    done, counts = int(progress.get("done", 0)), Counts(*progress.get("counts", Counts()))
    left = [pc for pc in pcs if pc > int(progress.get("last", 0))]
    while True:
        if work.stopping.is_set():
            raise Stopped
        chunk, left = left[:CHUNK], left[CHUNK:]
        with work.transaction():
            now = _write(chunk, asked, chain[-1])
            counts = Counts(counts.written + now.written, counts.listening + now.listening)
            done += len(chunk)
            if not left:
                work.finish(sentence=_sentence(counts), **counts._asdict())
                fault.point("message_written")
            else:
                work.save_progress(done=done, last=chunk[-1], counts=list(counts), of=done + len(left))
        desk.tell(chunk)
        if not left:
            return
        fault.point("message_chunk")


def _write(pcs: Sequence[int], asked: Asked, operation: int) -> Counts:
    """The rows of one chunk."""
    now, language = clock.now(), str(config.get("server.language"))
    found = Pc.objects.in_bulk(pcs)
    rows = []
    for pc, values in _values(found, asked, language, now).items():
        told = filled(Texts(asked.title, asked.text, asked.html), values)
        rows.append(
            UserMessage(
                operation=operation, pc=pc, title=told.title, text=told.text, html=told.html, made_at=now,
                expires_at=now + timedelta(days=asked.expires_days),
            )
        )  # fmt: skip
    UserMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return Counts(len(rows), MessageClient.objects.filter(pc__in=list(found)).count())


def _values(pcs: Mapping[int, Any], asked: Asked, language: str, now: datetime) -> dict[int, dict[str, str]]:
    """The keywords of each PC."""
    states = PcState.objects.in_bulk(list(pcs))
    sets = [s.finding_set for s in states.values() if s.finding_set]
    wanted = "{problems}" in asked.title + asked.text + asked.html
    problems = why.worst_few(sets, language, PROBLEMS) if wanted else {}
    same = {"policy": asked.policy, "contact": contact(language), "date": _day(zone.day_of(now), language)}
    same["link"] = LINK if config.get("portal.listen") else ""
    told = {}
    for pc, row in pcs.items():
        state = states.get(pc)
        level = asked.level if asked.level is not None else state.level if state else int(Level.NOT_JUDGED)
        wrong = problems.get(state.finding_set, []) if state else []
        told[pc] = {
            **same, "host": row.host, "level": level_word(Level(level).word, language),
            "problems": "\n".join(f"- {one}" for one in wrong if level != Level.SAFE),
            "deadline": _deadline(asked, state, language, now),
        }  # fmt: skip
    return told


def _deadline(asked: Asked, state: PcState | None, language: str, now: datetime) -> str:
    """The day on which a later step of the policy cuts the PC off; empty when none does, or it is over."""
    if asked.cut_off_days is None or state is None or state.since_at is None or state.level != asked.level:
        return ""
    day = zone.day_of(state.since_at) + timedelta(days=asked.cut_off_days)
    return _day(day, language) if day > zone.day_of(now) else ""


def _day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "ja" else f"{day.day} {day:%B} {day.year}"


def contact(language: str) -> str:
    """Whom to call, as ``portal.help`` says it: in this language, else in any."""
    told = dict(reversed([str(one).split("=", 1) for one in config.get("portal.help")]))
    return told.get(language) or next(iter(told.values()), "")


def _sentence(counts: Counts) -> str:
    language = str(config.get("server.language"))
    said = [messages.text("KNM3203-I", {"counted": counted(counts.written, language)}, language)]
    if without := counts.written - counts.listening:
        said.append(messages.text("KNM3204-I", {"counted": counted(without, language)}, language))
    return " ".join(said)
