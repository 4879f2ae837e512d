"""Explanations of packages with security holes."""

from kanmon.common.facts import Os, Software
from kanmon.feeds.patches import SEVERITIES
from kanmon.feeds.releases import release_of, scheme_of
from kanmon.feeds.vulnerable import Flawed, Vulnerable
from kanmon.judgment.condition import Outcome
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.findings import MAX_EVIDENCE
from kanmon.judgment.judge_vulnerabilities import VULNERABILITIES
from kanmon.judgment.wording import listed

_MOST_IDS = 3


def vulnerabilities(id: str, asked: Vulnerable, delay_days: int, case: Case) -> Said:
    """No package has a hole. Which have is worked out from what the PC has, by the feeds that judged it."""
    word = id.removeprefix(VULNERABILITIES).lstrip(".")
    title = case.say(f"holes_{word}" if word else "holes")
    systems = [fact for fact in case.facts if isinstance(fact, Os) and fact.family == "linux"]
    releases = [release for os in systems if (release := asked.told(os)) is not None]
    dated = max((asked.holes.dated(key) for one in releases for key in asked.asked(one)), default="") or "-"
    wanted = case.say("holes_wanted_delay" if delay_days else "holes_wanted", dated, delay_days)
    if case.failed:
        return _flawed(title, wanted, asked, systems, case)
    if case.outcome is Outcome.UNKNOWN:
        return _unknown(title, wanted, asked, systems, case)
    return Said(title, case.say("holes_none" if case.outcome is Outcome.PASS else "holes_no_linux"), wanted, "")


def _flawed(title: str, wanted: str, asked: Vulnerable, systems: list[Os], case: Case) -> Said:
    short = case.say("holes_short")
    found = asked.flawed(systems, [fact for fact in case.facts if isinstance(fact, Software)])
    if not found:  # of no PC in particular
        return Said(title, short, wanted, case.mend("holes_mend_all"), short)
    names = listed([_named(one, case) for one in found], case.language, MAX_EVIDENCE)
    said = case.say("holes_found_one" if len(found) == 1 else "holes_found", len(found), names)
    worst = next((one for one in found if one.fixed), None)
    mend = case.mend("holes_mend", worst.package, worst.fixed) if worst else case.mend("holes_mend_all")
    return Said(title, said, wanted, mend, short)


def _named(one: Flawed, case: Case) -> str:
    """ "openssl 3.0.11-1 (critical, CVE-2026-1 and 2 more, mended in 3.0.11-2)"."""
    ids = listed(list(one.ids[:_MOST_IDS]), case.language)
    if len(one.ids) > _MOST_IDS:
        ids = case.say("holes_more", ids, len(one.ids) - _MOST_IDS)
    fixed = case.say("holes_fixed", one.fixed) if one.fixed else case.say("holes_unfixed")
    about = [case.say(f"severity_{SEVERITIES[one.severity]}"), ids, fixed]
    return case.say(
        "latest_update", f"{one.package} {one.version}", ("、" if case.language == "ja" else ", ").join(about)
    )


def _unknown(title: str, wanted: str, asked: Vulnerable, systems: list[Os], case: Case) -> Said:
    if not asked.holes.id:
        return Said(title, case.say("holes_no_feed"), wanted, case.say("holes_feed_mend"))
    for os in systems:
        release = release_of(os)
        if release is None:
            name = " ".join(filter(None, (os.name, os.version)))
            return Said(title, case.say("holes_strange", name), wanted, case.mend("untold_mend"))
        if not asked.covers(release):
            return Said(title, case.say("holes_not_covered", release), wanted, case.say("holes_feed_mend"))
        if case.tells(Software):
            return Said(title, case.say("holes_no_packages", scheme_of(release)), wanted, case.mend("untold_mend"))
    return Said(title, case.say("untold") if systems else case.say("os_untold"), wanted, case.mend("untold_mend"))
