"""What the fleet has that could stand in a field of a policy, each with the number of managed PCs that have it.

Answered from the index: the texts are looked through once, and only for the few that are offered PCs are counted.
"""

from collections.abc import Mapping

from kanmon.common.facts import CODE_OF, Antivirus, Check, Fact, Os, Patch, Service, Software
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.index import Index
from kanmon.search.catalogue import Catalogue
from kanmon.search.condition import Choice
from kanmon.search.filters.installed import engine

MOST = 20
SOURCES: Mapping[str, tuple[type[Fact], str]] = {
    "software": (Software, "name"),
    "publisher": (Software, "publisher"),
    "antivirus": (Antivirus, "product"),
    "update": (Patch, "kb"),
    "service": (Service, "name"),
    "check": (Check, "rule"),
    "check_source": (Check, "source"),
    "check_profile": (Check, "profile"),
    "os": (Os, "name"),
}
_catalogues: dict[str, tuple[Index, Catalogue]] = {}


def offer(what: str, word: str) -> list[Choice]:
    """At most ``MOST`` texts of ``SOURCES[what]`` with ``word`` in them. Raises KeyError for another ``what``."""
    record, field = SOURCES[what]
    with engine():
        index, catalogue = ENGINE.index, _catalogue(what)
        news = index.numbered(CODE_OF[record], catalogue.seen)
        catalogue.add((number, str(getattr(fact, field))) for number, fact in news)
        found = [
            Choice(one.text, ENGINE.managed.intersection_cardinality(index.having_any(one.facts)))
            for one in catalogue.like(word, index.held_by, MOST)
        ]
    return [one for one in found if one.pcs]


def _catalogue(what: str) -> Catalogue:
    """That of the index as it is now: an index that was loaded anew has other records. The engine's lock is held."""
    if what not in _catalogues or _catalogues[what][0] is not ENGINE.index:
        _catalogues[what] = ENGINE.index, Catalogue()
    return _catalogues[what][1]
