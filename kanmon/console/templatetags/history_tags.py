"""Pieces of the history: the tag of a result."""

from django import template
from django.utils.safestring import SafeString

from kanmon.console import words
from kanmon.console.templatetags.operation_tags import tag

register = template.Library()


@register.simple_tag
def result(value: str) -> SafeString:
    """The tag of what became of an action."""
    return tag(value, words.HISTORY_RESULTS, words.HISTORY_TAGS, ("", "pending"))
