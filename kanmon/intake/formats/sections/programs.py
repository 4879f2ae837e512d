"""SOFTWARES -> Software and, on Windows, Patch; SERVICES -> Service.

Agents list updates of Windows among the programs: those of WMI with the bare name ("KB4019215", FROM "WMI"),
those of the registry with a title ("Update for Microsoft Office 2010 (KB2553140)"). All become patches.
The registry lists updates of Windows itself only up to Windows XP; so updates are told when WMI was asked, or
when the registry of such an old Windows shows some. One update of Office does not tell about Windows.
"""

import re

from kanmon.common.facts import Fact, Patch, Service, Software
from kanmon.intake.formats.sections.entry import Entry, Sections
from kanmon.intake.text import clean, flag

_KB = re.compile(r"\bKB(\d{5,8})\b", re.IGNORECASE)
_OLD_WINDOWS = re.compile(r"Windows (2000|XP|Server 2003)")
_RPM_ARCH = re.compile(r"(.+)\.(noarch|i[3-6]86|x86_64|aarch64|ppc64(?:le)?|s390x|armv\w+|\(none\))")
_SCHEMES = {"deb": "deb", "rpm": "rpm", "registry": "windows", "wmi": "windows", "uwp": "windows"}
_STARTUPS = {"auto": "automatic", "automatic": "automatic", "manual": "manual", "disabled": "disabled"}


def facts(sections: Sections, family: str) -> list[Fact]:
    """Software, patches and services."""
    found: list[Fact] = []
    for entry in sections.get("SOFTWARES", ()):
        if (fact := _program(entry, family)) is not None:
            found.append(fact)
    for entry in (*sections.get("SERVICES", ()), *sections.get("SERVICE", ())):
        if name := clean(entry.get("SVCNAME")):
            state = clean(entry.get("SVCSTATE")).lower()
            running = True if state == "running" else False if state == "stopped" else flag(state)
            found.append(Service(name, running, _STARTUPS.get(clean(entry.get("SVCSTARTMODE")).lower(), "")))
    return found


def _program(entry: Entry, family: str) -> Fact | None:
    name = clean(entry.get("NAME"))
    source = clean(entry.get("FROM")).lower()
    if family == "windows":
        if match := _KB.search(name):
            return Patch(f"KB{match[1]}")
        if source == "wmi":  # an update without a number
            return None
    if not name:
        return None
    arch = clean(entry.get("ARCH") or entry.get("ARCHITECTURE"))
    if source == "deb" and ":" in name:  # OCS: "libssl3:amd64"
        name, _, of_name = name.partition(":")
        arch = arch or of_name
    elif source == "rpm" and not arch and (match := _RPM_ARCH.fullmatch(name)):
        name, arch = match[1], match[2] if match[2] != "(none)" else ""
    scheme = _SCHEMES.get(source) or ("windows" if family == "windows" else "other")
    return Software(name, clean(entry.get("VERSION")), clean(entry.get("PUBLISHER")), arch, scheme)


def tells_patches(sections: Sections) -> bool:
    """Whether the agent looked for the updates of Windows itself."""
    return any(
        _KB.search(name := clean(entry.get("NAME")))
        and (clean(entry.get("FROM")).lower() == "wmi" or entry.get("RELEASE_TYPE") or _OLD_WINDOWS.search(name))
        for entry in sections.get("SOFTWARES", ())
    )
