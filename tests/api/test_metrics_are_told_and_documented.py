"""What Prometheus reads: each metric is documented, and is what the database says."""

import re
from pathlib import Path

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from kanmon.accounts import tokens
from kanmon.api import queries
from kanmon.intake.asgi import ANSWERED
from tests.api.conftest import Call

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_every_metric_is_documented_and_every_documented_one_is_there(call: Call) -> None:
    ANSWERED["accepted"] += 1
    call("GET", "/status")
    call("BREW", "/no/such/address")
    answer = call("GET", "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = {one.name: one for one in text_string_to_metric_families(answer.content.decode())}
    told = {name for name, one in families.items() if one.samples and not name.endswith("_created")}
    documented = {
        name.removesuffix("_total") for name in re.findall(r"^\| `(kanmon_\w+)`", PAGE.read_text("utf-8"), re.M)
    }
    assert told == documented
    for one in families.values():
        row = next((line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{one.name}")), "")
        for label in {name for sample in one.samples for name in sample.labels} - {"le"}:
            assert f"`{label}`" in row, (one.name, label)
    levels = {sample.labels["level"]: sample.value for sample in families["kanmon_pcs_at_level"].samples}
    assert levels == queries.status()["levels"]
    assert sum(levels.values()) > 0
    routes = {(s.labels["route"], s.labels["method"]) for s in families["kanmon_http_request_duration_seconds"].samples}
    assert ("/api/v1/status", "GET") in routes
    assert ("none", "other") in routes
    assert families["kanmon_orders_ended"].samples
    assert families["kanmon_operations_open"].samples


def test_it_is_for_who_may_view_the_whole(company: None) -> None:
    limited = tokens.create("limited", "viewer", "test", [1])
    for token, status in (("", 401), (limited, 403), (tokens.create("whole", "viewer", "test"), 200)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert Client().get("/api/v1/metrics", headers=headers).status_code == status
