"""Small pieces of the pages: icon, level, mark, time. They make no ``style`` attribute and no script."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kanmon.common import clock
from kanmon.console import wording, words
from kanmon.judgment import levels
from kanmon.judgment.levels import ITEMS, Level

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing of icons.svg; always beside a word or inside something that has a name."""
    return format_html(
        '<svg class="k-i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {classes}" if classes else "",
        static("console/icons.svg"),
        name,
    )


@register.simple_tag
def level(value: Level, large: object = False) -> SafeString:
    """The chip: shape, colour and word."""
    shape = words.SHAPES[Level(value)]
    return format_html(
        '<span class="k-level k-level-{}{}">{}{}</span>',
        shape,
        " k-level-lg" if large else "",
        icon(shape),
        words.LEVELS[Level(value)],
    )


@register.simple_tag
def mark(value: Level, item: str = "") -> SafeString:
    """The shape alone, for narrow columns and legends; the word is there for screen readers and as title."""
    shape, word = words.SHAPES[Level(value)], words.LEVELS[Level(value)]
    title = f"{words.ITEMS[item]}: {word}" if item else word
    return format_html(
        '<span class="k-mark k-mark-{}" title="{}">{}<span class="k-sr">{}</span></span>',
        shape,
        title,
        icon(shape),
        word,
    )


@register.simple_tag
def item_marks(levels: Sequence[Level]) -> SafeString:
    """The six item cells of a row."""
    return format_html_join(
        "", '<td class="k-x">{}</td>', ((mark(one, item),) for item, one in zip(ITEMS, levels, strict=True))
    )


@register.simple_tag
def item_heads() -> SafeString:
    """The six heads over ``item_marks``."""
    return format_html_join(
        "",
        '<th scope="col" class="k-x" title="{}">{}</th>',
        ((words.ITEMS[item], words.SHORT_ITEMS[item]) for item in ITEMS),
    )


@register.simple_tag
def legend() -> SafeString:
    """What the marks mean, under a table that shows only shapes."""
    return format_html_join("", "<span>{}{}</span>", ((mark(one), words.LEVELS[one]) for one in words.LEVELS))


def _time(at: datetime | None, text: str) -> SafeString:
    if at is None:
        return format_html('<span class="k-3">{}</span>', _("never"))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', timezone.localtime(at).isoformat(), wording.full(at), text
    )


@register.simple_tag
def when(at: datetime | None) -> SafeString:
    """ "today 09:08" in the viewer's zone, the full time as title."""
    return _time(at, wording.moment(at, clock.now()) if at else "")


@register.simple_tag
def briefly(at: datetime | None) -> SafeString:
    """ "09:08" of today, else the day, for narrow columns; the full time as title."""
    return _time(at, wording.brief(at, clock.now()) if at else "")


@register.simple_tag
def clock_time(at: datetime) -> SafeString:
    """ "09:08:41", where the day stands above."""
    return _time(at, f"{timezone.localtime(at):%H:%M:%S}")


@register.simple_tag
def exact(at: datetime | None) -> SafeString:
    """The full time."""
    return _time(at, wording.full(at) if at else "")


@register.simple_tag
def age(at: datetime | None) -> SafeString:
    """How long ago, "1 d 19 h", the full time as title."""
    return _time(at, wording.age(clock.now() - at) if at else "")


@register.filter
def near_day(at: datetime) -> str:
    """ "today", "yesterday", "18 Nov"."""
    return wording.near_day(at, clock.now())


@register.filter
def local_day(at: datetime) -> str:
    """The day in the viewer's zone, to group by."""
    return timezone.localtime(at).date().isoformat()


@register.filter("clock")
def hours(at: datetime) -> str:
    """ "09:12" of today in the viewer's zone, for sentences."""
    return wording.clock_time(at)


@register.filter
def grouped(value: int) -> str:
    """12,480."""
    return wording.number(value)


@register.filter
def grouped_or_none(value: int) -> str:
    """12,480; "" for 0, so that nothing stands beside a link."""
    return wording.number(value) if value else ""


@register.filter
def bound(value: float) -> str:
    """12,480: a bound of a setting, for people."""
    return wording.number(int(value)) if value == int(value) else f"{value:g}"


@register.filter
def unlocalised(value: float) -> str:
    """12480: a bound of a setting, for a control."""
    return str(int(value)) if value == int(value) else f"{value:g}"


@register.filter
def octets(value: int) -> str:
    """27 KB."""
    return wording.size(value)


@register.filter
def level_word(value: Level) -> str:
    """Danger, Warning, ... in the reader's language."""
    return str(words.LEVELS[Level(value)])


@register.filter
def level_class(value: Level) -> str:
    """The end of a class: danger, warning, ..., na, pending."""
    return words.SHAPES[Level(value)]


@register.filter
def item_word(value: str) -> str:
    """The name of an item."""
    return str(words.ITEMS.get(value, value))


@register.filter
def level_of(word: str) -> Level:
    """The level of "danger", "safe"..."""
    return levels.parse(word)


@register.filter
def event_icon(event: str) -> str:
    """The drawing of an entry of the journal."""
    return words.EVENT_ICONS.get(event, "operations")


@register.filter
def worded(value: str, table: str) -> str:
    """The word for ``value`` in one of the tables of words.py: KINDS, CAUSES, EVENTS, ..."""
    return str(getattr(words, table).get(value, value))


@register.filter
def bad_class(value: Level) -> str:
    """Class of a found value that fails."""
    return {Level.DANGER: "k-bad", Level.WARNING: "k-bad-warning", Level.CAUTION: "k-bad-caution"}.get(Level(value), "")


@register.simple_tag(takes_context=True)
def address_with(context: dict[str, Any], **changes: Any) -> str:
    """The address of this page with some of its query changed; None removes a name."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, value)
        else:
            query[name] = str(value)
    text = query.urlencode()
    return f"{context['request'].path}?{text}" if text else context["request"].path


@register.simple_tag(takes_context=True)
def without(context: dict[str, Any], name: str) -> str:
    """The address of this page without one condition, from its first page."""
    return address_with(context, **{name: None, "at": None, "edit": None})


@register.simple_tag
def spark(line: Sequence[int], shape: str) -> SafeString:
    """A small line, one point a day, on its own scale; nothing under two points."""
    if len(line) < 2:
        return mark_safe("")
    low, high = min(line), max(line)
    step, span = 200 / (len(line) - 1), (high - low) or 1
    points = " ".join(f"{i * step:.1f},{26 - 22 * (value - low) / span:.1f}" for i, value in enumerate(line))
    return format_html(
        '<svg class="k-spark k-s-{}" viewBox="0 0 200 30" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="k-base" x1="0" y1="29.5" x2="200" y2="29.5" vector-effect="non-scaling-stroke"/>'
        '<polyline vector-effect="non-scaling-stroke" points="{}"/></svg>',
        shape,
        points,
    )


@register.simple_tag
def distribution(counts: Sequence[Any]) -> SafeString:
    """The bar under the tiles: a part a level, in fixed order, each at least visible."""
    shown = [one for one in counts if one.count]
    total = sum(one.count for one in shown)
    if not total:
        return mark_safe("")
    room, x, parts = 1000 - 3 * (len(shown) - 1), 0.5, []
    widths = [max(3.0, room * one.count / total) for one in shown]
    scale = room / sum(widths)
    for one, width in zip(shown, widths, strict=True):
        parts.append((words.SHAPES[one.level], f"{x:.1f}", f"{max(1.0, width * scale - 1):.1f}"))
        x += width * scale + 3
    said = ", ".join(f"{words.LEVELS[one.level]} {wording.number(one.count)}" for one in shown)
    rects = format_html_join(
        "", '<rect class="k-f-{}" x="{}" y=".5" width="{}" height="13" vector-effect="non-scaling-stroke"/>', parts
    )
    return format_html(
        '<svg class="k-dist" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        said,
        rects,
    )
