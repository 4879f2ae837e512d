"""DRIVES, and BITLOCKERSTATUS of the OCS plugin of this name -> Drive and the size of the system drive.

Kept are local fixed volumes. On Windows TYPE says what a drive is; elsewhere TYPE is the mount point, and the
file system tells memory and network ones apart. Encryption that is not told stays unknown; a drive that is encrypted
"partially" is not encrypted.
"""

from kanmon.common.facts import Drive, Fact
from kanmon.intake.formats.sections.entry import Entry, Sections
from kanmon.intake.text import clean, flag, number

_STATES = {"on": True, "off": False, "locked": True, "unlocked": False}  # the last two: what the plugin calls 1 and 0
_NOT_FIXED = frozenset({"removable disk", "network drive", "compact disc", "ram disk", "no root directory"})
_NOT_LOCAL = frozenset(
    {
        "9p",
        "afs",
        "aufs",
        "autofs",
        "cdfs",
        "cifs",
        "davfs",
        "devfs",
        "devtmpfs",
        "efi",
        "hgfs",
        "iso9660",
        "nfs",
        "nfs4",
        "overlay",
        "proc",
        "ramfs",
        "smb2",
        "smb3",
        "smbfs",
        "squashfs",
        "sysfs",
        "tmpfs",
        "udf",
        "vboxsf",
        "webdav",
    }
)


def facts(sections: Sections) -> list[Fact]:
    """The drives of a report."""
    return [drive for drive, _ in _drives(sections)]


def columns(sections: Sections) -> dict[str, int | str | None]:
    """disk_total_mb and disk_free_mb of the system drive."""
    for drive, entry in _drives(sections):
        if drive.system:
            return {"disk_total_mb": number(entry.get("TOTAL")), "disk_free_mb": number(entry.get("FREE"))}
    return {}


def is_drive(fact: Fact) -> bool:
    """Whether ``fact`` is a drive."""
    return type(fact) is Drive


def _drives(sections: Sections) -> list[tuple[Drive, Entry]]:
    found: list[tuple[Drive, Entry]] = []
    entries = sections.get("DRIVES", [])
    protected = _of_plugin(sections.get("BITLOCKERSTATUS", []))
    flagged = any(flag(entry.get("SYSTEMDRIVE")) for entry in entries)
    for entry in entries:
        kind, letter = clean(entry.get("TYPE")), clean(entry.get("LETTER")).rstrip("\\")
        filesystem = clean(entry.get("FILESYSTEM"))
        name = letter or (kind if kind.startswith("/") else clean(entry.get("VOLUMN")))
        remote = filesystem.lower() in _NOT_LOCAL or filesystem.lower().startswith("fuse")
        if not name or kind.lower() in _NOT_FIXED or (remote and name != "/"):
            continue
        system = bool(flag(entry.get("SYSTEMDRIVE"))) if flagged else name in ("/", "C:")
        encrypted, method = _encryption(entry)
        if encrypted is None:
            encrypted, method = protected.pop(name.upper(), (None, ""))
        found.append((Drive(name, system, encrypted, method if encrypted else "", filesystem), entry))
    return found


def _encryption(entry: Entry) -> tuple[bool | None, str]:
    status = clean(entry.get("ENCRYPT_STATUS"))
    encrypted = False if status.lower() == "partially" else flag(status)
    return encrypted, clean(entry.get("ENCRYPT_ALGO")) or clean(entry.get("ENCRYPT_NAME"))


def _of_plugin(entries: list[Entry]) -> dict[str, tuple[bool | None, str]]:
    """Letter -> (is it protected, by what method)."""
    found: dict[str, tuple[bool | None, str]] = {}
    for entry in entries:
        method = clean(entry.get("ENCRYPMETHOD"))
        if letter := clean(entry.get("DRIVE")).rstrip("\\").upper():
            state = _STATES.get(clean(entry.get("PROTECTIONSTATUS")).lower())
            found[letter] = state, "" if method.lower() == "none" else method
    return found
