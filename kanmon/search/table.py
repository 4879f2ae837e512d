"""All conditions of a search, in the order of the menu. A new one is one line here, and its words in the faces."""

from kanmon.search.condition import Filter
from kanmon.search.filters import installed, network, places, standing, text

FILTERS: dict[str, Filter] = {
    one.name: one
    for one in (
        text.TEXT,
        standing.LEVELS,
        standing.ITEM,
        standing.CONDITION,
        places.GROUP,
        installed.OS,
        installed.SOFTWARE,
        installed.TITLE,
        network.NETWORK,
        places.SEEN,
        standing.STALE,
        standing.WAIVED,
        places.MANAGED,
    )
}
READ = {name: one.read for name, one in FILTERS.items()}
