"""Dates as Windows writes them for its user -> Unix seconds, or None where they can be read in two ways.

"05/03/2019" is a day of March or of May. The report is asked: one date of it that has a number over 12 shows
the order for all, because all of them are written by the same setting of the same user.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timezone

_DATE = re.compile(r"(\d{1,4})([./-]) ?(\d{1,2})[./-] ?(\d{1,4})\.?")
_TIME = re.compile(r",?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([AP]M)?\s*", re.IGNORECASE)


def order_of(texts: Iterable[str]) -> str:
    """ "dmy" or "mdy" as far as these texts, each with one date in it, show it; else ""."""
    shown = ""
    for text in texts:
        for match in _DATE.finditer(text):
            first, second = int(match[1]), int(match[3])
            if len(match[1]) > 2:
                continue
            if first > 12 >= second:
                return "dmy"
            if second > 12 >= first:
                return "mdy"
            shown = shown or ("dmy" if match[2] == "." else "")  # no country writes 12.31.2020
    return shown


def moment(text: str, order: str, zone: timezone) -> int | None:
    """Unix seconds of "3/21/2019, 5:32:14 PM" in ``zone``, its numbers in ``order`` unless the year stands first."""
    date = _DATE.match(text)
    time = _TIME.fullmatch(text, date.end()) if date else None
    if date is None or time is None:
        return None
    numbers = int(date[1]), int(date[3]), int(date[4])
    if len(date[1]) == 4:
        year, month, day = numbers
    elif order:
        year = numbers[2]
        month, day = (numbers[1], numbers[0]) if order == "dmy" else numbers[:2]
    else:
        return None
    hour = int(time[1]) % 12 + 12 * (time[4].upper() == "PM") if time[4] else int(time[1])
    try:
        return int(datetime(year, month, day, hour, int(time[2]), int(time[3] or 0), tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None
