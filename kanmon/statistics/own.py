"""Statistics items of one's own: a name, and conditions none of which may fail or be unknown. Pure.

Written as ``Name=condition;condition``: ids as on the page of a PC; with * at its end one means all that begin so.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kanmon.common.errors import Refused

MOST = 10


class OwnItem(NamedTuple):
    """``conditions``: ids, or beginnings of ids with ``*``."""

    name: str
    conditions: tuple[str, ...]

    def means(self, condition: str) -> bool:
        """Whether it looks at this condition."""
        return any(condition.startswith(one[:-1]) if one.endswith("*") else condition == one for one in self.conditions)


def read(texts: Iterable[str]) -> list[OwnItem]:
    """The items of the setting ``statistics.items``. Raises Refused KNM9005-E (form, a name twice, too many)."""
    found: list[OwnItem] = []
    for text in texts:
        name, _, rest = text.partition("=")
        conditions = tuple(one.strip() for one in rest.split(";") if one.strip())
        if not name.strip() or not conditions or name.strip() in {one.name for one in found}:
            raise Refused("KNM9005-E", text=text[:100], most=MOST)
        found.append(OwnItem(name.strip()[:100], conditions))
    if len(found) > MOST:
        raise Refused("KNM9005-E", text=found[MOST].name, most=MOST)
    return found
