"""Addresses of the console. Signing in and out is allauth's, under ``account/``."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from kanmon.console.views import (
    choices,
    connection,
    failovers,
    held,
    intake,
    operations,
    overview,
    pcs,
    policies,
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
    path("pcs/<number:number>", pcs.pc, name="pc"),
    path("pcs/<number:number>/inventory", pcs.pc_inventory, name="pc_inventory"),
    path("suspected", intake.suspected, name="suspected"),
    path("suspected/<number:number>", intake.decide, name="decide_suspected"),
    path("refused", intake.refused, name="refused"),
    path("policies", policies.policies, name="policies"),
    path("policies/what-if/<path:name>", whatif.whatif, name="whatif"),
    path("policies/<str:kind>/<path:name>", policies.policy, name="policy"),
    path("operations", operations.operations, name="operations"),
    path("operations/<number:number>", operations.operation, name="operation"),
    path("operations/<number:number>/<str:verb>", operations.decide, name="decide_operation"),
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
