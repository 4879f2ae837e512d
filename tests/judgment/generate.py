"""Policies and inventories at random, small enough that every rule meets every fact.

A new field of a rule, or a new condition, gets its strategy here; ``test_every_rule_is_generated`` says which is missing.
Fields of facts, settings and columns come from their tables, and so does what user definitions ask.
"""

from datetime import date
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from kanmon.common.facts import (
    CLASSES,
    COLUMNS,
    SETTINGS,
    TOLD_CLASSES,
    Account,
    Agent,
    Antivirus,
    Check,
    Drive,
    Fact,
    Firewall,
    Hardware,
    Os,
    Patch,
    PendingUpdate,
    Service,
    Setting,
    Share,
    Software,
    Told,
)
from kanmon.policy import rules_items as items
from kanmon.policy import rules_settings as sets
from kanmon.policy.check import USER_CLASSES, property_types
from kanmon.policy.compare import VERSION_PROPERTIES
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_antivirus import ModelPc
from kanmon.policy.rules_checks import OutsideCheck
from kanmon.policy.rules_words import VersionRule
from tests.judgment import generate_updates, generate_vulnerabilities

TODAY = date(2026, 11, 20)
maybe = st.sampled_from([True, False, None])
name = st.sampled_from(["Alpha", "Beta", "Gamma tool"])
pattern = st.sampled_from(["alpha", "*a", "Gamma*", "?eta", "/^(al|be)/", "*", "none"])
version = st.sampled_from(["", "1.0", "1.1", "2.0~rc1", "2.0", "20260103"])
publisher = st.sampled_from(["", "Maker", "Other"])
day = st.sampled_from(["", "2026-11-19", "2026-11-10", "2026-01-01", "bad"])
level = st.sampled_from(["danger", "warning", "caution"])
missing = st.sampled_from(["as_set", "safe", "not_applicable", "unknown"])
comparison = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
os_pattern = st.sampled_from(["", "windows", "Debian*", "linux"])
flag = st.booleans()
rule = st.builds(VersionRule, value=st.sampled_from(["1.0", "1.1", "2.0", "1.*"]), comparison=comparison)
optional_rule = st.none() | rule
versions = st.sampled_from(["", "", ">=1.0, <1.1 || ==2.*", "!=1.0", ">2026-01-02"])
version_order = st.sampled_from(["auto", "auto", "deb", "rpm", "windows", "other", "date"])

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "kb": st.sampled_from(["KB5000001", "KB5000002", "KB5000003"]),
    "profile": st.sampled_from(["domain", "Public", "ufw", "nftables"]),
    "scheme": st.sampled_from(["deb", "rpm", "windows", "other"]),
    "family": st.sampled_from(["windows", "linux", "other"]),
    "publisher": publisher,
    "name": name,
    "product": name,
    "definitions_date": day,
    "password_changed": day,
    "method": st.sampled_from(["", "AES 128", "XTS-AES 256"]),
    "source": st.sampled_from(["scap", "osquery"]),
    "rule": name,
    "result": st.sampled_from(
        ["pass", "fixed", "fail", "error", "unknown", "notchecked", "notapplicable", "informational"]
    ),
    "severity": st.sampled_from(["", "low", "high"]),
}
"""Fields of facts by name; others by their type."""


def field(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field of a fact."""
    if name in FIELDS:
        return FIELDS[name]
    if name in VERSION_PROPERTIES:
        return version
    if "bool" in str(hint):
        return maybe if "None" in str(hint) else flag
    return st.integers(0, 3) if hint is int else st.sampled_from(["", "Maker", "x64"])


def record(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Records of a class."""
    return st.builds(cls, **{name: field(name, hint) for name, hint in cls.__annotations__.items()})


several = [
    record(cls) for cls in (Software, Patch, PendingUpdate, Antivirus, Account, Share, Service, Firewall, Drive, Check)
]
SETTING_NAMES = tuple(SETTINGS)
settings = st.sampled_from(SETTING_NAMES).flatmap(
    lambda one: st.builds(
        Setting, name=st.just(one), value=flag if SETTINGS[one] is bool else st.sampled_from([0, 1, 600])
    )
)
os_fact = (
    st.builds(
        lambda both, version: Os(both[0], both[1], version),
        st.sampled_from([("windows", "Windows 11 Pro"), ("linux", "Debian GNU/Linux"), ("linux", "Ubuntu")]),
        st.sampled_from(["12", ""]),
    )
    | generate_updates.systems
)


@st.composite
def facts(draw: st.DrawFn) -> frozenset[Fact]:
    """The facts of one PC; now and then no agent, no OS, or a class that is not told."""
    found: set[Fact] = set()
    if draw(st.integers(0, 9)):
        found.add(Agent("test", "1"))
    found |= draw(st.sets(os_fact, max_size=2))
    found |= set(draw(st.lists(settings, max_size=6, unique_by=lambda one: one.name)))
    found |= draw(st.sets(record(Hardware), max_size=1))
    for records in draw(st.lists(st.sampled_from(several), max_size=6)):
        found |= draw(st.sets(records, max_size=4))
    found |= {Told(cls) for cls in draw(st.sets(st.sampled_from(TOLD_CLASSES)))}
    return frozenset(found)


columns = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.integers(0, 3) if kind is int else st.sampled_from(["pc-1", "pc-2", ""])
            for name, kind in COLUMNS.items()
        },
        "reported_at": st.sampled_from([1795100000, 1790000000, 1794614400, 1794614399]),
    },
)
single = st.builds(sets.Condition, level=level, missing=missing)
one = st.none() | single
passwords = st.builds(
    sets.Passwords,
    vulnerable=one,
    never_expires=one,
    max_age_days=st.none() | st.builds(sets.AgeCondition, days=st.sampled_from([5, 180]), level=level, missing=missing),
)
services = st.lists(
    st.builds(
        sets.ServiceCondition,
        name=pattern,
        must=st.sampled_from(["run", "not_run"]),
        os=os_pattern,
        level=level,
        missing=missing,
    ),
    max_size=2,
).map(tuple)
accepted = st.lists(st.sampled_from(["alpha", "*a", "XTS*", "aes 128"]), min_size=1, max_size=2).map(tuple)
drives = st.builds(
    sets.DriveEncryption,
    method=st.none()
    | st.builds(
        sets.MethodCondition,
        accepted=accepted,
        drives=st.sampled_from(["system", "all"]),
        level=level,
        missing=missing,
    ),
    off=st.none()
    | st.builds(sets.DriveCondition, drives=st.sampled_from(["system", "all"]), level=level, missing=missing),
)
accounts = st.builds(
    sets.Accounts,
    guest_enabled=one,
    other_administrators=st.none()
    | st.builds(sets.AdministratorCondition, accepted=accepted, level=level, missing=missing),
)
screensaver = st.builds(
    sets.Screensaver,
    not_set=one,
    no_password=one,
    lock_delay=st.none()
    | st.builds(sets.SecondsCondition, seconds=st.sampled_from([1, 300, 600]), level=level, missing=missing),
)
automatic_updates = st.builds(
    sets.AutomaticUpdates, off=st.none() | st.builds(sets.WarningCondition, level=level, missing=missing)
)
checks = st.lists(
    st.builds(
        OutsideCheck,
        name=name,
        rule=pattern,
        source=st.sampled_from(["", "scap", "os*"]),
        profile=st.sampled_from(["", "domain"]),
        severities=st.sampled_from([(), ("high",), ("unknown", "low")]),
        os=os_pattern,
        level=level,
        missing=missing,
        not_checked=missing,
        not_applicable=missing,
        unknown=missing,
    ),
    max_size=2,
).map(tuple)
pc_settings = st.builds(
    sets.PcSettings,
    judge=flag,
    accounts=accounts,
    passwords=passwords,
    logon=st.builds(sets.Logon, automatic=one, power_on_password=one),
    shared_folders=st.builds(sets.SharedFolders, any=one, administrative=one),
    anonymous_connections=st.builds(sets.AnonymousConnections, unrestricted=one),
    services=services,
    firewall=st.builds(sets.Firewalls, off=one, exceptions=one),
    automatic_updates=automatic_updates,
    screensaver=screensaver,
    drive_encryption=drives,
    firmware=st.builds(sets.Firmware, secure_boot_off=one, no_tpm=one),
    remote_desktop=st.builds(sets.RemoteDesktop, on=one),
    protocols=st.builds(sets.Protocols, smb1=one, llmnr=one),
    usb_storage=st.builds(sets.UsbStorage, usable=one),
    outside_checks=checks,
)
kb = FIELDS["kb"]
updates = generate_updates.security_updates
antivirus = st.builds(
    items.AntivirusItem,
    judge=flag,
    products=st.lists(
        st.builds(
            items.AntivirusProduct, name=pattern, version=optional_rule, engine=optional_rule, definitions=optional_rule
        ),
        max_size=3,
    ).map(tuple),
    products_mode=st.sampled_from(["one", "all"]),
    not_resident=flag,
    definitions_max_age_days=st.sampled_from([None, 7]),
    use_up_to_date_flag=flag,
    level=level,
    model=st.none() | st.builds(ModelPc, pc=name, grace_days=st.sampled_from([0, 3])),  # changes no verdict
)
prohibited = st.builds(
    items.ProhibitedItem,
    judge=flag,
    programs=st.lists(
        st.builds(
            items.ProhibitedSoftware,
            name=pattern,
            publisher=st.sampled_from(["", "make*"]),
            version=optional_rule,
            versions=versions,
            version_order=version_order,
            os=os_pattern,
            level=level,
        ),
        max_size=3,
    ).map(tuple),
)
alternative = st.builds(
    items.Alternative,
    name=pattern,
    publisher=st.sampled_from(["", "Maker"]),
    version=optional_rule,
    versions=versions,
    version_order=version_order,
)
mandatory = st.builds(
    items.MandatoryItem,
    judge=flag,
    groups=st.lists(
        st.builds(
            items.MandatoryGroup,
            name=name,
            any_of=st.lists(alternative, min_size=1, max_size=2).map(tuple),
            os=os_pattern,
            level=level,
        ),
        max_size=2,
    ).map(tuple),
)
VALUES = {
    bool: st.sampled_from(["true", "false"]),
    int: st.sampled_from(["0", "1", "2", "600"]),
    str: st.sampled_from(["Alpha", "1.1", "Ma*", "pc-1", "linux", "2026-11-10", "KB5000001"]),
}


def user_conditions(cls: str) -> st.SearchStrategy[items.UserCondition]:
    """Conditions on any property of a class."""
    types = property_types(cls)

    def on(property: str) -> st.SearchStrategy[items.UserCondition]:
        kind = types[property]
        signs = st.sampled_from(["==", "!="]) if kind is bool else comparison
        return st.builds(
            items.UserCondition, cls=st.just(cls), property=st.just(property), value=VALUES[kind], comparison=signs
        )

    return st.sampled_from(list(types)).flatmap(on)


def user_items(conditions: st.SearchStrategy[items.UserCondition]) -> st.SearchStrategy[items.UserDefinition]:
    """Items of up to three conditions."""
    item = st.builds(
        items.UserItem,
        name=name,
        conditions=st.lists(conditions, min_size=1, max_size=3).map(tuple),
        fails_when=st.sampled_from(["met", "not_met"]),
        missing=missing,
        level=level,
    )
    return st.builds(items.UserDefinition, judge=flag, items=st.lists(item, max_size=3).map(tuple))


user = user_items(st.one_of(*(user_conditions(cls) for cls in USER_CLASSES)))
policies = st.builds(
    JudgmentPolicy,
    name=st.just("generated"),
    security_updates=updates,
    antivirus=antivirus,
    prohibited_software=prohibited,
    mandatory_software=mandatory,
    pc_settings=pc_settings,
    user_definition=user,
    stale_inventory=st.none() | st.builds(items.StaleInventory, after_days=st.sampled_from([7, 30]), level=level),
)


def _only(item: str, rules: st.SearchStrategy[Any]) -> st.SearchStrategy[JudgmentPolicy]:
    switched_on = rules.map(lambda one: structs.replace(one, judge=True))
    return switched_on.map(lambda one: JudgmentPolicy(name="generated", **{item: one}))


def _settings(**groups: st.SearchStrategy[Any]) -> st.SearchStrategy[JudgmentPolicy]:
    return _only("pc_settings", st.builds(sets.PcSettings, **groups))


software, patch, waiting, products, account, share, service, firewall, drive, check = several
FOCUS: dict[str, tuple[st.SearchStrategy[JudgmentPolicy], st.SearchStrategy[Fact]]] = {
    "security_updates.latest": (_only("security_updates", generate_updates.by_severity), patch),
    "security_updates.specified": (_only("security_updates", generate_updates.by_name), patch),
    "security_updates.vulnerabilities": (_only("security_updates", generate_vulnerabilities.alone), software),
    "security_updates": (_only("security_updates", updates), patch | waiting | software),
    "antivirus": (_only("antivirus", antivirus), products),
    "prohibited_software": (_only("prohibited_software", prohibited), software),
    "mandatory_software": (_only("mandatory_software", mandatory), software),
    "accounts": (_settings(accounts=accounts, passwords=passwords), account),
    "settings": (
        _settings(
            screensaver=screensaver,
            firmware=st.builds(sets.Firmware, secure_boot_off=single, no_tpm=one),
            protocols=st.builds(sets.Protocols, smb1=single, llmnr=one),
            automatic_updates=automatic_updates,
        ),
        settings,
    ),
    "outside_checks": (_settings(outside_checks=checks), check),
    "shares": (_settings(shared_folders=st.builds(sets.SharedFolders, any=single, administrative=one)), share),
    "services": (_settings(services=services), service),
    "firewall": (_settings(firewall=st.builds(sets.Firewalls, off=single, exceptions=one)), firewall),
    "drives": (_settings(drive_encryption=drives), drive),
    "user_definition": (_only("user_definition", user), software | drive | settings),
    **{
        f"user_definition.{cls}": (
            _only("user_definition", user_items(user_conditions(cls))),
            settings if cls in ("pc", "setting") else record(CLASSES[cls][1]),
        )
        for cls in USER_CLASSES
    },
}
"""Rules of one kind, and the records that they look at: here the two judges meet most often."""


@st.composite
def pc_about(draw: st.DrawFn, records: st.SearchStrategy[Fact]) -> frozenset[Fact]:
    """A PC with an agent, an OS, and up to five of ``records``, all of whose classes are told, or none."""
    found = {Agent("test", "1"), draw(os_fact), *draw(st.sets(records, max_size=5))}
    return frozenset(found | ({Told(cls) for cls in TOLD_CLASSES} if draw(flag) else set()))
