"""Times, ages, numbers and sentences, in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kanmon.common import messages
from kanmon.console import words
from kanmon.console.language import language
from kanmon.console.subject_words import subject


def number(value: int) -> str:
    """12,480."""
    return str(intcomma(value))


def listed(words: Iterable[str]) -> str:
    """ "a, b, c"."""
    return pgettext("between clauses", ", ").join(words)


def size(octets: int) -> str:
    """A number of bytes, short: "27 KB"."""
    if octets < 1024:
        return ngettext("%(n)s byte", "%(n)s bytes", octets) % {"n": number(octets)}
    if octets < 1024 * 1024:
        return f"{number(round(octets / 1024))} KB"
    return f"{octets / 1024 / 1024:.1f} MB"


def day(at: datetime, now: datetime | None = None) -> str:
    """ "20 Nov", with the year when it is not this year."""
    at, now = timezone.localtime(at), timezone.localtime(now)
    shape = pgettext("day of this year", "j M") if at.year == now.year else pgettext("day", "j M Y")
    return dateformat.format(at, shape)


def near_day(at: datetime, now: datetime | None = None) -> str:
    """ "today", "yesterday", or the day."""
    days = (timezone.localtime(now).date() - timezone.localtime(at).date()).days
    return {0: _("today"), 1: _("yesterday")}.get(days) or day(at, now)


def moment(at: datetime, now: datetime | None = None) -> str:
    """ "today 09:08", "18 Nov 14:05"."""
    return pgettext("day and time", "%(day)s %(time)s") % {
        "day": near_day(at, now),
        "time": f"{timezone.localtime(at):%H:%M}",
    }


def brief(at: datetime, now: datetime | None = None) -> str:
    """ "09:08" of today, "18 Nov" of another day."""
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localtime(now).date() else day(at, now)


def clock_time(at: datetime) -> str:
    """ "09:12", in the viewer's zone."""
    return f"{timezone.localtime(at):%H:%M}"


def full(at: datetime) -> str:
    """ "20 Nov 2026 09:11:58 JST", for the title of a short time."""
    return dateformat.format(timezone.localtime(at), pgettext("full time", "j M Y H:i:s T"))


def precise(at: datetime) -> str:
    """ "09:11:58.118"."""
    local = timezone.localtime(at)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def age(span: timedelta) -> str:
    """How long, short, at most two units: "1 d 19 h", "2 h 42 min", "8 d"."""
    minutes = max(0, int(span.total_seconds())) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 4:
        return _("%(days)s d") % {"days": number(days)}
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s min") % {"minutes": rest}


def duration(span: timedelta) -> str:
    """How long something took: "0.41 s", "12 s", then as ``age``."""
    seconds = max(0.0, span.total_seconds())
    if seconds >= 60:
        return age(span)
    return _("%(seconds)s s") % {"seconds": f"{seconds:.2f}" if seconds < 10 else f"{seconds:.0f}"}


def sentence(value: Any) -> str:
    """The sentence of what is stored: ``[id, params]``, ``{"id": id, **params}``, ``{"sentence": text}``, a text."""
    if isinstance(value, Mapping):
        if value.get("id") not in messages.catalogue():
            return str(value.get("sentence", ""))
        value = [value["id"], value]
    if isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], Mapping):
        message_id, params = value
        return messages.text(message_id, _localised(params), language()) if message_id in messages.catalogue() else ""
    return value if isinstance(value, str) else ""


def _localised(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is kept in English inside a sentence, in the reader's language."""
    told = dict(params)
    if isinstance(told.get("subject"), str):
        told["subject"] = subject(told["subject"])
    if told.get("result") in words.RESULTS:
        told["result"] = words.RESULTS[told["result"]]
    return told


def after(cause: str) -> str:
    """ "Judged (an inventory update):"."""
    return _("Judged (%(cause)s):") % {"cause": words.CAUSES.get(cause, cause)}
