"""Two Managers on one PostgreSQL: the audit of both is one, whoever seals it, and whoever is killed."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.nodes import NodeProcess, cluster
from tests.conftest import until


def verified(node: NodeProcess, *more: str) -> bool:
    """Whether all of the audit is sealed and fits."""
    answer = node.json("audit", "verify", *more)
    assert answer["problems"] == []
    return bool(answer["unsealed"] == 0)


@pytest.mark.timeout(600)
def test_a_takeover_in_the_middle_of_a_seal_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    with cluster(tmp_path) as two:
        settings = {"cluster": {"lease_seconds": 2.0}}
        first = two.node("nA", **settings).start(fault="audit_seal_written:4=kill")
        second = two.node("nB", **settings)
        shutil.copytree(first.home / "secrets", second.home / "secrets", dirs_exist_ok=True)
        second.start()
        assert two.active() == "nA"
        token = tmp_path / "token"
        token.write_text(second.run("token", "create", "root", "--api", "--role", "administrator").stdout)
        there = ("--server", second.url, "--token-file", str(token))
        made = ["root"]
        while not first.ended():
            made.append(f"token-{len(made)}")
            second.run("token", "create", made[-1], "--api", *there)
        until(lambda: two.active() == "nB", 60)
        made.append("afterwards")
        second.run("token", "create", made[-1], "--api", *there)

        def told() -> list[dict[str, Any]]:
            return list(second.json("audit", "list", "--limit", "1000"))

        until(lambda: any(row["detail"].get("name") == "afterwards" for row in told()), 60)
        until(lambda: verified(second), 60)
        rows = told()
        assert sorted(row["detail"]["name"] for row in rows if row["event"] == "token_made") == sorted(made)
        assert sorted(row["subject"] for row in rows if row["event"] == "service_started") == ["nA", "nB"]
        assert [row["event"] for row in rows].count("failover_started") == 1
        told = [row["detail"]["entry"] for row in rows if "entry" in row["detail"]]
        assert len(told) == len(set(told))
        assert len(two.rows("SELECT DISTINCT term FROM seal")) == 2, "both have sealed"
        members = two.rows("SELECT sum(rows), max(number), count(*) FROM seal")[0]
        assert members[0] >= len(rows) - 1
        assert members[1] == members[2]

        second.stop()
        copied = [line for line in second.log().splitlines() if "KNM4200-I" in line]
        assert len(copied) >= 2
        first.start()
        for line in copied:
            verified(first, "--seal", line)
