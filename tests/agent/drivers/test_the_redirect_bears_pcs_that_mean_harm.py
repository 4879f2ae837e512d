"""What a quarantined PC sends to the redirect is its own affair: the redirect is bounded, and goes on."""

import socket
from collections.abc import Iterator

import pytest

from kanmon.agent.drivers.nftables import redirect, settings
from kanmon.agent.drivers.nftables.redirect import Redirect
from kanmon.common.errors import Refused
from tests.conftest import until
from tests.postgresql import free_port

URL = "https://mend.example.test/pc"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def served(port: int) -> Iterator[Redirect]:
    made = Redirect(told(port))
    made.start(URL)
    yield made
    made.stop()


def told(port: int, namespace: str = "") -> settings.Settings:
    return settings.read(
        {"mode": "bridge", "bridge": "br0", "ports": ["p1"], "redirect_port": port, "namespace": namespace}
    )


def ask(port: int, request: bytes, host: str = "127.0.0.1") -> bytes:
    """What is answered until the end; b"" when the connection was broken."""
    with socket.create_connection((host, port), timeout=20) as connection:
        try:
            connection.sendall(request)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:
            return b""
        return answer


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_every_request_is_sent_to_the_page(served: Redirect, port: int, host: str) -> None:
    for request in (
        b"GET /generate_204 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.0\r\n\r\n",
        b"\xff\x00 nonsense\r\n\r\n",
    ):
        assert b"302 Found\r\nLocation: https://mend.example.test/pc\r\n" in ask(port, request, host)


def test_a_head_request_gets_no_body(served: Redirect, port: int) -> None:
    assert ask(port, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b"Connection: close\r\n\r\n")


def test_a_request_that_has_no_end_is_cut(served: Redirect, port: int) -> None:
    assert ask(port, b"GET / HTTP/1.1\r\nX: " + b"x" * 3 * redirect.HEAD_BYTES) == b""


def test_connections_that_say_nothing_are_closed_and_make_room(
    monkeypatch: pytest.MonkeyPatch, served: Redirect, port: int
) -> None:
    monkeypatch.setattr(redirect, "SECONDS", 10.0)
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(redirect.CONNECTIONS_MOST)]
    try:
        until(lambda: ask(port, b"GET / HTTP/1.1\r\n\r\n") == b"")  # no room
        until(lambda: b"302" in ask(port, b"GET / HTTP/1.1\r\n\r\n"), 60)
    finally:
        for one in idle:
            one.close()


def test_the_page_may_change_and_it_may_be_stopped_and_started(served: Redirect, port: int) -> None:
    served.start("https://other.example.test/")
    assert b"Location: https://other.example.test/" in ask(port, b"GET / HTTP/1.1\r\n\r\n")
    served.stop()
    with pytest.raises(ConnectionRefusedError):
        ask(port, b"GET / HTTP/1.1\r\n\r\n")
    served.start(URL)
    assert b"302" in ask(port, b"GET / HTTP/1.1\r\n\r\n")


def test_a_port_that_is_taken_or_a_namespace_that_is_not_there_is_said(served: Redirect, port: int) -> None:
    for settings_ in (told(port), told(port, "there-is-none")):
        with pytest.raises(Refused) as refused:
            Redirect(settings_).start(URL)
        assert refused.value.message_id == "KNM8316-W"
