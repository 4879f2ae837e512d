"""What the kernel of this machine says: mounts, addresses, which boot this is. Only reading, only below /proc.

Nothing is asked by netlink or by other programs: a Manager under systemd may not use the one nor start the other.
"""

import os
import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path

_ESCAPED = re.compile(r"\\([0-7]{3})")
_ADDRESS = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")
_NOT_USABLE = 0x08 | 0x40  # IFA_F_DADFAILED, IFA_F_TENTATIVE: another machine has it, or that is being asked


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system."""

    point: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What can be seen of this machine at one moment."""

    mounts: tuple[Mount, ...]
    addresses: frozenset[str]

    def mount_of(self, path: str) -> Mount | None:
        """The file system that ``path`` (real, absolute) is on. Of several on one point the last one hides the rest."""
        found: Mount | None = None
        for mount in self.mounts:
            inside = path == mount.point or path.startswith(mount.point.rstrip("/") + "/")
            if inside and (found is None or len(mount.point) >= len(found.point)):
                found = mount
        return found


def look() -> Machine:
    """This machine as it is now."""
    return Machine(
        _mounts(_read("/proc/self/mountinfo")), _addresses(_read("/proc/net/fib_trie"), _read("/proc/net/if_inet6"))
    )


def boot() -> str:
    """The id of this boot of this kernel: other than any before, and than any other machine's."""
    return _read("/proc/sys/kernel/random/boot_id").strip()


def real(path: Path) -> str:
    """``path`` without symbolic links, as far as it is there."""
    return os.path.realpath(path)


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "surrogateescape")
    except OSError:  # no IPv6, no /proc
        return ""


def _mounts(text: str) -> tuple[Mount, ...]:
    """/proc/self/mountinfo: ... point options [optional fields] - kind source options, with \\040 for a space."""
    found = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        point, (kind, source, *_) = before.split()[4], after.split()
        found.append(Mount(_unescaped(point), kind, _unescaped(source)))
    return tuple(found)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)


def _addresses(fib_trie: str, if_inet6: str) -> frozenset[str]:
    """Addresses of this machine: /32 host LOCAL in the routing table; /proc/net/if_inet6 without those in doubt."""
    found = set(_ADDRESS.findall(fib_trie))
    for line in if_inet6.splitlines():
        digits, _, _, _, flags, _ = line.split()
        if not int(flags, 16) & _NOT_USABLE:
            found.add(str(IPv6Address(int(digits, 16))))
    return frozenset(found)
