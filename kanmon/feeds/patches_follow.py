"""Policies that follow patch knowledge: what a list of specified updates becomes when new updates are known. Pure.

The updates that a policy names stand for *places*: the platforms and components that knowledge has them for. Updates
of these places that came out after the newest named one, and that nothing replaces, are added: with the line's OS and
product, and with the level by severity. A line whose update is replaced by that of another line is dropped. Places
that the policy does not name are left alone, and a policy that names none stays as it is.
"""

from msgspec import structs

from kanmon.feeds.patches import SEVERITIES, Knowledge, Platform
from kanmon.policy.rules_items import JudgmentPolicy
from kanmon.policy.rules_updates import SecurityUpdates, SeverityLevel, SeverityLevels, SpecifiedUpdate
from kanmon.policy.rules_words import FailLevel

MOST_LINES = 10_000
Lines = tuple[SpecifiedUpdate, ...]


def followed(policy: JudgmentPolicy, knowledge: Knowledge) -> tuple[JudgmentPolicy, str]:
    """The policy as knowledge now wants it, and what was done in words; the same policy and "" when nothing was."""
    item = policy.security_updates
    lines = item.specified
    added = _added(item, knowledge)
    named = {line.kb for line in (*lines, *added)}
    dropped = {line.kb for line in lines if knowledge.successors(line.kb) & (named - {line.kb})}
    dropped -= {
        kb for kb in dropped if any(kb in knowledge.successors(one) for one in knowledge.successors(kb) & dropped)
    }
    kept = (*(line for line in lines if line.kb not in dropped), *added)
    if kept == lines or len(kept) > MOST_LINES:
        return policy, ""
    said = []
    if added:
        said.append("added " + ", ".join(dict.fromkeys(line.kb for line in added)))
    if dropped:
        said.append("dropped as superseded " + ", ".join(sorted(dropped)))
    return structs.replace(policy, security_updates=structs.replace(item, specified=kept)), "; ".join(said)


def _added(item: SecurityUpdates, knowledge: Knowledge) -> Lines:
    """Lines for the new updates of the places that are named."""
    known = {line.kb for line in item.specified}
    found: dict[tuple[str, str, int | None, str], SpecifiedUpdate] = {}
    for platform in knowledge.platforms.values():
        for component in sorted({need.component for need in platform.needs}):
            for line, kb in _new(item.specified, knowledge, platform, component):
                if kb in known:
                    continue
                update = knowledge.updates[knowledge.number[kb]]
                level = level_for(item, update.severity, line.level)
                if level is not None:
                    found.setdefault(
                        (kb, line.os, line.service_pack, line.product),
                        structs.replace(
                            line, kb=kb, title=update.title[:500], level=level, bulletin=update.bulletin, superseded_by=()
                        ),
                    )  # fmt: skip
    return tuple(found.values())


def _new(lines: Lines, knowledge: Knowledge, platform: Platform, component: str) -> list[tuple[SpecifiedUpdate, str]]:
    """The new updates of one place, each with the line whose update is the newest named one there."""
    here = {one for need in platform.needs if need.component == component for one in need.updates}
    released = {knowledge.updates[one].id: knowledge.updates[one].released for one in here}
    named = [line for line in lines if line.kb in released]
    if not named:
        return []
    last = max(named, key=lambda line: (released[line.kb], line.kb))
    replaced = {one for newer, older in platform.replaces if newer in here for one in older}
    fresh = [one for one in here - replaced if knowledge.updates[one].released > released[last.kb]]
    return [(last, knowledge.updates[one].id) for one in sorted(fresh) if knowledge.updates[one].id.startswith("KB")]


def level_for(item: SecurityUpdates, severity: int, otherwise: FailLevel) -> FailLevel | None:
    """The level of a new line: by the map of ``latest`` where the policy has one (None: not wanted), else the usual one."""
    own = item.latest.severities if item.latest is not None else None
    if own is None and not severity:
        return otherwise
    level: SeverityLevel = getattr(own or SeverityLevels(), SEVERITIES[severity] or "unrated")
    return None if level == "ignored" else level
