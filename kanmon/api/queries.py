"""What the API tells: plain dictionaries from the stages' tables."""

from typing import Any

from django.db.models import Count, Q
from pyroaring import BitMap

from kanmon import __version__
from kanmon.accounts.scope import groups as groups_of
from kanmon.backup import held
from kanmon.common import messages
from kanmon.common.errors import Refused
from kanmon.intake.models import Receipt, Refusal, Source
from kanmon.inventory import managing
from kanmon.inventory.models import Group, Pc
from kanmon.journal.models import TERMINAL, Entry, Operation, Term
from kanmon.journal.states import State
from kanmon.judgment import why
from kanmon.judgment.condition import INVENTORY
from kanmon.judgment.levels import ITEMS, Level, parse
from kanmon.judgment.models import PcState
from kanmon.judgment.sub_results import sub_results
from kanmon.policy import versions
from kanmon.policy.models import PolicyVersion

Ids = frozenset[int]


def status(only: Ids | None = None) -> dict[str, Any]:
    """Node, term, counts; ``only``: of the PCs of these groups."""
    term = Term.objects.filter(shard=0).first()
    states, mine = PcState.objects.all(), managing.listed()
    if only is not None:
        mine = mine.filter(group__in=only)
        states = states.filter(pc__in=mine.values("id"))
    counted = dict(states.values_list("level").annotate(n=Count("pc")))
    whole = only is None
    return {
        "version": __version__,
        "node": term.node if term else None,
        "term": term.term if term else 0,
        "pcs": managing.how_many() if whole else mine.count(),
        "levels": {level.word: counted.get(int(level), 0) for level in Level},
        "operations_open": Operation.objects.exclude(state__in=TERMINAL).count() if whole else None,
        "reports_queued": Receipt.objects.filter(state=Receipt.QUEUED).count() if whole else None,
        "actions_held_since": since.isoformat() if (since := held.since()) else None,
    }


def status_term() -> int:
    """The newest term; 0 before the first."""
    return Term.objects.filter(shard=0).values_list("term", flat=True).first() or 0


def _level(word: str) -> int:
    try:
        return int(parse(word))
    except ValueError as problem:
        raise Refused("KNM6013-E", problem=str(problem)) from None


def pcs(
    level: str, search: str, group: str, after: int, limit: int, removed: bool = False, only: Ids | None = None
) -> list[dict[str, Any]]:
    """Asset number, host, level and time of the newest judgment, by PC number; ``removed``: PCs that are removed."""
    wanted = Pc.objects.filter(id__gt=after, retired_at__isnull=not removed).order_by("id")
    if only is not None:
        wanted = wanted.filter(group__in=only)
    if level:
        number = _level(level)
        wanted = (
            wanted.filter(id__in=PcState.objects.filter(level=number).values("pc"))
            if number
            else wanted.exclude(id__in=PcState.objects.filter(level__gt=0).values("pc"))
        )
    if search:
        wanted = wanted.filter(
            Q(host__icontains=search) | Q(asset_number__icontains=search) | Q(user__icontains=search)
        )
    if group:
        wanted = wanted.filter(in_group(group, only))
    rows = list(wanted[:limit])
    states = PcState.objects.in_bulk([row.id for row in rows])
    return [{**_head(row, states.get(row.id)), "number": row.id} for row in rows]


def in_group(path: str, only: Ids | None = None) -> Q:
    """PCs of a group and of what is below; ``only``: it has to be one of these. Raises Refused KNM6010-E."""
    row = Group.objects.filter(path=path).first()
    if row is None or (only is not None and row.id not in only):
        raise Refused("KNM6010-E", status=404, what="Group", name=path)
    return Q(group__path=path) | Q(group__path__startswith=path.rstrip("/") + "/")


def _head(row: Pc, state: PcState | None) -> dict[str, Any]:
    return {
        "asset_number": row.asset_number,
        "host": row.host,
        "level": Level(state.level if state else 0).word,
        "judged_at": state.judged_at.isoformat() if state and state.judged_at else None,
        "management": "removed" if row.retired_at else "enabled" if row.managed else "disabled",
    }


def find_pc(name: str, only: Ids | None = None) -> Pc:
    """The PC with this asset number or host; a removed one when no other has it. ``only``: in one of these groups.

    Raises Refused KNM6010-E, KNM6011-E.
    """
    found = Pc.objects.filter(asset_number=name).first()
    if found and (only is None or found.group_id in only):
        return found
    rows = [row for row in managing.called(name) if only is None or row.group_id in only]
    if not rows:
        raise Refused("KNM6010-E", status=404, what="PC", name=name)
    if len(rows) > 1:
        raise Refused("KNM6011-E", status=409, name=name, numbers=", ".join(row.asset_number for row in rows))
    return rows[0]


def pc(name: str, language: str, only: Ids | None = None) -> dict[str, Any]:
    """One PC with the findings of each item."""
    row = find_pc(name, only)
    state = PcState.objects.filter(pc=row.id).first()
    explained = {one.item: one for one in why.of_pc(row.id, "ja" if language == "ja" else "en")}
    items: list[dict[str, Any]] = []
    for item in ITEMS:
        level = Level(getattr(state, item)) if state else Level.NOT_JUDGED
        items.append({"item": item, "level": level.word, "findings": _findings(explained.get(item))})
        if item == "antivirus":
            items[-1]["sub_results"] = sub_results(explained[item].rows if item in explained else ())
    source = Source.objects.filter(id=row.source).first()
    more: dict[str, Any] = {
        "group": row.group.path,
        "source": source.name if source else None,
        "last_seen_at": row.last_seen_at.isoformat(),
        "removed": _removed(row),
    }
    more["inventory"] = _findings(explained.get(INVENTORY))
    policy = next((one.policy for one in explained.values()), None)
    return {**_head(row, state), **more, "policy": policy, "items": items}


def _removed(row: Pc) -> dict[str, str] | None:
    if row.retired_at is None:
        return None
    return {"at": row.retired_at.isoformat(), "by": row.retired_by, "reason": row.retired_reason}


def _findings(one: Any) -> list[dict[str, str]]:
    """What failed, is unknown, or would be and is waived; "inventory" (too old, names no agent) belongs to none of the six items."""
    return [_finding(row) for row in one.rows if row.outcome in ("failed", "unknown", "waived")] if one else []


def _finding(row: Any) -> dict[str, str]:
    return {
        "condition": row.condition, "title": row.title, "outcome": row.outcome, "found": row.found,
        "wanted": row.wanted, "mend": row.mend, "level": row.level.word, "waiver": row.waiver,
    }  # fmt: skip


def scope(everything: bool, names: list[str], group: str, who: Any = None) -> BitMap | None:
    """The PCs of an order of ``who``; None for all. Who is limited to groups means their managed PCs by "all".

    Raises Refused KNM6009-E, KNM6010-E.
    """
    only = groups_of(who)
    if everything:
        return (
            None
            if only is None
            else BitMap(managing.listed().filter(managed=True, group__in=only).values_list("id", flat=True))
        )
    if names:
        mine = Pc.objects.all() if only is None else Pc.objects.filter(group__in=only)
        known = dict(mine.filter(asset_number__in=names).values_list("asset_number", "id"))
        return BitMap(known[name] if name in known else find_pc(name, only).id for name in names)
    if group:
        return BitMap(Pc.objects.filter(in_group(group, only)).values_list("id", flat=True))
    raise Refused("KNM6009-E")


def operations(state: str, kind: str, before: int, limit: int) -> list[dict[str, Any]]:
    """Operations before id ``before`` (0: from the newest)."""
    rows = Operation.objects.order_by("-id")
    if state:
        if state not in set(State):
            raise Refused("KNM6013-E", problem=f"{state!r} is no state; states: {', '.join(State)}")
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if before:
        rows = rows.filter(id__lt=before)
    return [_operation(row) for row in rows[:limit]]


def _operation(row: Operation) -> dict[str, Any]:
    names = ("id", "kind", "subject", "requester", "actor", "state", "attempt", "run", "parent", "redo_of")
    return {name: getattr(row, name) for name in names} | {
        "progress": row.progress,
        "outcome": row.outcome,
        "begun_at": row.begun_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }


def operation(id: int, of: str = "") -> dict[str, Any]:
    """One operation with its entries; ``of``: only if it is this actor's."""
    row = Operation.objects.filter(id=id).first()
    if row is None or (of and row.actor != of):
        raise Refused("KNM6010-E", status=404, what="Operation", name=str(id))
    entries = [
        {
            "at": entry.at.isoformat(), "node": entry.node, "term": entry.term, "attempt": entry.attempt,
            "event": entry.event,
            "text": messages.text(entry.detail["id"], entry.detail) if entry.detail.get("id") else entry.event,
        }
        for entry in Entry.objects.filter(operation=id).order_by("seq")[:1000]
    ]  # fmt: skip
    return {**_operation(row), "entries": entries}


def sources() -> list[dict[str, Any]]:
    """Sources, without anything of their tokens."""
    return [
        {
            "name": row.name, "created_at": row.created_at.isoformat(), "created_by": row.created_by,
            "state": "revoked" if row.revoked_at else ("active" if row.token_digest else "built-in"),
        }
        for row in Source.objects.order_by("name")
    ]  # fmt: skip


def policies() -> list[dict[str, Any]]:
    """Policies with number, author and comment of their newest version."""
    rows = []
    for row in versions.live().order_by("kind", "name"):
        version = PolicyVersion.objects.filter(policy=row).order_by("-number").first()
        if version:
            rows.append(
                {
                    "kind": row.kind, "name": row.name, "version": version.number, "author": version.author,
                    "comment": version.comment, "read_only": row.read_only, "created_at": version.created_at.isoformat(),
                }
            )  # fmt: skip
    return rows


def refusals(before: int, limit: int) -> list[dict[str, Any]]:
    """Refused bodies, the newest first; those before id ``before`` (0: all)."""
    known = Refusal.objects.filter(id__lt=before) if before else Refusal.objects.all()
    return [
        {
            "id": row.id, "received_at": row.received_at.isoformat(), "source": row.source.name if row.source else None,
            "address": row.address, "agent": row.agent, "size": row.size, "message_id": row.message_id,
            "sentence": messages.text(row.message_id, row.params),
        }
        for row in known.select_related("source").order_by("-id")[:limit]
    ]  # fmt: skip


def suspected(after: int, limit: int) -> list[dict[str, Any]]:
    """Suspected reports with their reasons; those after id ``after``."""
    rows = (
        Receipt.objects.filter(state=Receipt.SUSPECTED, id__gt=after)
        .select_related("source")
        .defer("body", "report")
        .order_by("id")
    )
    return [
        {
            "id": row.id, "received_at": row.received_at.isoformat(), "source": row.source.name,
            "device": row.device_key, "pc": row.pc,
            "reasons": [messages.text(id, params) for id, params in row.reasons],
        }
        for row in rows[:limit]
    ]  # fmt: skip
