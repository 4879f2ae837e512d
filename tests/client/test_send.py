"""An inventory reaches the Manager with its token, or a sentence says why not."""

import threading
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kanmon.client.send import read_token, send
from kanmon.common.errors import Refused


@pytest.fixture
def manager():
    """A real HTTP server on this machine that answers as it is told and keeps what it got."""

    class Handler(BaseHTTPRequestHandler):
        answer = (200, b'{"status": "accepted", "result": "changed"}', {})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            type(self).got.append((dict(self.headers), body))
            status, answer, headers = type(self).answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    Handler.got = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.url = f"http://127.0.0.1:{server.server_port}/inventory"
    yield Handler
    server.shutdown()
    server.server_close()


def refused(*words, **more) -> Refused:
    with pytest.raises(Refused) as caught:
        send(*words, **more)
    return caught.value


def test_the_body_arrives_packed_and_with_the_token(manager):
    assert send(manager.url, "secret-token", b'{"kanmon": 1}') == "changed"
    headers, body = manager.got[0]
    assert headers["Authorization"] == "Bearer secret-token"
    assert zlib.decompress(body) == b'{"kanmon": 1}'


def test_a_refusal_is_told_with_the_sentence_of_the_manager(manager):
    manager.answer = (400, b'{"title": "KNM1021-E", "detail": "Object contains unknown field"}', {})
    problem = refused(manager.url, "t", b"{}")
    assert problem.message_id == "KNM1042-E"
    assert "400" in problem.sentence()
    assert "unknown field" in problem.sentence()


def test_the_token_does_not_follow_a_redirect(manager):
    manager.answer = (302, b"", {"Location": manager.url + "/elsewhere"})
    assert refused(manager.url, "t", b"{}").message_id == "KNM1042-E"
    assert len(manager.got) == 1


def test_a_manager_that_is_down_is_told():
    assert refused("http://127.0.0.1:9/", "t", b"{}", seconds=2).message_id == "KNM1041-E"


def test_a_server_without_a_certificate_is_not_trusted(manager):
    assert refused(manager.url.replace("http:", "https:"), "t", b"{}", seconds=2).message_id == "KNM1041-E"
    assert manager.got == []


@pytest.mark.parametrize("url", ["http://manager.example/", "ftp://127.0.0.1/", "file:///etc/passwd", "manager"])
def test_nothing_is_sent_in_the_clear_over_the_network(url):
    assert refused(url, "t", b"{}").message_id == "KNM1044-E"


def test_a_token_that_others_may_read_is_not_used(tmp_path):
    file = tmp_path / "token"
    file.write_text("abc\n")
    file.chmod(0o644)
    with pytest.raises(Refused) as caught:
        read_token(str(file))
    assert caught.value.message_id == "KNM1043-E"
    file.chmod(0o600)
    assert read_token(str(file)) == "abc"


def test_a_token_from_the_environment(monkeypatch):
    monkeypatch.setenv("KANMON_TOKEN", " abc ")
    assert read_token() == "abc"
