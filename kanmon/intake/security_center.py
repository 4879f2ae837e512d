"""``productState`` of Windows Security Center (root/SecurityCenter2) -> does it protect, are its definitions fresh?

A number that Microsoft never described. Its use is the same in all published readings and agrees with
``WSC_SECURITY_PRODUCT_STATE``: four bits say on, off, snoozed or expired (``0xF000``), four others whether the
signatures are out of date (``0x00F0``). The bits between and above them tell who made the product and of what kind it
is, which is why 397568 (0x61100, Windows Defender) and 266240 (0x41000, another maker) both are on and up to date.
"""

_PROTECTS = {0x0000: False, 0x1000: True, 0x2000: False, 0x3000: False}  # off, on, snoozed, expired
_FRESH = {0x00: True, 0x10: False}


def decode(state: int | None) -> tuple[bool | None, bool | None]:
    """(enabled, up to date) of ``productState``; None for what the number does not say."""
    if state is None or not 0 <= state < 2**32:
        return None, None
    return _PROTECTS.get(state & 0xF000), _FRESH.get(state & 0x00F0)
