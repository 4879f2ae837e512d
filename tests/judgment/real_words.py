"""Each word of a rule on a real inventory: the same PC by two rules that differ in this word alone.

A new field of a rule gets its line here.
"""

from typing import NamedTuple

from tests.judgment.real import Inventory, real
from tests.judgment.real_cases import (
    CAREFUL,
    DEBIAN_12,
    FEDORA_25,
    FEDORA_31,
    KASPERSKY,
    RESIDENT,
    WINDOWS_8,
    WINDOWS_11_21H2,
    WINDOWS_11_23H2,
    WINDOWS_2000,
    WITH_JUNE,
    XP,
    XP_SP3,
    systeminfo,
)
from tests.judgment.real_cases_settings import FAILED_RULE, SCANNED

VISTA_SP2, SERVER_2003 = systeminfo("vista_x64_sp2"), systeminfo("srv_2003_rtm_x86_standard_en-us")
UBUNTU = real("fleet/ubuntu_22.04")
DEFENDER = real("defender of 2023-08")
OFF = "<ENABLED>{}</ENABLED>\n      <GUID>{{D68DDC3A-831F-4fae-9E44-DA132C1ACF46}}</GUID>"


class Word(NamedTuple):
    """A field of a rule, a PC, and the lines of a policy with ``@`` where ``one`` or ``other`` stands."""

    field: str
    inventory: Inventory
    lines: str
    one: str
    its_level: str
    other: str
    others_level: str


def updates(lines: str) -> str:
    return f"security_updates: {{judge: true, {lines}}}"


def specified(lines: str) -> str:
    return updates(f"specified: [{{kb: KB5000001, level: danger{lines}}}]")


def antivirus(lines: str) -> str:
    return f"antivirus: {{judge: true, {lines}}}"


def defender(lines: str) -> str:
    return antivirus(f"not_resident: false, use_up_to_date_flag: false, products: [{{name: '*Defender'{lines}}}]")


def prohibited(lines: str) -> str:
    return f"prohibited_software: {{judge: true, programs: [{{{lines}}}]}}"


def mandatory(lines: str) -> str:
    return f"mandatory_software: {{judge: true, groups: [{{name: g, any_of: [{{{lines}}}]}}]}}"


def settings(lines: str) -> str:
    return f"pc_settings: {{judge: true, {lines}}}"


def check(lines: str) -> str:
    return settings(f"outside_checks: [{{name: Guide, {lines}}}]")


def user(lines: str) -> str:
    return f"user_definition: {{judge: true, items: [{{name: u, {lines}}}]}}"


def bash(lines: str) -> str:
    return user("conditions: [{class: software, property: name, value: bash}, {" + lines + "}]")


TWO_PRODUCTS = "products: [{name: 'Kaspersky*'}, {name: Windows Defender}]"
KASPERSKY_ONLY = "products: [{name: 'Kaspersky*'}]"
METHOD = "drive_encryption: {method: {missing: unknown, "
UPDATES = [
    Word("Latest.severities", WINDOWS_11_23H2, updates("latest: {components: windows@}"), "", "danger",
         ", severities: {critical: ignored, important: ignored}", "safe"),
    Word("Latest.delay_days", WINDOWS_11_23H2, updates("latest: {components: windows, delay_days: @}"), "0", "danger", "3650", "safe"),
    Word("Latest.exclude", SERVER_2003, updates("latest: {exclude: [@]}"), "", "danger", "SPSRV3X86SP1", "safe"),
    Word("Latest.components", WITH_JUNE, updates("latest: {components: @}"), "windows", "safe", "all", "danger"),
    Word("Vulnerabilities.severities", DEBIAN_12, updates("vulnerabilities: {@}"), "", "danger",
         "severities: {critical: ignored, important: caution}", "caution"),
    Word("Vulnerabilities.delay_days", DEBIAN_12, updates("vulnerabilities: {delay_days: @}"), "0", "danger", "3650", "safe"),
    Word("Vulnerabilities.exclude", UBUNTU, updates("vulnerabilities: {ubuntu_pro: true, exclude: [@]}"), "curl", "danger",
         "UBUNTU-CVE-2026-3002", "safe"),
    Word("Vulnerabilities.without_fix", CAREFUL, updates("vulnerabilities: {without_fix: @}"), "ignored", "safe", "judged", "danger"),
    Word("Vulnerabilities.ubuntu_pro", UBUNTU, updates("vulnerabilities: {ubuntu_pro: @}"), "false", "safe", "true", "danger"),
    Word("SpecifiedUpdate.kb", WINDOWS_11_23H2, updates("specified: [{kb: @}]"), "KB5029921", "safe", "KB5000001", "warning"),
    Word("SpecifiedUpdate.os", WINDOWS_11_21H2, specified(", os: '@'"), "*Windows 11*", "danger", "*Windows 7*", "not_applicable"),
    Word("SpecifiedUpdate.superseded_by", WINDOWS_11_23H2, specified(", superseded_by: [@]"), "KB5000002", "danger", "KB5029921", "safe"),
    Word("SpecifiedUpdate.service_pack", VISTA_SP2, specified(", service_pack: @"), "2", "danger", "1", "not_applicable"),
    Word("SpecifiedUpdate.product", WINDOWS_8, specified(", product: '@'"), "CCleaner*", "danger", "No such*", "not_applicable"),
    Word("SpecifiedUpdate.version", WINDOWS_8, specified(", product: CCleaner, version: {value: '@'}"), "5.9", "danger", "6", "not_applicable"),
    Word("SpecifiedPack.os", XP, updates("service_packs: [{service_pack: 3, os: '@'}]"), "*Windows XP*", "warning", "*Vista*", "not_applicable"),
    Word("SpecifiedPack.service_pack", XP_SP3, updates("service_packs: [{os: windows, service_pack: @}]"), "3", "safe", "4", "warning"),
    Word("SpecifiedProductPack.product", WINDOWS_2000, updates("product_service_packs: [{version: {value: '4'}, product: '@'}]"),
         "Mozilla Firefox*", "warning", "No such*", "not_applicable"),
    Word("SpecifiedProductPack.version", WINDOWS_2000, updates("product_service_packs: [{product: 'Mozilla Firefox*', version: {value: '@'}}]"),
         "3.6.3", "safe", "3.6.4", "warning"),
    Word("Pending.security", CAREFUL, updates("pending: {@: danger}"), "security", "danger", "other", "danger"),
    Word("Pending.other", CAREFUL.edited('"security": false', '"security": true'), updates("pending: {@: danger}"),
         "security", "danger", "other", "safe"),
]  # fmt: skip
ANTIVIRUS = [
    Word("AntivirusProduct.name", WINDOWS_8, antivirus("products: [{name: '@'}]"), "kaspersky*", "safe", "F-Secure*", "danger"),
    Word("AntivirusProduct.version", DEFENDER, defender(", version: {value: '@'}"), "101.23062", "safe", "101.23063", "danger"),
    Word("AntivirusProduct.engine", DEFENDER, defender(", engine: {value: '@'}"), "1.1.23070.1002", "safe", "1.1.23070.1003", "danger"),
    Word("AntivirusProduct.definitions", DEFENDER, defender(", definitions: {value: '@'}"), "1.395.30.0", "safe", "1.395.31.0", "danger"),
    Word("AntivirusItem.products_mode", WINDOWS_8.edited(OFF.format(1), OFF.format(0)), antivirus(f"{TWO_PRODUCTS}, products_mode: @"),
         "one", "safe", "all", "danger"),
    Word("AntivirusItem.not_resident", WINDOWS_8.edited(RESIDENT.format(1), RESIDENT.format(0)), antivirus(f"{KASPERSKY_ONLY}, not_resident: @"),
         "true", "danger", "false", "safe"),
    Word("AntivirusItem.definitions_max_age_days", DEFENDER, defender("").replace("judge: true", "judge: true, definitions_max_age_days: @"),
         "7", "danger", "36500", "safe"),
    Word("AntivirusItem.use_up_to_date_flag", WINDOWS_8.edited(KASPERSKY.format(1), KASPERSKY.format(0)),
         antivirus(f"{KASPERSKY_ONLY}, use_up_to_date_flag: @"), "true", "danger", "false", "safe"),
]  # fmt: skip
VERSION = "name: bash, version: {value: '5.2.15-2+b8', comparison: '@'}"
SOFTWARE = [
    Word("ProhibitedSoftware.name", DEBIAN_12, prohibited("name: '@'"), "ba?h", "caution", "/^lib.*torrent/", "safe"),
    Word("ProhibitedSoftware.publisher", WINDOWS_8, prohibited("name: 'ccleaner*', publisher: '@'"), "piriform", "caution", "Somebody", "safe"),
    Word("ProhibitedSoftware.version", WINDOWS_8, prohibited("name: 'ccleaner*', version: {comparison: ==, value: '@'}"), "5.9", "caution", "5.90", "safe"),
    Word("ProhibitedSoftware.versions", DEBIAN_12, prohibited("name: bash, versions: '@'"), ">=5.2~rc1, <6", "caution", "<5.2~rc1", "safe"),
    Word("ProhibitedSoftware.version_order", DEBIAN_12, prohibited("name: tzdata, versions: '<2027-01-01', version_order: @"),
         "auto", "caution", "date", "unknown"),
    Word("ProhibitedSoftware.os", DEBIAN_12, prohibited("name: bash, os: '@'"), "Debian*", "caution", "windows", "not_applicable"),
    Word("Alternative.name", DEBIAN_12, mandatory("name: '@'"), "bash", "safe", "no-such", "caution"),
    Word("Alternative.publisher", WINDOWS_8, mandatory("name: CCleaner, publisher: '@'"), "piriform", "safe", "Somebody", "caution"),
    Word("Alternative.version", DEBIAN_12, mandatory("name: bash, version: {value: '@'}"), "5.2", "safe", "1:0.1", "caution"),
    Word("Alternative.versions", DEBIAN_12, mandatory("name: bash, versions: '@'"), ">=5, <6", "safe", ">=6", "caution"),
    Word("Alternative.version_order", DEBIAN_12, mandatory("name: tzdata, versions: '<2027-01-01', version_order: @"),
         "auto", "safe", "date", "unknown"),
    Word("MandatoryGroup.any_of", DEBIAN_12, mandatory("name: no-such@"), "", "caution", "}, {name: bash", "safe"),
    Word("MandatoryGroup.os", DEBIAN_12, mandatory("name: no-such").replace("name: g", "name: g, os: '@'"), "linux", "caution", "windows", "not_applicable"),
    *(
        Word("VersionRule.comparison", DEBIAN_12, prohibited(VERSION), one, "caution", other, "safe")
        for one, other in (("==", "!="), (">=", ">"), ("<=", "<"))
    ),
    Word("VersionRule.value", DEBIAN_12, prohibited("name: bash, version: {comparison: ==, value: '@'}"), "5.2.*", "caution", "5.1.*", "safe"),
]  # fmt: skip
SETTINGS = [
    Word("AdministratorCondition.accepted", FEDORA_25, settings("accounts: {other_administrators: {accepted: [@]}}"),
         "root", "caution", "root, builder, 'tec*'", "safe"),
    Word("AgeCondition.days", CAREFUL, settings("passwords: {max_age_days: {days: @}}"), "77", "safe", "76", "caution"),
    Word("SecondsCondition.seconds", CAREFUL, settings("screensaver: {lock_delay: {seconds: @}}"), "300", "safe", "299", "caution"),
    Word("DriveCondition.drives", FEDORA_31, settings("drive_encryption: {'off': {missing: unknown, drives: @}}"), "system", "safe", "all", "unknown"),
    Word("MethodCondition.drives", FEDORA_31, settings(METHOD + "accepted: ['aes*'], drives: @}}"), "system", "safe", "all", "unknown"),
    Word("MethodCondition.accepted", FEDORA_31, settings(METHOD + "accepted: ['@']}}"), "AES-xts*", "safe", "LUKS2", "caution"),
    Word("ServiceCondition.name", CAREFUL, settings("services: [{name: '@'}]"), "/^keep/", "caution", "telnetd", "safe"),
    Word("ServiceCondition.must", CAREFUL, settings("services: [{name: keepalived, must: @}]"), "run", "safe", "not_run", "caution"),
    Word("ServiceCondition.os", CAREFUL, settings("services: [{name: keepalived, os: '@'}]"), "linux", "caution", "windows", "not_applicable"),
    Word("OutsideCheck.rule", SCANNED, check("rule: '@'"), "*_systemmap", "caution", "*_file_permissions_etc_passwd", "safe"),
    Word("OutsideCheck.source", SCANNED, check("source: '@'"), "scap", "caution", "osquery", "not_applicable"),
    Word("OutsideCheck.profile", SCANNED, check("profile: '@'"), "*_profile_standard", "caution", "*_profile_anssi*", "not_applicable"),
    Word("OutsideCheck.severities", SCANNED, check("rule: '*_systemmap', severities: [@]"), "unknown", "caution", "high", "not_applicable"),
    Word("OutsideCheck.os", SCANNED, check("os: '@'"), "Debian*", "caution", "windows", "not_applicable"),
    Word("OutsideCheck.not_checked", SCANNED.edited(FAILED_RULE.format("fail"), FAILED_RULE.format("notchecked")),
         check("rule: '*_systemmap', not_checked: @"), "unknown", "unknown", "as_set", "caution"),
    Word("OutsideCheck.not_applicable", SCANNED, check("rule: '*_rule_partition_for_tmp', not_applicable: @"),
         "not_applicable", "not_applicable", "unknown", "unknown"),
    Word("OutsideCheck.unknown", SCANNED.edited(FAILED_RULE.format("fail"), FAILED_RULE.format("error")),
         check("rule: '*_systemmap', unknown: @"), "unknown", "unknown", "safe", "safe"),
]  # fmt: skip
OTHERS = [
    Word("UserItem.fails_when", DEBIAN_12, bash("class: software, property: version, comparison: '>', value: '5'").replace("name: u", "name: u, fails_when: @"),
         "met", "caution", "not_met", "safe"),
    Word("UserItem.conditions", DEBIAN_12, user("conditions: [{class: software, property: name, value: bash}@]"),
         "", "caution", ", {class: os, property: family, value: windows}", "safe"),
    Word("UserCondition.cls", DEBIAN_12, user("conditions: [{class: @, property: name, value: bash}]"), "software", "caution", "service", "not_applicable"),
    Word("UserCondition.property", DEBIAN_12, bash("class: software, property: @, value: amd64"), "arch", "caution", "version", "safe"),
    Word("UserCondition.value", DEBIAN_12, user("conditions: [{class: pc, property: host, value: '@'}]"), "vm", "caution", "other", "safe"),
    *(
        Word("UserCondition.comparison", DEBIAN_12, user("conditions: [{class: pc, property: memory_mb, value: '24103', comparison: '@'}]"),
             one, "caution", other, "safe")
        for one, other in (("==", "!="), (">=", ">"), ("<=", "<"))
    ),
    Word("StaleInventory.after_days", FEDORA_25, "stale_inventory: {after_days: @}", "30", "warning", "36500", "not_applicable"),
]  # fmt: skip
WORDS = [*UPDATES, *ANTIVIRUS, *SOFTWARE, *SETTINGS, *OTHERS]
