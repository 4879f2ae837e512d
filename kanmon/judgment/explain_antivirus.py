"""Explanations of the antivirus item. All rows are about the product that spoke for the PC, and name it."""

from kanmon.common.facts import Antivirus
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.wording import listed, programme, version
from kanmon.policy.compare import age_days, matcher, version_holds
from kanmon.policy.rules_antivirus import AntivirusItem, AntivirusProduct


def antivirus(item: AntivirusItem, subject: str, case: Case) -> Said:
    """The row of ``subject``: product, engine, definitions or resident."""
    records: list[Antivirus] = case.of(Antivirus)
    title, wanted = case.say(f"av_{subject}"), _wanted(item, subject, records[0] if records else None, case)
    mend = case.mend(f"av_{subject}_mend")
    if not records:
        told = case.tells(Antivirus)
        return Said(title, case.say("av_none") if told else case.untold(), wanted, mend)
    if case.outcome is Outcome.NOT_APPLICABLE:
        return Said(title, case.say("av_not_asked", _name(records[0])), wanted, mend)
    if subject == "product":
        return Said(title, _product(item, records, case), wanted, mend)
    if subject == "definitions":
        return _definitions(item, records[0], Said(title, "", wanted, mend), case)
    if case.outcome is Outcome.UNKNOWN:
        return Said(title, case.say(f"av_missing_{subject}", _name(records[0])), wanted, mend)
    if subject == "engine":
        return Said(title, case.say("av_version", _name(records[0]), records[0].engine), wanted, mend)
    word = "av_off" if case.failed else "av_on"
    return Said(title, case.say(word, listed([_name(one) for one in records], case.language)), wanted, mend)


def _name(record: Antivirus) -> str:
    return programme(record.product, record.version)


def _line(item: AntivirusItem, record: Antivirus | None) -> AntivirusProduct | None:
    """The line of the table that a record belongs to: the one whose version it has, else the first of its name."""
    lines = [one for one in item.products if record is not None and matcher(one.name)(record.product)]
    good = [
        one for one in lines
        if record and one.version and version_holds(record.version, one.version.comparison, one.version.value)
    ]  # fmt: skip
    return next(iter(good or lines), None)


def _wanted(item: AntivirusItem, subject: str, record: Antivirus | None, case: Case) -> str:
    line = _line(item, record)
    if subject == "resident":
        return case.say("running")
    if subject == "engine":
        rules = [one.engine for one in ([line] if line and line.engine else item.products) if one.engine]
        return listed([version(one, case.language) for one in rules], case.language)
    if subject == "definitions":
        limit = item.definitions_max_age_days
        wanted = [version(line.definitions, case.language)] if line and line.definitions else []
        wanted += [] if limit is None else [case.say("stale_wanted", limit)]
        return listed(wanted or [case.say("up_to_date")], case.language)
    if line and line.version:
        return f"{programme(line.name, '')} {version(line.version, case.language)}"
    names = [one.name for one in item.products]
    return case.say("av_any") if "*" in names else case.say("av_one_of", listed(names, case.language))


def _product(item: AntivirusItem, records: list[Antivirus], case: Case) -> str:
    names = listed([_name(one) for one in records], case.language)
    if case.outcome is Outcome.UNKNOWN:
        return case.say("av_missing_product", names)
    if case.failed and _line(item, records[0]) is None:
        return case.say("av_unaccepted", names)
    others = sorted({_name(one) for one in case.facts if isinstance(one, Antivirus) and one not in records})
    return names + (case.say("av_also", listed(others, case.language)) if others and not case.failed else "")


def _definitions(item: AntivirusItem, record: Antivirus, said: Said, case: Case) -> Said:
    name = _name(record)
    limit = item.definitions_max_age_days
    age = age_days(record.definitions_date, case.today) if limit is not None else None
    line = _line(item, record)
    if case.outcome is Outcome.UNKNOWN:
        return said._replace(found=case.say("av_missing_definitions", name))
    if age is not None and limit is not None and (age > limit or not case.failed):
        said = said._replace(found=case.say("av_dated", name, age))
        return (
            said._replace(short=case.say("av_short", age), because=case.say("av_because", age, limit))
            if case.failed
            else said
        )
    if case.failed and item.use_up_to_date_flag and record.up_to_date is False:
        return said._replace(found=case.say("av_outdated", name), wanted=case.say("up_to_date"))
    if record.definitions and line and line.definitions:
        return said._replace(found=case.say("av_version", name, record.definitions))
    return said._replace(found=case.say("av_current", name))
