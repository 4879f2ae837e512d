"""One condition of the reference, and where the facts come from that it looks at."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from kanmon.common.facts import NAME_OF, TOLD_CLASSES, Agent, Fact
from kanmon.feeds.patches import EMPTY, Knowledge

OWN = "[Kanmon JSON](../kanmon-json.md)"
CLIENT = "`kanmon client` on Linux"
AGENTS = "FusionInventory, GLPI and OCS agents"
SYSTEMINFO = "[`systeminfo`](../../howto/import-windows-commands.md)"
OSQUERY = "[osquery](../../howto/import-windows-commands.md)"
WMI = "[lists of WMI](../../howto/import-windows-commands.md)"
REGISTRY = "[keys of the registry](../../howto/import-windows-commands.md)"
WHO = "[who tells what](../what-sources-tell.md)"
TOLD_BY: Mapping[str, str] = {
    "os": f"{AGENTS}, {SYSTEMINFO}, {OSQUERY}, {CLIENT}, {OWN}",
    "agent": f"{AGENTS}, {SYSTEMINFO}, {OSQUERY}, {CLIENT}, {OWN}; not by `wmic qfe` or SCAP alone",
    "reported_at": f"FusionInventory and GLPI agents, {CLIENT}, {OWN}; else the time at which the report came",
    "patch": f"{SYSTEMINFO}, `wmic qfe`, FusionInventory and GLPI agents on Windows (updates of WMI), {OSQUERY} (`patches`), {OWN}",
    "pending_update": f"{CLIENT} (apt, dnf), {OWN}",
    "antivirus": (
        f'FusionInventory and GLPI agents (ANTIVIRUS), OCS (plugin "security"), {OSQUERY}, {CLIENT}, {OWN}:'
        " [which of them tells what](../antivirus.md#where-the-answers-come-from)"
    ),
    "software": f"{AGENTS}, {OSQUERY} (`programs`, `deb_packages`, `rpm_packages`, `apps`), {CLIENT}, {OWN}",
    "account": (
        f'{CLIENT} (state and age of passwords only as root), OCS (plugin "winusers"), {OSQUERY}, {WMI}, {AGENTS} on'
        f" Windows (only accounts that are on, nothing of passwords), {OWN}: {WHO}"
    ),
    "administrator": f"{AGENTS} (LOCAL_USERS, with LOCAL_GROUPS that name their members), {OSQUERY}, {CLIENT}, {OWN}: {WHO}",
    "share": f'{CLIENT} (Samba, NFS), OCS (plugin "sharedfolders"), {OSQUERY}, {WMI}, {OWN}: {WHO}',
    "service": f'OCS (plugin "services"), {OSQUERY}, {WMI}, {CLIENT} (systemd, else running daemons), {OWN}: {WHO}',
    "firewall": (
        f'FusionInventory and GLPI agents (FIREWALL), OCS (plugin "security"), {OSQUERY}, {REGISTRY}, {CLIENT} (as root),'
        f" {OWN}: {WHO}"
    ),
    "exceptions": f"{REGISTRY}, {OSQUERY} (`registry`), {OWN}: {WHO}",
    "drive": f'{AGENTS} (OCS by its plugin "bitlockerstatus"), {OSQUERY}, {WMI}, {CLIENT} (dm-crypt), {OWN}: {WHO}',
    "check": (
        f"[SCAP results](../../howto/take-in-scap-results.md) (XCCDF, ARF), lynis, policies of Fleet and {OSQUERY}, {OWN}:"
        f" {WHO}"
    ),
    "automatic_updates": f"{OSQUERY}, {REGISTRY}, {CLIENT} (unattended-upgrades, dnf-automatic), {OWN}: {WHO}",
    "secure_boot": f"GLPI agents (BIOS), {OSQUERY}, {REGISTRY}, {CLIENT}, {OWN}: {WHO}",
    "power_on_password": OWN,
    "setting": f"{OSQUERY}, {REGISTRY}, {CLIENT}, {OWN}: {WHO}",
    "any": "whatever tells the class that is asked",
}
"""Subject -> who tells it, as the readers in ``kanmon.intake.formats`` and the collector in ``kanmon.client`` are."""

AGENT = Agent("example", "1")


class Example(NamedTuple):
    """What a small PC has: records, the classes that are told though there is no record, and columns."""

    facts: tuple[Fact, ...] = (AGENT,)
    told: str = ""
    columns: Mapping[str, Any] = {}


class About(NamedTuple):
    """A condition. ``rule``: the lines below its item, ``~`` where level and ``missing`` may be written.

    ``fails``, ``passes``: when, as words and as a small PC. ``lacks``: what the inventory does not have then.
    """

    kind: str
    looks_at: str
    told_by: str
    rule: str
    fails: str
    failing: Example
    passes: str
    passing: Example
    lacks: str
    lacking: Example = Example()
    note: str = ""
    knowledge: Knowledge = EMPTY
    level: str = "warning"
    only_unknown: bool = False
    """Whether it never fails: all that it finds is Unknown."""


def pc(*facts: Fact, told: str = "", **columns: Any) -> Example:
    """A small PC whose inventory names its agent. Classes of which it has records are told, and those in ``told``."""
    classes = {NAME_OF[type(fact)] for fact in facts}.intersection(TOLD_CLASSES).union(told.split())
    return Example((AGENT, *facts), " ".join(sorted(classes)), columns)
