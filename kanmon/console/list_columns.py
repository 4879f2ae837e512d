"""The columns of the PC list: which there are, which stand there by themselves, and which a person has chosen."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as plazy

WORDS: dict[str, object] = {
    "level": lazy("Level"),
    "since": plazy("columns", "How long at this level"),
    "items": plazy("columns", "Six items"),
    "worst": lazy("Worst finding"),
    "network": lazy("Network state"),
    "user": lazy("User"),
    "group": lazy("Group"),
    "os": lazy("Operating system"),
    "address": plazy("columns", "IP address"),
    "mac": plazy("columns", "MAC address"),
    "serial": lazy("Serial"),
    "asset": plazy("columns", "Asset number"),
    "last_seen": lazy("Last seen"),
    "judged": lazy("Last judged"),
}
"""Name -> words, in the order in which columns stand. The name of the PC always stands before them."""

USUAL = ("level", "since", "items", "worst", "user", "group", "last_seen", "judged")


def known(names: Iterable[Any]) -> tuple[str, ...]:
    """Those of ``names`` that are columns, each once, in the order of the table."""
    given = [name for name in names if isinstance(name, str)]
    return tuple(name for name in WORDS if name in given)


def of(person: Any) -> tuple[str, ...]:
    """The columns that a person sees; the usual ones for who has chosen none."""
    kept = getattr(person, "pc_columns", None)
    return known(kept) if isinstance(kept, list) else USUAL
