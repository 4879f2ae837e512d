"""Several mail servers in order, and connections that are kept: who is asked, and what may be a repeat."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from pyroaring import BitMap

from kanmon.action.carry_out.connections import KEPT, MAILS, MOST, Server, _server
from kanmon.action.carry_out.smtp import in_order
from kanmon.action.models import Order
from kanmon.common import clock, config
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.window import Window
from kanmon.journal.writing import transaction
from tests.action.orders import worker
from tests.action.smtp_servers import odd
from tests.conformance.work import crash, events, leader, state, work_off
from tests.conftest import free_port, until

pytestmark = pytest.mark.usefixtures("database")
Use = Callable[..., None]


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Sets the servers, by their names, and other settings of [mail]."""

    def use(*names: str, **more: object) -> None:
        monkeypatch.setenv("KANMON_MAIL_SERVER", names[0])
        monkeypatch.setenv("KANMON_MAIL_FALLBACK_SERVERS", ",".join(names[1:]))
        monkeypatch.setenv("KANMON_MAIL_TIMEOUT_SECONDS", "2")
        for name, value in more.items():
            monkeypatch.setenv(f"KANMON_MAIL_{name.upper()}", str(value))
        config.forget()

    yield use
    KEPT.close()


def order(*recipients: str) -> Operation:
    with transaction():
        operation = record.begin("mail", requester="tests", repeat="keyed", subject="danger, 1 PC")
        Order.objects.create(
            operation=operation.id, kind="mail", run=1, policy_version=1, level=400, recipients=recipients or ["a@b.test"],
            message_id=f"<kanmon.{operation.id}@b.test>", subject="Danger", text="pc-0001", html="<p>pc-0001</p>",
            pcs=BitMap([1]).serialize(), created_at=clock.now(),
        )  # fmt: skip
    return operation


def sentence(operation: Operation) -> str:
    operation.refresh_from_db()
    return str((operation.outcome or {}).get("sentence"))


NOT_TAKEN: dict[str, dict[str, list[str]]] = {
    "busy": {"greeting": ["421 too busy"]},
    "refuses all": {"greeting": ["554 no mail here"]},
    "hangs at once": {"greeting": [""]},
    "hangs before DATA": {"rcpt": [""]},
    "not now": {"mail": ["451 try later"]},
    "no recipient now": {"rcpt": ["450 grey"]},
    "not the content now": {"data": ["451 no disk"]},
    "not now, after the content": {"taken": ["452 no disk"]},
    "goes away": {"mail": ["cut"]},
}


@pytest.mark.parametrize("how", NOT_TAKEN)
def test_the_next_server_gets_what_the_first_has_surely_not_taken(how: str, servers: Use) -> None:
    with odd(**NOT_TAKEN[how]) as first, odd() as second:
        servers(first.name, second.name)
        operation = order()
        work_off(worker("mail", leader().term))
        assert (state(operation), first.mails, len(second.mails)) == ("finished", [], 1)
        assert events(operation).count("started") == 1
        assert second.mails[0]["X-Kanmon-Attempt"] is None
        assert f"Taken by {second.name}." in sentence(operation)


def test_a_server_that_is_not_there_is_passed_over(servers: Use) -> None:
    with odd() as second:
        servers(f"127.0.0.1:{free_port()}", second.name)
        operation = order()
        work_off(worker("mail", leader().term))
        assert (state(operation), len(second.mails)) == ("finished", 1)


@pytest.mark.parametrize("lost", ["", "cut"])
def test_what_the_first_may_have_taken_is_marked_and_goes_to_the_next(lost: str, servers: Use) -> None:
    with odd(taken=[lost]) as first, odd() as second:
        servers(first.name, second.name)
        operation = order()
        work_off(worker("mail", leader().term))
        assert (state(operation), len(first.mails), len(second.mails)) == ("finished", 1, 1)
        assert "may_be_repeat" in events(operation)
        assert first.mails[0]["Message-ID"] == second.mails[0]["Message-ID"]
        assert second.mails[0]["X-Kanmon-Attempt"] == "2"
        for kind in ("plain", "html"):
            body = second.mails[0].get_body((kind,))
            assert body is not None
            assert "may be a repeat" in body.get_content()


def test_what_a_server_refuses_for_good_is_refused(servers: Use) -> None:
    with odd(mail=["550 not from you"]) as first, odd() as second:
        servers(first.name, second.name)
        operation = order()
        work_off(worker("mail", leader().term))
        assert (state(operation), second.mails) == ("failed", [])
        assert "550 not from you" in sentence(operation)


def test_recipients_that_the_first_puts_off_are_asked_of_the_next(servers: Use) -> None:
    with odd(rcpt=["250 OK", "450 later", "550 gone"]) as first, odd() as second:
        servers(first.name, second.name)
        operation = order("a@b.test", "b@b.test", "c@b.test")
        work_off(worker("mail", leader().term))
        assert (first.receivers, second.receivers) == ([["a@b.test"]], [["b@b.test"]])
        said = sentence(operation)
        assert "Sent to 2 addresses; refused for c@b.test: c@b.test: 550 gone" in said


def test_a_server_that_says_not_now_gets_it_later(servers: Use) -> None:
    with odd(rcpt=["450 greylisted"]) as server:
        servers(server.name)
        operation = order()
        work_off(worker("mail", leader().term))
        assert (state(operation), len(server.mails)) == ("finished", 1)
        assert "may_be_repeat" not in events(operation)
        assert server.mails[0]["X-Kanmon-Attempt"] == "2"


def test_it_is_tried_again_as_long_as_one_of_them_may_be_back(servers: Use) -> None:
    with odd(greeting=["554 no"]) as first, odd(greeting=["421 busy"]) as second:
        servers(first.name, second.name)
        operation = order()
        worker("mail", leader().term)._step()
        assert (state(operation), events(operation)[-1]) == ("waiting", "retry")


def test_when_none_takes_mail_at_all_it_has_failed_and_all_are_named(servers: Use) -> None:
    with odd(greeting=["554 no"]) as first, odd(greeting=["554 neither"]) as second:
        servers(first.name, second.name)
        operation = order()
        work_off(worker("mail", leader().term))
        assert state(operation) == "failed"
        said = sentence(operation)
        assert f"{first.name}: 554 no" in said
        assert f"{second.name}: 554 neither" in said


class TestKept:
    """Connections between the mails of a burst."""

    def burst(self, count: int, window: Window | None = None, term: int = 0) -> None:
        operations = [order() for _ in range(count)]
        one = worker("mail", term or leader().term, window or Window())
        for _ in operations:
            one._step()
        assert [state(operation) for operation in operations] == ["finished"] * count

    def test_a_burst_goes_by_one_connection_and_is_asked_before_each(self, servers: Use) -> None:
        with odd() as server:
            servers(server.name)
            self.burst(5)
            assert (server.connections, len(server.mails), server.commands.count("NOOP")) == (1, 5, 4)

    def test_it_is_left_after_its_time(self, servers: Use) -> None:
        with odd() as server:
            servers(server.name, keep_seconds=1)
            self.burst(1)
            assert len(KEPT) == 1
            until(lambda: server.commands[-1] == "QUIT")
            assert len(KEPT) == 0

    def test_none_is_kept_when_nobody_wants_it(self, servers: Use) -> None:
        with odd() as server:
            servers(server.name, keep_seconds=0)
            self.burst(2)
            assert (server.connections, server.commands.count("QUIT"), len(KEPT)) == (2, 2, 0)

    def test_one_that_the_server_has_closed_is_renewed(self, servers: Use) -> None:
        with odd(noop=["cut"]) as server:
            servers(server.name)
            self.burst(2)
            assert (server.connections, len(server.mails)) == (2, 2)

    def test_one_that_is_cut_before_data_is_renewed_too(self, servers: Use) -> None:
        with odd() as server:
            servers(server.name)
            with_two = [order(), order()]
            one = worker("mail", leader().term)
            one._step()
            server.answers["MAIL"] = ["cut"]
            one._step()
            assert [state(operation) for operation in with_two] == ["finished"] * 2
            assert server.connections == 2

    def test_it_is_not_used_across_a_lost_trust_window(self, servers: Use) -> None:
        with odd() as server:
            servers(server.name)
            window, lead = Window(1000), leader()
            window.renewed(clock.monotonic())
            self.burst(1, window, lead.term)
            window._until = clock.monotonic()  # it ran out
            window.renewed(clock.monotonic())
            self.burst(2, window, lead.term)
            assert (server.connections, len(server.mails)) == (2, 3)

    def test_it_is_not_used_by_another_term(self, servers: Use) -> None:
        with odd() as server:
            servers(server.name)
            lead = leader()
            self.burst(1, term=lead.term)
            assert len(KEPT) == 1
            crash(lead)
            self.burst(1)
            assert server.connections == 2

    def test_one_carries_a_bounded_number_of_mails(self, servers: Use, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kanmon.action.carry_out.connections.MAILS", 2)
        assert MAILS > 2
        with odd() as server:
            servers(server.name)
            self.burst(5)
            assert (server.connections, len(server.mails)) == (3, 5)

    def test_few_are_kept(self, servers: Use) -> None:
        with contextlib.ExitStack() as stack:
            term = leader().term
            for _ in range(MOST + 2):
                server = stack.enter_context(odd())
                servers(server.name)
                self.burst(1, term=term)
            assert len(KEPT) == MOST


def test_the_order_of_servers_changes_only_after_an_unknown_end() -> None:
    a, b, c = (Server(name, name, 25, "none", "") for name in "abc")
    assert in_order([a, b, c], 2, False) == [a, b, c]
    assert in_order([a, b, c], 2, True) == [b, c, a]
    assert in_order([a], 7, True) == [a]
    assert in_order([], 2, True) == []


@pytest.mark.parametrize(
    ("name", "host", "port"),
    [
        ("mail.example.test:587", "mail.example.test", 587),
        ("mail.example.test", "mail.example.test", 25),
        ("[::1]:2525", "::1", 2525),
        ("::1", "::1", 25),
        ("[::1]", "::1", 25),
    ],
)
def test_a_server_may_be_named_with_or_without_port(name: str, host: str, port: int) -> None:
    one = _server(name, "none", "")
    assert (one.host, one.port) == (host, port)
