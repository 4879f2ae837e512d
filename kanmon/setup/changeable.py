"""Which settings may be changed while the Manager runs: those that are read each time they are used.

The others stay with the machine, for one of three reasons. Some are needed before there is a database, or hold for a
port, a pool or a file that was opened at the start. Some say what the Manager may read, run or reach (files, folders,
users, receivers and private addresses), so that who gets into the console does not get into the machine. And how long
the audit is kept is no matter of those whom the audit is about.

The mail server is changed here as long as no password belongs to it: the password of a file would be given to whatever
server is named.
"""

from typing import Literal

from kanmon.common import config

Why = Literal["", "machine", "password"]

CHANGEABLE = frozenset(
    {
        "judgment.keep_history_days", "judgment.checkpoint_minutes", "inventory.keep_receipts_hours",
        "feeds.patches_max_age_days", "feeds.vulnerabilities_max_age_days", "mail.server", "mail.fallback_servers",
        "mail.security", "mail.user", "mail.sender", "mail.administrators", "mail.failover_report_seconds",
        "mail.timeout_seconds", "mail.keep_seconds", "mail.attachment_bytes", "mail.user_address",
        "mail.users_per_hour", "mail.per_hour", "action.collect_seconds", "action.max_attempts", "action.act",
        "action.most_per_hour", "webhook.timeout_seconds", "events.timeout_seconds", "events.parcel_pcs",
        "events.message_bytes", "events.enterprise", "network.verify_seconds", "network.removed_pcs", "portal.help",
        "portal.check_seconds", "portal.checks_per_hour", "portal.wake_port", "message.keep_days",
        "command.drain_seconds", "command.grace_seconds", "command.output_bytes", "command.keep_days",
        "schedule.make_up_minutes", "statistics.at", "statistics.keep_days", "statistics.patched_days",
        "statistics.week_begins", "statistics.items", "backup.every_hours", "backup.keep",
    }
)  # fmt: skip
OF_THE_PASSWORD = frozenset({"mail.server", "mail.fallback_servers", "mail.security", "mail.user"})


def why_not(name: str) -> Why:
    """Why setting ``name`` can't be changed here; "" when it can."""
    if name not in CHANGEABLE:
        return "machine"
    if name in OF_THE_PASSWORD and config.get("mail.password_file"):
        return "password"
    return ""
