"""Explanations of security updates."""

from kanmon.common.facts import Os, Patch, PendingUpdate, Software
from kanmon.feeds.latest import Latest, Missing
from kanmon.feeds.patches import SEVERITIES
from kanmon.feeds.platforms import platform_of
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.findings import MAX_EVIDENCE
from kanmon.judgment.judge_updates import pack_of
from kanmon.judgment.wording import listed, programme, version
from kanmon.policy.rules_updates import SpecifiedPack, SpecifiedProductPack, SpecifiedUpdate


def latest(id: str, asked: Latest, case: Case) -> Said:
    """All updates that apply. What is missing is worked out from what the PC has, by the knowledge that judged it."""
    word = id.removeprefix("security_updates.latest").lstrip(".")
    title = case.say(f"latest_{word}" if word else "latest")
    dated = asked.knowledge.dated or "-"
    wanted = case.say("latest_wanted_delay" if asked.delay_days else "latest_wanted", dated, asked.delay_days)
    if case.failed:
        return _lacking(title, wanted, asked, case)
    if case.outcome is Outcome.UNKNOWN:
        return _unknown(title, wanted, asked, case)
    return Said(title, case.say("latest_in" if case.outcome is Outcome.PASS else "latest_no_windows"), wanted, "")


def _lacking(title: str, wanted: str, asked: Latest, case: Case) -> Said:
    short = case.say("latest_short")
    systems = case.of(Os)
    if not case.tells(Patch):
        builds = ", ".join(one.build or one.version for one in systems)
        return Said(title, case.say("latest_build", builds), wanted, case.mend("pending_mend"), short)
    installed = {fact.kb for fact in case.facts if isinstance(fact, Patch)}
    missing = [one for os in systems for one in asked.missing(os, installed)]
    names = listed([_named(one, case) for one in missing], case.language, MAX_EVIDENCE)
    found = case.say("latest_missing_one" if len(missing) == 1 else "latest_missing", len(missing), names)
    mend = case.mend("latest_mend", missing[0].update.id) if missing else case.mend("pending_mend")
    return Said(title, found if missing else short, wanted, mend, short)


def _named(one: Missing, case: Case) -> str:
    """ "KB5093998 (critical, 2026-06-09, Windows Kernel Elevation of Privilege Vulnerability and 231 more, ...)"."""
    update = one.update
    about = [case.say(f"severity_{SEVERITIES[update.severity]}"), update.released]
    if update.title:
        about.append(
            case.say("latest_more_holes", update.title, update.holes - 1) if update.holes > 1 else update.title
        )
    if one.replaces is not None:
        about.append(case.say("latest_replaces", one.replaces.id))
    return case.say("latest_update", update.id, ("、" if case.language == "ja" else ", ").join(filter(None, about)))


def _unknown(title: str, wanted: str, asked: Latest, case: Case) -> Said:
    mend = case.mend("untold_mend")
    systems = [fact for fact in case.facts if isinstance(fact, Os) and fact.family == "windows"]
    strange = next((os for os in systems if asked.platform(os) is None), None)
    if not asked.knowledge.id:
        return Said(title, case.say("latest_no_feed"), wanted, case.say("latest_feed_mend"))
    if strange is not None:
        key = platform_of(strange)
        if key is None:
            name = " ".join(filter(None, (strange.name, strange.build or strange.version, strange.arch)))
            return Said(title, case.say("latest_strange", name), wanted, mend)
        return Said(title, case.say("latest_not_in_feed", key), wanted, case.say("latest_feed_mend"))
    return Said(title, case.say("updates_untold") if systems else case.say("os_untold"), wanted, mend)


def specified(rule: SpecifiedUpdate, case: Case) -> Said:
    """A named Windows update."""
    title = programme(rule.kb, rule.title)
    wanted, mend = case.say("kb_wanted", rule.kb), case.mend("kb_mend", rule.kb)
    if case.outcome is Outcome.UNKNOWN:
        word = "untold" if case.tells(Patch) else "updates_untold"
        return Said(title, case.say(word if case.tells(Os) else "os_untold"), wanted, mend)
    if case.failed:
        return Said(title, case.say("kb_missing", rule.kb) if case.tells(Patch) else case.untold(), wanted, mend)
    if case.outcome is Outcome.NOT_APPLICABLE:
        meant = rule.product and any(isinstance(fact, Os) and fact.family == "windows" for fact in case.facts)
        return Said(title, case.say("kb_no_product", rule.product) if meant else case.say("other_system"), wanted, mend)
    return Said(title, listed([one.kb for one in case.of(Patch)], case.language) or case.say("kb_in"), wanted, mend)


def service_pack(rule: SpecifiedPack, case: Case) -> Said:
    """A service pack of Windows."""
    packs = [pack_of(os) for os in case.of(Os)]
    if case.outcome is Outcome.UNKNOWN or not packs:
        found = case.say("os_untold")
    elif case.outcome is Outcome.NOT_APPLICABLE:
        found = case.say("other_system")
    else:
        found = case.say("pack", max(packs)) if max(packs) else case.say("pack_none")
    wanted, title = case.say("pack_wanted", rule.service_pack), case.say("pack_title", rule.os)
    return Said(title, found, wanted, case.mend("pack_mend", rule.service_pack), f"{title}: {found}")


def product_service_pack(rule: SpecifiedProductPack, case: Case) -> Said:
    """A service pack of a product, told by its version."""
    names = listed([programme(one.name, one.version) for one in case.of(Software)], case.language)
    if case.outcome is Outcome.UNKNOWN:
        found = case.say("not_enough", names) if names else case.untold()
    else:
        found = case.say("found", names) if names else case.say("product_pack_none")
    mend = case.mend("product_pack_mend", rule.product)
    return Said(case.say("pack_title", rule.product), found, version(rule.version, case.language), mend)


def pending(word: str, case: Case) -> Said:
    """Updates that wait: ``word`` security or other."""
    names = sorted({programme(one.name, one.version) for one in case.of(PendingUpdate)})
    title, wanted, mend = case.say(f"pending_{word}"), case.say("pending_wanted"), case.mend("pending_mend")
    if case.failed and names:
        many = "pending_one" if len(names) == 1 else "pending_many" if len(names) >= MAX_EVIDENCE else "pending"
        return Said(title, case.say(many, len(names), listed(names, case.language, 3)), wanted, mend)
    if names:
        return Said(title, case.say("pending_unknown", listed(names, case.language, 3)), wanted, mend)
    return Said(title, case.untold() if case.outcome is Outcome.UNKNOWN else case.say("pending_none"), wanted, mend)
