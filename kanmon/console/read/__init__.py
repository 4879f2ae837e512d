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
from kanmon.console.read.messages import of_pc as messages_of_pc
from kanmon.console.read.network import connections
from kanmon.console.read.network import counts as network_counts
from kanmon.console.read.network_lists import agents, unmanaged_devices, waiting_upto
from kanmon.console.read.network_lists import asked as network_asked
from kanmon.console.read.network_lists import waiting as network_waiting
from kanmon.console.read.network_pc import history_of_mac as network_history
from kanmon.console.read.network_pc import of_mac as network_of_mac
from kanmon.console.read.network_pc import of_pc as network_of_pc
from kanmon.console.read.network_pc import owner
from kanmon.console.read.network_pc import underway as ordering_underway
from kanmon.console.read.operations import change, open_operations, operation, operations
from kanmon.console.read.overview import overview
from kanmon.console.read.pc import pc
from kanmon.console.read.pcs import STALE_DAYS, groups, host, level_counts, pcs
from kanmon.console.read.policies import policies, policy

__all__ = [
    "STALE_DAYS",
    "agents",
    "change",
    "cluster",
    "connections",
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
    "messages_of_pc",
    "network_asked",
    "network_counts",
    "network_history",
    "network_of_mac",
    "network_of_pc",
    "network_waiting",
    "open_operations",
    "operation",
    "operations",
    "ordering_underway",
    "overview",
    "owner",
    "pc",
    "pcs",
    "policies",
    "policy",
    "refused",
    "shell",
    "suspected",
    "unmanaged_devices",
    "unseen_failovers",
    "waiting_upto",
]
