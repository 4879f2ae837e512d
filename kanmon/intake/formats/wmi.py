"""Lists of WMI in one text -> a partial Report of the PC that they name.

``wmic path win32_useraccount get /format:list`` writes blocks of ``Name=value``, ``Get-CimInstance Win32_Share |
Format-List *`` the same with `` : ``, each in English in every language. What a block is about is told by its fields; the
lists of several classes can stand one behind the other.

The PC is named by the fields ``CSName``, ``SystemName``, ``PSComputerName``, ``DNSHostName``, and by the domain of local
accounts. Volumes and shares name none, so a list with a name has to stand with them: ``wmic os get CSName /value``.

It is a part of the inventory of ``systeminfo``, as the list of updates is (``qfe.py``).
"""

import re
from collections.abc import Callable, Iterator, Mapping

from kanmon.common.errors import Refused
from kanmon.common.facts import NAME_OF, Account, Antivirus, Drive, Fact, Patch, Service, Share
from kanmon.intake import security_center
from kanmon.intake.formats.sections.accounts import is_built_in_administrator, is_guest
from kanmon.intake.formats.windows_text import MAX_TEXT_BYTES, decode, device_key, kb_of
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean, flag, number

MAX_BLOCKS = 20_000

ENCRYPTION_METHODS = (
    "", "AES_128_WITH_DIFFUSER", "AES_256_WITH_DIFFUSER", "AES_128", "AES_256", "HARDWARE_ENCRYPTION", "XTS_AES_128",
    "XTS_AES_256",
)  # fmt: skip
"""Win32_EncryptableVolume.GetEncryptionMethod, in the words that GLPI agents and osquery use."""
STARTUPS = {"auto": "automatic", "automatic": "automatic", "manual": "manual", "disabled": "disabled"}
_RUNNING = {"running": True, "stopped": False, "paused": False}
_ADMINISTRATIVE = 2**31  # STYPE_SPECIAL
_PORTABLE = "2"  # Win32_EncryptableVolume.VolumeType

_LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,60})(?:=|\s*:(?:\s|$))(.*)")
_SEEN = re.compile(r"^(?:ProtectionStatus|PasswordExpires|AllowMaximum|StartMode|productState)(?:=|\s*:)", re.MULTILINE)

Block = Mapping[str, str]


def seems(body: bytes) -> bool:
    """Whether ``body`` has a list of one of the classes that only this reader knows."""
    text = body[:MAX_TEXT_BYTES].replace(b"\0", b"").decode("latin-1")
    return _SEEN.search(text.replace("\r", "\n")) is not None


def read(body: bytes) -> Report:
    """What the lists in ``body`` tell. Raises Refused when they are about no PC, or about more than one."""
    hosts: dict[str, str] = {}
    facts: list[Fact] = []
    told: set[str] = set()
    for place, block in enumerate(_blocks(decode(body))):
        if place >= MAX_BLOCKS:
            raise Refused("KNM1161-E", status=413, limit=MAX_BLOCKS)
        for name in _hosts(block):
            hosts.setdefault(name.casefold(), name)
        for record, is_it, make in _CLASSES:
            if is_it <= block.keys():
                told.add(NAME_OF[record])
                if (fact := make(block)) is not None:
                    facts.append(fact)
    if not hosts:
        raise Refused("KNM1160-E")
    if len(hosts) > 1:
        raise Refused("KNM1159-E", hosts=", ".join(sorted(hosts.values())[:10]))
    (host,) = hosts.values()
    return build(
        format="systeminfo", device_key=device_key(host), host=host, columns={}, facts=facts, told=sorted(told),
        partial=True,
    )  # fmt: skip


def _blocks(text: str) -> Iterator[dict[str, str]]:
    """Each block of lines, without its empty values. A field that comes again begins a new one, too."""
    found: dict[str, str] = {}
    for line in re.split(r"\n", re.sub(r"\r+\n?", "\n", text)):
        match = _LINE.fullmatch(line.strip("\ufeff \t"))
        if match is None:
            if not line.strip() and found:
                yield found
                found = {}
            continue
        if match[1] in found:
            yield found
            found = {}
        found[match[1]] = match[2].strip()
    if found:
        yield found


def _hosts(block: Block) -> Iterator[str]:
    names = [block.get(field, "") for field in ("CSName", "SystemName", "PSComputerName", "DNSHostName")]
    if "SID" in block and flag(block.get("LocalAccount")):
        names.append(block.get("Domain", ""))
    for name in names:
        if cleaned := clean(name).partition(".")[0]:
            yield cleaned


def _account(block: Block) -> Fact | None:
    """A local account. ``PasswordRequired`` says what would be permitted and not whether there is a password."""
    name, sid, off = clean(block.get("Name")), block.get("SID", ""), flag(block.get("Disabled"))
    if not name or flag(block.get("LocalAccount")) is False:
        return None
    return Account(
        name,
        enabled=None if off is None else not off,
        administrator=True if is_built_in_administrator(sid) else None,
        guest=is_guest(sid),
        password_expires=flag(block.get("PasswordExpires")),
    )


def _volume(block: Block) -> Fact | None:
    """A volume of BitLocker. Protection that is suspended is off, though what is written is encrypted."""
    letter = clean(block.get("DriveLetter"))
    if not letter or block.get("VolumeType") == _PORTABLE:
        return None
    protected = {"0": False, "1": True}.get(block.get("ProtectionStatus", ""))
    method = number(block.get("EncryptionMethod"))
    named = ENCRYPTION_METHODS[method] if protected and method is not None and method < len(ENCRYPTION_METHODS) else ""
    return Drive(letter, block.get("VolumeType") == "0" or letter.upper() == "C:", protected, named)


def share(name: object, kind: object) -> Fact | None:
    """A share of Windows by ``Type`` of Win32_Share; None for printers, pipes (IPC$) and devices."""
    number_ = clean(kind)
    if not clean(name) or not re.fullmatch(r"-?\d{1,11}", number_):
        return None
    value = int(number_) % 2**32
    return None if value & ~_ADMINISTRATIVE else Share(clean(name), bool(value & _ADMINISTRATIVE))


def _share(block: Block) -> Fact | None:
    return share(block.get("Name"), block.get("Type"))


def _service(block: Block) -> Fact | None:
    name = clean(block.get("Name"))
    running = _RUNNING.get(block.get("State", "").lower())
    return Service(name, running, STARTUPS.get(block.get("StartMode", "").lower(), "")) if name else None


def _antivirus(block: Block) -> Fact | None:
    name = clean(block.get("displayName"))
    enabled, current = security_center.decode(number(block.get("productState")))
    return Antivirus(name, enabled=enabled, up_to_date=current) if name else None


def _patch(block: Block) -> Fact | None:
    kb = kb_of(block.get("HotFixID", "")) or kb_of(block.get("ServicePackInEffect", ""))
    return Patch(kb) if kb else None


# record, the fields that tell its class, its reader
_CLASSES: tuple[tuple[type[Fact], frozenset[str], Callable[[Block], Fact | None]], ...] = (
    (Account, frozenset({"SID", "PasswordExpires", "Disabled"}), _account),
    (Drive, frozenset({"DriveLetter", "ProtectionStatus"}), _volume),
    (Share, frozenset({"Name", "Type", "AllowMaximum"}), _share),
    (Service, frozenset({"Name", "State", "StartMode"}), _service),
    (Antivirus, frozenset({"displayName", "productState"}), _antivirus),
    (Patch, frozenset({"HotFixID"}), _patch),
)
