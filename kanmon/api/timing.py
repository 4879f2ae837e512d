"""How long answers take, by route: for ``metrics``. Routes are those of the program, so there are only so many."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.01, 0.05, 0.15, 0.3, 1, 3, 10)

disable_created_metrics()
REGISTRY = CollectorRegistry()
DURATIONS = Histogram(
    "kanmon_http_request_duration_seconds",
    "How long this node took to answer, by route, method and class of status, since it started.",
    ["route", "method", "status"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
Answer = Callable[[HttpRequest], HttpResponse]


def middleware(get_response: Answer) -> Answer:
    """Measure every answer of the console and the API."""

    def measured(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        route = "/" + match.route if match is not None else "none"
        method = request.method if request.method in METHODS else "other"
        DURATIONS.labels(route, method, f"{response.status_code // 100}xx").observe(time.perf_counter() - began)
        return response

    return measured
