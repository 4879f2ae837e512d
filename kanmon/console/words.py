"""Tables of words: what is stored -> what a person reads. A word that is not here is shown as it is stored."""

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy

from kanmon.console.language import Worded
from kanmon.judgment import wording as judged
from kanmon.judgment.levels import Level

LEVELS = {level: Worded(judged.level_word, level.word) for level in Level}
SHAPES = {
    Level.DANGER: "danger",
    Level.WARNING: "warning",
    Level.CAUTION: "caution",
    Level.SAFE: "safe",
    Level.UNKNOWN: "unknown",
    Level.NOT_APPLICABLE: "na",
    Level.NOT_JUDGED: "pending",
}
ITEMS = {item: Worded(judged.item_title, item) for item in judged.ITEM_TITLES} | {
    "stale_inventory": Worded(judged.say, "stale"),
}
SHORT_ITEMS = {
    "security_updates": plazy("column", "Upd"),
    "antivirus": plazy("column", "AV"),
    "prohibited_software": plazy("column", "Pro"),
    "mandatory_software": plazy("column", "Man"),
    "pc_settings": plazy("column", "Set"),
    "user_definition": plazy("column", "Usr"),
}
STATES = {
    "waiting": plazy("operation", "Waiting"),
    "held": plazy("operation", "Held"),
    "running": plazy("operation", "Running"),
    "in_doubt": plazy("operation", "In doubt"),
    "finished": plazy("operation", "Finished"),
    "failed": plazy("operation", "Failed"),
    "cancelled": plazy("operation", "Cancelled"),
}
STATE_TAGS = {
    "running": ("k-tag-accent", "redo"),
    "in_doubt": ("k-tag-doubt", "warning"),
    "finished": ("k-tag-done", "done"),
    "failed": ("k-tag-failed", "danger"),
    "held": ("", "pending"),
    "waiting": ("", "pending"),
    "cancelled": ("", "x"),
}
KINDS = {
    "feed": plazy("operation", "Import a feed"),
    "record": plazy("operation", "Record reports"),
    "judge": plazy("operation", "Judge"),
    "act": plazy("operation", "Decide actions"),
    "mail": plazy("operation", "Mail"),
    "user_mail": plazy("operation", "Mails to users"),
    "letter": plazy("operation", "Mail to a user"),
    "suspected": plazy("operation", "Decide a suspected duplicate"),
    "change": plazy("operation", "Window operation"),
    "command": plazy("operation", "Command"),
    "webhook": plazy("operation", "Webhook"),
    "event": plazy("operation", "Events"),
    "network": plazy("operation", "Network control"),
    "message": plazy("operation", "Message to users"),
    "antivirus_versions": plazy("operation", "Antivirus versions"),
    "pcs": plazy("operation", "Management of PCs"),
}
MESSAGE_STATES = {
    "waiting": plazy("message", "Waiting"),
    "delivered": plazy("message", "Delivered"),
    "shown": plazy("message", "Shown"),
    "expired": plazy("message", "Expired"),
}
NODE_STATES = {
    "active": plazy("node", "Active"),
    "standby": plazy("node", "Standby"),
    "draining": plazy("node", "Draining"),
    "stopped": plazy("node", "Stopped"),
    "not_answering": plazy("node", "Not answering"),
}
NODE_TAGS = {
    "active": ("k-tag-done", "done"),
    "standby": ("", "pending"),
    "draining": ("k-tag-accent", "redo"),
    "stopped": ("", "x"),
    "not_answering": ("k-tag-doubt", "warning"),
}
GROUPS = {
    "judgment": plazy("report", "Judgment"),
    "action": plazy("report", "Action (Manager)"),
    "window": plazy("report", "Operation in a window"),
    "agent_action": plazy("report", "Action (Agent)"),
    "agent_setup": plazy("report", "Setup window (Agent)"),
}
OUTCOMES = {
    "in_doubt": plazy("outcome", "In doubt"),
    "held": plazy("outcome", "Held"),
    "failed": plazy("outcome", "Resumed, failed"),
    "waiting": plazy("outcome", "Waits to be resumed"),
    "resumed": plazy("outcome", "Resumed"),
    "may_repeat": plazy("outcome", "Done, may be a repeat"),
    "suppressed": plazy("outcome", "Repeat suppressed"),
    "redone": plazy("outcome", "Redone"),
    "it_ran": plazy("outcome", "Recorded as done"),
    "closed": plazy("outcome", "Closed"),
    "cancelled": plazy("outcome", "Cancelled"),
    "finished_before": plazy("outcome", "Finished before"),
}
OUTCOME_TAGS = {
    "in_doubt": ("k-tag-doubt", "warning"),
    "held": ("k-tag-doubt", "pending"),
    "failed": ("k-tag-failed", "danger"),
    "waiting": ("", "pending"),
    "closed": ("", "x"),
    "cancelled": ("", "x"),
    "redone": ("", "redo"),
}
RESULTS = {
    "success": plazy("result", "success"),
    "partial_success": plazy("result", "partial success"),
    "failure": plazy("result", "failure"),
    "not_executed": plazy("result", "not executed"),
    "unknown": plazy("result", "unknown"),
}
HISTORY_RESULTS = {
    **RESULTS,
    "waiting": plazy("result", "waiting"),
    "running": plazy("result", "running"),
    "held": plazy("result", "held"),
    "in_doubt": plazy("result", "in doubt"),
    "held_back": plazy("result", "held back"),
}
HISTORY_TAGS = {
    "success": ("k-tag-done", "done"),
    "partial_success": ("k-tag-doubt", "warning"),
    "failure": ("k-tag-failed", "danger"),
    "unknown": ("k-tag-doubt", "warning"),
    "in_doubt": ("k-tag-doubt", "warning"),
    "running": ("k-tag-accent", "redo"),
    "not_executed": ("", "x"),
}
LANES = {
    "rows": plazy("lane", "Judging and recording"),
    "mail": plazy("lane", "Mail"),
    "letter": plazy("lane", "Mails to users"),
    "feed": plazy("lane", "Imports of feeds"),
    "command": plazy("lane", "Commands"),
    "webhook": plazy("lane", "Webhooks"),
    "event": plazy("lane", "Events"),
    "network": plazy("lane", "Network control"),
    "message": plazy("lane", "Messages to users"),
}
CAUSES = {
    "inventory": plazy("cause", "an inventory update"),
    "import": plazy("cause", "an import"),
    "feed": plazy("cause", "an imported feed"),
    "schedule": plazy("cause", "the schedule"),
    "pc_list": plazy("cause", "a person, in the PC list"),
    "judge_command": plazy("cause", "the judge command"),
    "check_again": plazy("cause", "the PC's user, on the remediation page"),
    "action_command": plazy("cause", "the action command"),
    "policy": plazy("cause", "a changed policy"),
    "managed": plazy("cause", "management enabled"),
    "console": plazy("cause", "a person, in the console"),
    "api": plazy("cause", "the API"),
    "person": plazy("cause", "a person"),
    "failover": plazy("cause", "a failover"),
    "start": plazy("cause", "the start of the Manager"),
    "day": plazy("cause", "a new day"),
    "act_command": plazy("cause", "the act command"),
    "answer": plazy("cause", "a person, about actions that waited"),
    "hold_released": plazy("cause", "the release of held actions"),
    "redo": plazy("cause", "a person, to be done again"),
    "replay": plazy("cause", "a person, to be sent once more"),
}
ROLES = {
    "administrator": plazy("role", "Administrator"),
    "security_administrator": plazy("role", "Security administrator"),
    "viewer": plazy("role", "Viewer"),
    "auditor": plazy("role", "Auditor"),
}
AUDITED = {  # events of the audit, or their beginning with a star
    "signed_in": lazy("Sign-ins"),
    "sign_in_failed": lazy("Failed sign-ins"),
    "permission_refused": lazy("What was refused"),
    "person_*": lazy("Changes of people"),
    "second_factor_*": lazy("Second factors"),
    "token_*": lazy("Tokens"),
    "settings_changed": lazy("Settings"),
    "change_*": lazy("Other changes in windows"),
    "exported": lazy("Exports"),
}
PERSON_STATES = {
    "active": plazy("person", "Active"),
    "invited": plazy("person", "Invited"),
    "disabled": plazy("person", "Disabled"),
}
TOKEN_STATES = {
    "active": plazy("token", "Active"),
    "over": plazy("token", "Over"),
    "revoked": plazy("token", "Revoked"),
}
EVENTS = {
    "begun": plazy("event", "Begun"),
    "started": plazy("event", "Started"),
    "intent": plazy("event", "About to act"),
    "result": plazy("event", "Result written"),
    "chunk": plazy("event", "Part done"),
    "progress": plazy("event", "Part done"),
    "finished": plazy("event", "Finished"),
    "failed": plazy("event", "Failed"),
    "retry": plazy("event", "Will be tried again"),
    "interrupted": plazy("event", "Interrupted"),
    "in_doubt": plazy("event", "In doubt"),
    "resumed": plazy("event", "Resumed"),
    "cancelled": plazy("event", "Cancelled"),
    "held": plazy("event", "Held"),
    "released": plazy("event", "Released"),
    "it_ran": plazy("event", "Recorded as done"),
    "closed": plazy("event", "Closed"),
    "redone": plazy("event", "Redone"),
    "replayed": plazy("event", "Sent once more"),
    "given_up": plazy("event", "Given up"),
    "sent": plazy("event", "Part delivered"),
    "repeat": plazy("event", "May be a repeat"),
    "may_be_repeat": plazy("event", "May be a repeat"),
    "already_done": plazy("event", "Had been done already"),
    "suspended": plazy("event", "Suspended"),
    "handed_over": plazy("event", "Handed over"),
}
POLICY_KINDS = {
    "judgment": plazy("policy", "Judgment policy"),
    "action": plazy("policy", "Action policy"),
}
MARKS = {
    "host": lazy("Host name"),
    "user": lazy("User"),
    "serial": lazy("Serial"),
    "uuid": plazy("mark", "UUID"),
    "mac": plazy("mark", "MAC"),
}
CLASSES = {
    "os": lazy("Operating system"),
    "agent": lazy("Agent"),
    "hardware": lazy("Hardware"),
    "antivirus": lazy("Antivirus"),
    "patch": lazy("Windows updates"),
    "pending_update": lazy("Pending updates"),
    "software": lazy("Software"),
    "setting": lazy("Settings"),
    "account": lazy("Accounts"),
    "share": lazy("Shared folders"),
    "service": lazy("Services"),
    "firewall": lazy("Firewall"),
    "drive": lazy("Drives"),
    "check": lazy("Outside checks"),
}
FIELDS = {
    "family": lazy("Family"),
    "name": lazy("Name"),
    "version": plazy("field", "Version"),
    "build": lazy("Build"),
    "service_pack": lazy("Service pack"),
    "arch": lazy("Architecture"),
    "publisher": lazy("Publisher"),
    "scheme": lazy("Version scheme"),
    "kb": plazy("field", "KB number"),
    "security": lazy("For security"),
    "product": lazy("Product"),
    "engine": lazy("Engine"),
    "definitions": lazy("Definitions"),
    "definitions_date": lazy("Definitions of"),
    "enabled": plazy("field", "Enabled"),
    "up_to_date": lazy("Up to date"),
    "value": lazy("Value"),
    "administrator": plazy("field", "Administrator"),
    "guest": lazy("Guest"),
    "has_password": lazy("Has a password"),
    "password_expires": lazy("Password expires"),
    "password_changed": lazy("Password changed"),
    "administrative": lazy("Administrative"),
    "running": plazy("field", "Running"),
    "startup": lazy("Start"),
    "profile": lazy("Profile"),
    "exceptions": lazy("Exceptions"),
    "system": lazy("System drive"),
    "encrypted": lazy("Encrypted"),
    "method": lazy("Method"),
    "filesystem": lazy("File system"),
    "manufacturer": lazy("Manufacturer"),
    "model": lazy("Model"),
    "chassis": lazy("Chassis"),
    "source": plazy("field", "Source"),
    "rule": plazy("field", "Rule"),
    "result": plazy("field", "Result"),
    "title": plazy("field", "Title"),
    "severity": plazy("field", "Severity"),
}
SETTINGS = {
    "automatic_logon": lazy("Automatic logon"),
    "power_on_password": lazy("Power-on password"),
    "vulnerable_password": lazy("Password that is easy to guess"),
    "anonymous_restricted": lazy("Anonymous connections are restricted"),
    "automatic_updates": lazy("Automatic updates"),
    "screensaver": lazy("Screensaver or screen lock"),
    "screensaver_password": lazy("Password of the screensaver"),
    "screen_lock_seconds": lazy("Screen lock after (seconds)"),
    "secure_boot": plazy("setting", "Secure Boot"),
    "tpm": plazy("setting", "TPM"),
    "remote_desktop": lazy("Remote desktop"),
    "smb1": plazy("setting", "SMBv1"),
    "llmnr": plazy("setting", "LLMNR"),
    "usb_storage": lazy("USB storage"),
}
EVENT_ICONS = {
    "finished": "done",
    "it_ran": "done",
    "result": "check",
    "failed": "danger",
    "retry": "redo",
    "interrupted": "unplug",
    "in_doubt": "warning",
    "resumed": "redo",
    "cancelled": "x",
    "closed": "x",
    "held": "pending",
    "begun": "plus",
    "started": "right",
    "intent": "action",
}
