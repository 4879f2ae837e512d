"""Each kind of condition on real inventories: one that fails, one that passes, one that does not tell.

Of PC settings: ``real_cases_settings``. A new kind of condition gets its line here or there.
"""

from typing import NamedTuple

from tests.judgment.real import Inventory, real

DEBIAN_12, DEBIAN_12_OCS = real("agents-own/fusioninventory-send/02.req.zlib"), real("agents-own/ocs-send/02.req.zlib")
DEBIAN_3 = real("fusioninventory-for-glpi/debian-3.1_i386.xml")
WINDOWS_2000 = real("fusioninventory-for-glpi/win2k-2010-10-06-10-07-25.xml")
WINDOWS_7_RUSSIAN = real("fusioninventory-for-glpi/russewin7-2010-09-13-11-17-16.xml")
FEDORA_25, WINDOWS_8 = real("glpi-inventory-format/1.xml"), real("glpi-inventory-format/2.xml")
FEDORA_31 = real("glpi-inventory-format/computer_1.json")
VM_HOST = real("glpi-inventory-format/computer_2.json")  # tells no operating system, no programs, nothing but itself
WINDOWS_11 = real("fleet/windows_11")  # by osquery
CARELESS, CAREFUL = real("own/careless.json"), real("own/careful.json")


def systeminfo(name: str) -> Inventory:
    """What systeminfo said on a real Windows."""
    return real(f"wesng/pcs/{name}_systeminfo.txt")


WINDOWS_11_21H2, WINDOWS_11_23H2 = systeminfo("11_21H2_x64_enterprise"), systeminfo("11_23H2_x64_enterprise")
WINDOWS_10_1803, WINDOWS_8_ENGLISH = systeminfo("10_1803_x64_pro_it"), systeminfo("8.1_u1_x64_enterprise_en-us")
WINDOWS_7_CUT = systeminfo("7_sp1_x64_enterprise_en-us_20190305")  # its list of updates is cut off
XP, XP_SP3 = systeminfo("xp_rtm_x86_professional_en-us"), systeminfo("xp_sp3_x86_professional_en-us")
SERVER, SERVER_QFE = systeminfo("srv_2012r2_u1"), real("wesng/pcs/srv_2012r2_u1_qfe.txt")


SEVERITY_WORDS = ("critical", "important", "moderate", "low", "unrated")


class Case(NamedTuple):
    """A kind of condition, the lines of a policy that ask it, and the three inventories.

    ``~`` in ``rule`` is where ``missing`` may be written; ``lacking`` is the level when it is not. ``found``: what people
    read of the one that fails; with "..." only its beginning. ``why``: where an inventory is not real throughout.
    """

    kind: str
    rule: str
    level: str
    found: str
    fails: Inventory
    passes: Inventory
    lacks: Inventory
    lacking: str = "unknown"
    passing: str = "safe"
    failing: str = "failed"
    why: str = ""


def latest(severity: str, found: str, fails: Inventory, passes: Inventory, components: str = "windows") -> Case:
    levels = ", ".join(f"{one}: {'danger' if one == severity else 'ignored'}" for one in SEVERITY_WORDS)
    severities = f", severities: {{{levels}}}" if severity else ""
    rule = f"security_updates: {{judge: true, latest: {{level: danger, components: {components}{severities}}}}}"
    kind = f"security_updates.latest.{severity}".removesuffix(".")
    return Case(kind, rule, "danger", found, fails, passes, WINDOWS_7_CUT)


def holes(severity: str, found: str) -> Case:
    """Packages with holes (``real_holes``), of one severity or of all."""
    levels = ", ".join(f"{one}: {'danger' if one == severity else 'ignored'}" for one in SEVERITY_WORDS)
    rule = f"security_updates: {{judge: true, vulnerabilities: {{{f'severities: {{{levels}}}' if severity else ''}}}}}"
    kind = f"security_updates.vulnerabilities.{severity}".removesuffix(".")
    return Case(kind, rule, "danger", found, DEBIAN_12, CAREFUL, VM_HOST)


WITH_JUNE = WINDOWS_11_23H2.edited("KB5029921", "KB5093998")  # the newest cumulative update in the place of an old one
UPDATES = [
    latest("", "1 update missing: KB5093998 (critical, 2026-06-09, ...", WINDOWS_11_23H2, WITH_JUNE),
    latest("critical", "1 update missing: KB5093998 (critical, 2026-06-09, ...", WINDOWS_11_23H2, WITH_JUNE),
    latest("important", "1 update missing: KB5078883 (important, 2026-03-10, ...", WINDOWS_11_23H2, WITH_JUNE),
    latest("moderate", "1 update missing: KB3002885 (moderate, 2014-11-11, ...", WINDOWS_8_ENGLISH, WINDOWS_11_23H2),
    latest("low", "3 updates missing: KB5013872 (low, 2022-12-15, ...", WINDOWS_8_ENGLISH, WINDOWS_11_23H2, "all"),
    latest("unrated", "1 update missing: KB4487029 (no severity, 2019-02-20, ...", WINDOWS_10_1803, WINDOWS_11_23H2),
    holes("", "5 packages with security holes: ..."),
    holes("critical", "1 package with security holes: curl 7.88.1-10+deb12u14 (critical, CVE-2026-2001, mended in 99)"),
    holes("important", "1 package with security holes: nginx 1.22.1-9+deb12u11 (important, ..."),
    holes("moderate", "1 package with security holes: perl 5.36.0-7+deb12u4 (moderate, ..."),
    holes("low", "1 package with security holes: tar 1.34+dfsg-1.2+deb12u1 (low, ..."),
    holes("unrated", "1 package with security holes: dpkg 1.21.22 (..."),
    Case(
        "security_updates.specified",
        "security_updates: {judge: true, specified: [{kb: KB5029921, level: danger}]}",
        "danger", "KB5029921 missing",
        fails=WINDOWS_11_21H2, passes=WINDOWS_11_23H2, lacks=WINDOWS_7_CUT,
    ),
    Case(
        "security_updates.service_packs",
        "security_updates: {judge: true, service_packs: [{os: '*Windows XP*', service_pack: 3}]}",
        "warning", "no service pack",
        fails=XP, passes=XP_SP3, lacks=VM_HOST,
    ),
    Case(
        "security_updates.product_service_packs",
        "security_updates: {judge: true, product_service_packs: [{product: '*VirtualBox Guest Additions*',"
        " version: {value: '3.2.10'}}]}",
        "warning", "Oracle VM VirtualBox Guest Additions 3.2.8 3.2.8.0 found",
        fails=WINDOWS_2000, passes=WINDOWS_7_RUSSIAN, lacks=VM_HOST,
    ),
    Case(
        "security_updates.pending.security",
        "security_updates: {judge: true, pending: {security: danger}}",
        "danger", "update not installed: libgcrypt20 1.10.1-3+deb12u1",
        fails=CARELESS, passes=CARELESS.edited('"security": true', '"security": false'), lacks=DEBIAN_12,
    ),
    Case(
        "security_updates.pending.other",
        "security_updates: {judge: true, pending: {other: caution}}",
        "caution", "update not installed: bash 5.2.15-2+b13",
        fails=CARELESS, passes=CARELESS.edited('"security": false', '"security": true'), lacks=DEBIAN_12,
    ),
]  # fmt: skip

KASPERSKY = "<NAME>Kaspersky Endpoint Security 10 for Windows</NAME>\n      <UPTODATE>{}</UPTODATE>"
RESIDENT = "<ENABLED>{}</ENABLED>\n      <GUID>{{B41C7598-35F6-4D89-7D0E-7ADE69B4047B}}</GUID>"
ANTIVIRUS = [
    Case(
        "antivirus.product",
        "antivirus: {judge: true, products: [{name: 'Kaspersky*'}]}",
        "danger", "no antivirus product found",
        fails=CARELESS, passes=WINDOWS_8, lacks=WINDOWS_2000,
    ),
    Case(
        "antivirus.engine",
        "antivirus: {judge: true, not_resident: false, products: [{name: '*', engine: {value: '1.1.23070'}}]}",
        "danger", "Microsoft Defender 101.98.30: 1.1.20100.6",
        fails=real("defender of 2023-05"), passes=real("defender of 2023-08"), lacks=WINDOWS_8,
        why="what the client reads of two real Defenders, put into our own careful PC",
    ),
    Case(
        "antivirus.definitions",
        "antivirus: {judge: true, not_resident: false, products: [{name: 'Kaspersky*'}]}",
        "danger", "Kaspersky Endpoint Security 10 for Windows: definitions out of date by its own report",
        fails=WINDOWS_8.edited(KASPERSKY.format(1), KASPERSKY.format(0)), passes=WINDOWS_8,
        lacks=WINDOWS_8.edited(KASPERSKY.format(1), KASPERSKY.format("")),
    ),
    Case(
        "antivirus.resident",
        "antivirus: {judge: true, use_up_to_date_flag: false, products: [{name: 'Kaspersky*'}]}",
        "danger", "Kaspersky Endpoint Security 10 for Windows not running",
        fails=WINDOWS_8.edited(RESIDENT.format(1), RESIDENT.format(0)), passes=WINDOWS_8,
        lacks=WINDOWS_8.edited(RESIDENT.format(1), RESIDENT.format("")),
    ),
]  # fmt: skip
SOFTWARE = [
    Case(
        "prohibited_software",
        "prohibited_software: {judge: true, programs: [{name: bash, version: {value: '5', comparison: '<'}, level: warning}]}",
        "warning", "bash 2.05b-26 installed",
        fails=DEBIAN_3, passes=DEBIAN_12, lacks=VM_HOST,
    ),
    Case(
        "prohibited_software.untold",
        "prohibited_software: {judge: true, programs: [{name: bash, version: {value: '5', comparison: '<'}}]}",
        "unknown", "not in the inventory",
        fails=VM_HOST, passes=DEBIAN_12, lacks=VM_HOST, failing="unknown",
    ),
    Case(
        "mandatory_software",
        "mandatory_software: {judge: true, groups: [{name: TLS, any_of: [{name: openssl, version: {value: '3.0'}}, {name: libressl}]}]}",
        "caution", "none found",
        fails=DEBIAN_3, passes=DEBIAN_12, lacks=VM_HOST,
    ),
]  # fmt: skip
OTHERS = [
    Case(
        "user_definition",
        "user_definition: {judge: true, items: [{name: old shell, level: warning~, conditions: [{class: software, property: name,"
        " value: bash}, {class: software, property: version, comparison: '<', value: '5'}]}]}",
        "warning", "software.name = bash, software.version = 2.05b-26",
        fails=DEBIAN_3, passes=DEBIAN_12, lacks=VM_HOST, lacking="not_applicable",
    ),
    Case(
        "inventory.agent",
        "security_updates: {judge: true, specified: [{kb: KB4489881}]}",
        "unknown", "no agent in the inventory",
        fails=SERVER_QFE, passes=SERVER, lacks=SERVER_QFE, failing="unknown",
        why="wmic qfe without systeminfo: a list of updates of a PC of which nothing names an agent",
    ),
    Case(
        "inventory.stale",
        "stale_inventory: {after_days: 30, level: danger}",
        "danger", "3451 days old",
        fails=FEDORA_25, passes=DEBIAN_12, lacks=DEBIAN_12_OCS, passing="not_applicable",
        why="OCS agents do not say when; a Manager then takes the time at which the report came",
    ),
]  # fmt: skip
CASES = [*UPDATES, *ANTIVIRUS, *SOFTWARE, *OTHERS]
