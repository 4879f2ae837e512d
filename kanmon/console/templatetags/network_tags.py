"""Pieces of pages about network control: tags of a state, reasons, places, and the forms of orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kanmon.console import network_words, wording
from kanmon.console.shown.network import Counted, Seen
from kanmon.console.templatetags.operation_tags import tag

register = template.Library()


@register.simple_tag
def net_state(value: str) -> SafeString:
    """The tag of a state of the connection control list."""
    return tag(value, network_words.STATES, network_words.STATE_TAGS, ("", "network"))


@register.simple_tag
def agent_state(value: str) -> SafeString:
    """The tag of an agent's state."""
    return tag(value, network_words.AGENT_STATES, network_words.AGENT_TAGS, ("", "network"))


@register.filter
def net_worded(value: str, table: str) -> str:
    """The word for ``value`` in one of the tables of network_words.py."""
    return str(getattr(network_words, table).get(value, value))


@register.filter
def net_reason(text: str) -> str:
    """A reason; that of a policy is a level and its name, and is said in the reader's language."""
    return network_words.reason(text)


@register.filter
def up_to(value: Counted) -> str:
    """ "12,480", or "10,000+" where more were not counted."""
    return wording.number(value.n) + ("+" if value.more else "")


@register.filter
def place_of(seen: Seen) -> str:
    """ "sw1, port 3, 10.1.2.3": what is known of where a device is."""
    port = _("port %(port)s") % {"port": seen.port} if seen.port else ""
    return wording.listed(one for one in (seen.nas, port, seen.ip) if one)


@register.filter
def later(at: datetime, begun: datetime) -> str:
    """How long after ``begun``: "12 s"."""
    return wording.duration(at - begun)


@register.inclusion_tag("console/network_order.html", takes_context=True)
def order_buttons(
    context: Mapping[str, Any], verbs: Sequence[str], what: str, pc: object = "", mac: str = "", id: str = "o",
    small: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The buttons of what a person may order of ``what``: a PC by its number ``pc``, or a device by its ``mac``."""
    shown = [
        {
            "one": one, "id": f"{id}-{one.wanted}", "asked": str(one.asked) % {"what": what},
            "confirm": str(one.confirm) % {"what": what},
        }
        for verb in verbs
        if (one := network_words.VERBS.get(verb)) is not None
    ]  # fmt: skip
    return {
        "orders": shown, "what": what, "pc": pc, "mac": mac, "small": small, "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
