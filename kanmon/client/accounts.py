"""Local accounts that can log on, from passwd, group and (as root) shadow.

An administrator is user 0 or a member of an administrators' group. Single lines of sudoers are not looked at.
"""

from datetime import date, timedelta

from kanmon.client.machine import Machine
from kanmon.common import clock
from kanmon.intake.formats.kanmon_schema import AccountPart

_ADMINISTRATORS = frozenset({"root", "sudo", "wheel", "admin"})
_NO_LOGON = ("nologin", "false", "sync", "halt", "shutdown", "null")
_EPOCH = date(1970, 1, 1)
_NEVER_DAYS = 9999  # a maximum age of 99999 days is how "never expires" is written


def accounts(machine: Machine) -> tuple[AccountPart, ...] | None:
    """The accounts; None without passwd. What only shadow tells is None for ordinary users."""
    passwd = machine.text("/etc/passwd")
    if passwd is None:
        return None
    return tuple(from_files(passwd, machine.text("/etc/group") or "", machine.text("/etc/shadow")))


def from_files(passwd: str, group: str, shadow: str | None) -> list[AccountPart]:
    """Accounts from the texts of the three files. See passwd(5), group(5), shadow(5)."""
    groups = [line.split(":") for line in group.splitlines()]
    chosen = [row for row in groups if len(row) == 4 and row[0] in _ADMINISTRATORS]
    members = {name for row in chosen for name in row[3].split(",") if name}
    numbers = {row[2] for row in chosen}
    secrets = {row[0]: row for row in (line.split(":") for line in (shadow or "").splitlines()) if len(row) == 9}
    found = []
    for row in (line.split(":") for line in passwd.splitlines()):
        if len(row) != 7 or row[6].rpartition("/")[2] in _NO_LOGON:
            continue
        name, administrator = row[0], row[2] == "0" or row[0] in members or row[3] in numbers
        guest = name == "guest" or name.startswith("guest-")
        found.append(_account(name, administrator, guest, secrets.get(name)))
    return found


def _account(name: str, administrator: bool, guest: bool, secret: list[str] | None) -> AccountPart:
    if secret is None:
        return AccountPart(name, administrator=administrator, guest=guest)
    password, changed, most, expires = secret[1], secret[2], secret[4], secret[7]
    locked = password.startswith(("!", "*"))
    over = expires.isdigit() and _EPOCH + timedelta(days=int(expires)) <= clock.today()
    never = not most.isdigit() or int(most) >= _NEVER_DAYS
    return AccountPart(
        name,
        enabled=not (locked or over),
        administrator=administrator,
        guest=guest,
        has_password=None if locked else password != "",
        password_expires=None if locked else not never,
        password_changed=_EPOCH + timedelta(days=int(changed)) if changed.isdigit() and int(changed) else None,
    )
