"""What the pages ask the database: each function returns values of ``kanmon.console.shown``.

Reading only. Lists come a page at a time and are sorted by indexed columns; counts that every page shows
are kept for a few seconds.
"""

from kanmon.console.read.frame import shell
from kanmon.console.read.intake import refused, suspected
from kanmon.console.read.inventory import inventory
from kanmon.console.read.operations import operation, operations
from kanmon.console.read.overview import overview
from kanmon.console.read.pc import pc
from kanmon.console.read.pcs import STALE_DAYS, groups, host, level_counts, pcs
from kanmon.console.read.policies import policies, policy

__all__ = [
    "STALE_DAYS",
    "groups",
    "host",
    "inventory",
    "level_counts",
    "operation",
    "operations",
    "overview",
    "pc",
    "pcs",
    "policies",
    "policy",
    "refused",
    "shell",
    "suspected",
]
