"""The Python client: made from the document as it is now, and calling until it is answered, once."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kanmon.apiclient import Client, Problem, Unreachable

sys.path.append(str(Path(__file__).parents[2] / "tools"))

import make_client


class Listener(BaseHTTPRequestHandler):
    """Answers as it was told to, one after the other; None: it hangs up."""

    answers: list[tuple[int, dict[str, str], Any] | None] = []
    asked: list[tuple[str, str, dict[str, str]]] = []

    def answer(self) -> None:
        """One call."""
        self.asked.append((self.command, self.path, dict(self.headers)))
        told = self.answers.pop(0)
        if told is None:
            self.connection.close()
            return
        status, headers, body = told
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *given: Any) -> None:
        """Nothing."""


@pytest.fixture
def listener() -> Iterator[tuple[type[Listener], Client]]:
    Listener.answers, Listener.asked = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Listener, Client(f"http://127.0.0.1:{server.server_port}", "kna_x", language="ja", patience_seconds=20)
    server.shutdown()
    server.server_close()


def test_it_is_made_from_the_document_as_it_is() -> None:
    for path, text in make_client.made().items():
        assert path.read_text("utf-8") == make_client.formatted(text), f"{path.name}: run tools/make_client.py"


def test_a_change_is_sent_again_under_the_same_key(listener: tuple[type[Listener], Client]) -> None:
    told, client = listener
    told.answers += [None, (503, {}, {}), (429, {"Retry-After": "0"}, {}), (200, {}, {"id": 7, "state": "waiting"})]
    assert client.post_judgments({"all": True})["id"] == 7
    keys = {headers["Idempotency-Key"] for _, _, headers in told.asked}
    assert (len(told.asked), len(keys)) == (4, 1)
    told.answers += [(200, {}, {"id": 8})] * 2
    client.post_judgments({"all": True}, key="mine")
    client.post_judgments({"all": True})
    assert told.asked[-2][2]["Idempotency-Key"] == "mine"
    assert told.asked[-1][2]["Idempotency-Key"] not in {*keys, "mine"}


def test_pages_are_asked_for_one_after_the_other(listener: tuple[type[Listener], Client]) -> None:
    told, client = listener
    told.answers += [(200, {"X-Kanmon-Next": "abc"}, [{"number": 1}]), (200, {}, [{"number": 2}])]
    rows = client.get_pcs(level="danger", removed=False)
    assert told.asked == [], "nothing is asked before it is wanted"
    assert [row["number"] for row in rows] == [1, 2]
    assert [path for _, path, _ in told.asked] == [
        "/api/v1/pcs?level=danger&removed=false", "/api/v1/pcs?level=danger&removed=false&cursor=abc",
    ]  # fmt: skip


def test_a_refusal_is_raised_and_not_sent_again(listener: tuple[type[Listener], Client]) -> None:
    told, client = listener
    told.answers.append(
        (404, {"Content-Type": "application/problem+json"}, {"id": "KNM6010-E", "detail": "D", "how": "H"})
    )
    with pytest.raises(Problem) as raised:
        client.get_pcs_of_name("a/b c")
    assert (raised.value.status, raised.value.id, raised.value.how) == (404, "KNM6010-E", "H")
    assert told.asked[0][1] == "/api/v1/pcs/a%2Fb%20c"
    assert (told.asked[0][2]["Accept-Language"], told.asked[0][2]["Authorization"]) == ("ja", "Bearer kna_x")


def test_who_is_never_answered_is_told_so() -> None:
    with pytest.raises(Unreachable):
        Client("http://127.0.0.1:9", patience_seconds=0.1).get_status()


def test_a_token_does_not_go_out_unencrypted() -> None:
    with pytest.raises(ValueError, match="https"):
        Client("http://kanmon.example.org", "kna_x")
