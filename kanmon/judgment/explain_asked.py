"""A policy -> its conditions, and for each the function that words it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from kanmon.feeds.patches import Knowledge
from kanmon.judgment.condition import AGENT_ID, STALE_ID, Condition, Outcome
from kanmon.judgment.explain_antivirus import antivirus
from kanmon.judgment.explain_case import Case, Said
from kanmon.judgment.explain_checks import outside_check
from kanmon.judgment.explain_settings import service, setting
from kanmon.judgment.explain_software import mandatory, programs_told, prohibited, user
from kanmon.judgment.explain_updates import latest, pending, product_service_pack, service_pack, specified
from kanmon.judgment.explain_vulnerabilities import vulnerabilities
from kanmon.judgment.judge import compile
from kanmon.judgment.judge_software import UNTOLD_ID
from kanmon.judgment.wording_settings import SETTINGS
from kanmon.policy.rules import JudgmentPolicy, keyed

Sayer = Callable[[Case], Said]


def asked(
    policy: JudgmentPolicy, today: date, zone: tzinfo, knowledge: Knowledge
) -> tuple[tuple[Condition, ...], dict[str, Sayer]]:
    """The conditions of ``policy``, and who words each of them by its id. Worked out once for the PCs of one list."""
    return _kept(_Same(policy), today, zone, _Same(knowledge))


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Something large, told apart as the object that it is."""

    it: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


@lru_cache(maxsize=16)
def _kept(policy: _Same, today: date, zone: tzinfo, knowledge: _Same) -> tuple[tuple[Condition, ...], dict[str, Sayer]]:
    conditions = compile(policy.it, today, zone, knowledge.it)
    return conditions, _sayers(policy.it, conditions, zone)


def _sayers(policy: JudgmentPolicy, conditions: Collection[Condition], zone: tzinfo) -> dict[str, Sayer]:
    """Condition id -> the function that words it."""
    sayers: dict[str, Sayer] = {
        AGENT_ID: lambda case: Said(
            case.say("agent"), case.say("agent_none"), case.say("agent_wanted"), case.say("agent_mend")
        ),
        STALE_ID: lambda case: _stale(policy, case, zone),
        UNTOLD_ID: programs_told,
        "security_updates.pending.security": lambda case: pending("security", case),
        "security_updates.pending.other": lambda case: pending("other", case),
    }
    for one in conditions:
        if (asked := one.parts[0].latest) is not None:
            sayers[one.id] = _bound(latest, one.id, asked)
        rule = policy.security_updates.vulnerabilities
        if (holes := one.parts[0].vulnerable) is not None and rule is not None:
            sayers[one.id] = _bound(vulnerabilities, one.id, holes, rule.delay_days)
    for subject in ("product", "engine", "definitions", "resident"):
        sayers[f"antivirus.{subject}"] = _bound(antivirus, policy.antivirus, subject)
    for name in SETTINGS:
        group, _, condition = name.partition(".")
        sayers[f"pc_settings.{name}"] = _bound(setting, name, getattr(getattr(policy.pc_settings, group), condition))
    lists: list[tuple[str, Sequence[Any], str, Callable[..., Said]]] = [
        ("security_updates.specified", policy.security_updates.specified, "kb", specified),
        ("security_updates.service_packs", policy.security_updates.service_packs, "os", service_pack),
        (
            "security_updates.product_service_packs",
            policy.security_updates.product_service_packs,
            "product",
            product_service_pack,
        ),
        ("prohibited_software", policy.prohibited_software.programs, "name", prohibited),
        ("mandatory_software", policy.mandatory_software.groups, "name", mandatory),
        ("pc_settings.services", policy.pc_settings.services, "name", service),
        ("pc_settings.outside_checks", policy.pc_settings.outside_checks, "name", outside_check),
        ("user_definition", policy.user_definition.items, "name", user),
    ]
    for prefix, rules, key, sayer in lists:
        for name, rule in zip(keyed(prefix, (getattr(one, key) for one in rules)), rules, strict=True):
            sayers[name] = _bound(sayer, rule)
    return sayers


def _bound(function: Callable[..., Said], *rule: Any) -> Sayer:
    return lambda case: function(*rule, case)


def _stale(policy: JudgmentPolicy, case: Case, zone: tzinfo) -> Said:
    at = case.columns.get("reported_at")
    title, limit = case.say("stale"), policy.stale_inventory.after_days if policy.stale_inventory else 0
    wanted, mend = case.say("stale_wanted", limit), case.say("agent_mend")
    if at is None or case.outcome is Outcome.UNKNOWN:
        return Said(title, case.say("stale_unknown"), wanted, mend)
    days = (case.today - datetime.fromtimestamp(at, zone).date()).days
    return Said(title, case.say("days_old", days), wanted, mend, case.say("stale_short", days))
