"""What the pages ask the database: each function returns values of ``kanmon.console.shown``.

Reading only. Lists come a page at a time and are sorted by indexed columns; counts that every page shows
are kept for a few seconds.
"""

from kanmon.console.read.cluster import cluster, held
from kanmon.console.read.failovers import failover, failover_group, failover_json, failovers, unseen_failovers
from kanmon.console.read.frame import shell
from kanmon.console.read.intake import refused, suspected
from kanmon.console.read.inventory import inventory
from kanmon.console.read.keep import forget
from kanmon.console.read.operations import change, open_operations, operation, operations
from kanmon.console.read.overview import overview
from kanmon.console.read.pc import pc
from kanmon.console.read.pcs import STALE_DAYS, groups, host, level_counts, pcs
from kanmon.console.read.policies import policies, policy

__all__ = [
    "STALE_DAYS",
    "change",
    "cluster",
    "failover",
    "failover_group",
    "failover_json",
    "failovers",
    "forget",
    "groups",
    "held",
    "host",
    "inventory",
    "level_counts",
    "open_operations",
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
    "unseen_failovers",
]
