"""What the pages ask the database: each function returns values of ``kanmon.console.shown``.

Reading only. Lists come a page at a time and are sorted by indexed columns; counts that every page shows
are kept for a few seconds.
"""

from kanmon.console.read import search, sheet
from kanmon.console.read.audit import audit_rows, check_seals, seals
from kanmon.console.read.bulk import bulk, failing_of
from kanmon.console.read.bulk import of_search as bulk_of_search
from kanmon.console.read.cluster import cluster, held
from kanmon.console.read.done import actions
from kanmon.console.read.editor import editor
from kanmon.console.read.editor import title as part_title
from kanmon.console.read.failovers import failover, failover_group, failover_json, failovers, unseen_failovers
from kanmon.console.read.frame import shell
from kanmon.console.read.groups import groups
from kanmon.console.read.history import of_pc as history_of_pc
from kanmon.console.read.history import over_all as history
from kanmon.console.read.intake import refused, suspected
from kanmon.console.read.inventory import inventory
from kanmon.console.read.keep import ask_again as forget
from kanmon.console.read.messages import of_pc as messages_of_pc
from kanmon.console.read.network import connections
from kanmon.console.read.network import counts as network_counts
from kanmon.console.read.network_lists import agents, unmanaged_devices
from kanmon.console.read.network_pc import history_of_mac as network_history
from kanmon.console.read.network_pc import of_mac as network_of_mac
from kanmon.console.read.network_pc import of_pc as network_of_pc
from kanmon.console.read.network_pc import owner
from kanmon.console.read.network_pc import underway as ordering_underway
from kanmon.console.read.operations import change, open_operations, operation, operations
from kanmon.console.read.overview import overview
from kanmon.console.read.pc import pc
from kanmon.console.read.pcs import STALE_DAYS, host, level_counts, pcs
from kanmon.console.read.people import api_tokens, everybody, group_choices, person, sessions_of
from kanmon.console.read.policies import policies, policy
from kanmon.console.read.waiting import about as asked_about
from kanmon.console.read.waiting import answer as answer_asked
from kanmon.console.read.waiting import found as question_found
from kanmon.console.read.waiting import meant as question_meant
from kanmon.console.read.waiting import question, questions
from kanmon.console.read.waivers import of_pc as waivers_of_pc

__all__ = [
    "STALE_DAYS",
    "actions",
    "agents",
    "answer_asked",
    "api_tokens",
    "asked_about",
    "audit_rows",
    "bulk",
    "bulk_of_search",
    "change",
    "check_seals",
    "cluster",
    "connections",
    "editor",
    "everybody",
    "failing_of",
    "failover",
    "failover_group",
    "failover_json",
    "failovers",
    "forget",
    "group_choices",
    "groups",
    "held",
    "history",
    "history_of_pc",
    "host",
    "inventory",
    "level_counts",
    "messages_of_pc",
    "network_counts",
    "network_history",
    "network_of_mac",
    "network_of_pc",
    "open_operations",
    "operation",
    "operations",
    "ordering_underway",
    "overview",
    "owner",
    "part_title",
    "pc",
    "pcs",
    "person",
    "policies",
    "policy",
    "question",
    "question_found",
    "question_meant",
    "questions",
    "refused",
    "seals",
    "search",
    "sessions_of",
    "sheet",
    "shell",
    "suspected",
    "unmanaged_devices",
    "unseen_failovers",
    "waivers_of_pc",
]
