"""Each condition of PC settings on real inventories, as in ``real_cases``.

What no agent has told of a real PC yet is added to what our own client told, in the form in which it would tell it.
"""

from tests.judgment.real import Inventory, real
from tests.judgment.real_cases import (
    CAREFUL,
    CARELESS,
    DEBIAN_12,
    FEDORA_25,
    FEDORA_31,
    WINDOWS_11,
    WINDOWS_2000,
    Case,
)

ADDED = "added to what our own client told: no agent has told it of a real PC"
LOGON = '"automatic_logon": false'


def added(name: str, value: str) -> Inventory:
    """The careful PC with one more setting."""
    return CAREFUL.edited(LOGON, f'{LOGON},\n  "{name}": {value}')


def settings(
    condition: str, rule: str, level: str, found: str, fails: Inventory, passes: Inventory, lacks: Inventory, why: str = ""
) -> Case:  # fmt: skip
    lines = f"pc_settings: {{judge: true, {rule}}}"
    return Case(
        f"pc_settings.{condition}", lines, level, found, fails, passes, lacks, lacking="not_applicable", why=why
    )


def section(exceptions: str) -> Inventory:
    """The careful PC with a firewall."""
    wall = f'"firewall": [{{"profile": "nftables", "enabled": true, "exceptions": {exceptions}}}]'
    return CAREFUL.edited('"shares": []', f'"shares": [],\n "{wall[1:]}')


SCAN = "scap-own/xccdf-results-debian-standard.xml.xz"
FAILED_RULE = (
    '_rule_file_permissions_systemmap" role="full" time="2026-11-22T16:46:26+00:00" severity="unknown"'
    ' weight="1.000000">\n      <result>{}</result>'
)
SCANNED = real(SCAN, *DEBIAN_12.files)
CASES = [
    settings("accounts.guest_enabled", "accounts: {guest_enabled: {level: danger~}}", "danger",
             "guest account on: guest", CARELESS, CAREFUL, WINDOWS_2000),
    settings("accounts.other_administrators", "accounts: {other_administrators: {accepted: [root], level: danger~}}", "danger",
             "administrator that is not accepted: builder, teclib", FEDORA_25, DEBIAN_12, WINDOWS_2000),
    settings("passwords.vulnerable", "passwords: {vulnerable: {level: danger~}}", "danger",
             "vulnerable password: guest", CARELESS, added("vulnerable_password", "false"), DEBIAN_12, ADDED + " that no password is weak"),
    settings("passwords.never_expires", "passwords: {never_expires: {level: warning~}}", "warning",
             "password never expires: guest, hanako, taro", CARELESS, CAREFUL, DEBIAN_12),
    settings("passwords.max_age_days", "passwords: {max_age_days: {days: 180, level: warning~}}", "warning",
             "password too old: taro (2777 days), guest (277 days)", CARELESS, CAREFUL, DEBIAN_12),
    settings("logon.automatic", "logon: {automatic: {level: warning~}}", "warning",
             "automatic logon on", CARELESS, CAREFUL, DEBIAN_12),
    settings("logon.power_on_password", "logon: {power_on_password: {level: caution~}}", "caution",
             "no power-on password", added("power_on_password", "false"), added("power_on_password", "true"), CAREFUL, ADDED),
    settings("shared_folders.any", "shared_folders: {any: {level: caution~}}", "caution",
             "folder shared: /srv/public", CARELESS, CAREFUL, DEBIAN_12),
    settings("shared_folders.administrative", "shared_folders: {administrative: {level: caution~}}", "caution",
             "administrative share: C$", CARELESS.edited('"name": "/srv/public"', '"name": "C$",\n   "administrative": true'), CARELESS, DEBIAN_12),
    settings("anonymous_connections.unrestricted", "anonymous_connections: {unrestricted: {level: caution~}}", "caution",
             "anonymous connections not restricted", added("anonymous_restricted", "false"), added("anonymous_restricted", "true"), CAREFUL, ADDED),
    settings("services", "services: [{name: keepalived, must: run, level: danger~}]", "danger",
             "no service keepalived", CARELESS, CAREFUL, DEBIAN_12),
    settings("services", "services: [{name: 'keepalive?', must: not_run, level: danger~}]", "danger",
             "service running: keepalived", CAREFUL, CARELESS, DEBIAN_12),
    settings("firewall.off", "firewall: {'off': {level: warning~}}", "warning",
             "firewall off: system", DEBIAN_12, FEDORA_25, WINDOWS_2000),
    settings("firewall.exceptions", "firewall: {exceptions: {level: caution~}}", "caution",
             "firewall exceptions permitted: nftables", section("true"), section("false"), FEDORA_25, ADDED),
    settings("automatic_updates.off", "automatic_updates: {'off': {level: warning~}}", "warning",
             "automatic updates off", CARELESS, CARELESS.edited('"automatic_updates": false', '"automatic_updates": true'), DEBIAN_12),
    settings("screensaver.not_set", "screensaver: {not_set: {level: caution~}}", "caution",
             "no screensaver or screen lock", CARELESS, CAREFUL, DEBIAN_12),
    settings("screensaver.no_password", "screensaver: {no_password: {level: caution~}}", "caution",
             "screensaver without a password", CARELESS, CAREFUL, DEBIAN_12),
    settings("screensaver.lock_delay", "screensaver: {lock_delay: {seconds: 600, level: caution~}}", "caution",
             "screen locks too late: 1800 seconds", CAREFUL.edited('"screen_lock_seconds": 300', '"screen_lock_seconds": 1800'), CAREFUL, DEBIAN_12),
    settings("screensaver.lock_delay", "screensaver: {lock_delay: {seconds: 600, level: caution~}}", "caution",
             "screen locks too late: never", CARELESS, CAREFUL, DEBIAN_12),
    settings("drive_encryption.off", "drive_encryption: {'off': {level: danger~}}", "danger",
             "drive not encrypted: /", CARELESS, FEDORA_31, DEBIAN_12),
    settings("drive_encryption.off", "drive_encryption: {'off': {level: danger~}}", "danger",
             "drive not encrypted: /", CAREFUL, WINDOWS_11, FEDORA_25),
    settings("drive_encryption.method", "drive_encryption: {method: {accepted: ['XTS*', 'aes-xts*'], level: caution~}}", "caution",
             "method not accepted: C: (AES_256)", WINDOWS_11, FEDORA_31, DEBIAN_12),
    settings("firmware.secure_boot_off", "firmware: {secure_boot_off: {level: caution~}}", "caution",
             "secure boot off", CARELESS, CARELESS.edited('"secure_boot": false', '"secure_boot": true'), DEBIAN_12),
    settings("firmware.no_tpm", "firmware: {no_tpm: {level: caution~}}", "caution",
             "no TPM", added("tpm", "false"), added("tpm", "true"), CAREFUL, ADDED),
    settings("remote_desktop.on", "remote_desktop: {'on': {level: warning~}}", "warning",
             "remote desktop on", CAREFUL.edited('"remote_desktop": false', '"remote_desktop": true'), CAREFUL, DEBIAN_12),
    settings("protocols.smb1", "protocols: {smb1: {level: warning~}}", "warning",
             "SMBv1 on", CAREFUL.edited('"smb1": false', '"smb1": true'), CAREFUL, DEBIAN_12),
    settings("protocols.llmnr", "protocols: {llmnr: {level: caution~}}", "caution",
             "LLMNR on", CAREFUL.edited('"llmnr": false', '"llmnr": true'), CAREFUL, DEBIAN_12),
    settings("usb_storage.usable", "usb_storage: {usable: {level: caution~}}", "caution",
             "USB storage can be used", CAREFUL.edited('"usb_storage": false', '"usb_storage": true'), CAREFUL, CARELESS),
    settings("outside_checks", "outside_checks: [{name: Guide, rule: '*_file_permissions_systemmap', level: danger~}]", "danger",
             "Verify that local System.map file (if exists) is readable only by root (failed)", SCANNED, SCANNED.edited(FAILED_RULE.format("fail"), FAILED_RULE.format("pass")), DEBIAN_12),
]  # fmt: skip
