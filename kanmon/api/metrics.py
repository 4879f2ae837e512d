"""Figures for Prometheus, read from the database when they are asked for: so a standby tells the same as the active node."""

import time
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from ninja import Router
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from kanmon import __version__
from kanmon.action import deliveries
from kanmon.api import queries
from kanmon.api.callers import need
from kanmon.api.timing import REGISTRY
from kanmon.cluster import unserved
from kanmon.cluster.nodes import NodeState, nodes
from kanmon.intake.asgi import ANSWERED
from kanmon.journal.here import HERE
from kanmon.journal.models import TERMINAL, Operation, Takeover

NEWEST = 50_000  # operations among which ended orders are counted
router = Router()


@router.get("/metrics")
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, as text."""
    need(request, "view")
    registry = CollectorRegistry()
    registry.register(Figures())
    text = generate_latest(registry) + generate_latest(REGISTRY)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class Figures(Collector):
    """What is so now. Every name is in docs/reference/metrics.md."""

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        yield _gauge("build_info", "1; the version is a label.", ["version", "node"], {(__version__, HERE.node): 1})
        yield _gauge("database_latency_seconds", "How long the database took for an empty question.", [], _latency())
        yield from _fleet()
        yield from _operations()
        yield from _cluster()
        reports = CounterMetricFamily(
            "kanmon_reports", "Reports that this node answered since it started.", labels=["result"]
        )
        for result, count in sorted(ANSWERED.items()):
            reports.add_metric([result], count)
        yield reports


Values = dict[tuple[str, ...], float]


def _gauge(name: str, said: str, labels: list[str], values: Values) -> Metric:
    found = GaugeMetricFamily(f"kanmon_{name}", said, labels=labels)
    for key, value in values.items():
        found.add_metric(list(key), value)
    return found


def _latency() -> Values:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return {(): time.perf_counter() - began}


def _fleet() -> Iterator[Metric]:
    told = queries.status()
    levels: Values = {(level,): count for level, count in told["levels"].items()}
    yield _gauge("pcs", "PCs that are not removed from management.", [], {(): told["pcs"]})
    yield _gauge("pcs_at_level", "PCs that were judged, by their level now.", ["level"], levels)
    yield _gauge("reports_queued", "Reports that are taken in and not yet recorded.", [], {(): told["reports_queued"]})
    held = 1 if told["actions_held_since"] else 0
    yield _gauge("actions_held", "1 while actions are held since a restore.", [], {(): held})


def _operations() -> Iterator[Metric]:
    rows = Operation.objects.exclude(state__in=TERMINAL).values_list("kind", "state").annotate(n=Count("id"))
    counted: Values = {(kind, state): n for kind, state, n in rows}
    yield _gauge("operations_open", "Operations that have not ended.", ["kind", "state"], counted)
    newest = Operation.objects.aggregate(newest=Max("id"))["newest"] or 0
    ended = Operation.objects.filter(id__gt=newest - NEWEST, kind__in=deliveries.KINDS, state__in=TERMINAL)
    rows = ended.values_list("kind", "state", "outcome__result").annotate(n=Count("id"))
    orders: Values = {}
    for kind, state, result, n in rows:
        key = kind, str(result or state)
        orders[key] = orders.get(key, 0) + n
    said = f"Orders that ended, among the newest {NEWEST:,} operations."
    yield _gauge("orders_ended", said, ["kind", "outcome"], orders)


def _cluster() -> Iterator[Metric]:
    known = nodes()
    mine = [one for one in known if one.name == HERE.node]
    active = 1 if any(one.state is NodeState.ACTIVE for one in mine) else 0
    yield _gauge("node_active", "1 on the node that has the lease, as the database says.", [], {(): active})
    states: Values = {(str(state),): sum(one.state is state for one in known) for state in NodeState}
    yield _gauge("nodes", "Nodes by state.", ["state"], states)
    yield _gauge("term", "The term: it rises with every take-over.", [], {(): queries.status_term()})
    rows = Takeover.objects.exclude(cause__in=unserved.ORDERLY).order_by("-term")
    last = rows.values_list("at", flat=True).first()
    failover: Values = {(): last.timestamp()} if last else {}
    yield _gauge("last_failover_timestamp_seconds", "When a node took over from one that was lost.", [], failover)
