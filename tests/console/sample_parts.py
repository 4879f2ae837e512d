"""Parts of the invented company: its policies, groups, people, and what a PC of it has."""

import random
from datetime import datetime, timedelta

from kanmon.common.facts import (
    Account,
    Agent,
    Antivirus,
    Drive,
    Fact,
    Firewall,
    Hardware,
    Os,
    Patch,
    Service,
    Setting,
    Software,
    Told,
)

STANDARD = """\
kind: judgment
name: Default
comment: Applies to the whole company.
security_updates:
  judge: true
  specified:
    - {kb: KB5077181, title: 2026-10 cumulative, os: windows, level: warning, superseded_by: [KB5080042]}
    - {kb: KB5070773, title: WSUS, os: windows, level: danger}
  pending: {security: caution}
antivirus:
  judge: true
  products:
    - {name: Microsoft Defender, version: {value: "4.18"}, engine: {value: 1.1.26080.0}}
    - {name: ESET Endpoint Security, version: {value: "11.1"}}
  definitions_max_age_days: 7
  level: danger
prohibited_software:
  judge: true
  programs:
    - {name: AnyDesk*, level: danger}
    - {name: "*Torrent*", level: danger}
    - {name: Adobe Flash Player*, level: warning}
mandatory_software:
  judge: true
  groups:
    - name: Asset agent
      any_of: [{name: GLPI Agent, version: {value: "1.10"}}, {name: FusionInventory Agent}]
      level: caution
pc_settings:
  judge: true
  accounts: {guest_enabled: {level: warning}}
  logon: {automatic: {level: caution}}
  screensaver: {not_set: {level: caution}, no_password: {level: caution}}
  firewall: {off: {level: warning, missing: unknown}}
  drive_encryption: {off: {level: warning, drives: system, missing: unknown}}
  services: [{name: RemoteRegistry, must: not_run, level: caution}]
user_definition:
  judge: true
  items:
    - {name: SMBv1 is off, conditions: [{class: setting, property: smb1, value: "true"}], missing: unknown}
stale_inventory: {after_days: 14, level: warning}
"""
MAILS = """\
kind: action
name: Mail administrators
danger:
  mail: {to: administrators}
  network: deny
  then: [{after: {days: 7}, mail: {to: [heads@example.jp, desk@example.jp]}}]
warning: {when: level_changed, mail: {to: [security@example.jp]}}
"""
GROUPS = ["/", "/Head office", "/Head office/Sales", "/Nagoya plant", "/Nagoya plant/Line 2", "/Osaka branch"]
PEOPLE = ["Kato M.", "Inoue S.", "Fujii N.", "Shimizu H.", "Ogawa E.", "Nakajima D.", "Takagi J.", "Ueda C.", "Hara K."]
PREFIX = {
    "/Head office": "TYO-HQ",
    "/Head office/Sales": "TYO-SLS",
    "/Nagoya plant": "NGY-OFC",
    "/Nagoya plant/Line 2": "NGY-L2",
    "/Osaka branch": "OSK-BR",
}
TITLES = [
    "7-Zip",
    "Google Chrome",
    "Microsoft 365 Apps",
    "Mozilla Firefox",
    "Notepad++",
    "Zoom Workplace",
    "VLC media player",
]


def facts_of(number: int, day: datetime, dice: random.Random) -> list[Fact]:
    """What PC ``number`` has; about every fourth PC has something wrong."""

    def wrong(share: float) -> bool:
        return dice.random() < share

    age = dice.choice([9, 12, 21]) if wrong(0.08) else dice.randint(0, 4)
    told = ["software", "patch", "antivirus", "account", "share", "service", "firewall"] + (
        ["drive"] if not wrong(0.1) else []
    )
    found: list[Fact] = [
        Os("windows", "Windows 11 Enterprise", "24H2", "26100.6725", arch="x86_64"),
        Hardware("Fujitsu", "LIFEBOOK U7413", "Notebook"),
        Agent("GLPI-Agent", "1.15"),
        Antivirus(
            "Microsoft Defender",
            "4.18.26090",
            "1.1.26090.3",
            f"1.443.{118 - age}.0",
            (day - timedelta(days=age)).date().isoformat(),
            not wrong(0.03),
            None,
        ),
        Patch("KB5070773"),
        Account("Administrator", True, True, False, True, True),
        Account("Guest", wrong(0.05), False, True),
        Service("RemoteRegistry", False, "disabled"),
        Service("WinDefend", True, "automatic"),
        Firewall("domain", True),
        Firewall("private", not wrong(0.04)),
        Setting("automatic_logon", wrong(0.08)),
        Setting("screensaver", True),
        Setting("screensaver_password", not wrong(0.2)),
        Setting("secure_boot", True),
        Setting("tpm", True),
        *(Told(name) for name in told),
    ]
    if not wrong(0.3):
        found.append(Setting("smb1", False))
    if not wrong(0.2):
        found.append(Patch("KB5077181"))
    if "drive" in told:
        found.append(Drive("C:", True, not wrong(0.06), "BitLocker", "NTFS"))
    found += [
        Software(title, f"{dice.randint(1, 30)}.{dice.randint(0, 9)}", "", "x86_64", "windows") for title in TITLES
    ]
    found += [
        Software(f"Microsoft Visual C++ {2008 + n} Redistributable", f"14.{n}.3", "Microsoft", "x86", "windows")
        for n in range(14)
    ]
    if not wrong(0.06):
        found.append(Software("GLPI Agent", "1.15", "Teclib", "x86_64", "windows"))
    if wrong(0.04):
        found.append(Software("AnyDesk", "8.0.14", "AnyDesk Software GmbH", "x86_64", "windows"))
    return found
