"""A policy in words: its rules as rows that a person can read."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as plazy

from kanmon.console import action_words
from kanmon.console.language import language
from kanmon.console.shown.policies import Rule, RuleGroup
from kanmon.console.wording import listed
from kanmon.judgment import levels
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.wording_settings import SETTINGS
from kanmon.policy.rules_action import ActionPolicy, LevelActions, Step
from kanmon.policy.rules_items import JudgmentPolicy
from kanmon.policy.rules_words import VersionRule

MISSING = {
    "as_set": lazy("counts as failed"),
    "safe": lazy("counts as passed"),
    "not_applicable": lazy("is not judged"),
    "unknown": lazy("is Unknown"),
}
INTERRUPTED = {
    "ask": lazy("after an interruption a person is asked"),
    "rerun": lazy("after an interruption it is run again"),
    "never": lazy("after an interruption it is not run again"),
}
COMPARED = {
    "==": plazy("comparison", "exactly %(value)s"),
    "!=": plazy("comparison", "not %(value)s"),
    "<": plazy("comparison", "older than %(value)s"),
    "<=": plazy("comparison", "%(value)s or older"),
    ">": plazy("comparison", "newer than %(value)s"),
    ">=": plazy("comparison", "%(value)s or newer"),
}


def days(count: int) -> str:
    """ "at most 7 days"."""
    return ngettext("at most %(n)s day old", "at most %(n)s days old", count) % {"n": count}


def version(rule: VersionRule | None) -> str:
    """ "4.18 or newer", "any version"."""
    return str(COMPARED[rule.comparison]) % {"value": rule.value} if rule else _("any version")


def _on(os: str) -> str:
    return _(" (on %(os)s)") % {"os": os} if os else ""


def _level(word: str) -> Level:
    return levels.parse(word)


def _security_updates(item: Any) -> Iterator[Rule]:
    if item.latest is not None:
        for name, level in _latest_levels(item.latest):
            yield Rule(
                name, _("all that apply, as the patch feeds know"), _level(level), mend=listed(item.latest.exclude)
            )
    if item.vulnerabilities is not None:
        for name, level in _hole_levels(item.vulnerabilities):
            wanted = _("none, as the vulnerability feeds know")
            yield Rule(name, wanted, _level(level), mend=listed(item.vulnerabilities.exclude))
    for update in item.specified:
        text = f"{update.kb} {update.title}".strip() + _on(update.os)
        wanted = _("installed, or one that supersedes it")
        yield Rule(text, wanted, _level(update.level), mend=listed(update.superseded_by))
    for pack in item.service_packs:
        wanted = _("service pack %(number)s or a later one") % {"number": pack.service_pack}
        yield Rule(_("Service pack of %(name)s") % {"name": pack.os}, wanted, _level(pack.level))
    for product in item.product_service_packs:
        title = _("Service pack of %(name)s") % {"name": product.product}
        yield Rule(title, version(product.version), _level(product.level))
    for name, title in (("security", _("Pending security updates")), ("other", _("Other pending updates"))):
        if word := getattr(item.pending, name):
            yield Rule(title, _("none"), _level(word))


def _hole_levels(rule: Any) -> Iterator[tuple[str, str]]:
    """Which holes of packages are asked for, with their level."""
    if rule.severities is None:
        yield _("Security holes of packages"), rule.level
        return
    names = {
        "critical": _("Critical security holes of packages"), "important": _("Important security holes of packages"),
        "moderate": _("Moderate security holes of packages"), "low": _("Low security holes of packages"),
        "unrated": _("Security holes of packages without a severity"),
    }  # fmt: skip
    for word, name in names.items():
        if (level := getattr(rule.severities, word)) != "ignored":
            yield name, level


def _latest_levels(rule: Any) -> Iterator[tuple[str, str]]:
    """What is asked, with its level: all updates, or those of each severity that has one."""
    if rule.severities is None:
        yield _("All security updates"), rule.level
        return
    names = {
        "critical": _("Critical security updates"), "important": _("Important security updates"),
        "moderate": _("Moderate security updates"), "low": _("Low security updates"),
        "unrated": _("Security updates without a severity"),
    }  # fmt: skip
    for word, name in names.items():
        if (level := getattr(rule.severities, word)) != "ignored":
            yield name, level


def _antivirus(item: Any) -> Iterator[Rule]:
    level = _level(item.level)
    for product in item.products:
        parts = [version(product.version)]
        if product.engine:
            parts.append(_("engine %(version)s") % {"version": version(product.engine)})
        if product.definitions:
            parts.append(_("definitions %(version)s") % {"version": version(product.definitions)})
        name = _("Any product") if product.name == "*" else product.name
        yield Rule(_("Accepted: %(name)s") % {"name": name}, listed(parts), level)
    if item.products_mode == "all" and item.products:
        yield Rule(_("Accepted products that are found"), _("every one in order"), level)
    if item.not_resident:
        yield Rule(_("Protection"), _("resident"), level)
    if item.definitions_max_age_days is not None:
        yield Rule(_("Definitions"), days(item.definitions_max_age_days), level)
    if item.use_up_to_date_flag:
        yield Rule(_("Up to date, as the source reports it"), _("yes"), level)
    if item.model:
        wanted = ngettext("taken over after %(n)s day", "taken over after %(n)s days", item.model.grace_days)
        yield Rule(
            _("Versions of model PC %(pc)s") % {"pc": item.model.pc}, wanted % {"n": item.model.grace_days}, level
        )


def _prohibited(item: Any) -> Iterator[Rule]:
    for program in item.programs:
        what = f"{program.name}, {program.publisher}" if program.publisher else program.name
        found = what + (f", {version(program.version)}" if program.version else "") + _on(program.os)
        yield Rule(found, _("not installed"), _level(program.level))


def _mandatory(item: Any) -> Iterator[Rule]:
    for group in item.groups:
        names = (f"{one.name} {version(one.version) if one.version else ''}".strip() for one in group.any_of)
        yield Rule(group.name + _on(group.os), _(" or ").join(names), _level(group.level))


def _settings(item: Any) -> Iterator[Rule]:
    for name, in_languages in SETTINGS.items():
        group, condition = name.split(".")
        rule = getattr(getattr(item, group), condition)
        if rule is None:
            continue
        words = in_languages[language() == "ja"]
        wanted = words.wanted.format(limit=getattr(rule, "days", 0))
        if name == "drive_encryption.off":
            wanted = _("encrypted: the system drive") if rule.drives == "system" else _("encrypted: all drives")
        yield Rule(words.title, wanted, _level(rule.level), str(MISSING[rule.missing]))
    for service in item.services:
        wanted = _("running") if service.must == "run" else _("not running")
        title = _("Service %(name)s") % {"name": service.name} + _on(service.os)
        yield Rule(title, wanted, _level(service.level), str(MISSING[service.missing]))


def _user(item: Any) -> Iterator[Rule]:
    for one in item.items:
        said = _(" and ").join(f"{c.cls}.{c.property} {c.comparison} {c.value}" for c in one.conditions)
        wanted = _("not: %(conditions)s") if one.fails_when == "met" else "%(conditions)s"
        yield Rule(one.name, wanted % {"conditions": said}, _level(one.level), str(MISSING[one.missing]))


RULES = {
    "security_updates": _security_updates,
    "antivirus": _antivirus,
    "prohibited_software": _prohibited,
    "mandatory_software": _mandatory,
    "pc_settings": _settings,
    "user_definition": _user,
}


def judgment(policy: JudgmentPolicy) -> list[RuleGroup]:
    """The six items of a judgment policy, and stale inventory where the policy has it."""
    groups = [RuleGroup(item, getattr(policy, item).judge, list(RULES[item](getattr(policy, item)))) for item in ITEMS]
    if stale := policy.stale_inventory:
        rule = Rule(_("Newest report"), days(stale.after_days), _level(stale.level))
        groups.append(RuleGroup("stale_inventory", True, [rule]))
    return groups


def _actions(actions: LevelActions) -> Iterator[Rule]:
    """Each action of each step, with when it is done."""
    for place, step in enumerate(actions.steps):
        when = listed(_when(actions, step, first=not place))
        for kind in step.wanted:
            title, said = action_words.what(kind, step, whole=True), when
            if kind == "command" and step.command is not None:
                words = {"when": when, "interrupted": INTERRUPTED[step.command.interrupted]}
                said = _("%(when)s; %(interrupted)s") % words
            if kind == "mail" and step.mail is not None and step.mail.digest:
                said = _("%(when)s, collected until %(times)s") % {"when": when, "times": listed(step.mail.digest)}
            if kind == "message" and step.message is not None:
                told = {"when": when, "days": days(step.message.expires_days)}
                said = _("%(when)s; expires after %(days)s") % told
            yield Rule(title, said)


def _when(actions: LevelActions, step: Step, first: bool) -> Iterator[str]:
    """The execution conditions of a step."""
    if actions.when == "every_judgment":
        yield _("at every judgment")
    elif first and step.after is None:
        yield _("when a PC comes to this level")
    if step.after is not None and (n := step.after.days):
        yield ngettext("after %(n)s day at this level", "after %(n)s days at this level", n) % {"n": n}
    if step.after is not None and (n := step.after.judgments) > 1:
        yield ngettext("after %(n)s judgment at this level", "after %(n)s judgments at this level", n) % {"n": n}
    if not first and step.after is None and actions.when != "every_judgment":
        yield _("when a PC comes to this level")
    if step.repeat is not None:
        days, most = step.repeat.every_days, step.repeat.most
        told = {
            "days": ngettext("again every day", "again every %(n)s days", days) % {"n": days},
            "most": ngettext("at most once more", "at most %(n)s times more", most) % {"n": most},
        }
        yield _("%(days)s, %(most)s") % told


def _whole(policy: ActionPolicy) -> Iterator[Rule]:
    """What holds for all levels."""
    if policy.dry_run:
        yield Rule(_("Dry run"), _("nothing is done; what would be is written down"))
    if policy.new_pc_grace_days:
        text = ngettext(
            "nothing is done in their first %(n)s day",
            "nothing is done in their first %(n)s days",
            policy.new_pc_grace_days,
        )
        yield Rule(_("New PCs"), text % {"n": policy.new_pc_grace_days})


def action(policy: ActionPolicy) -> list[RuleGroup]:
    """What an action policy does at each level."""
    words: Iterable[str] = ("danger", "warning", "caution", "safe")
    rules = {word: list(_actions(getattr(policy, word))) for word in words}
    groups = [RuleGroup(word, bool(rules[word]), rules[word]) for word in words]
    whole = list(_whole(policy))
    return [RuleGroup("whole", True, whole), *groups] if whole else groups
