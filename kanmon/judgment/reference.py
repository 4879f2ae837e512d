"""The second judge: one PC, straight from the policy, in plain loops. The index must always say the same.

It shares the comparisons of names and versions with the first judge and nothing else, so that a mistake
in folding, ranking or set algebra shows as a difference between the two.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from kanmon.common.facts import (
    CLASSES,
    COLUMNS,
    TOLD_CLASSES,
    Account,
    Agent,
    Antivirus,
    Drive,
    Fact,
    Firewall,
    Os,
    Patch,
    PendingUpdate,
    Service,
    Setting,
    Share,
    Software,
    Told,
)  # fmt: skip
from kanmon.judgment.levels import ITEMS, Level, parse, worst
from kanmon.policy.compare import age_days, matcher, value_holds, version_holds
from kanmon.policy.rules import JudgmentPolicy, keyed

PASS, FAIL, UNKNOWN, NONE = "passed", "failed", "unknown", "not_applicable"
TREAT = {"as_set": FAIL, "safe": PASS, "not_applicable": NONE, "unknown": UNKNOWN}


class Verdict(NamedTuple):
    """Level of the PC and of each item; findings are (condition, outcome, level) of what failed or is unknown."""

    level: Level
    items: dict[str, Level]
    findings: frozenset[tuple[str, str, Level]]


class Pc(NamedTuple):
    facts: Collection[Fact]
    columns: Mapping[str, Any]
    today: date

    def of(self, cls: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if type(fact) is cls]

    def told(self, cls: type[Any]) -> bool:
        return any(CLASSES[fact.cls][1] is cls for fact in self.of(Told))


Row = tuple[str, str, str]  # id, outcome, level word


def judge_one(policy: JudgmentPolicy, facts: Collection[Fact], columns: Mapping[str, Any], today: date) -> Verdict:
    """The verdict of one PC. ``columns`` has only those columns of which a value is known."""
    pc = Pc(facts, columns, today)
    judges: list[Callable[[JudgmentPolicy, Pc], Iterator[Row]]] = [
        updates,
        antivirus,
        prohibited,
        mandatory,
        settings,
        user,
    ]
    items, findings = dict.fromkeys(ITEMS, Level.NOT_APPLICABLE), set()
    known = any(agent.version for agent in pc.of(Agent))
    for item, judge in zip(ITEMS, judges, strict=True):
        rows = list(judge(policy, pc)) if getattr(policy, item).judge else []
        if rows and not known:
            items[item] = Level.UNKNOWN
            findings.add(("inventory.agent", UNKNOWN, Level.UNKNOWN))
            continue
        for name, outcome, word in rows:
            level = {FAIL: parse(word), UNKNOWN: Level.UNKNOWN, PASS: Level.SAFE, NONE: Level.NOT_APPLICABLE}[outcome]
            items[item] = max(items[item], level)
            if outcome in (FAIL, UNKNOWN):
                findings.add((name, outcome, level))
    levels = list(items.values())
    if stale := policy.stale_inventory:
        at = columns.get("reported_at")
        if at is None or datetime.fromtimestamp(at, UTC).date() < today - timedelta(days=stale.after_days):
            level = Level.UNKNOWN if at is None else parse(stale.level)
            levels.append(level)
            findings.add(("inventory.stale", UNKNOWN if at is None else FAIL, level))
    return Verdict(worst(levels), items, frozenset(findings))


def first(outcomes: Collection[str], order: tuple[str, ...], otherwise: str) -> str:
    return next((one for one in order if one in outcomes), otherwise)


def every(outcomes: Collection[str], otherwise: str) -> str:
    return first(outcomes, (FAIL, UNKNOWN, PASS, NONE), otherwise)


def some(outcomes: Collection[str], otherwise: str) -> str:
    return first(outcomes, (PASS, UNKNOWN, FAIL, NONE), otherwise)


def good(value: bool | None, missing: str) -> str:
    return missing if value is None else PASS if value else FAIL


def on(pc: Pc, pattern: str, family: str = "") -> str:
    if not pattern and not family:
        return PASS
    answers = [
        (not family or one.family == family)
        and (not pattern or any(matcher(pattern)(name) for name in (one.family, one.name, f"{one.name} {one.version}")))
        for one in pc.of(Os)
    ]
    return UNKNOWN if not answers else PASS if any(answers) else NONE


def updates(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.security_updates.specified
    for name, rule in zip(keyed("security_updates.specified", [one.kb for one in rules]), rules, strict=True):
        enough = {rule.kb, *rule.superseded_by}
        for _ in rules:
            enough |= {kb for one in rules if one.kb in enough for kb in one.superseded_by}
        installed = any(patch.kb in enough for patch in pc.of(Patch))
        outcome = PASS if installed else FAIL if pc.told(Patch) else UNKNOWN
        here = on(pc, rule.os, "windows")
        yield name, outcome if here == PASS else here, rule.level
    pending, waiting = policy.security_updates.pending, pc.of(PendingUpdate)
    otherwise = PASS if pc.told(PendingUpdate) else UNKNOWN
    if pending.security:
        outcomes = [UNKNOWN if one.security is None else FAIL for one in waiting if one.security is not False]
        yield "security_updates.pending.security", every(outcomes, otherwise), pending.security
    if pending.other:
        outcomes = [FAIL for one in waiting if one.security is not True]
        yield "security_updates.pending.other", every(outcomes, otherwise), pending.other


def antivirus(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    item = policy.antivirus
    if not item.products:
        return
    asked = ["product"]
    asked += ["engine"] if any(line.engine for line in item.products) else []
    dated = item.use_up_to_date_flag or item.definitions_max_age_days is not None
    asked += ["definitions"] if dated or any(line.definitions for line in item.products) else []
    asked += ["resident"] if item.not_resident else []
    accepted = []
    for found in pc.of(Antivirus):
        fitting = [product(item, line, found, pc.today) for line in item.products if matcher(line.name)(found.product)]
        if fitting:
            accepted.append(min(fitting, key=quality))
    nothing = FAIL if pc.told(Antivirus) or pc.of(Antivirus) else UNKNOWN
    for subject in asked:
        if item.products_mode == "all":
            outcome = every([answers[subject] for answers in accepted], "")
        else:
            outcome = min(accepted, key=quality)[subject] if accepted else ""
        yield (
            f"antivirus.{subject}",
            outcome or (nothing if subject == "product" or nothing == UNKNOWN else NONE),
            item.level,
        )


def quality(answers: dict[str, str]) -> tuple[Any, ...]:
    """The smaller the better: no failed answer, none unknown, resident, few failed, few unknown; then a fixed order."""
    order = [(PASS, NONE, UNKNOWN, FAIL).index(one) for one in answers.values()]
    return max(order) if max(order) > 1 else 0, order[3], order.count(3), order.count(2), order


def product(item: Any, line: Any, found: Antivirus, today: date) -> dict[str, str]:
    def version(rule: Any, value: str) -> str:
        return good(version_holds(value, rule.comparison, rule.value), UNKNOWN) if rule else NONE

    reasons = [version(line.definitions, found.definitions)]
    flag = found.up_to_date if item.use_up_to_date_flag else None
    age = age_days(found.definitions_date, today)
    if item.definitions_max_age_days is not None:
        reasons.append(good(flag if age is None else age <= item.definitions_max_age_days, UNKNOWN))
    if flag is False:
        reasons.append(FAIL)
    elif item.use_up_to_date_flag and set(reasons) == {NONE}:
        reasons.append(good(flag, UNKNOWN))
    return {
        "product": version(line.version, found.version) if line.version else PASS,
        "engine": version(line.engine, found.engine),
        "definitions": every(reasons, NONE),
        "resident": good(found.enabled, UNKNOWN) if item.not_resident else NONE,
    }


def program(rule: Any, found: Software) -> bool | str | None:
    """Whether a program is what the rule means; None: not enough is known; "" for another program."""
    if not matcher(rule.name)(found.name):
        return ""
    if rule.publisher and found.publisher and not matcher(rule.publisher)(found.publisher):
        return ""
    fits = (
        version_holds(found.version, rule.version.comparison, rule.version.value, found.scheme)
        if rule.version
        else True
    )
    return None if fits and rule.publisher and not found.publisher else fits


def prohibited(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.prohibited_software.programs
    for name, rule in zip(keyed("prohibited_software", [one.name for one in rules]), rules, strict=True):
        found = [program(rule, one) for one in pc.of(Software)]
        none = PASS if pc.told(Software) else UNKNOWN
        here = on(pc, rule.os)
        yield (
            name,
            (FAIL if True in found else UNKNOWN if None in found else none) if here == PASS else here,
            rule.level,
        )


def mandatory(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.mandatory_software.groups
    for name, rule in zip(keyed("mandatory_software", [one.name for one in rules]), rules, strict=True):
        found = [program(one, have) for one in rule.any_of for have in pc.of(Software)]
        told = pc.told(Software) or False in found
        outcome = PASS if True in found else UNKNOWN if None in found or not told else FAIL
        here = on(pc, rule.os)
        yield name, outcome if here == PASS else here, rule.level


def settings(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    item = policy.pc_settings
    for name, ask in ASKS.items():
        group, _, condition = name.partition(".")
        if rule := getattr(getattr(item, group), condition):
            yield f"pc_settings.{name}", ask(pc, rule, TREAT[rule.missing]), rule.level
    for name, rule in zip(
        keyed("pc_settings.services", [one.name for one in item.services]), item.services, strict=True
    ):
        here = on(pc, rule.os)
        yield name, service(pc, rule, TREAT[rule.missing]) if here == PASS else here, rule.level


def setting(name: str, wanted: bool) -> Callable[[Pc, Any, str], str]:
    def ask(pc: Pc, rule: Any, missing: str) -> str:
        return every([good(one.value == wanted, missing) for one in pc.of(Setting) if one.name == name], missing)

    return ask


def guest(pc: Pc, rule: Any, missing: str) -> str:
    guests = [good(None if one.enabled is None else not one.enabled, missing) for one in pc.of(Account) if one.guest]
    return every(guests, PASS if pc.told(Account) else missing)


def vulnerable(pc: Pc, rule: Any, missing: str) -> str:
    blank = any(one.has_password is False and one.enabled is not False for one in pc.of(Account))
    return FAIL if blank else setting("vulnerable_password", False)(pc, rule, missing)


def accounts(question: Callable[[Account, Any, date], bool | None]) -> Callable[[Pc, Any, str], str]:
    def ask(pc: Pc, rule: Any, missing: str) -> str:
        asked = [one for one in pc.of(Account) if one.enabled is not False]
        answers = [good(question(one, rule, pc.today), missing) for one in asked]
        return every(answers, PASS if pc.told(Account) else missing)

    return ask


def young(account: Account, rule: Any, today: date) -> bool | None:
    age = age_days(account.password_changed, today)
    return None if age is None else age <= rule.days


def shares(administrative: bool) -> Callable[[Pc, Any, str], str]:
    def ask(pc: Pc, rule: Any, missing: str) -> str:
        shared = any(one.administrative is administrative for one in pc.of(Share))
        return FAIL if shared else PASS if pc.told(Share) else missing

    return ask


def firewall(pc: Pc, rule: Any, missing: str) -> str:
    profiles: list[str] = []
    alone: list[str] = []
    for one in pc.of(Firewall):
        windows = one.profile.casefold() in ("domain", "private", "public", "standard")
        (profiles if windows else alone).append(good(one.enabled, missing))
    if PASS in alone:
        return PASS
    if set(profiles) - {NONE}:
        return every(profiles, "")
    return first(alone, (UNKNOWN, FAIL), NONE if profiles or alone else FAIL if pc.told(Firewall) else missing)


def exceptions(pc: Pc, rule: Any, missing: str) -> str:
    asked = [one for one in pc.of(Firewall) if one.enabled is not False]
    answers = [good(None if one.exceptions is None else not one.exceptions, missing) for one in asked]
    return every(answers, NONE if pc.told(Firewall) else missing)


def drives(pc: Pc, rule: Any, missing: str) -> str:
    return every([good(one.encrypted, missing) for one in pc.of(Drive) if one.system or rule.drives == "all"], missing)


def service(pc: Pc, rule: Any, missing: str) -> str:
    run = rule.must == "run"
    found = [one for one in pc.of(Service) if matcher(rule.name)(one.name)]
    answers = [good(None if one.running is None else one.running is run, missing) for one in found]
    return (some if run else every)(answers, missing if not pc.told(Service) else FAIL if run else PASS)


ASKS: dict[str, Callable[[Pc, Any, str], str]] = {
    "accounts.guest_enabled": guest,
    "passwords.vulnerable": vulnerable,
    "passwords.never_expires": accounts(lambda one, rule, today: one.password_expires),
    "passwords.max_age_days": accounts(young),
    "logon.automatic": setting("automatic_logon", False),
    "logon.power_on_password": setting("power_on_password", True),
    "shared_folders.any": shares(False),
    "shared_folders.administrative": shares(True),
    "anonymous_connections.unrestricted": setting("anonymous_restricted", True),
    "firewall.off": firewall,
    "firewall.exceptions": exceptions,
    "automatic_updates.off": setting("automatic_updates", True),
    "screensaver.not_set": setting("screensaver", True),
    "screensaver.no_password": setting("screensaver_password", True),
    "drive_encryption.off": drives,
}


def user(policy: JudgmentPolicy, pc: Pc) -> Iterator[Row]:
    rules = policy.user_definition.items
    for name, rule in zip(keyed("user_definition", [one.name for one in rules]), rules, strict=True):
        groups: dict[str, list[Any]] = {}
        for one in rule.conditions:
            groups.setdefault(f"{one.cls}.{one.property}" if one.cls in ("pc", "setting") else one.cls, []).append(one)
        met = [holds(pc, group) for group in groups.values()]
        answers = {
            {True: FAIL, False: PASS, None: TREAT[rule.missing]}[one if rule.fails_when == "met" else turned(one)]
            for one in met
        }
        order = (PASS, UNKNOWN, NONE, FAIL) if rule.fails_when == "met" else (FAIL, UNKNOWN, NONE, PASS)
        yield name, first(answers, order, NONE), rule.level


def turned(met: bool | None) -> bool | None:
    return None if met is None else not met


def holds(pc: Pc, group: list[Any]) -> bool | None:
    """Whether a record meets all conditions of ``group``; None when that can't be told."""
    cls = group[0].cls
    many = cls in TOLD_CLASSES
    if cls == "pc":
        records = (
            [{group[0].property: pc.columns[group[0].property]}]
            if group[0].property in COLUMNS and group[0].property in pc.columns
            else []
        )
    elif cls == "setting":
        records = [{one.name: one.value} for one in pc.of(Setting) if one.name == group[0].property]
    else:
        records = [one._asdict() for one in pc.of(CLASSES[cls][1])]
    answers = []
    for record in records:
        found = [
            value_holds(record[one.property], one.comparison, one.value, one.property, record.get("scheme", "other"))
            for one in group
        ]
        answers.append(False if False in found else None if None in found else True)
    if True in answers:
        return True
    if None in answers:
        return None
    return False if (pc.told(CLASSES[cls][1]) if many else answers) else None
