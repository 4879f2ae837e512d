"""Settings: one table, read from ``$KANMON_HOME/kanmon.toml`` and the environment.

Each setting is known by "section.name"; its environment variable is ``KANMON_SECTION_NAME`` and wins
over the file. Lists are written with commas in the environment. ``kanmon check`` shows every value with
where it came from. Some may be changed while the Manager runs (``kanmon.setup``). ``docs/reference/settings.md`` is made from ``SETTINGS``, and a test keeps them equal.
"""

import os
import re
import socket
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kanmon.common.errors import Refused


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its type follows from ``default``; ``low`` and ``high`` bound numbers, ``form`` is a regular
    expression for each text of a list.
    """

    name: str
    default: Any
    unit: str
    reason: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False
    form: str = ""

    @property
    def variable(self) -> str:
        """Name of its environment variable."""
        return "KANMON_" + self.name.replace(".", "_").upper()


SETTINGS: tuple[Setting, ...] = (
    Setting("server.listen", "127.0.0.1:8080", "address:port", "Where console, API and intake are served."),
    Setting("server.public_url", "", "URL", "Address that people type, for links in mails; empty: from listen."),
    Setting("server.certificate", "", "file", "TLS certificate chain (PEM). Wanted for any address but loopback."),
    Setting("server.key", "", "file", "Private key (PEM) of the certificate."),
    Setting("server.behind_proxy", False, "yes/no", "A proxy on this host ends TLS; trust its X-Forwarded-Proto."),
    Setting("server.language", "en", "language", "Language of mails and of the Manager log.", choices=("en", "ja")),
    Setting(
        "server.time_zone",
        "UTC",
        "IANA zone",
        "Zone whose midnight begins a day of judging, and in which times are shown until a person chooses another.",
    ),
    Setting("intake.body_bytes", 8 * 2**20, "bytes", "Largest body taken in.", 1024, 8 * 2**20),
    Setting(
        "intake.queue_reports",
        5000,
        "reports",
        "Reports waiting for their commit; above it: 503, try later.",
        1,
        100_000,
    ),
    Setting(
        "judgment.keep_history_days",
        0,
        "days",
        "Verdicts that ended and changes of inventory that were made longer ago are removed; 0: all are kept.",
        0,
        36500,
    ),
    Setting(
        "judgment.checkpoint_minutes",
        10,
        "minutes",
        "How often the index is kept in a file of this node, for a quick start; 0: never, not at stop either.",
        0,
        1440,
    ),
    Setting(
        "inventory.keep_receipts_hours", 24, "hours", "How long a recorded receipt is kept for questions.", 0, 8760
    ),
    Setting(
        "feeds.patches_max_age_days",
        45,
        "days",
        "How old the newest patch feed may be before a health warning says so.",
        1,
        3650,
    ),
    Setting(
        "feeds.vulnerabilities_max_age_days",
        14,
        "days",
        "How old a vulnerability feed may be before a health warning says so.",
        1,
        3650,
    ),
    Setting("mail.server", "", "host:port", "SMTP server; empty: no mail is sent, and every mail action says so."),
    Setting(
        "mail.fallback_servers",
        [],
        "host:port",
        "SMTP servers that are tried in this order when mail.server can't be used; security and user are the same.",
        form=r"[^\s,]{1,260}",
    ),
    Setting("mail.security", "none", "", "TLS towards the SMTP servers.", choices=("none", "starttls", "tls")),
    Setting("mail.ca_file", "", "file", "Certificates (PEM) of authorities to trust besides those of the system."),
    Setting("mail.user", "", "", "User for SMTP AUTH; empty: none."),
    Setting(
        "mail.password_file", "", "file", "File that holds the SMTP password, so that it is in no list of processes."
    ),
    Setting("mail.sender", "kanmon@localhost", "address", "From address of mails."),
    Setting("mail.administrators", [], "addresses", "Who gets the mails of action policies that say administrators."),
    Setting(
        "mail.failover_report_seconds",
        20,
        "seconds",
        "How long after a failover its report is mailed to the administrators, so that it can say what became of"
        " everything; 0: no such mail.",
        0,
        3600,
    ),
    Setting("mail.timeout_seconds", 20, "seconds", "Longest wait for the SMTP server in one step.", 1, 300),
    Setting(
        "mail.keep_seconds",
        10,
        "seconds",
        "How long a connection is kept for another mail after one; 0: it is not.",
        0,
        300,
    ),
    Setting(
        "mail.attachment_bytes",
        2 * 2**20,
        "bytes",
        "Largest table of PCs that is attached to a mail; it has 10,000 PCs at most.",
        1024,
        20 * 2**20,
    ),
    Setting(
        "mail.user_address",
        "",
        "template",
        "Address of a PC's user, with {user} in it: {user}@example.com. Empty: only who is in the list of"
        " kanmon mail-users gets mail.",
    ),
    Setting(
        "mail.users_per_hour",
        200,
        "mails",
        "Most mails to users of PCs in an hour; above it they wait for their hour, for a day at most.",
        1,
        10_000,
    ),
    Setting(
        "mail.per_hour",
        20,
        "mails",
        "Most mails in an hour; above it the next window is longer, so that the rest goes together.",
        1,
        1000,
    ),
    Setting(
        "action.collect_seconds",
        60,
        "seconds",
        "Inventory that comes in this long after the first is one run: one mail.",
        0,
        3600,
    ),
    Setting(
        "action.max_attempts",
        8,
        "attempts",
        "How often a passing failure is tried before the action has failed.",
        1,
        100,
    ),
    Setting(
        "action.act",
        "after_judgment",
        "choice",
        "When actions are decided: after each judgment, or only when a person says so (kanmon act).",
        choices=("after_judgment", "by_command"),
    ),
    Setting(
        "action.most_per_hour",
        ["network=100"],
        "kind=number",
        "Most PCs that an action of a kind may reach in an hour, a number or a share of the fleet: network=100,"
        " command=2%. About those beyond a person is asked. Network: those that are cut off.",
        form=r"[a-z_]{1,20}=(\d{1,7}|(100|\d{1,2})%)",
    ),
    Setting(
        "webhook.targets",
        [],
        "name=URL",
        "Receivers that action policies may name: siem=https://siem.example.com/kanmon. Shown as a secret, because"
        " addresses may hold one.",
        secret=True,
        form=r"[a-z0-9][a-z0-9_-]{0,39}=https?://[^\s@/?#]+([/?#]\S*)?",
    ),
    Setting(
        "webhook.secret_folder",
        "",
        "folder",
        "The file NAME in it holds the signing secret of target NAME; empty: secrets/webhook in the home.",
    ),
    Setting("webhook.ca_file", "", "file", "Certificates (PEM) of authorities to trust besides those of the system."),
    Setting(
        "webhook.allow_private",
        [],
        "targets",
        "Names of targets that may be at a private or loopback address; others are refused there.",
        form=r"[a-z0-9][a-z0-9_-]{0,39}",
    ),
    Setting("webhook.timeout_seconds", 20, "seconds", "Longest wait for a receiver, from connecting on.", 1, 300),
    Setting(
        "events.targets",
        [],
        "name=URL",
        "Receivers of events that action policies may name: siem=tls://siem.example.com:6514?format=cef. Shown as a"
        " secret, because addresses may hold one.",
        secret=True,
        form=r"[a-z0-9][a-z0-9_-]{0,39}=[a-z][a-z0-9+.-]*://[^\s@/?#]+([/?#]\S*)?",
    ),
    Setting("events.ca_file", "", "file", "Certificates (PEM) of authorities to trust besides those of the system."),
    Setting("events.certificate", "", "file", "Certificate chain (PEM) that Kanmon shows to receivers; empty: none."),
    Setting("events.key", "", "file", "Private key (PEM) of that certificate, without a password."),
    Setting(
        "events.allow_private",
        [],
        "targets",
        "Names of targets that may be at a private or loopback address; others are refused there.",
        form=r"[a-z0-9][a-z0-9_-]{0,39}",
    ),
    Setting(
        "events.timeout_seconds",
        30,
        "seconds",
        "Longest wait for a receiver, from connecting until it has read up to 1,000 events.",
        1,
        300,
    ),
    Setting(
        "events.parcel_pcs",
        1000,
        "PCs",
        "Most PCs that are told on one connection; what has arrived is not sent again when an order is interrupted.",
        1,
        1000,
    ),
    Setting(
        "events.message_bytes",
        8192,
        "bytes",
        "Largest message of syslog; texts are cut to it. RFC 5425 wants receivers to take 8,192.",
        2048,
        65_536,
    ),
    Setting(
        "events.enterprise",
        32473,
        "number",
        "Private enterprise number of structured data in syslog; 32473 is the one for examples (RFC 5612).",
        1,
        2**31,
    ),
    Setting(
        "agents.listen",
        "",
        "address:port",
        "Where network agents call, by TLS with certificates of both sides; empty: there are none.",
    ),
    Setting(
        "agents.addresses",
        [],
        "URLs",
        "Where agents find the Managers, as an invitation tells them (https://host:port); empty: this one.",
        form=r"https://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?",
    ),
    Setting(
        "network.verify_seconds",
        60,
        "seconds",
        "How long the network may take to show an order carried out before a warning says so.",
        5,
        86_400,
    ),
    Setting(
        "network.removed_pcs",
        "leave",
        "what is done",
        "PCs that a person removes from management: left in the network as they are, or refused in emergency until a"
        " person lifts that.",
        choices=("leave", "refuse"),
    ),
    Setting(
        "portal.listen",
        "",
        "address:port",
        "Where the remediation page is served to PCs in quarantine, without sign-in; empty: there is none.",
    ),
    Setting(
        "portal.url",
        "",
        "URL",
        "Address of the remediation page as PCs reach it, for links and for PCs that the network sends there; empty:"
        " from listen.",
    ),
    Setting("portal.certificate", "", "file", "TLS certificate chain (PEM) of the remediation page; empty: HTTP."),
    Setting("portal.key", "", "file", "Private key (PEM) of that certificate."),
    Setting(
        "portal.proxies",
        [],
        "networks",
        "Proxies in front of the remediation page: from these alone X-Forwarded-For is believed (192.0.2.7,"
        " 10.0.0.0/8, 2001:db8::/64).",
        form=r"[0-9a-fA-F:.]+(/\d{1,3})?",
    ),
    Setting(
        "portal.help",
        [],
        "texts",
        "Whom to call, as the remediation page says it, a text for each language: en=Service desk, phone 1234.",
        form=r"(?s)(en|ja)=.{1,1000}",
    ),
    Setting(
        "portal.check_seconds",
        30,
        "seconds",
        "Shortest time between two *Check again now* of one PC.",
        1,
        3600,
    ),
    Setting(
        "portal.checks_per_hour",
        1000,
        "checks",
        "Most *Check again now* of all PCs in an hour; above it: 429, try later.",
        1,
        100_000,
    ),
    Setting(
        "portal.wake_port",
        62354,
        "port",
        "Where the inventory agent of a PC listens (FusionInventory and GLPI: 62354): *Check again now* asks it there for"
        " a new inventory; 0: it is not asked.",
        0,
        65_535,
    ),
    Setting(
        "message.poll_seconds",
        50,
        "seconds",
        "How long the call of a client waits for a message; shorter than what firewalls and proxies on the way allow.",
        5,
        600,
    ),
    Setting(
        "message.connections",
        5000,
        "clients",
        "How many clients may wait at a node at a time; above it: 503, come again later. Each takes a file descriptor.",
        0,
        200_000,
    ),
    Setting(
        "message.keep_days",
        90,
        "days",
        "Messages that were shown, or have expired, longer ago are removed.",
        1,
        3650,
    ),
    Setting(
        "command.folder",
        "",
        "folder",
        "Programs that action policies may run; others can't be. Empty: no command is run, and every one says so.",
    ),
    Setting("command.user", "", "user", "Who runs commands when a policy names nobody; empty: the Manager's own user."),
    Setting(
        "command.users", [], "users", "Whom else a policy may name. The Manager has to be root to run as another user."
    ),
    Setting(
        "command.work_folder",
        "",
        "folder",
        "Files, output and result of each command; on a disk of this host alone. Empty: /var/lib/kanmon-commands for"
        " root, else run/commands in the home.",
    ),
    Setting(
        "command.drain_seconds",
        10,
        "seconds",
        "How long a planned stop waits for a command that runs before it is ended; within cluster.drain_seconds.",
        0,
        600,
    ),
    Setting("command.grace_seconds", 5, "seconds", "Between TERM and KILL when a command has to end.", 1, 60),
    Setting(
        "command.output_bytes",
        2**20,
        "bytes",
        "How much of a command's output is kept; else its middle is left out.",
        1024,
        2**30,
    ),
    Setting("command.keep_days", 30, "days", "How long files, output and result of a command are kept.", 1, 3650),
    Setting(
        "schedule.make_up_minutes",
        60,
        "minutes",
        "A tick of a schedule that passed while nobody led is made up when it is not older than this.",
        0,
        10_080,
    ),
    Setting("statistics.at", "23:30", "time", "When a day is stored, by server.time_zone."),
    Setting("statistics.keep_days", 1100, "days", "How long the numbers of a day are kept; 0: all are kept.", 0, 36500),
    Setting(
        "statistics.patched_days", 14, "days", "Within how many days after their release updates are to be in.", 0, 365
    ),
    Setting(
        "statistics.week_begins",
        "monday",
        "",
        "First day of a week in statistics.",
        choices=("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ),
    Setting(
        "statistics.items",
        [],
        "items",
        "Up to 10 items of one's own: name=condition;condition, in order on PCs where none of these conditions fails.",
        form=r"[^=,]{1,100}=[^=,]{1,900}",
    ),
    Setting("log.keep_files", 10, "files", "How many older Manager logs are kept.", 1, 1000),
    Setting("log.file_bytes", 20 * 2**20, "bytes", "Size at which a new Manager log begins.", 4096, 2**30),
    Setting(
        "cluster.lease_seconds",
        5.0,
        "seconds",
        "PostgreSQL: how long the active node may be silent before another takes over. The same on all nodes.",
        2,
        30,
    ),
    Setting(
        "cluster.drain_seconds",
        20.0,
        "seconds",
        "How long a stop or hand-over waits for what is being done before it is cut short.",
        1,
        600,
    ),
    Setting(
        "cluster.shared_home",
        False,
        "yes/no",
        "Several nodes use this home at the same time (PostgreSQL): sockets and logs go to nodes/NAME in it.",
    ),
    Setting(
        "cluster.mount",
        "",
        "folder",
        "Shared disk: the mount point that must be in place before start, with the home on it. Empty: none.",
    ),
    Setting(
        "cluster.address",
        "",
        "IP address",
        "Logical address that must be on an interface of this machine before start. Empty: none.",
    ),
    Setting(
        "database.shared_disk",
        False,
        "yes/no",
        "SQLite on a disk that cluster software mounts on one machine at a time: write so that moving it is safe.",
    ),
    Setting(
        "sign_in.second_factor",
        "no",
        "",
        "Of whom a second factor is wanted at sign-in: a code of an authenticator app. Who has none is led to set it up.",
        choices=("no", "administrators", "all"),
    ),
    Setting(
        "audit.keep_days",
        0,
        "days",
        "Audit rows that were sealed longer ago are removed, their seals stay; 0: all are kept.",
        0,
        36500,
    ),
    Setting("backup.folder", "", "folder", "Where the active node writes scheduled backups; empty: it makes none."),
    Setting("backup.every_hours", 24, "hours", "How old the newest backup may become before the next.", 1, 8760),
    Setting("backup.keep", 7, "files", "How many scheduled backups are kept.", 1, 1000),
    Setting("database.pool", 30, "connections", "PostgreSQL: most connections of a node for pages and calls.", 5, 500),
    Setting("database.url", "", "URL", "Empty: SQLite in the home. postgresql://... for PostgreSQL.", secret=True),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def node() -> str:
    """The name of this node: ``KANMON_NODE``, else the host's name."""
    return os.environ.get("KANMON_NODE") or socket.gethostname()


def node_folder(home: Path) -> Path:
    """Where files of this node alone are (``run``, ``log``): the home, or nodes/NAME in it when it is shared."""
    if not get("cluster.shared_home"):
        return home
    return home / "nodes" / re.sub(r"[^A-Za-z0-9._-]", "_", node())


def home() -> Path:
    """The folder with database, settings, secrets and logs: ``KANMON_HOME``, else ``~/.kanmon``."""
    return Path(os.environ.get("KANMON_HOME") or Path.home() / ".kanmon").absolute()


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and its source: ``default``, ``console``, ``kanmon.toml`` or the environment variable."""

    value: Any
    source: str


def convert(setting: Setting, raw: Any, source: str) -> Any:
    """``raw`` as the setting's type, within its bounds. Raises Refused KNM6001-E."""
    kind = type(setting.default)
    value = raw
    if isinstance(raw, str) and kind is not str:
        if kind is list:
            value = [part.strip() for part in raw.split(",") if part.strip()]
        elif kind is bool and raw.lower() in {"1", "true", "yes", "0", "false", "no"}:
            value = raw.lower() in {"1", "true", "yes"}
        elif kind in (int, float):
            try:
                value = kind(raw)
            except ValueError:
                value = raw
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    wrong = type(value) is not kind or (kind is list and not all(isinstance(one, str) for one in value))
    if not wrong and setting.choices:
        wrong = value not in setting.choices
    if not wrong and setting.form:
        wrong = not all(re.fullmatch(setting.form, one) for one in value)
    if not wrong and setting.low is not None and setting.high is not None:
        wrong = not setting.low <= value <= setting.high
    if wrong:
        said = "***" if setting.secret else repr(raw)
        raise Refused("KNM6001-E", name=setting.name, source=source, value=said, wanted=_wanted(setting))
    return value


def _wanted(setting: Setting) -> str:
    if setting.choices:
        return "one of " + ", ".join(setting.choices)
    kind = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of texts", float: "a number"}
    text = kind[type(setting.default)] + (f" ({setting.unit})" if setting.form else "")
    return text if setting.low is None else f"{text} from {setting.low:g} to {setting.high:g}"


def read_file(path: Path, known: Mapping[str, Setting] = BY_NAME, others: Collection[str] = ()) -> dict[str, Any]:
    """The settings in the file, flat ("mail.server"). Names that are not ``known`` are refused with the nearest one.

    ``others``: sections that somebody else reads.
    """
    if not path.exists():
        return {}
    try:
        tree = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Refused("KNM6002-E", path=str(path), problem=str(problem)) from None
    flat: dict[str, Any] = {}
    for section, entries in tree.items():
        if section in others:
            continue
        if not isinstance(entries, dict):
            raise Refused("KNM6003-E", path=str(path), name=section, near=_nearest(section, known))
        for key, value in entries.items():
            name = f"{section}.{key}"
            if name not in known:
                raise Refused("KNM6003-E", path=str(path), name=name, near=_nearest(name, known))
            flat[name] = value
    return flat


def _nearest(name: str, known: Mapping[str, Setting]) -> str:
    import difflib

    found = difflib.get_close_matches(name, known, n=1, cutoff=0)
    return found[0] if found else "-"


def read(root: Path | None = None) -> dict[str, Value]:
    """All settings with their values and sources. Raises Refused with a sentence that names the place."""
    return read_table((root or home()) / "kanmon.toml", BY_NAME)


def read_table(path: Path, known: Mapping[str, Setting], others: Collection[str] = ()) -> dict[str, Value]:
    """The settings of any table, from their file and the environment. Raises Refused as ``read`` does."""
    from_file = read_file(path, known, others)
    values: dict[str, Value] = {}
    for setting in known.values():
        if setting.variable in os.environ:
            source = setting.variable
            values[setting.name] = Value(convert(setting, os.environ[setting.variable], source), source)
        elif setting.name in from_file:
            values[setting.name] = Value(convert(setting, from_file[setting.name], str(path)), str(path))
        else:
            values[setting.name] = Value(setting.default, "default")
    return values


_cache: dict[str, Value] = {}
_kept: Mapping[str, Any] = {}


def get(name: str) -> Any:
    """The value of setting ``name``. KeyError for a name that is not in the table."""
    return in_force(name).value


def in_force(name: str) -> Value:
    """The value of setting ``name`` and its source: the environment, the file, what is kept in the database ("console"),
    the default. The first two are read once a process.
    """
    if not _cache:
        _cache.update(read())
    found = _cache[name]
    return Value(_kept[name], "console") if found.source == "default" and name in _kept else found


def keep(values: Mapping[str, Any]) -> None:
    """What the database keeps, as ``convert`` gave it; what was kept before counts no more."""
    global _kept
    _kept = dict(values)


def adopt(root: Path) -> None:
    """The settings of ``root`` are those of this process until ``forget`` (a restore into a home without any)."""
    _cache.clear()
    _cache.update(read(root))


def forget() -> None:
    """Read again at the next ``get`` (tests, ``kanmon setup``)."""
    _cache.clear()
    keep({})
