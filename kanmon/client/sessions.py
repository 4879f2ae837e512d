"""Who sits at this PC: desktops that can show a notification, and terminals.

A desktop is reached by ``org.freedesktop.Notifications`` on the session bus of its user: with notify-send, else with busctl.
Run as root it is done as that user, and never with programs that the user has put somewhere.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kanmon.client.identity import _USER_PROCESS, _UTMP_RECORD
from kanmon.client.machine import Machine

NOTIFY_SECONDS = 15.0
_PATH = "/usr/local/bin:/usr/bin:/bin"
_GRAPHICAL = frozenset({"x11", "wayland", "mir"})
_LINE = re.compile(r"(tty|pts/)\d+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Desktop:
    """A desktop: its user (None: ours) and what its programs need to reach its session bus."""

    uid: int | None
    environment: Mapping[str, str]


def desktops(machine: Machine, *, mine: bool) -> list[Desktop]:
    """The desktops that people use now. ``mine``: only that of this session."""
    if mine or not machine.is_root:
        bus = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or _bus(os.getuid())
        keep = ("PATH", "HOME", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "LANG")
        told = {name: os.environ[name] for name in keep if name in os.environ}
        return [Desktop(None, {**told, "DBUS_SESSION_BUS_ADDRESS": bus})] if bus else []
    found: dict[int, Desktop] = {}
    listed = machine.run("loginctl", "list-sessions", "--no-legend", "--no-pager")
    for line in listed.text.splitlines() if listed else ():
        session = (line.split() or [""])[0]
        said = machine.run(
            "loginctl", "show-session", session, "-p", "Type", "-p", "User", "-p", "State", "-p", "Class"
        )
        told = dict(pair.split("=", 1) for pair in (said.text.splitlines() if said else ()) if "=" in pair)
        uid = told.get("User", "")
        graphical = told.get("Type") in _GRAPHICAL and told.get("Class") == "user"
        if graphical and told.get("State") in ("active", "online") and uid.isdigit() and (bus := _bus(int(uid))):
            runtime = {"XDG_RUNTIME_DIR": f"/run/user/{uid}", "DBUS_SESSION_BUS_ADDRESS": bus, "PATH": _PATH}
            found[int(uid)] = Desktop(int(uid), runtime)
    return list(found.values())


def _bus(uid: int) -> str:
    """The session bus of a user; empty when there is none."""
    path = f"/run/user/{uid}/bus"
    return f"unix:path={path}" if Path(path).exists() else ""


def notify(desktop: Desktop, title: str, text: str) -> bool:
    """Show a notification that stays until it is closed. Whether the desktop has taken it."""
    body = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # it may be read as markup
    path = desktop.environment.get("PATH", _PATH)
    ways = (
        ["notify-send", "--app-name=Kanmon", "--urgency=critical", "--expire-time=0", "--", title, body],
        ["busctl", "--user", "--", "call", "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
         "org.freedesktop.Notifications", "Notify", "susssasa{sv}i", "Kanmon", "0", "dialog-warning", title, body, "0",
         "1", "urgency", "y", "2", "0"],
    )  # fmt: skip
    for command in ways:
        program = shutil.which(command[0], path=path)
        if program is not None:
            return _run([program, *command[1:]], desktop)
    return False


def _run(command: list[str], desktop: Desktop) -> bool:
    as_user: dict[str, object] = {}
    if desktop.uid is not None and desktop.uid != os.geteuid():
        as_user = {"user": desktop.uid, "group": _group_of(desktop.uid), "extra_groups": []}
    try:
        done = subprocess.run(
            command, env=dict(desktop.environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=NOTIFY_SECONDS, check=False, cwd="/", **as_user,  # type: ignore[call-overload]
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return bool(done.returncode == 0)


def _group_of(uid: int) -> int:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid


def write_to_terminals(machine: Machine, title: str, text: str) -> bool:
    """Write to the terminals on which people have signed in. Whether any has taken it."""
    said = _CONTROL.sub(" ", f"{title}\n\n{text}").replace("\n", "\r\n")
    written = False
    for line in _terminals(machine):
        with contextlib.suppress(OSError):
            handle = os.open(f"/dev/{line}", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                os.write(handle, f"\r\n\a{said}\r\n\r\n".encode())
                written = True
            finally:
                os.close(handle)
    return written


def _terminals(machine: Machine) -> Iterator[str]:
    records = machine.bytes("/run/utmp") or b""
    whole = len(records) // _UTMP_RECORD.size * _UTMP_RECORD.size
    for entry in _UTMP_RECORD.iter_unpack(records[:whole]):
        line = entry[2].split(b"\0")[0].decode("ascii", "replace")
        if entry[0] == _USER_PROCESS and _LINE.fullmatch(line):
            yield line
