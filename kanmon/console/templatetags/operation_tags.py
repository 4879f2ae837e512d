"""Pieces of pages about operations and nodes: tags of a state, the key of a form, the buttons of a decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kanmon.common import clock
from kanmon.console import decision_words, forms, wording, words
from kanmon.console.templatetags.kanmon_tags import icon

register = template.Library()


def tag(
    value: str, table: Mapping[str, Any], looks: Mapping[str, tuple[str, str]], plain: tuple[str, str]
) -> SafeString:
    """A tag with the drawing and the word for ``value``; ``plain`` is for what ``looks`` does not know."""
    classes, shape = looks.get(value, plain)
    return format_html('<span class="k-tag {}">{}{}</span>', classes, icon(shape), table.get(value, value))


@register.simple_tag
def state(value: str) -> SafeString:
    """The tag of an operation's state."""
    return tag(value, words.STATES, words.STATE_TAGS, ("", "pending"))


@register.simple_tag
def outcome(value: str) -> SafeString:
    """The tag of what became of an operation that was running when a node was lost."""
    return tag(value, words.OUTCOMES, words.OUTCOME_TAGS, ("k-tag-done", "done"))


@register.simple_tag
def node_state(value: str) -> SafeString:
    """The tag of a node's state."""
    return tag(value, words.NODE_STATES, words.NODE_TAGS, ("", "pending"))


@register.simple_tag
def form_key() -> SafeString:
    """The hidden field with the one-time key of a form; each form has its own."""
    return format_html('<input type="hidden" name="form_key" value="{}" autocomplete="off">', forms.new_key())


@register.filter
def lasted(span: timedelta) -> str:
    """ "0.41 s"."""
    return wording.duration(span)


@register.filter
def precise(at: datetime | None) -> str:
    """ "09:11:58.118", where the day stands elsewhere."""
    return wording.precise(at) if at else ""


@register.filter
def ago(seconds: float) -> str:
    """How long, for a number of seconds: "3 s"."""
    return wording.duration(timedelta(seconds=round(seconds)))


@register.filter
def at_moment(at: datetime) -> str:
    """ "today 09:08", inside a sentence."""
    return wording.moment(at, clock.now())


@register.filter
def at_full(at: datetime) -> str:
    """The full time, inside a sentence."""
    return wording.full(at)


@register.filter
def unlocalized(value: float) -> str:
    """A coordinate of a drawing: never with a decimal comma."""
    return f"{value:.1f}"


@register.simple_tag
def what_of(one: Any) -> str:
    """Kind and subject of an operation in one line."""
    return f"{words.KINDS.get(one.kind, one.kind)} {one.number}: {one.subject}"


@register.inclusion_tag("console/decide.html", takes_context=True)
def decide(context: Mapping[str, Any], number: int, verbs: Sequence[str], what: str) -> dict[str, Any]:
    """The buttons of what may be decided on operation ``number``; ``what`` tells the person which it is."""
    shown = [
        {
            "one": one,
            "asked": str(one.asked) % {"n": number},
            "confirm": str(one.confirm) % {"n": number},
        }
        for one in decision_words.of(verbs)
    ]
    return {
        "decisions": shown, "number": number, "what": what, "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
