"""Identity: suspected reports change no verdict until a person has decided."""

import json
from typing import Any

from tests.conftest import ManagerProcess, pc_json, until


def send(manager: ManagerProcess, token: str, body: dict[str, Any]) -> None:
    status, _, content = manager.post(json.dumps(body).encode(), token)
    assert status == 200, content
    until(manager.idle)


def test_another_sources_report_of_the_same_pc_is_suspected(manager: ManagerProcess) -> None:
    first, second = manager.token("first"), manager.token("second")
    send(manager, first, pc_json(1))
    send(manager, second, pc_json(1, device_id="other", antivirus=[]))
    assert [(row["host"], row["level"]) for row in manager.json("pcs")] == [("pc-0001", "safe")]
    suspected = manager.json("suspected", "list")
    assert [row["source"] for row in suspected] == ["second"]
    assert "source" in suspected[0]["reasons"][0]

    manager.run("suspected", "decide", str(suspected[0]["id"]), "same")
    until(lambda: manager.json("pcs")[0]["level"] == "danger")
    assert manager.json("suspected", "list") == []


def test_the_same_serial_with_other_macs_is_suspected_and_can_become_a_new_pc(manager: ManagerProcess) -> None:
    token = manager.token()
    send(manager, token, pc_json(1))
    twin = pc_json(1, device_id="twin", host="pc-twin")
    twin["identity"]["macs"] = ["00:1b:21:ff:ff:01"]
    send(manager, token, twin)
    suspected = manager.json("suspected", "list")
    assert "MAC" in suspected[0]["reasons"][0]
    assert len(manager.json("pcs")) == 1
    manager.run("suspected", "decide", str(suspected[0]["id"]), "new")
    until(lambda: [row["host"] for row in manager.json("pcs")] == ["pc-0001", "pc-twin"])
    send(manager, token, twin | {"software": []})
    assert manager.json("suspected", "list") == [], "once decided, the twin is known"


def test_a_reinstalled_agent_is_the_same_pc(manager: ManagerProcess) -> None:
    token = manager.token()
    send(manager, token, pc_json(1))
    send(manager, token, pc_json(1, device_id="installed-again"))
    assert len(manager.json("pcs")) == 1
    assert manager.json("suspected", "list") == []


def test_a_rejected_report_changes_nothing(manager: ManagerProcess) -> None:
    first, second = manager.token("first"), manager.token("second")
    send(manager, first, pc_json(1))
    send(manager, second, pc_json(1, device_id="other", antivirus=[]))
    manager.run("suspected", "decide", str(manager.json("suspected", "list")[0]["id"]), "reject")
    assert manager.json("suspected", "list") == []
    assert manager.json("pcs")[0]["level"] == "safe"
