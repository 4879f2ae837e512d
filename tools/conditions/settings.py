"""PC security settings: accounts, passwords, logon, shares, services, firewall, drives, checks. See ``tools.conditions``."""

from kanmon.common.facts import Account, Check, Drive, Firewall, Service, Setting, Share
from tools.conditions.about import CLIENT, About, pc

BOB = Account("bob", True, False, False, True, True, "2026-10-01")
GUEST = Account("guest", True, guest=True)
LOCKED = "Accounts that are off are not asked."

ABOUT = (
    About(
        "pc_settings.accounts.guest_enabled", "`account.guest`, `account.enabled`", "account",
        "accounts:\n  guest_enabled: {~}",
        "a guest account is on", pc(GUEST), "none is on, or there is none", pc(GUEST._replace(enabled=False)),
        "the accounts, or whether the guest is on", level="danger",
        note="FusionInventory and GLPI agents list only accounts of Windows that are on: a guest in their list is.",
    ),
    About(
        "pc_settings.accounts.other_administrators", "`account.administrator`, `account.enabled`", "administrator",
        'accounts:\n  other_administrators: {accepted: [Administrator, root, "it-*"]~}',
        "an account that can log on is an administrator and none of `accepted`", pc(BOB._replace(administrator=True)),
        "there is no such account", pc(BOB, Account("it-tokyo", True, True)),
        "the accounts, or who is an administrator", note="Local groups only; what a domain grants is not looked at.",
    ),
    About(
        "pc_settings.passwords.vulnerable", "setting `vulnerable_password`; `account.has_password`, `account.enabled`",
        "account", "passwords:\n  vulnerable: {~}",
        "the source says that a password is weak, or an account that can log on has none", pc(BOB._replace(has_password=False)),
        "the source says that none is weak", pc(Setting("vulnerable_password", False), BOB),
        "the setting (that all accounts have a password does not make it pass)", level="danger",
        note=f"{CLIENT} finds empty passwords, as root, and never says that the others are strong.",
    ),
    About(
        "pc_settings.passwords.never_expires", "`account.password_expires`, `account.enabled`", "account",
        "passwords:\n  never_expires: {~}",
        "a password never expires", pc(BOB._replace(password_expires=False)), "all expire", pc(BOB),
        "the accounts, or whether their passwords expire", note=LOCKED,
    ),
    About(
        "pc_settings.passwords.max_age_days", "`account.password_changed`, `account.enabled`", "account",
        "passwords:\n  max_age_days: {days: 180~}",
        "a password is more than `days` days old", pc(BOB._replace(password_changed="2026-01-10")),
        "none is", pc(BOB), "the accounts, or when a password was changed", note=LOCKED,
    ),
    About(
        "pc_settings.logon.automatic", "setting `automatic_logon`", "setting", "logon:\n  automatic: {~}",
        "somebody is logged on without a password when the PC starts", pc(Setting("automatic_logon", True)),
        "nobody is", pc(Setting("automatic_logon", False)), "the setting",
    ),
    About(
        "pc_settings.logon.power_on_password", "setting `power_on_password`", "power_on_password",
        "logon:\n  power_on_password: {~}",
        "the firmware asks for no password", pc(Setting("power_on_password", False)),
        "it asks for one", pc(Setting("power_on_password", True)), "the setting", level="caution",
    ),
    About(
        "pc_settings.shared_folders.any", "`share.administrative`", "share", "shared_folders:\n  any: {~}",
        "a folder is shared by people", pc(Share("Public")), "none is, but for administrative ones", pc(told="share"),
        "the list of shares",
    ),
    About(
        "pc_settings.shared_folders.administrative", "`share.administrative`", "share",
        "shared_folders:\n  administrative: {~}",
        "there is an administrative share (`C$`, `ADMIN$`)", pc(Share("C$", True)), "there is none", pc(Share("Public")),
        "the list of shares", level="caution",
    ),
    About(
        "pc_settings.anonymous_connections.unrestricted", "setting `anonymous_restricted`", "setting",
        "anonymous_connections:\n  unrestricted: {~}",
        "anonymous connections are not restricted", pc(Setting("anonymous_restricted", False)),
        "they are", pc(Setting("anonymous_restricted", True)), "the setting", level="caution",
    ),
    About(
        "pc_settings.services", "`service.name`, `service.running`, `os`", "service",
        "services:\n  - {name: RemoteRegistry, must: not_run~}",
        "`must: not_run`: it runs; `must: run`: it does not run or is not there", pc(Service("RemoteRegistry", True, "automatic")),
        "`not_run`: it does not run or is not there; `run`: it runs", pc(Service("RemoteRegistry", False, "disabled")),
        "the list of services, or whether it runs",
        note="On systems that `os` does not mean it is not applicable. Names are compared as everywhere: `ssh*`, `/^vnc/`.",
    ),
    About(
        "pc_settings.firewall.off", "`firewall.profile`, `firewall.enabled`", "firewall", 'firewall:\n  "off": {~}',
        "no firewall that stands alone is on, and not all profiles of Windows are; or there is none",
        pc(Firewall("domain", True), Firewall("public", False)),
        "one that stands alone is on, or all profiles of Windows", pc(Firewall("domain", True), Firewall("public", True)),
        "the firewalls, or whether they are on", level="danger",
    ),
    About(
        "pc_settings.firewall.exceptions", "`firewall.exceptions`, `firewall.enabled`", "exceptions",
        "firewall:\n  exceptions: {~}",
        "a firewall that is on permits exceptions", pc(Firewall("public", True, True)),
        "none does", pc(Firewall("public", True, False)), "the firewalls, or whether they permit exceptions",
        note="Firewalls that are off are not asked: `firewall.off` is for them.", level="caution",
    ),
    About(
        "pc_settings.drive_encryption.off", "`drive.system`, `drive.encrypted`", "drive",
        'drive_encryption:\n  "off": {drives: all~}',
        "the system drive (`drives: all`: any local one) is not encrypted",
        pc(Drive("C:", True, True, "XTS_AES_128"), Drive("D:", False, False)),
        "it is (all are)", pc(Drive("C:", True, True, "XTS_AES_128")), "the drives, or whether they are encrypted", level="danger",
    ),
    About(
        "pc_settings.drive_encryption.method", "`drive.method`, `drive.encrypted`, `drive.system`", "drive",
        'drive_encryption:\n  method: {accepted: ["XTS*", "LUKS2", "aes-xts*"]~}',
        "an encrypted drive has a method that is none of `accepted`", pc(Drive("C:", True, True, "AES_128")),
        "it has one of them", pc(Drive("C:", True, True, "XTS_AES_256")), "whether it is encrypted, or how",
        pc(Drive("C:", True, True)),
        note="Sources spell methods in their own ways: osquery `XTS_AES_128`, GLPI agents `aes-xts-plain64`, `kanmon client` `LUKS2`."
        " Drives that are not encrypted are not asked: `drive_encryption.off` is for them.",
    ),
    About(
        "pc_settings.outside_checks", "`check` (source, rule, profile, severity, result)", "check",
        "outside_checks:\n  - {name: Guide, source: scap, severities: [high, medium]~}",
        "a result that it speaks of is `fail`", pc(Check("scap", "rule_a", "fail", "Ensure /tmp is noexec", "high")),
        "all are `pass` or `fixed`", pc(Check("scap", "rule_a", "pass", "", "high")),
        "such a result", pc(),
        note="`not_checked`, `not_applicable` and `unknown` are treatments of results that say so.",
    ),
)  # fmt: skip
