"""The states of people and of API tokens as small labels."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kanmon.console import words
from kanmon.console.shown.people import SessionRow
from kanmon.console.templatetags.kanmon_tags import icon

register = template.Library()
_LOOKS = {"active": ("k-tag-done", "done"), "invited": ("", "pending"), "over": ("", "calendar")}


def _tag(state: str, word: object) -> SafeString:
    look, drawing = _LOOKS.get(state, ("", "x"))
    return format_html('<span class="k-tag{}">{}{}</span>', f" {look}" if look else "", icon(drawing), word)


@register.simple_tag
def person_state(state: str) -> SafeString:
    """Active, invited, disabled."""
    return _tag(state, words.PERSON_STATES.get(state, state))


@register.simple_tag
def browser(one: SessionRow) -> str:
    """Browser and system of a session in words."""
    if not one.browser and not one.system:
        return _("Unknown browser")
    told = one.browser or _("Unknown browser")
    return _("%(browser)s on %(system)s") % {"browser": told, "system": one.system} if one.system else told


@register.simple_tag
def token_state(state: str) -> SafeString:
    """Active, over, revoked."""
    return _tag(state, words.TOKEN_STATES.get(state, state))
