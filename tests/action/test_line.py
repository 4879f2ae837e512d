"""A line to another server ends when it is cut, whatever its thread waits for."""

import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kanmon.action.carry_out.line import Line, places
from tests.receiver import make_certificate


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Listens, and takes nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def at(server: socket.socket) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    return [(socket.AF_INET, server.getsockname())]


def cut_while(line: Line, waiting: Callable[[], object]) -> BaseException | object:
    """What ``waiting`` ends with when the line is cut half a second after its begin."""
    ended: list[BaseException | object] = []

    def run() -> None:
        try:
            ended.append(waiting())
        except OSError as problem:
            ended.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive(), f"it did not wait: {ended}"
    line.cut()
    thread.join(30)
    assert not thread.is_alive(), "it waits on, although it was cut"
    return ended[0]


def test_while_it_waits_for_an_answer(server: socket.socket) -> None:
    with Line() as line:
        one = line.connect(at(server), 300)
        assert cut_while(line, lambda: one.recv(10)) == b""
        assert line.was_cut


def test_while_it_sends_more_than_the_other_side_takes(server: socket.socket) -> None:
    with Line() as line:
        one = line.connect(at(server), 300)
        assert isinstance(cut_while(line, lambda: one.sendall(b"x" * 50_000_000)), OSError)


def test_while_it_connects(server: socket.socket) -> None:
    with socket.socket() as full, Line() as line:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.create_connection(full.getsockname())]  # the queue is full: the next one gets no answer
        assert isinstance(cut_while(line, lambda: line.connect(at(full), 300)), OSError)
        waiting[0].close()


def test_inside_tls(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=f"{certificate}.crt")
    taken: list[ssl.SSLSocket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening, Line() as line:

        def serve() -> None:
            taken.append(context.wrap_socket(listening.accept()[0], server_side=True))

        thread = threading.Thread(target=serve)
        thread.start()
        one = trusting.wrap_socket(line.connect(at(listening), 300), server_hostname="localhost")
        thread.join(30)
        assert cut_while(line, lambda: one.recv(10)) == b""
        taken[0].close()


def test_what_was_cut_before_it_connects_does_not_connect(server: socket.socket) -> None:
    with Line() as line:
        line.cut()
        with pytest.raises(ConnectionAbortedError):
            line.connect(at(server), 300)
    server.settimeout(0)
    with pytest.raises(BlockingIOError):
        server.accept()


def test_a_limit_of_time_cuts_it_too(server: socket.socket) -> None:
    with Line() as line:
        one = line.connect(at(server), 300)
        with line.within(0.2):
            assert one.recv(10) == b""
        assert (line.out_of_time, line.was_cut) == (True, False)


def test_after_its_end_it_cuts_nothing_that_has_got_the_same_number(server: socket.socket) -> None:
    with Line() as line:
        line.connect(at(server), 300).close()
        server.accept()[0].close()
    descriptors = len(os.listdir("/proc/self/fd"))
    with socket.create_connection(server.getsockname(), 30) as another:
        line.cut()
        with server.accept()[0] as taken:
            taken.sendall(b"hello")
        assert another.recv(10) == b"hello"
    assert len(os.listdir("/proc/self/fd")) <= descriptors


def test_the_next_address_is_tried_when_the_first_refuses(server: socket.socket) -> None:
    with socket.socket() as nobody, Line() as line:
        nobody.bind(("127.0.0.1", 0))
        one = line.connect([(socket.AF_INET, nobody.getsockname()), *at(server)], 30)
        assert one.getpeername() == server.getsockname()


@pytest.mark.parametrize("name", ["nowhere.invalid", "x" * 70 + ".test", "a..b"])
def test_a_name_that_is_none_is_an_os_error(name: str) -> None:
    with pytest.raises(OSError, match=r"Errno|label"):
        places(name, 443)
