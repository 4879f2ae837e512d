"""The words and numbers of statistics, in the reader's language."""

from datetime import date

from django.utils import formats
from django.utils.dateformat import format as format_date
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext
from django.utils.translation import pgettext_lazy as plazy

from kanmon.console import words
from kanmon.console.wording import number
from kanmon.judgment.levels import Level
from kanmon.statistics.measures import Unit
from kanmon.statistics.periods import By

BY = {"month": plazy("period", "Month"), "week": plazy("period", "Week"), "day": plazy("period", "Day")}
WEEKDAYS = {
    "monday": lazy("Monday"),
    "tuesday": lazy("Tuesday"),
    "wednesday": lazy("Wednesday"),
    "thursday": lazy("Thursday"),
    "friday": lazy("Friday"),
    "saturday": lazy("Saturday"),
    "sunday": lazy("Sunday"),
}
FIXED = {
    "usage": lazy("Countermeasure usage"),
    "points": lazy("Evaluation points"),
    "pcs": lazy("PCs under management"),
    "mend": lazy("Time to mend, median"),
    "mend.slow": lazy("Time to mend, nine of ten"),
    "patched": lazy("Patched in time"),
}
TOLD = {
    "usage": lazy("Share of PCs in order, of those that were judged."),
    "points": lazy("Mean of the evaluation points of the PCs: 100 is in order throughout."),
    "pcs": lazy("PCs with security management, judged or not."),
    "level": lazy("PCs at this level."),
    "mend": lazy("Within how many hours half of the PCs that were in Danger became Safe."),
    "mend.slow": lazy("Within how many hours nine of ten PCs that were in Danger became Safe."),
    "patched": lazy("Share of PCs with every update that applies and has been out for long enough."),
    "own": lazy("Share of PCs where none of the conditions of this item fails."),
}


def measure(word: str) -> str:
    """The name of a measure."""
    kind, _dot, rest = word.partition(".")
    if word in FIXED:
        return str(FIXED[word])
    if kind == "usage":
        return str(format_lazy("{}: {}", FIXED["usage"], words.ITEMS[rest]))
    return str(words.LEVELS[Level[rest.upper()]]) if kind == "level" else rest


def told(word: str) -> str:
    """What a measure means, in a sentence."""
    return str(TOLD[word if word in TOLD else word.partition(".")[0]])


def value(number_told: float | None, unit: Unit) -> str:
    """ "71.2 %", "83.4", "9 h", "1,234"; a dash for none."""
    if number_told is None:
        return "–"
    if unit == "percent":
        return f"{formats.number_format(round(number_told, 1), 1)} %"
    if unit == "points":
        return str(formats.number_format(round(number_told, 1), 1))
    return hours(int(number_told)) if unit == "hours" else number(int(number_told))


def hours(count: int) -> str:
    """ "9 h", "3 d 4 h"."""
    if count < 48:
        return _("%(hours)s h") % {"hours": count}
    return _("%(days)s d %(hours)s h") % {"days": count // 24, "hours": count % 24}


def period(first: date, by: By) -> str:
    """ "Nov 2026", "16 Nov"."""
    return format_date(first, pgettext("month", "M Y") if by == "month" else pgettext("day of this year", "j M"))


def place(path: str) -> str:
    """The name of a group."""
    return _("All PCs") if path == "/" else path
