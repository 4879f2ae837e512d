"""Mail on the way: what is cut before DATA was not taken, TLS is spoken and verified, addresses may be Japanese."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from pyroaring import BitMap

from kanmon.action.models import Order
from kanmon.common import clock, config
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.window import OPEN, Window
from kanmon.journal.writing import transaction
from tests.action.orders import worker
from tests.conformance.work import events, leader, state, work_off
from tests.conftest import MailServer, free_port, until
from tests.receiver import make_certificate

pytestmark = pytest.mark.usefixtures("database")


class Server(MailServer):
    """It can hang at a command, and answer QUIT as it likes."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.hangs_at = ""
        self.hung = threading.Event()

    async def hang(self, at: str) -> None:
        while self.hangs_at == at:
            self.hung.set()
            await asyncio.sleep(0.02)

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, lines: list[str]) -> list[str]:
        await self.hang("EHLO")
        session.host_name = name
        return lines

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        await self.hang("MAIL")
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        await self.hang("RCPT")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        await self.hang("QUIT")
        return "451 you may not leave"


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch, **options: Any) -> Iterator[Server]:
    """A server that the settings name."""
    server = Server(free_port())
    controller = Controller(server, hostname="localhost", port=server.port, **options)
    controller.start()
    monkeypatch.setenv("KANMON_MAIL_SERVER", f"localhost:{server.port}")
    config.forget()
    yield server
    server.hangs_at = ""
    controller.stop()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server without TLS."""
    with serving(monkeypatch, enable_SMTPUTF8=True) as one:
        yield one


def order(*recipients: str) -> Operation:
    with transaction():
        operation = record.begin("mail", requester="tests", repeat="keyed", subject="danger, 1 PC")
        Order.objects.create(
            operation=operation.id, kind="mail", run=1, policy_version=1, level=400,
            recipients=recipients or ["a@b.test"], message_id=f"<kanmon.{operation.id}@b.test>", subject="危険",
            text=".\nこのPC\n", attachment=b"pc\r\n", pcs=BitMap([1]).serialize(), created_at=clock.now(),
        )  # fmt: skip
    return operation


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT"])
def test_one_that_was_cut_before_data_was_surely_not_taken(command: str, server: Server) -> None:
    server.hangs_at = command
    operation = order()
    window = Window()
    one = worker("mail", leader().term, window)

    def step() -> None:
        one._step()
        connection.close()

    thread = threading.Thread(target=step, daemon=True)
    thread.start()
    assert server.hung.wait(60)
    window.close()
    thread.join(60)
    assert not thread.is_alive()
    assert (state(operation), events(operation)[-1]) == ("waiting", "suspended")
    server.hangs_at = ""
    one.window = OPEN
    work_off(one)
    assert state(operation) == "finished"
    assert "may_be_repeat" not in events(operation)
    assert ["may be a repeat" in mail.get_body().get_content() for mail in server.mails] == [False]


def test_what_was_taken_is_taken_whatever_the_server_says_to_quit(server: Server) -> None:
    operation = order()
    work_off(worker("mail", leader().term))
    assert (state(operation), len(server.mails)) == ("finished", 1)
    assert events(operation).count("started") == 1


def test_a_server_that_hangs_afterwards_makes_no_second_mail(server: Server) -> None:
    server.hangs_at = "QUIT"
    operation = order()
    work_off(worker("mail", leader().term))
    assert (state(operation), len(server.mails), events(operation).count("started")) == ("finished", 1, 1)


def test_japanese_addresses_and_texts_arrive_whole(server: Server) -> None:
    operation = order("花子@example.test", "a@b.test")
    work_off(worker("mail", leader().term))
    assert state(operation) == "finished"
    (mail,) = server.mails
    assert mail["Subject"] == "危険"
    assert mail["To"] == "花子@example.test, a@b.test"
    assert mail.get_body().get_content().splitlines() == [".", "このPC"]
    assert next(iter(mail.iter_attachments())).get_content().splitlines() == ["pc"]


def test_a_server_that_can_not_take_japanese_addresses_is_told_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, enable_SMTPUTF8=False) as server:
        operation = order("花子@example.test")
        work_off(worker("mail", leader().term))
        operation.refresh_from_db()
        assert (operation.state, server.mails) == ("failed", [])
        assert operation.outcome is not None
        assert "SMTPUTF8" in operation.outcome["sentence"]


class TestTls:
    """STARTTLS, and TLS from the first byte on."""

    @pytest.fixture(params=["starttls", "tls"])
    def secure(
        self, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Server]:
        self.certificate = make_certificate(tmp_path)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        monkeypatch.setenv("KANMON_MAIL_SECURITY", request.param)
        options = (
            {"ssl_context": context} if request.param == "tls" else {"tls_context": context, "require_starttls": True}
        )
        with serving(monkeypatch, **options) as one:
            yield one

    def test_a_mail_arrives_by_it(self, secure: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", f"{self.certificate}.crt")
        operation = order()
        work_off(worker("mail", leader().term))
        assert (state(operation), len(secure.mails)) == ("finished", 1)

    def test_a_certificate_that_nobody_knows_is_refused(self, secure: Server) -> None:
        operation = order()
        worker("mail", leader().term)._step()
        assert (state(operation), secure.mails) == ("waiting", [])
        operation.refresh_from_db()
        told = Entry.objects.get(operation=operation.id, event="retry").detail
        assert "CERTIFICATE_VERIFY_FAILED" in told["sentence"]
        assert not told["unknown"]

    def test_cut_in_the_middle_it_may_have_been_taken(self, secure: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", f"{self.certificate}.crt")
        secure.delay_seconds = 2
        operation = order()
        window = Window()
        one = worker("mail", leader().term, window)

        def step() -> None:
            one._step()
            connection.close()

        thread = threading.Thread(target=step, daemon=True)
        thread.start()
        until(lambda: events(operation)[-1] == "intent", 60)
        until(lambda: window._unfenced, 60)
        window.close()
        thread.join(60)
        assert not thread.is_alive()
        assert (state(operation), events(operation)[-1]) == ("waiting", "interrupted")
