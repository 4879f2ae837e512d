"""Values that others sent -> short clean texts, numbers, yes/no, dates and times. Pure functions."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

MAX_TEXT_CHARS = 500

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*(.*)$")
_YES = frozenset({"1", "true", "yes", "on", "enabled"})
_NO = frozenset({"0", "false", "no", "off", "disabled"})


def clean(value: object) -> str:
    """``value`` as a text without control characters, trimmed, at most ``MAX_TEXT_CHARS`` long; None is ""."""
    text = value if type(value) is str else _as_text(value)
    if not text.isprintable():  # control characters, line ends, unusual blanks, halves of surrogate pairs
        text = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MAX_TEXT_CHARS]).split())
    if len(text) > MAX_TEXT_CHARS:
        text = text[:MAX_TEXT_CHARS]
    return text.strip()


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if value is True:
        return "1"
    if value is False:
        return "0"
    return str(value)


def flag(value: object) -> bool | None:
    """Yes, no, or None when ``value`` says neither (missing, "Unknown", ...)."""
    word = clean(value).lower()
    return True if word in _YES else False if word in _NO else None


def number(value: object) -> int | None:
    """The whole number at the start of ``value``, None when there is none or it is negative or absurd."""
    text = clean(value).partition(".")[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def day(value: object) -> str:
    """A date as ``YYYY-MM-DD``, "" when ``value`` is not surely one.

    Agents write ``2019-04-01``, ``2019-04-01 10:11:12``, ``20190401`` and ``01/04/2019``: with slashes or dots
    the day comes first (FusionInventory writes %d/%m/%Y for every country).
    """
    text = clean(value)
    try:
        if re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", text):
            return date.fromisoformat(text[:10]).isoformat()
        if match := re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)", text):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        if re.match(r"(19|20)\d{6}(?!\d)", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        pass
    return ""


def offset(value: object) -> timezone:
    """The zone of "+0200" or "-03:30"; UTC when ``value`` is none."""
    match = _OFFSET.fullmatch(clean(value))
    if not match or int(match[2]) > 14 or int(match[3]) > 59:
        return UTC
    gap = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-gap if match[1] == "-" else gap)


def moment(value: object, zone: timezone = UTC) -> int | None:
    """Unix seconds of ``2026-11-22 16:46:17``, which is in ``zone`` unless it names its own; None when it is none."""
    match = _MOMENT.match(clean(value))
    if not match:
        return None
    if match[3] == "Z":
        zone = UTC
    elif _OFFSET.fullmatch(match[3]):
        zone = offset(match[3])
    try:
        return int(datetime.fromisoformat(f"{match[1]} {match[2]}").replace(tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None
