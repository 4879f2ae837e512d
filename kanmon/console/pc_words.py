"""One line an item of a PC: what fails in it, or that all is well."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kanmon.console.shown.pc import FoundRow, ItemShown
from kanmon.judgment.levels import Level

FAILING = (Level.DANGER, Level.WARNING, Level.CAUTION)


def _failed(item: ItemShown) -> list[FoundRow]:
    return [row for row in item.rows if row.outcome == "failed"]


def summary(item: ItemShown) -> str:
    """One line: how many checks fail, or what is not known, or that all is well; and how many are waived."""
    waived = sum(row.outcome == "waived" for row in item.rows)
    if waived and all(row.outcome in ("waived", "not_applicable") for row in item.rows) and not item.rest:
        return _waived(waived)
    return (
        _("%(summary)s; %(waived)s") % {"summary": _judged(item), "waived": _waived(waived)}
        if waived
        else _judged(item)
    )


def _waived(count: int) -> str:
    return ngettext("%(n)s check is waived", "%(n)s checks are waived", count) % {"n": count}


def _judged(item: ItemShown) -> str:
    failed = len(_failed(item))
    unknown = [row.title for row in item.rows if row.outcome == "unknown"]
    passed = sum(row.outcome == "passed" for row in item.rows) + item.rest
    judged = failed + len(unknown) + passed
    if failed:
        text = ngettext("%(failed)s of %(all)s check fails", "%(failed)s of %(all)s checks fail", judged)
        return text % {"failed": failed, "all": judged}
    if len(unknown) == 1:
        return _("The inventory does not tell: %(what)s") % {"what": unknown[0]}
    if unknown:
        return _("The inventory does not tell enough for %(n)s checks") % {"n": len(unknown)}
    if passed:
        return ngettext("%(n)s check passes", "All %(n)s checks pass", passed) % {"n": passed}
    return _("Nothing here applies to this PC") if item.rows else _("The policy judges nothing here")
