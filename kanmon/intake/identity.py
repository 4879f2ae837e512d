"""What names a machine -> the same text each time, or "" when a vendor left it blank.

Boards leave the factory with "To be filled by O.E.M." as serial number; taken at its word it would make
one PC of hundreds. What is dropped here was seen in published inventories.
"""

import re
from collections.abc import Iterable

from kanmon.intake.text import clean

_FILLER = frozenset(
    {
        "na",
        "n/a",
        "nil",
        "none",
        "null",
        "oem",
        "o.e.m.",
        "sn",
        "ssn",
        "empty",
        "invalid",
        "undefined",
        "unknown",
        "unspecified",
        "default",
        "default string",
        "not specified",
        "not available",
        "not applicable",
        "not present",
        "not settable",
        "not defined",
        "to be filled by o.e.m.",
        "to be filled by o.e.m",
        "to be filled by oem",
        "to be filled in by o.e.m.",
        "system serial number",
        "system product name",
        "system manufacturer",
        "system version",
        "serial number",
        "chassis serial number",
        "base board serial number",
        "baseboard serial number",
        "chassis asset tag",
        "asset tag",
        "asset-1234567890",
        "no asset tag",
        "noassettag",
        "no asset information",
        "release-keys",
        "test-keys",
        "1234567",
        "12345678",
        "123456789",
        "0123456789",
        "1234567890",
        "123456789012",
        "0123456789abcdef",
    }
)

_FILLER_UUIDS = frozenset(
    {
        "03000200040005000006000700080009",  # boards of several makers
        "00020003000400050006000700080009",  # the same with its bytes swapped
        "12345678123456789012345678901234",
        "12345678123456789abcdef123456789",
        "123456781234123412341234567890ab",
        "123456781234567890abcddeefaabbcc",
        "123456781234567890abcdefabcdef01",
        "fefefefefefefefefefefefefefefefe",
    }
)

# Adapters that have the same address on every PC.
_SHARED_MACS = frozenset(
    {
        "00:50:56:c0:00:01",
        "00:50:56:c0:00:08",  # VMware host-only and NAT
        "0a:00:27:00:00:00",  # VirtualBox host-only
        "20:41:53:59:4e:ff",
        "20:41:52:41:53:59",  # Windows remote access
        "50:50:54:50:30:30",
        "33:50:6f:45:30:30",  # Windows PPTP and PPPoE miniports
        "00:05:9a:3c:7a:00",
        "00:05:9a:3c:78:00",  # Cisco AnyConnect
        "02:00:4c:4f:4f:50",  # Microsoft loopback adapter
        "00:09:0f:fe:00:01",
        "00:09:0f:aa:00:01",  # Fortinet
    }
)

_VIRTUAL_NAME = re.compile(
    r"lo\d*$|docker|br-|virbr|veth|vnet|vmnet|tap\d|tun\d|cni|flannel|cali[0-9a-f]+$|cilium|lxc|lxd|podman|zt|wg\d"
    r"|tailscale|dummy|sit\d|ip6tnl|gre\d|ifb\d|nlmon|vboxnet|awdl|llw\d|utun|ppp"
    r"|tap-windows|virtualbox host-only|vmware virtual ethernet|hyper-v virtual ethernet|wan miniport|npcap|wintun"
)
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{12}")


def clean_serial(value: object) -> str:
    """A serial number or asset tag, trimmed; "" for fillers, single repeated characters and patterns of two."""
    text = clean(value)
    bare = re.sub(r"[\s.:_-]", "", text).lower()
    if not bare or text.lower() in _FILLER or bare in _FILLER:
        return ""
    kinds = len(set(bare))
    return "" if kinds == 1 or (kinds == 2 and len(bare) >= 8) else text


def clean_uuid(value: object) -> str:
    """A machine's UUID in lower case (with dashes when it has 32 digits); "" for fillers."""
    text = clean(value).strip("{}").lower()
    bare = text.replace("-", "")
    if bare in _FILLER_UUIDS or not clean_serial(text):
        return ""
    if len(bare) == 32 and re.fullmatch(r"[0-9a-f]+", bare):
        return f"{bare[:8]}-{bare[8:12]}-{bare[12:16]}-{bare[16:20]}-{bare[20:]}"
    return text


def clean_mac(value: object) -> str:
    """One hardware address as "aa:bb:cc:dd:ee:ff"; "" when it is none or does not name one machine.

    Dropped are zeros, groups (lowest bit of the first byte), addresses that containers make up (02:42) and
    those that a driver gives to the same adapter on every PC.
    """
    text = clean(value).lower()
    if not _MAC.fullmatch(text):
        return ""
    digits = text.replace(":", "").replace("-", "")
    mac = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    if int(digits[:2], 16) & 1 or not digits.strip("0") or mac.startswith("02:42:") or mac in _SHARED_MACS:
        return ""
    return mac


def is_virtual(interface: str) -> bool:
    """Whether an interface of this name is a loopback, bridge, tunnel or container end rather than hardware."""
    return bool(_VIRTUAL_NAME.match(interface.lower()))


def clean_macs(values: Iterable[object]) -> tuple[str, ...]:
    """The addresses that name a machine, sorted, each once."""
    return tuple(sorted({mac for mac in map(clean_mac, values) if mac}))
