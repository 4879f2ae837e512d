"""The effect as programs and pages want it: JSON, and pages of PCs."""

from typing import Any

from pyroaring import BitMap

from kanmon.inventory.models import Group, Pc
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.judgment.wording_failing import failing
from kanmon.whatif.actions import caps, would_run
from kanmon.whatif.effect import SHOWN, Cause, Effect, Entered

CAUSES_SHOWN = 20
GROUPS_SHOWN = 5
CAUSES_OF_A_PC = 3


def as_json(effect: Effect, language: str) -> dict[str, Any]:
    """All of ``effect`` but the lists of PCs."""
    orders = would_run(effect)
    return {
        "policy": effect.name,
        "replaces": list(effect.replaces),
        "pcs": len(effect.scope),
        "changed": effect.changed,
        "otherwise_found": len(effect.otherwise_found),
        "milliseconds": round(effect.milliseconds, 1),
        "levels": [_counted(level, effect) for level in SHOWN if _has(level, effect)],
        "matrix": [
            {"before": before.word, "after": after.word, "pcs": pcs} for (before, after), pcs in effect.matrix.items()
        ],
        "entered": [_entered(one, language) for one in effect.entered],
        "actions": [
            {
                "kind": order.kind, "level": order.level.word, "policy": order.policy, "to": list(order.to),
                "pcs": len(order.pcs),
            }
            for order in orders
        ],
        "notes": caps(orders, language),
    }  # fmt: skip


def _has(level: Level, effect: Effect) -> bool:
    return any(level in pair for pair in effect.matrix)


def _counted(level: Level, effect: Effect) -> dict[str, Any]:
    before, after = (len(one.levels.get(level, ())) for one in (effect.before, effect.after))
    return {"level": level.word, "before": before, "after": after}


def _entered(one: Entered, language: str) -> dict[str, Any]:
    return {
        "level": one.level.word,
        "pcs": len(one.pcs),
        "causes": [_cause(cause, language) for cause in one.causes[:CAUSES_SHOWN]],
        "more_causes": max(0, len(one.causes) - CAUSES_SHOWN),
        **_groups(one.pcs),
    }


def _cause(cause: Cause, language: str) -> dict[str, Any]:
    return {
        "condition": cause.condition, "item": cause.item, "title": failing(cause.condition, language),
        "now": cause.now, "pcs": len(cause.pcs),
    }  # fmt: skip


def _groups(pcs: BitMap) -> dict[str, Any]:
    """The groups that most of ``pcs`` are in, and how many others there are."""
    with ENGINE.lock:
        counts = {group: members.intersection_cardinality(pcs) for group, members in ENGINE.groups.items()}
    most = sorted(((count, group) for group, count in counts.items() if count), reverse=True)
    paths = dict(Group.objects.filter(id__in=[group for _, group in most[:GROUPS_SHOWN]]).values_list("id", "path"))
    shown = [{"group": paths.get(group, "?"), "pcs": count} for count, group in most[:GROUPS_SHOWN]]
    return {"groups": shown, "more_groups": max(0, len(most) - GROUPS_SHOWN)}


def entered_pcs(effect: Effect, level: Level, after: int, limit: int, language: str) -> list[dict[str, Any]]:
    """The PCs that come to ``level``, by number, those beyond number ``after``; ``limit`` of them at most."""
    came = effect.came(level)
    if came is None:
        return []
    start = came.pcs.rank(after) if after else 0
    numbers = list(came.pcs[start : start + limit])
    known = Pc.objects.select_related("group").in_bulk(numbers)
    return [_row(pc, known[pc], effect, came, language) for pc in numbers if pc in known]


def _row(pc: int, row: Pc, effect: Effect, came: Entered, language: str) -> dict[str, Any]:
    before = next((level for level, pcs in effect.before.levels.items() if pc in pcs), Level.NOT_JUDGED)
    causes = [cause for cause in came.causes if pc in cause.pcs]
    return {
        "number": pc, "asset_number": row.asset_number, "host": row.host, "group": row.group.path,
        "before": before.word, "after": came.level.word,
        "because": [failing(cause.condition, language) for cause in causes[:CAUSES_OF_A_PC]],
        "now": causes[0].now if causes else True,
    }  # fmt: skip
