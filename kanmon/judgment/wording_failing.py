"""A condition that fails, of no PC in particular, as a clause: "Firewall off". For counts over the fleet."""

import re
from collections.abc import Callable

from kanmon.judgment.condition import AGENT_ID, STALE_ID
from kanmon.judgment.judge_software import UNTOLD_ID
from kanmon.judgment.wording import say
from kanmon.judgment.wording_settings import SETTINGS

SEVERITY_WORDS = ("critical", "important", "moderate", "low", "unrated")
Clause = Callable[[str, str], str]  # of the name in brackets, and the language

_CLAUSES: dict[str, Clause] = {
    "security_updates.specified": lambda name, language: say("kb_missing", language, name),
    "security_updates.service_packs": lambda name, language: say("pack_title", language, name),
    "security_updates.product_service_packs": lambda name, language: say("pack_title", language, name),
    "prohibited_software": lambda name, language: say("installed", language, name),
    "mandatory_software": lambda name, language: f"{name}: {say('none_of', language)}",
    "pc_settings.services": lambda name, language: say("service_title", language, name),
    "pc_settings.outside_checks": lambda name, language: f"{name}: {say('check_fail', language)}",
    "user_definition": lambda name, language: name,
}
_WORDS = {
    "security_updates.latest": "latest_short",
    **{f"security_updates.latest.{one}": f"latest_{one}" for one in SEVERITY_WORDS},
    "security_updates.vulnerabilities": "holes_short",
    **{f"security_updates.vulnerabilities.{one}": f"holes_{one}" for one in SEVERITY_WORDS},
    "security_updates.pending.security": "fails_pending_security",
    "security_updates.pending.other": "fails_pending_other",
    "antivirus.product": "fails_product",
    "antivirus.engine": "fails_engine",
    "antivirus.definitions": "fails_definitions",
    "antivirus.resident": "fails_resident",
    UNTOLD_ID: "programs_none",
    AGENT_ID: "agent_none",
    STALE_ID: "fails_stale",
}
_ID = re.compile(r"(?P<kind>[a-z0-9_.]+?)(?:\[(?P<name>.*)\](?:#\d+)?)?", re.DOTALL)


def failing(condition: str, language: str) -> str:
    """What is wrong where ``condition`` (an id) fails; the id itself when it is of another version."""
    match = _ID.fullmatch(condition)
    if match is None:
        return condition
    kind, name = match["kind"], match["name"] or ""
    setting = SETTINGS.get(kind.removeprefix("pc_settings."))
    if kind in _WORDS:
        clause = say(_WORDS[kind], language)
    elif kind in _CLAUSES:
        clause = _CLAUSES[kind](name, language)
    elif setting is not None:
        clause = _nameless(setting[language == "ja"].failed)
    else:
        return condition
    return clause if clause.startswith(name) and name else clause[:1].upper() + clause[1:]


def _nameless(failed: str) -> str:
    """ "firewall off" of "firewall off: {names}"."""
    return failed.replace(": {names}", "").replace("{names}", "")
