"""Unchanged, older, refused: what becomes of a report, and what its sender is told."""

import gzip
import json
import zlib
from collections.abc import Callable

import pytest

from tests.conftest import ManagerProcess, pc_json, until

Encode = Callable[[bytes], bytes]


@pytest.mark.parametrize("encode", [bytes, zlib.compress, gzip.compress], ids=["plain", "zlib", "gzip"])
def test_any_compression_is_told_by_its_content(manager: ManagerProcess, encode: Encode) -> None:
    status, headers, _ = manager.post(encode(json.dumps(pc_json(1)).encode()), manager.token())
    assert (status, headers["X-Kanmon-Result"]) == (200, "changed")
    until(lambda: [row for row in manager.json("pcs") if row["level"] == "safe"])


def test_the_same_again_is_unchanged_by_bytes_and_by_content(manager: ManagerProcess) -> None:
    token, body = manager.token(), json.dumps(pc_json(1, reported_at="2026-01-02T10:00:00Z")).encode()
    assert manager.post(body, token)[1]["X-Kanmon-Result"] == "changed"
    assert manager.post(body, token)[1]["X-Kanmon-Result"] == "unchanged"
    later = json.dumps(pc_json(1, reported_at="2026-01-02T11:00:00Z")).encode()
    assert manager.post(later, token)[1]["X-Kanmon-Result"] == "unchanged"


def test_an_older_report_never_overwrites_a_newer_one(manager: ManagerProcess) -> None:
    token = manager.token()
    new = pc_json(1, reported_at="2026-01-02T10:00:00Z", antivirus=[])
    old = pc_json(1, reported_at="2026-01-01T10:00:00Z")
    manager.post(json.dumps(new).encode(), token)
    assert manager.post(json.dumps(old).encode(), token)[1]["X-Kanmon-Result"] == "older"
    until(lambda: [row for row in manager.json("pcs") if row["level"] == "danger"])
    until(manager.idle)
    assert manager.json("pcs")[0]["level"] == "danger"


def test_back_to_an_earlier_state_is_a_change(manager: ManagerProcess) -> None:
    token = manager.token()
    for number, (antivirus, level) in enumerate([(None, "safe"), ([], "danger"), (None, "safe")]):
        changes = {} if antivirus is None else {"antivirus": antivirus}
        body = json.dumps(pc_json(1, reported_at=f"2026-01-02T1{number}:00:00Z", **changes)).encode()
        assert manager.post(body, token)[1]["X-Kanmon-Result"] == "changed"
        until(lambda level=level: manager.json("pcs") and manager.json("pcs")[0]["level"] == level)


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b"", "KNM10"),
        (b"hello", "KNM10"),
        (b"<REQUEST><CONTENT>", "KNM10"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><REQUEST>&b;</REQUEST>', "KNM10"),
        (zlib.compress(b"<a>" * 10_000), "KNM10"),
        (zlib.compress(b" " * 50_000_000), "KNM10"),
        (b"x" * (8 * 2**20 + 1), "KNM1101-E"),
        (json.dumps({"kanmon": 1, "host": 5}).encode(), "KNM10"),
    ],
    ids=["empty", "text", "torn", "doctype", "deep", "bomb", "large", "wrong"],
)
def test_a_bad_body_gets_its_sentence_and_is_listed(manager: ManagerProcess, body: bytes, message_id: str) -> None:
    status, _, content = manager.post(body, manager.token())
    said = json.loads(content)
    assert status in (400, 413, 422)
    assert said["title"].startswith(message_id)
    assert len(said["detail"]) > 15
    rows = until(lambda: manager.json("refused"))
    assert rows[0]["message_id"] == said["title"]
    assert rows[0]["sentence"] == said["detail"]


def test_a_revoked_or_unknown_token_gets_nothing(manager: ManagerProcess) -> None:
    token, body = manager.token("branch"), json.dumps(pc_json(1)).encode()
    assert manager.post(body, token)[0] == 200
    manager.run("token", "revoke", "branch")
    assert manager.post(body, token)[0] == 401
    assert manager.post(body, "kni_" + "a" * 43)[0] == 401
    assert manager.post(body)[0] == 401


def test_bearer_and_basic_are_taken_too(manager: ManagerProcess) -> None:
    import base64

    token, body = manager.token(), json.dumps(pc_json(1)).encode()
    basic = base64.b64encode(f"agent:{token}".encode()).decode()
    assert manager.post(body, headers={"Authorization": f"Bearer {token}"})[0] == 200
    assert manager.post(body, headers={"Authorization": f"Basic {basic}"})[1]["X-Kanmon-Result"] == "unchanged"


def test_a_pc_is_judged_within_a_second_of_its_commit(manager: ManagerProcess) -> None:
    from datetime import datetime

    token = manager.token()
    manager.post(json.dumps(pc_json(1)).encode(), token)
    until(lambda: manager.json("pcs"))
    until(manager.idle)
    took = []
    for number in range(2, 7):
        manager.post(json.dumps(pc_json(number)).encode(), token)
        until(manager.idle)
    for row in manager.json("pcs"):
        assert row["judged_at"], row
    operations = manager.json("operations", "--limit", "100")
    for row in operations:
        if row["kind"] == "judge":
            recorded = next(one for one in operations if one["id"] == row["parent"])
            took.append(
                (datetime.fromisoformat(row["ended_at"]) - datetime.fromisoformat(recorded["begun_at"])).total_seconds()
            )
    assert len(took) >= 6
    assert sorted(took)[len(took) // 2] < 1.0, took
