"""Policies of 50 and of 500 rules for ``fleet_facts``: settings, updates, prohibited and mandatory programs."""

from kanmon.policy import rules_items as items
from kanmon.policy import rules_settings as sets
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_words import VersionRule

_SETTINGS = 10  # conditions of ``_settings``, antivirus and pending updates


def policy(rules: int, seed: int = 0) -> JudgmentPolicy:
    """A policy of ``rules`` conditions; with another ``seed`` all of those on programs and updates are others."""
    left = rules - _SETTINGS
    updates, groups = left // 4, left // 8
    programs = left - updates - groups
    return JudgmentPolicy(
        name=f"{rules} rules",
        security_updates=items.SecurityUpdates(
            judge=True,
            specified=tuple(
                items.SpecifiedUpdate(
                    kb=f"KB{5_000_000 + 140 + one % 13 + seed}",
                    superseded_by=tuple(f"KB{5_000_000 + system * 1000 + 130 + one // 13}" for system in range(1, 6)),
                )
                for one in range(updates)
            ),
        ),
        antivirus=items.AntivirusItem(
            judge=True, products=(items.AntivirusProduct(name="Defender"),), definitions_max_age_days=7
        ),
        prohibited_software=items.ProhibitedItem(
            judge=True, programs=tuple(_program(one, seed) for one in range(programs))
        ),
        mandatory_software=items.MandatoryItem(judge=True, groups=tuple(_group(one, seed) for one in range(groups))),
        pc_settings=_settings(),
    )


def _program(one: int, seed: int) -> items.ProhibitedSoftware:
    """A name, a name with a wildcard, or one in old versions; each on one PC of a hundred or less."""
    title = 1000 + (one * 7 + seed * 3) % 3000
    if one % 3 == 0:
        return items.ProhibitedSoftware(name=f"Maker {title % 300} Program {title}", level="warning")
    if one % 3 == 1:
        return items.ProhibitedSoftware(name=f"Maker * Program {title}", publisher="Maker *")
    version = VersionRule(value=f"{title % 20}.4", comparison="<")
    return items.ProhibitedSoftware(name=f"* Program {title - 900}", version=version, level="danger")


def _group(one: int, seed: int) -> items.MandatoryGroup:
    return items.MandatoryGroup(
        name=f"group {one}",
        any_of=tuple(
            items.Alternative(name=f"Maker {t % 300} Program {t}")
            for t in (one % 50 + 60 * seed, one % 50 + 60 * seed + 1)
        ),
    )


def _settings() -> sets.PcSettings:
    one = sets.Condition()
    return sets.PcSettings(
        judge=True, firewall=sets.Firewalls(off=sets.Condition(level="warning")), drive_encryption=sets.DriveEncryption(off=sets.DriveCondition()),
        automatic_updates=sets.AutomaticUpdates(off=sets.WarningCondition()), accounts=sets.Accounts(guest_enabled=one),
        screensaver=sets.Screensaver(not_set=one, no_password=one), logon=sets.Logon(power_on_password=one),
    )  # fmt: skip
