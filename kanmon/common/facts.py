"""The one table of what Kanmon knows about a PC: fact classes and columns.

A *fact* is one whole record of a class: this software in this version of this publisher. Conditions
are matched against whole records, so fields of different records never mix. Facts are shared by many
PCs: each distinct record is stored once and has a number (``inventory.models.Fact``).

A *column* is what differs from PC to PC (addresses, serial numbers, free space). It is kept by PC.

A PC that has *no* software and a PC whose source *does not tell* about software are two things. A
report therefore carries a ``Told(cls)`` fact for each class that it covers, even when it has no record
of that class. A class that is not told makes conditions on it *Unknown*, never Safe.

In all classes: ``""`` means that a text was not given, ``None`` that a yes/no was not given. Dates are
``YYYY-MM-DD`` texts, days are precise enough for every condition and keep the dictionary small.
Class codes are part of the storage format: numbers are never used again for something else, and new
fields are only added at the end of a class, with a default.
"""

from typing import NamedTuple


class Os(NamedTuple):
    """The operating system. ``family`` is one of windows, linux, macos, bsd, android, other."""

    family: str
    name: str
    version: str = ""
    build: str = ""  # Windows: "26100.6725" (build and revision where known)
    service_pack: str = ""
    arch: str = ""


class Agent(NamedTuple):
    """The program that made the report. Without it every item is Unknown (rule of the original)."""

    name: str
    version: str


class Software(NamedTuple):
    """One installed program. ``scheme`` says how versions sort: deb, rpm, windows or other.

    ``source``: the source package of a deb, with its version where it has another ("gcc-defaults 1.203").
    """

    name: str
    version: str = ""
    publisher: str = ""
    arch: str = ""
    scheme: str = "other"
    source: str = ""


class Patch(NamedTuple):
    """One installed Windows update, ``kb`` written "KB5077181"."""

    kb: str


class PendingUpdate(NamedTuple):
    """One update that the PC itself knows and has not installed. ``version`` is the one offered."""

    name: str
    version: str = ""
    security: bool | None = None


class Antivirus(NamedTuple):
    """One antivirus product. ``enabled`` is "resident" of the original: it runs and protects now."""

    product: str
    version: str = ""
    engine: str = ""
    definitions: str = ""
    definitions_date: str = ""
    enabled: bool | None = None
    up_to_date: bool | None = None


class Setting(NamedTuple):
    """One named security setting, see ``SETTINGS``. A setting that is not told has no record."""

    name: str
    value: bool | int | str


class Account(NamedTuple):
    """One local account that can log on."""

    name: str
    enabled: bool | None = None
    administrator: bool | None = None
    guest: bool = False
    has_password: bool | None = None
    password_expires: bool | None = None
    password_changed: str = ""


class Share(NamedTuple):
    """One shared folder. ``administrative``: C$, ADMIN$ and the like."""

    name: str
    administrative: bool = False


class Service(NamedTuple):
    """One service (Windows service, systemd unit without ".service")."""

    name: str
    running: bool | None = None
    startup: str = ""  # automatic, manual, disabled


class Firewall(NamedTuple):
    """One firewall or firewall profile (domain, private, public, ufw, nftables)."""

    profile: str
    enabled: bool | None = None
    exceptions: bool | None = None


class Drive(NamedTuple):
    """One local fixed volume. ``name`` is the letter ("C:") or mount point ("/home")."""

    name: str
    system: bool = False
    encrypted: bool | None = None
    method: str = ""
    filesystem: str = ""


class Hardware(NamedTuple):
    """Make of the PC."""

    manufacturer: str = ""
    model: str = ""
    chassis: str = ""


class Check(NamedTuple):
    """One result of a check that another program made: a rule of SCAP, a policy of osquery.

    ``result`` is one of XCCDF: pass, fixed, fail, error, unknown, notchecked, notapplicable, informational.
    """

    source: str  # scap, osquery, lynis...
    rule: str
    result: str
    title: str = ""
    severity: str = ""  # critical, high, medium, low, info
    profile: str = ""


class Told(NamedTuple):
    """The source covers class ``cls`` (a key of ``CLASSES``), even when it found no record of it."""

    cls: str


Fact = (
    Os
    | Agent
    | Software
    | Patch
    | PendingUpdate
    | Antivirus
    | Setting
    | Account
    | Share
    | Service
    | Firewall
    | Drive
    | Check
    | Hardware
    | Told
)

# name -> (code in the store, record). The order is the order in which a PC's page shows them.
CLASSES: dict[str, tuple[int, type[Fact]]] = {
    "os": (1, Os),
    "agent": (2, Agent),
    "hardware": (3, Hardware),
    "antivirus": (4, Antivirus),
    "patch": (5, Patch),
    "pending_update": (6, PendingUpdate),
    "software": (7, Software),
    "setting": (8, Setting),
    "account": (9, Account),
    "share": (10, Share),
    "service": (11, Service),
    "firewall": (12, Firewall),
    "drive": (13, Drive),
    "check": (15, Check),
    "told": (14, Told),
}
CODE_OF: dict[type[Fact], int] = {record: code for code, record in CLASSES.values()}
CLASS_OF: dict[int, type[Fact]] = dict(CLASSES.values())
NAME_OF: dict[type[Fact], str] = {record: name for name, (_, record) in CLASSES.items()}

# Classes for which "not told" and "none" must be told apart by a Told fact.
TOLD_CLASSES = (
    "software",
    "patch",
    "pending_update",
    "antivirus",
    "account",
    "share",
    "service",
    "firewall",
    "drive",
    "check",
)

# name of a setting -> type of its value
SETTINGS: dict[str, type] = {
    "automatic_logon": bool,
    "power_on_password": bool,
    "vulnerable_password": bool,
    "anonymous_restricted": bool,  # anonymous connections are restricted
    "automatic_updates": bool,
    "screensaver": bool,  # a screensaver or screen lock is set
    "screensaver_password": bool,  # it asks for the password
    "screen_lock_seconds": int,
    "secure_boot": bool,
    "tpm": bool,
    "remote_desktop": bool,
    "smb1": bool,
    "llmnr": bool,
    "usb_storage": bool,  # USB storage can be used
}

# name of a column -> type: int and float are numbers, str is text, times are Unix seconds (int).
COLUMNS: dict[str, type] = {
    "host": str,
    "domain": str,
    "user": str,  # who is logged on, or was last
    "ip": str,  # addresses, separated by a blank
    "mac": str,  # addresses "aa:bb:cc:dd:ee:ff", separated by a blank
    "serial": str,
    "uuid": str,
    "memory_mb": int,
    "disk_total_mb": int,  # system drive
    "disk_free_mb": int,  # system drive
    "boot_at": int,
    "last_logon_at": int,
    "reported_at": int,  # when the newest report was made, by the PC's clock
}
# Columns whose change alone says nothing new: left out of the digest that tells "unchanged".
VOLATILE_COLUMNS = frozenset({"user", "disk_free_mb", "boot_at", "last_logon_at", "reported_at"})
