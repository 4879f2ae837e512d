"""OPERATINGSYSTEM, HARDWARE, BIOS, VERSIONCLIENT -> Os, Agent, Hardware and the columns of the machine."""

import re
from datetime import timezone

from kanmon.common.facts import Agent, Fact, Hardware, Os, Setting
from kanmon.intake.formats.sections.entry import Entry, Sections, first
from kanmon.intake.identity import clean_serial
from kanmon.intake.text import clean, moment, number, offset

_DISTRIBUTIONS = re.compile(
    r"linux|debian|ubuntu|fedora|suse|red ?hat|centos|rocky|alma|mint|mandriva|slackware|gentoo|arch|sme server|oracle"
)
_VERSIONED = re.compile(r"(.*?)\s+(?:release\s+|version\s+)?v?(\d[\w.+~-]*)")
_CLIENT = re.compile(r"(.+?)[_/ ]v?(\d[^\s;)]*)")
_AGENTS = re.compile(r"ocs|fusioninventory|glpi", re.IGNORECASE)


def family(sections: Sections) -> str:
    """The family of the operating system, as in ``Os.family``."""
    system, hardware = first(sections, "OPERATINGSYSTEM"), first(sections, "HARDWARE")
    names = " ".join(
        clean(part).lower()
        for part in (
            system.get("KERNEL_NAME"), system.get("FULL_NAME"), system.get("NAME"),
            hardware.get("OSNAME"), hardware.get("ARCHNAME"),
        )
    )  # fmt: skip
    if "android" in names:
        return "android"
    if "windows" in names or "mswin" in names:
        return "windows"
    if "darwin" in names or "mac os" in names or "macos" in names:
        return "macos"
    if "bsd" in names or "dragonfly" in names:
        return "bsd"
    return "linux" if _DISTRIBUTIONS.search(names) else "other"


def facts(sections: Sections, family: str, agent: str) -> list[Fact]:
    """Os, Agent, Hardware and secure boot, as far as the sections tell them."""
    found: list[Fact] = []
    system, hardware, bios = first(sections, "OPERATINGSYSTEM"), first(sections, "HARDWARE"), first(sections, "BIOS")
    operating_system = _os(system, hardware, family)
    if operating_system.name:
        found.append(operating_system)
    if client := _agent(clean(first(sections, "VERSIONCLIENT").get("")) or (agent if _AGENTS.search(agent) else "")):
        found.append(client)
    chassis = clean(hardware.get("CHASSIS_TYPE")) or clean(bios.get("TYPE"))
    make = Hardware(clean_serial(bios.get("SMANUFACTURER")), clean_serial(bios.get("SMODEL")), clean_serial(chassis))
    if any(make):
        found.append(make)
    if (state := clean(bios.get("SECURE_BOOT"))) in {"enabled", "disabled", "unsupported"}:
        found.append(Setting("secure_boot", state == "enabled"))
    return found


def _agent(text: str) -> Agent | None:
    match = _CLIENT.match(clean(text))
    return Agent(match[1], match[2]) if match else None


def _os(system: Entry, hardware: Entry, family: str) -> Os:
    full = clean(system.get("FULL_NAME")) or clean(hardware.get("OSNAME")) or clean(system.get("NAME"))
    kernel = clean(system.get("KERNEL_VERSION"))
    told = clean(hardware.get("OSVERSION"))
    described = clean(hardware.get("DESCRIPTION")).partition("/")[0]  # "x86_64/00-00-00 00:44:15"
    arch = _arch(clean(system.get("ARCH")), clean(hardware.get("ARCHNAME")), described)
    if family == "windows":
        version, build = _windows_version(kernel or told)
        pack = clean(system.get("SERVICE_PACK")) or clean(hardware.get("OSCOMMENTS"))
        return Os(family, full, version, build, pack if pack.lower().startswith("service pack") else "", arch)
    if family == "android":
        return Os(family, "Android", told or clean(system.get("VERSION")), "", "", arch)
    version = clean(system.get("VERSION"))
    if family in ("macos", "bsd"):
        version = version or told or kernel
        match = re.fullmatch(r"(\S+)\s+\((?:Build )?(\w+)\)", version)
        return Os(family, full, match[1] if match else version, match[2] if match else "", "", arch)
    name, in_name = distribution(full)
    if clean(system.get("NAME")) and family == "linux":
        name = distribution(clean(system.get("NAME")))[0]
    number_in_version = re.match(r"\d[\w.+~-]*", version)
    version = number_in_version[0] if number_in_version else in_name
    if not version and re.fullmatch(r"\d+(\.\d+){0,2}", told):
        version = told
    return Os(family, name, version, kernel or (told if told != version else ""), "", arch)


def _windows_version(text: str) -> tuple[str, str]:
    """("10.0", "22631.2861") of "10.0.22631.2861": the kernel's version, and build with revision."""
    match = re.match(r"(\d+\.\d+)\.?([\d.]*)", text)
    return (match[1], match[2]) if match else ("", "")


def distribution(full: str) -> tuple[str, str]:
    """("Debian GNU/Linux", "12") of "Debian GNU/Linux 12 (bookworm)"."""
    match = _VERSIONED.match(full)
    return (match[1], match[2]) if match else (full, "")


def _arch(told: str, of_perl: str, described: str) -> str:
    """One spelling for each processor: x86_64, i386, aarch64; others as the PC calls them."""
    for word in (told.lower(), of_perl.lower(), described.lower()):
        if "aarch64" in word or "arm64" in word or word.startswith("arm 64"):
            return "aarch64"
        if "x86_64" in word or "amd64" in word or "x64" in word or word.startswith("64"):
            return "x86_64"
        if re.search(r"i[3-6]86|\bx86\b", word) or word.startswith("32"):
            return "i386"
    return told or described


def zone(sections: Sections) -> timezone:
    """The zone of the PC's local times; UTC when it is not told."""
    told = first(sections, "OPERATINGSYSTEM").get("TIMEZONE")
    return offset(told.get("OFFSET") if isinstance(told, dict) else None)


def reported_at(sections: Sections) -> int | None:
    """When the inventory was made, in Unix seconds by the PC's clock."""
    return moment(first(sections, "ACCESSLOG").get("LOGDATE"), zone(sections))


def host(sections: Sections) -> str:
    """The name of the PC."""
    name = clean(first(sections, "HARDWARE").get("NAME"))
    return name or clean(first(sections, "OPERATINGSYSTEM").get("FQDN")).partition(".")[0]


def columns(sections: Sections) -> dict[str, int | str | None]:
    """domain, user, memory_mb, boot_at, last_logon_at."""
    system, hardware = first(sections, "OPERATINGSYSTEM"), first(sections, "HARDWARE")
    last = clean(hardware.get("LASTLOGGEDUSER"))
    return {
        "domain": clean(system.get("DNS_DOMAIN"))
        or clean(hardware.get("USERDOMAIN"))
        or clean(hardware.get("WORKGROUP")),
        "user": clean(first(sections, "USERS").get("LOGIN"))
        or (last if last != "wtmp" else "")  # an empty log of logons begins with "wtmp begins"
        or clean(hardware.get("USERID")),
        "memory_mb": number(hardware.get("MEMORY")),
        "boot_at": moment(system.get("BOOT_TIME"), zone(sections)),
        "last_logon_at": moment(hardware.get("DATELASTLOGGEDUSER"), zone(sections)),
    }
