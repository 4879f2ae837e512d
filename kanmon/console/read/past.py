"""One PC as of a moment, and its level on each of the last days."""

import dataclasses
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kanmon.common import zone
from kanmon.console import wording
from kanmon.console.language import language
from kanmon.console.read import findings
from kanmon.console.shown.past import DAYS, StripDay
from kanmon.console.shown.pc import PcShown, PolicyUsed
from kanmon.console.words import LEVELS
from kanmon.judgment import as_of
from kanmon.judgment.levels import ITEMS, Level
from kanmon.policy.models import PolicyVersion

NOON = timedelta(hours=12)  # in a viewer's zone it is on the same day, nearly everywhere


def strip(number: int, at: datetime | None) -> list[StripDay]:
    """The last 90 days of a PC, the oldest first."""
    chosen = zone.day_of(at) if at else zone.today()
    return [
        StripDay(place, day, level, day == chosen, f"{wording.day(zone.begins(day) + NOON)}: {LEVELS[level]}")
        for place, (day, level) in enumerate(as_of.strip(number, DAYS))
    ]


def then(now: PcShown, at: datetime) -> tuple[PcShown, bool]:
    """The page of a PC with level, findings and policy of then; and whether judging it again says the same."""
    number = now.row.number
    told = as_of.pc_then(number, at, language())
    verdict = told.verdict
    version = (
        PolicyVersion.objects.select_related("policy").filter(pk=verdict.policy_version).first() if verdict else None
    )
    items, headline = findings.shown(told.items, dict(zip(ITEMS, verdict.items, strict=True)) if verdict else None)
    row = dataclasses.replace(
        now.row, level=Level(verdict.level if verdict else 0), since=None, judged=verdict.from_at if verdict else None
    )
    return dataclasses.replace(
        now, row=row, items=items, headline=headline or _("It had not been judged yet."),
        judged_by=PolicyUsed("judgment", version.policy.name, version.number) if version else None,
        history=[line for line in now.history if line.at <= at],
    ), told.same  # fmt: skip
