"""The page of a PC shows its messages and its client; the API writes them once for a key, and forgets a client."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kanmon.accounts.models import User
from kanmon.action.models import MessageClient, UserMessage
from kanmon.common import clock
from kanmon.console.read import keep
from kanmon.flow import KINDS
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.conformance.work import crash, leader, work_off, worker

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console


@pytest.fixture(autouse=True)
def company(database: str) -> None:
    keep.forget()
    leadership = leader()
    crash(leadership)
    sample.fill(6, term=leadership.term)


@pytest.fixture
def person() -> Client:
    client = Client()
    with transaction():
        client.force_login(User.objects.create_user("anna", role="viewer"))
    return client


def carried_out() -> None:
    leadership = leader()
    work_off(worker(KINDS, leadership, "message"))
    crash(leadership)
    keep.forget()


def api(method: str, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"X-Kanmon-Local": "root", **({"Idempotency-Key": key} if key else {})}
    data = json.dumps(body) if body is not None else ""
    answer = Client().generic(method, f"/api/v1{path}", data, "application/json", headers=headers)
    return answer.status_code, answer.json()


def test_a_message_by_the_api_is_written_once_and_seen_on_the_pc_s_page(person: Client) -> None:
    pc = Pc.objects.order_by("id").first()
    assert pc is not None
    order = {"pcs": [pc.asset_number], "title": "For <{host}>", "text": "x"}
    status, begun = api("POST", "/messages", order, "one")
    assert (status, begun["kind"], begun["subject"]) == (200, "message", "message: 1 PC")
    assert api("POST", "/messages", order, "one")[1]["id"] == begun["id"], "sent again with its key"
    assert "KNM3218-E" in str(api("POST", "/messages", order | {"expires_days": 0}))
    assert api("POST", "/messages", {"title": "T", "text": "x"})[1]["id"] == "KNM6009-E", "to whom?"
    carried_out()
    (row,) = api("GET", f"/messages?pc={pc.asset_number}&state=waiting")[1]
    assert (row["title"], row["state"], row["shown_at"]) == (f"For <{pc.host}>", "waiting", None)
    assert api("GET", "/messages?state=seen")[0] == 400

    page = person.get(f"/pcs/{pc.id}").content.decode()
    assert "Messages to the user" in page
    assert f"For &lt;{pc.host}&gt;" in page
    assert "No client of this PC is known" in page
    now = clock.now()
    UserMessage.objects.update(state="shown", delivered_at=now, shown_at=now)
    MessageClient.objects.create(
        device=1, pc=pc.id, token_digest=b"x" * 32, registered_at=now - timedelta(days=1), seen_at=now, refused_at=now
    )
    page = person.get(f"/pcs/{pc.id}", headers={"Accept-Language": "ja"}).content.decode()
    for told in ("利用者へのメッセージ", "表示済み", "別のクライアントが"):
        assert told in page
    operation = Operation.objects.get(id=begun["id"])
    assert "1 台" in person.get(f"/operations/{operation.id}", headers={"Accept-Language": "ja"}).content.decode()

    assert api("DELETE", f"/clients/{pc.asset_number}", key="two")[0] == 200
    assert api("DELETE", f"/clients/{pc.asset_number}", key="three")[0] == 404
    assert not MessageClient.objects.exists()
    other = Pc.objects.exclude(id=pc.id).first()
    assert other is not None
    assert "Messages to the user" not in person.get(f"/pcs/{other.id}").content.decode()


def test_who_may_only_look_tells_nobody_anything() -> None:
    from kanmon.accounts import tokens

    token = tokens.create("looks", "viewer", "anna")
    headers = {"Authorization": f"Bearer {token}"}
    body = json.dumps({"all": True, "title": "T", "text": "x"})
    assert Client().post("/api/v1/messages", body, "application/json", headers=headers).status_code == 403
    assert Client().delete("/api/v1/clients/pc", headers=headers).status_code == 403
    assert Client().get("/api/v1/messages", headers=headers).status_code == 200
