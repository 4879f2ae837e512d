"""Metrics, and a list in pages, on every database; nobody has to lead for it."""

import sys
from pathlib import Path

from django.test import Client

from kanmon.accounts import tokens
from tests.conformance.work import crash, leader

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console


def test_metrics_and_pages_are_told_while_nobody_leads(database: str) -> None:
    leadership = leader()
    sample.fill(12, term=leadership.term)
    crash(leadership)
    headers = {"Authorization": f"Bearer {tokens.create('prometheus', 'viewer', 'test')}"}
    said = Client().get("/api/v1/metrics", headers=headers).content.decode()
    assert "\nkanmon_pcs 12.0\n" in said
    assert "\nkanmon_node_active 1.0\n" in said or "\nkanmon_node_active 0.0\n" in said
    assert 'kanmon_pcs_at_level{level="danger"}' in said
    terms = [float(line.split()[1]) for line in said.splitlines() if line.startswith("kanmon_term ")]
    assert terms == [float(leadership.term)]
    for path in ("/pcs", "/groups", "/network", "/policies"):
        whole = Client().get(f"/api/v1{path}", headers=headers).json()
        found, cursor = [], ""
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            answer = Client().get(f"/api/v1{path}", query, headers=headers)
            found += answer.json()
            cursor = answer.headers.get("X-Kanmon-Next", "")
            if not cursor:
                break
        assert found == whole, path
        assert whole
