"""What the API tells of the past: the list and one PC as of a moment, and the verdicts of a PC."""

from typing import Any

from django.db.models import Q

from kanmon.api import queries
from kanmon.common.errors import Refused
from kanmon.inventory.models import Pc
from kanmon.judgment import as_of
from kanmon.judgment.condition import INVENTORY
from kanmon.judgment.explain import headline
from kanmon.judgment.levels import ITEMS, Level, parse
from kanmon.policy import versions

BATCH = 2000


def pcs(
    moment_text: str, level: str, search: str, group: str, after: int, limit: int,
    only: frozenset[int] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The PCs that were known then, with their level of then; names and groups are those of now."""
    moment = as_of.moment_of(moment_text)
    wanted = _level(level)
    rows = Pc.objects.filter(Q(retired_at=None) | Q(retired_at__gt=moment), first_seen_at__lte=moment)
    if only is not None:
        rows = rows.filter(group__in=only)
    if search:
        rows = rows.filter(Q(host__icontains=search) | Q(asset_number__icontains=search) | Q(user__icontains=search))
    if group:
        rows = rows.filter(queries.in_group(group, only))
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        batch = list(rows.filter(id__gt=after).order_by("id").values_list("id", "asset_number", "host")[:BATCH])
        if not batch:
            break
        levels = as_of.levels(moment, 0, BATCH, [row[0] for row in batch])
        for number, asset_number, host in batch:
            was = Level(levels.get(number, 0))
            if (wanted is None or was == wanted) and len(found) < limit:
                found.append(
                    {"asset_number": asset_number, "host": host, "level": was.word, "as_of": moment.isoformat(),
                     "judged_at": None, "number": number}
                )  # fmt: skip
        after = batch[-1][0]
    return found


def _level(word: str) -> Level | None:
    try:
        return parse(word) if word else None
    except ValueError as problem:
        raise Refused("KNM6013-E", problem=str(problem)) from None


def pc(name: str, moment_text: str, language: str, only: frozenset[int] | None = None) -> dict[str, Any]:
    """One PC as it stood then, in the shape of ``queries.pc``. ``reproduced``: judging it again says the same."""
    moment = as_of.moment_of(moment_text)
    row = queries.find_pc(name, only)
    then = as_of.pc_then(row.id, moment, "ja" if language == "ja" else "en")
    explained = {one.item: one for one in then.items}
    verdict = then.verdict
    levels = verdict.items if verdict else [0] * len(ITEMS)
    return {
        "asset_number": row.asset_number,
        "host": row.host,
        "as_of": moment.isoformat(),
        "level": Level(verdict.level if verdict else 0).word,
        "judged_at": verdict.from_at.isoformat() if verdict else None,
        "group": row.group.path,
        "policy": versions.label(verdict.policy_version) if verdict else None,
        "reproduced": then.same,
        "because": headline(then.items, "ja" if language == "ja" else "en") if verdict else "",
        "inventory": queries._findings(explained.get(INVENTORY)),
        "items": [
            {"item": item, "level": Level(level).word, "findings": queries._findings(explained.get(item))}
            for item, level in zip(ITEMS, levels, strict=True)
        ],
    }


def history(name: str, before: int, limit: int, only: frozenset[int] | None = None) -> list[dict[str, Any]]:
    """Verdicts from/to, newest first."""
    rows = as_of.history(queries.find_pc(name, only).id, before, limit)
    return [
        {
            "verdict": row.id, "level": Level(row.level).word, "level_before": Level(row.level_before).word,
            "from": row.from_at.isoformat(), "to": row.to_at.isoformat() if row.to_at else None, "cause": row.cause,
            "policy": versions.label(row.policy_version), "run": row.run,
            "items": {item: Level(level).word for item, level in zip(ITEMS, row.items, strict=True)},
        }
        for row in rows
    ]  # fmt: skip
