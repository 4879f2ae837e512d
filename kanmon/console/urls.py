"""Addresses of the console. Signing in and out is allauth's, under ``account/``."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from kanmon.console.views import (
    actions,
    bulk,
    choices,
    connection,
    failovers,
    held,
    history,
    intake,
    network,
    network_lists,
    operations,
    overview,
    pcs,
    policies,
    policy_editor,
    policy_versions,
    welcome,
    whatif,
)


class NumberConverter(IntConverter):
    """A number that a database column holds; longer ones are no address of ours."""

    regex = "[0-9]{1,18}"


register_converter(NumberConverter, "number")
app_name = "console"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("pcs", pcs.pcs, name="pcs"),
    path("pcs/bulk", bulk.ask, name="bulk"),
    path("pcs/bulk/<str:verb>", bulk.order, name="bulk_order"),
    path("pcs/<number:number>", pcs.pc, name="pc"),
    path("pcs/<number:number>/inventory", pcs.pc_inventory, name="pc_inventory"),
    path("pcs/<number:number>/network", network.card, name="pc_network"),
    path("waiting", actions.waiting, name="waiting"),
    path("waiting/<number:number>", actions.question, name="question"),
    path("waiting/<number:number>/decision", actions.decision, name="question_decision"),
    path("waiting/<number:number>/decide", actions.decide, name="question_decide"),
    path("actions/<str:switch>", actions.hold, name="hold_actions"),
    path("network", network.connections, name="network"),
    path("network/order", network.order, name="network_order"),
    path("network/devices/<str:mac>", network.device, name="network_device"),
    path("network/devices/<str:mac>/network", network.device_card, name="network_device_card"),
    path("network/unmanaged", network_lists.unmanaged, name="network_unmanaged"),
    path("network/agents", network_lists.agents, name="network_agents"),
    path("network/agents/invite", network_lists.invite, name="network_invite"),
    path("network/agents/<str:name>/revoke", network_lists.revoke, name="network_revoke"),
    path("suspected", intake.suspected, name="suspected"),
    path("suspected/<number:number>", intake.decide, name="decide_suspected"),
    path("refused", intake.refused, name="refused"),
    path("policies", policies.policies, name="policies"),
    path("policies/what-if/<path:name>", whatif.whatif, name="whatif"),
    path("policies/edit/<str:kind>/<str:item>/<path:name>", policy_editor.editor, name="policy_editor"),
    path("policies/effect/<str:kind>/<str:item>/<path:name>", policy_editor.panel, name="policy_panel"),
    path("policies/compare/<str:kind>/<path:name>", policy_versions.compare, name="policy_compare"),
    path("policies/text/<str:kind>/<path:name>", policy_versions.as_file, name="policy_file"),
    path("policies/change/<str:kind>/<str:verb>/<path:name>", policy_versions.change, name="policy_change"),
    path("policies/<str:kind>/<path:name>", policies.policy, name="policy"),
    path("operations", operations.operations, name="operations"),
    path("operations/<number:number>", operations.operation, name="operation"),
    path("operations/<number:number>/<str:verb>", operations.decide, name="decide_operation"),
    path("history", history.history, name="history"),
    path("history.csv", history.as_file, name="history_csv"),
    path("held", held.held, name="held"),
    path("held/release", held.release, name="release_held"),
    path("failovers", failovers.failovers, name="failovers"),
    path("failovers/acknowledge", failovers.acknowledge_all, name="acknowledge_all"),
    path("failovers/<number:term>", failovers.failover, name="failover"),
    path("failovers/<number:term>.json", failovers.as_json, name="failover_json"),
    path("failovers/<number:term>/acknowledge", failovers.acknowledge, name="acknowledge"),
    path("failovers/<number:term>/<str:group>", failovers.group, name="failover_group"),
    path("changes/<str:key>", connection.change, name="change"),
    path("node", connection.node, name="node"),
    path("welcome/<str:token>", welcome.welcome, name="welcome"),
    path("language", choices.language, name="language"),
    path("theme", choices.theme, name="theme"),
]
