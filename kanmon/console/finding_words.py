"""A condition that fails, of no PC in particular, as a clause: "Firewall off". For counts over the fleet."""

import re

from django.utils.translation import gettext_lazy as lazy

# id of a condition -> clause; the name in brackets of the id is %(name)s
FAILED = {
    "security_updates.specified": lazy("%(name)s missing"),
    "security_updates.pending.security": lazy("Security updates not installed"),
    "security_updates.pending.other": lazy("Updates not installed"),
    "antivirus.product": lazy("No accepted antivirus product"),
    "antivirus.engine": lazy("Antivirus engine too old"),
    "antivirus.definitions": lazy("Antivirus definitions too old"),
    "antivirus.resident": lazy("Antivirus is not resident"),
    "prohibited_software": lazy("%(name)s installed"),
    "mandatory_software": lazy("%(name)s not installed"),
    "pc_settings.accounts.guest_enabled": lazy("Guest account enabled"),
    "pc_settings.passwords.vulnerable": lazy("Password that is easy to guess"),
    "pc_settings.passwords.never_expires": lazy("Password never expires"),
    "pc_settings.passwords.max_age_days": lazy("Password too old"),
    "pc_settings.logon.automatic": lazy("Automatic logon on"),
    "pc_settings.logon.power_on_password": lazy("No power-on password"),
    "pc_settings.shared_folders.any": lazy("Shared folder"),
    "pc_settings.shared_folders.administrative": lazy("Administrative share"),
    "pc_settings.anonymous_connections.unrestricted": lazy("Anonymous connections not restricted"),
    "pc_settings.services": lazy("Service %(name)s"),
    "pc_settings.firewall.off": lazy("Firewall off"),
    "pc_settings.firewall.exceptions": lazy("Firewall has exceptions"),
    "pc_settings.automatic_updates.off": lazy("Automatic updates off"),
    "pc_settings.screensaver.not_set": lazy("No screensaver or screen lock"),
    "pc_settings.screensaver.no_password": lazy("Screensaver without password"),
    "pc_settings.drive_encryption.off": lazy("Drive not encrypted"),
    "user_definition": lazy("%(name)s"),
    "inventory.agent": lazy("The inventory names no agent"),
    "inventory.stale": lazy("The newest inventory is too old"),
}
_ID = re.compile(r"(?P<kind>[a-z_.]+?)(?:\[(?P<name>.*)\](?:#\d+)?)?", re.DOTALL)


def item(condition: str) -> str:
    """The item that a condition belongs to: "mandatory_software" of "mandatory_software[Asset agent]"."""
    return condition.split(".")[0].split("[")[0]


def title(condition: str) -> str:
    """What is wrong where the condition fails."""
    match = _ID.fullmatch(condition)
    if match is None or match["kind"] not in FAILED:
        return condition
    return str(FAILED[match["kind"]]) % {"name": match["name"] or ""}
