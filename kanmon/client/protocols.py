"""Old and loose protocols of a Linux machine: SMBv1 and anonymous connections (Samba), LLMNR (systemd-resolved)."""

import re

from kanmon.client.machine import Machine

_SMBD = "/usr/sbin/smbd"
_OLD = frozenset({"CORE", "COREPLUS", "LANMAN1", "LANMAN2", "NT1"})
_RESOLVED = "systemd-resolve"  # names of processes are cut after 15 letters


def smb1(machine: Machine) -> bool | None:
    """Whether Samba serves SMBv1. Without Samba nobody does; None when neither testparm nor the file tells."""
    if not machine.has(_SMBD):
        return None if machine.names("/usr/sbin") is None else False
    told = samba(machine, "server min protocol")
    return None if told is None else told.upper() in _OLD


def anonymous_restricted(machine: Machine) -> bool | None:
    """Whether Samba restricts anonymous connections; None without Samba, or when it is not told."""
    told = samba(machine, "restrict anonymous") if machine.has(_SMBD) else None
    return int(told) > 0 if told is not None and told.isdigit() else None


def samba(machine: Machine, parameter: str) -> str | None:
    """A global parameter of Samba: as testparm says that it is in force, else what smb.conf says itself."""
    told = machine.run("testparm", "-s", f"--parameter-name={parameter}")
    if told and told.status == 0 and (lines := told.text.strip().splitlines()):
        return lines[-1].strip()
    return from_smb_conf(machine.text("/etc/samba/smb.conf") or "", parameter)


def from_smb_conf(text: str, parameter: str) -> str | None:
    """A parameter of the section [global]; blanks and letters' case in names don't count, nor "server" before "min"."""
    wanted = {"".join(parameter.split()), "".join(parameter.removeprefix("server ").split())}
    section, found = "global", None
    for line in re.sub(r"\\\n", "", text).splitlines():
        bare = line.strip()
        if bare.startswith(("#", ";")):
            continue
        if match := re.fullmatch(r"\[(.+)\]", bare):
            section = match[1].strip().lower()
        elif section == "global" and "=" in bare:
            name, _, value = bare.partition("=")
            if "".join(name.lower().split()) in wanted:
                found = value.strip()
    return found


def llmnr(machine: Machine) -> bool | None:
    """Whether systemd-resolved, the usual program for it on Linux, asks or answers by LLMNR."""
    running = machine.processes()
    if running is None:
        return None
    if _RESOLVED not in running:
        return False
    texts = [machine.text("/etc/systemd/resolved.conf") or ""]
    for folder in ("/usr/lib/systemd/resolved.conf.d", "/run/systemd/resolved.conf.d", "/etc/systemd/resolved.conf.d"):
        texts += machine.texts(folder, ".conf")
    return from_resolved("\n".join(texts))


def from_resolved(text: str) -> bool:
    """The last ``LLMNR=`` of the configuration; on when there is none, as resolved.conf(5) says."""
    told = re.findall(r"^\s*LLMNR\s*=\s*(\S+)", text, re.MULTILINE | re.IGNORECASE)
    return not told or told[-1].lower() not in ("no", "false", "0", "off")
