"""Policies and inventories at random, small enough that every rule meets every fact."""

from datetime import date
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from kanmon.common.facts import (
    TOLD_CLASSES,
    Account,
    Agent,
    Antivirus,
    Drive,
    Fact,
    Firewall,
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
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.rules_words import VersionRule

TODAY = date(2026, 11, 20)
maybe = st.sampled_from([True, False, None])
name = st.sampled_from(["Alpha", "Beta", "Gamma tool"])
pattern = st.sampled_from(["alpha", "*a", "Gamma*", "?eta", "/^(al|be)/", "*", "none"])
version = st.sampled_from(["", "1.0", "1.1", "2.0~rc1", "2.0"])
publisher = st.sampled_from(["", "Maker", "Other"])
day = st.sampled_from(["", "2026-11-19", "2026-11-10", "2026-01-01", "bad"])
level = st.sampled_from(["danger", "warning", "caution"])
missing = st.sampled_from(["as_set", "safe", "not_applicable", "unknown"])
comparison = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
os_pattern = st.sampled_from(["", "windows", "Debian*", "linux"])
flag = st.booleans()
rule = st.builds(VersionRule, value=st.sampled_from(["1.0", "1.1", "2.0", "1.*"]), comparison=comparison)
optional_rule = st.none() | rule

several = [
    st.builds(
        Software, name=name, version=version, publisher=publisher, scheme=st.sampled_from(["deb", "windows", "other"])
    ),
    st.builds(Patch, kb=st.sampled_from(["KB5000001", "KB5000002", "KB5000003"])),
    st.builds(PendingUpdate, name=name, version=version, security=maybe),
    st.builds(
        Antivirus,
        product=name,
        version=version,
        engine=version,
        definitions=version,
        definitions_date=day,
        enabled=maybe,
        up_to_date=maybe,
    ),
    st.builds(
        Account, name=name, enabled=maybe, guest=flag, has_password=maybe, password_expires=maybe, password_changed=day
    ),
    st.builds(Share, name=name, administrative=flag),
    st.builds(Service, name=name, running=maybe),
    st.builds(
        Firewall, profile=st.sampled_from(["domain", "Public", "ufw", "nftables"]), enabled=maybe, exceptions=maybe
    ),
    st.builds(Drive, name=name, system=flag, encrypted=maybe),
]
SETTING_NAMES = (
    "automatic_logon",
    "power_on_password",
    "vulnerable_password",
    "anonymous_restricted",
    "automatic_updates",
    "screensaver",
    "screensaver_password",
)
settings = st.builds(Setting, name=st.sampled_from(SETTING_NAMES), value=flag)
os_fact = st.builds(
    lambda both, version: Os(both[0], both[1], version),
    st.sampled_from([("windows", "Windows 11 Pro"), ("linux", "Debian GNU/Linux"), ("linux", "Ubuntu")]),
    st.sampled_from(["12", ""]),
)


@st.composite
def facts(draw: st.DrawFn) -> frozenset[Fact]:
    """The facts of one PC; now and then no agent, no OS, or a class that is not told."""
    found: set[Fact] = set()
    if draw(st.integers(0, 9)):
        found.add(Agent("test", "1"))
    found |= draw(st.sets(os_fact, max_size=2))
    found |= set(draw(st.lists(settings, max_size=6, unique_by=lambda one: one.name)))
    for records in draw(st.lists(st.sampled_from(several), max_size=6)):
        found |= draw(st.sets(records, max_size=4))
    found |= {Told(cls) for cls in draw(st.sets(st.sampled_from(TOLD_CLASSES)))}
    return frozenset(found)


columns = st.fixed_dictionaries(
    {},
    optional={
        "host": st.sampled_from(["pc-1", "pc-2", ""]),
        "disk_free_mb": st.integers(0, 3),
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
drives = st.builds(
    sets.DriveEncryption,
    off=st.none()
    | st.builds(sets.DriveCondition, drives=st.sampled_from(["system", "all"]), level=level, missing=missing),
)
pc_settings = st.builds(
    sets.PcSettings,
    judge=flag,
    accounts=st.builds(sets.Accounts, guest_enabled=one),
    passwords=passwords,
    logon=st.builds(sets.Logon, automatic=one, power_on_password=one),
    shared_folders=st.builds(sets.SharedFolders, any=one, administrative=one),
    anonymous_connections=st.builds(sets.AnonymousConnections, unrestricted=one),
    services=services,
    firewall=st.builds(sets.Firewalls, off=one, exceptions=one),
    automatic_updates=st.builds(
        sets.AutomaticUpdates, off=st.none() | st.builds(sets.WarningCondition, level=level, missing=missing)
    ),
    screensaver=st.builds(sets.Screensaver, not_set=one, no_password=one),
    drive_encryption=drives,
)
kb = st.sampled_from(["KB5000001", "KB5000002", "KB5000003"])
updates = st.builds(
    items.SecurityUpdates,
    judge=flag,
    specified=st.lists(
        st.builds(
            items.SpecifiedUpdate, kb=kb, os=os_pattern, level=level, superseded_by=st.lists(kb, max_size=1).map(tuple)
        ),
        max_size=3,
    ).map(tuple),
    pending=st.builds(items.Pending, security=st.none() | level, other=st.none() | level),
)
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
            os=os_pattern,
            level=level,
        ),
        max_size=3,
    ).map(tuple),
)
alternative = st.builds(
    items.Alternative, name=pattern, publisher=st.sampled_from(["", "Maker"]), version=optional_rule
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
user_condition = st.one_of(
    st.builds(
        items.UserCondition,
        cls=st.just("software"),
        property=st.sampled_from(["name", "version", "publisher"]),
        value=st.sampled_from(["Alpha", "1.1", "Ma*"]),
        comparison=comparison,
    ),
    st.builds(
        items.UserCondition,
        cls=st.just("os"),
        property=st.sampled_from(["family", "version"]),
        value=st.sampled_from(["linux", "12"]),
        comparison=comparison,
    ),
    st.builds(
        items.UserCondition,
        cls=st.just("setting"),
        property=st.sampled_from(SETTING_NAMES[:2]),
        value=st.just("true"),
        comparison=st.sampled_from(["==", "!="]),
    ),
    st.builds(
        items.UserCondition,
        cls=st.just("drive"),
        property=st.sampled_from(["encrypted", "system"]),
        value=st.just("true"),
        comparison=st.sampled_from(["==", "!="]),
    ),
    st.builds(
        items.UserCondition,
        cls=st.just("pc"),
        property=st.just("disk_free_mb"),
        value=st.sampled_from(["1", "2"]),
        comparison=comparison,
    ),
    st.builds(
        items.UserCondition,
        cls=st.just("pc"),
        property=st.just("host"),
        value=st.sampled_from(["pc-1", "pc*"]),
        comparison=comparison,
    ),
)
user = st.builds(
    items.UserDefinition,
    judge=flag,
    items=st.lists(
        st.builds(
            items.UserItem,
            name=name,
            conditions=st.lists(user_condition, min_size=1, max_size=3).map(tuple),
            fails_when=st.sampled_from(["met", "not_met"]),
            missing=missing,
            level=level,
        ),
        max_size=3,
    ).map(tuple),
)
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


software, patch, waiting, products, account, share, service, firewall, drive = several
FOCUS: dict[str, tuple[st.SearchStrategy[JudgmentPolicy], st.SearchStrategy[Fact]]] = {
    "security_updates": (_only("security_updates", updates), patch | waiting),
    "antivirus": (_only("antivirus", antivirus), products),
    "prohibited_software": (_only("prohibited_software", prohibited), software),
    "mandatory_software": (_only("mandatory_software", mandatory), software),
    "accounts": (_settings(accounts=st.builds(sets.Accounts, guest_enabled=single), passwords=passwords), account),
    "shares": (_settings(shared_folders=st.builds(sets.SharedFolders, any=single, administrative=one)), share),
    "services": (_settings(services=services), service),
    "firewall": (_settings(firewall=st.builds(sets.Firewalls, off=single, exceptions=one)), firewall),
    "drives": (_settings(drive_encryption=drives), drive),
    "user_definition": (_only("user_definition", user), software | drive | settings),
}
"""Rules of one kind, and the records that they look at: here the two judges meet most often."""


@st.composite
def pc_about(draw: st.DrawFn, records: st.SearchStrategy[Fact]) -> frozenset[Fact]:
    """A PC with an agent, an OS, and up to five of ``records``, all of whose classes are told, or none."""
    found = {Agent("test", "1"), draw(os_fact), *draw(st.sets(records, max_size=5))}
    return frozenset(found | ({Told(cls) for cls in TOLD_CLASSES} if draw(flag) else set()))
