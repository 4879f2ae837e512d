"""MAC addresses as switches spell them in Calling-Station-Id (RFC 3580 section 3.21 names one spelling; few keep to it)."""

import re

# 02-00-5E-00-53-01  02:00:5e:00:53:01  0200.5e00.5301  0200-5e00-5301  02005e-005301  02005e005301  02 00 5e 00 53 01
_SPELLING = re.compile(
    r"[0-9a-f]{2}(?P<two>[-:. ])(?:[0-9a-f]{2}(?P=two)){4}[0-9a-f]{2}"
    r"|[0-9a-f]{4}(?P<four>[-:.])[0-9a-f]{4}(?P=four)[0-9a-f]{4}"
    r"|[0-9a-f]{6}[-:.]?[0-9a-f]{6}"
)
_TAIL = re.compile(r":(?!([0-9a-f]{2}:)*[0-9a-f]{2}$)[^:].*", re.DOTALL)  # not more octets
LONGEST = 253  # what one RADIUS attribute can hold
_NOBODY = "00:00:00:00:00:00"


def parse(text: str) -> str | None:
    """The MAC address in ``text`` as aa:bb:cc:dd:ee:ff; None when there is none.

    An SSID or port after a colon, quotes and spaces around are taken away. Addresses of groups, of nobody (all
    zeros) and of everybody are no PC's.
    """
    if len(text) > LONGEST:
        return None
    bare = text.strip().strip("\"'").strip().lower()
    found = _SPELLING.fullmatch(bare)
    if found is None and (short := _SPELLING.match(bare)) and _TAIL.fullmatch(bare[short.end() :]):
        found = short
    if found is None:
        return None
    digits = re.sub(r"[^0-9a-f]", "", found[0])
    mac = ":".join(digits[at : at + 2] for at in range(0, 12, 2))
    return None if mac == _NOBODY or int(digits[:2], 16) & 1 else mac


def dashes(mac: str) -> str:
    """As RFC 3580 spells it: AA-BB-CC-DD-EE-FF."""
    return mac.replace(":", "-").upper()
