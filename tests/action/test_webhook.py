"""Webhooks: signed, the same to the byte whenever repeated, and sent to no address that is not meant."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.writing import transaction
from tests.action.orders import BODY, webhook, worker
from tests.conformance.work import events, leader, state, work_off
from tests.receiver import Receiver, make_certificate, receiving

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for "localhost" that no known authority has signed."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def one(database: Path) -> Any:
    """The worker of the lane."""
    return worker("webhook", leader().term)


def sentence(operation: Operation) -> str:
    operation.refresh_from_db()
    assert operation.outcome is not None, operation.state
    return str(operation.outcome["sentence"])


def retry(operation: Operation) -> dict[str, Any]:
    return dict(Entry.objects.filter(operation=operation.id, event="retry").latest("seq").detail)


def test_it_is_sent_once_and_signed(receiver: Receiver, one: Any) -> None:
    operation = webhook()
    work_off(one)
    assert events(operation) == ["begun", "started", "intent", "finished"]
    assert sentence(operation) == "siem took it: 204 No Content."
    (request,) = receiver.requests
    assert request.path == "/hook"
    assert request.body == BODY.encode()
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == request.key == f"kanmon_test_{operation.id}"
    assert (request.headers["x-kanmon-attempt"], request.flagged) == ("1", False)
    assert receiver.done == {request.key: json.loads(BODY)}


def test_a_receiver_with_another_secret_refuses_it_for_good(receiver: Receiver, one: Any) -> None:
    receiver.secret = "whsec_" + "B" * 32
    operation = webhook()
    work_off(one)
    assert state(operation) == "failed"
    assert sentence(operation) == "siem (localhost) refused the webhook: 401 Unauthorized."


def test_while_the_secret_is_changed_both_are_good(receiver: Receiver, one: Any, tmp_path: Path) -> None:
    (tmp_path / "webhook-secrets" / "siem").write_text(f"whsec_{'C' * 32}\n{receiver.secret}\n")
    operation = webhook()
    work_off(one)
    assert state(operation) == "finished"
    assert len(receiver.requests[0].headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_answer_that_may_pass_is_tried_again_with_the_same_bytes(status: int, receiver: Receiver, one: Any) -> None:
    receiver.answers.append((status, {}))
    operation = webhook()
    work_off(one)
    assert state(operation) == "finished"
    first, second = receiver.requests
    assert (first.body, first.key) == (second.body, second.key)
    assert second.headers["x-kanmon-attempt"] == "2"
    assert second.flagged == (status in (500, 502, 504)), "these may have begun their work"
    assert f"siem (localhost) did not take the webhook: {status}" in retry(operation)["sentence"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 422])
def test_a_refusal_is_not_tried_again(status: int, receiver: Receiver, one: Any) -> None:
    receiver.answers.append((status, {}))
    operation = webhook()
    work_off(one)
    assert (state(operation), len(receiver.requests)) == ("failed", 1)
    assert f"siem (localhost) refused the webhook: {status}" in sentence(operation)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, receiver: Receiver, one: Any) -> None:
    with receiving() as elsewhere:
        receiver.answers.append((status, {"Location": elsewhere.url}))
        operation = webhook()
        work_off(one)
        assert elsewhere.requests == []
    assert state(operation) == "failed"
    assert "wants the webhook at another address" in sentence(operation)


def test_busy_with_an_earlier_attempt_is_not_refused(receiver: Receiver, one: Any) -> None:
    receiver.answers.extend([(500, {}), (409, {})])
    operation = webhook()
    work_off(one)
    assert state(operation) == "finished"
    assert [request.flagged for request in receiver.requests] == [False, True, True]


@pytest.mark.parametrize(
    ("asked", "low", "high"),
    [("30", 29.9, 31), ("date", 28, 31), ("99999999", 899, 901), ("never", 0, 4), ("-5", 0, 4)],
)
def test_what_retry_after_asks_for_is_heeded_up_to_a_quarter_of_an_hour(
    asked: str, low: float, high: float, receiver: Receiver, one: Any
) -> None:
    later = format_datetime(clock.now() + timedelta(seconds=30), usegmt=True)
    receiver.answers.append((503, {"Retry-After": later if asked == "date" else asked}))
    operation = webhook()
    before = clock.now()
    one._step()
    operation.refresh_from_db()
    assert low <= (operation.due_at - before).total_seconds() <= high


def test_a_redo_of_a_failed_one_keeps_its_mark(receiver: Receiver, one: Any) -> None:
    receiver.answers.extend([(502, {}), (404, {})])
    operation = webhook()
    work_off(one)
    operation.refresh_from_db()
    with transaction():
        again = record.redo(operation, "hanako")
    work_off(one)
    assert (state(operation), state(again)) == ("failed", "finished")
    assert {request.key for request in receiver.requests} == {f"kanmon_test_{operation.id}"}
    assert {request.body for request in receiver.requests} == {BODY.encode()}
    last = receiver.requests[-1].headers
    assert (last["x-kanmon-attempt"], last["x-kanmon-may-be-repeat"]) == ("3", "true")


def test_when_all_tries_are_used_up_a_redo_says_that_the_last_one_may_have_arrived(
    receiver: Receiver, one: Any
) -> None:
    receiver.answers.append((500, {}))
    operation = webhook(max_attempts=1)
    work_off(one)
    operation.refresh_from_db()
    with transaction():
        record.redo(operation, "hanako")
    work_off(one)
    assert [request.flagged for request in receiver.requests] == [False, True]


def test_a_receiver_that_sends_byte_by_byte_can_not_hold_the_lane(receiver: Receiver, one: Any, use: Any) -> None:
    use(timeout_seconds=1)
    receiver.drip_seconds = 0.1
    operation = webhook()
    one._step()
    assert state(operation) == "waiting"
    told = retry(operation)
    assert "siem (localhost) did not answer within 1 s." in told["sentence"]
    assert told["unknown"], "it may have taken it"


def test_a_receiver_that_is_away_is_tried_again_and_that_is_no_repeat(receiver: Receiver, one: Any, use: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        use(targets=f"siem=http://localhost:{nobody.getsockname()[1]}/hook")
        operation = webhook()
        one._step()
    assert "could not be reached: [Errno 111] Connection refused" in retry(operation)["sentence"]
    use(targets=f"siem={receiver.url}")
    work_off(one)
    assert [request.flagged for request in receiver.requests] == [False]


def test_a_name_that_is_nowhere_is_tried_again(receiver: Receiver, one: Any, use: Any) -> None:
    use(targets="siem=https://nowhere.invalid/hook")
    operation = webhook()
    one._step()
    assert state(operation) == "waiting"
    assert "siem (nowhere.invalid) could not be reached" in retry(operation)["sentence"]
    assert "intent" not in events(operation)


def test_what_is_no_http_is_a_failure_that_may_pass(receiver: Receiver, one: Any, use: Any) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    use(targets=f"siem=http://localhost:{listening.getsockname()[1]}/hook")
    operation = webhook()
    import threading

    def answer() -> None:
        taken, _ = listening.accept()
        taken.recv(65536)
        taken.sendall(b"220 mail.example.test ESMTP\r\n")
        taken.close()

    thread = threading.Thread(target=answer)
    thread.start()
    one._step()
    thread.join(30)
    listening.close()
    assert "220 mail.example.test" in retry(operation)["sentence"]
    assert retry(operation)["unknown"]


class TestAddresses:
    """Where a webhook may go."""

    @pytest.mark.parametrize("url", ["https://localhost:1/", "http://127.0.0.1:1/", "https://[::ffff:127.0.0.1]:1/"])
    def test_an_address_of_this_machine_is_refused_unless_the_settings_allow_it(
        self, url: str, one: Any, use: Any, receiver: Receiver
    ) -> None:
        use(targets=f"siem={url}", allow_private="other")
        operation = webhook()
        work_off(one)
        assert state(operation) == "failed"
        assert "which is not a public address" in sentence(operation)
        assert "intent" not in events(operation)

    @pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data", "https://[fd00:ec2::254]/"])
    def test_where_clouds_keep_credentials_no_setting_allows_it(
        self, url: str, one: Any, use: Any, receiver: Receiver
    ) -> None:
        use(targets=f"siem={url}")
        operation = webhook()
        work_off(one)
        assert "which is not a public address" in sentence(operation)

    def test_a_private_address_by_http_is_refused(self, one: Any, use: Any, receiver: Receiver) -> None:
        use(targets="siem=http://192.168.200.1/hook")
        operation = webhook()
        work_off(one)
        assert "http is for loopback addresses only" in sentence(operation)

    def test_the_name_is_looked_up_once(self, one: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        real = socket.getaddrinfo

        def rebinding(host: Any, *more: Any, **options: Any) -> Any:
            if host == "localhost":
                asked.append(host)
                assert len(asked) == 1, "the second answer would be another address"
            return real(host, *more, **options)

        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        operation = webhook()
        work_off(one)
        assert state(operation) == "finished"


class TestTls:
    """HTTPS: the certificate is verified, by the name in the settings."""

    @pytest.fixture
    def secure(self, certificate: Path, use: Any, tmp_path: Path) -> Iterator[Receiver]:
        with receiving(certificate) as receiver:
            use(**receiver.settings("siem", tmp_path / "webhook-secrets"), timeout_seconds=10)
            yield receiver

    def test_one_of_a_known_authority_is_trusted(self, secure: Receiver, certificate: Path, one: Any, use: Any) -> None:
        use(ca_file=f"{certificate}.crt")
        operation = webhook()
        work_off(one)
        assert state(operation) == "finished", sentence(operation)
        assert len(secure.done) == 1

    def test_one_of_nobody_known_is_not_and_nothing_is_sent(self, secure: Receiver, one: Any) -> None:
        operation = webhook()
        one._step()
        assert "CERTIFICATE_VERIFY_FAILED" in retry(operation)["sentence"]
        assert not retry(operation)["unknown"]
        assert secure.requests == []

    def test_one_of_another_name_is_not(self, secure: Receiver, certificate: Path, one: Any, use: Any) -> None:
        use(ca_file=f"{certificate}.crt", targets=f"siem={secure.url.replace('localhost', '127.0.0.1')}")
        operation = webhook()
        one._step()
        assert "CERTIFICATE_VERIFY_FAILED" in retry(operation)["sentence"]
        assert secure.requests == []


class TestSettings:
    """What can't be sent says why, and is not carried out."""

    def test_a_target_that_the_settings_do_not_know(self, one: Any, use: Any, receiver: Receiver) -> None:
        operation = webhook("pager")
        work_off(one)
        assert state(operation) == "finished"
        assert sentence(operation) == "No webhook is sent: webhook.targets has no address for pager."
        assert operation.outcome is not None
        assert operation.outcome["result"] == "not_executed"

    @pytest.mark.parametrize(
        "url", ["https://example.test:99999/", "https://exa..mple.test/", "https://example.test/\u672c"]
    )
    def test_an_address_that_is_none(self, url: str, one: Any, use: Any, receiver: Receiver) -> None:
        use(targets=f"siem={url}")
        operation = webhook()
        work_off(one)
        assert "has no address for siem" in sentence(operation)

    @pytest.mark.parametrize("text", [None, "", "whsec_short", "not base64 at all!", "whsec_" + "A" * 88 + "AAAA"])
    def test_a_secret_that_is_missing_or_none(
        self, text: str | None, one: Any, receiver: Receiver, tmp_path: Path
    ) -> None:
        path = tmp_path / "webhook-secrets" / "siem"
        path.unlink() if text is None else path.write_text(text)
        operation = webhook()
        work_off(one)
        assert sentence(operation) == f"No webhook is sent to siem: {path} holds no signing secret."
        assert receiver.requests == []


@pytest.mark.parametrize(
    "wrong",
    [
        "siem",
        "siem=ftp://example.test/t0ken",
        "SIEM=https://example.test/t0ken",
        "siem=https://user:t0ken@example.test",
    ],
)
def test_a_target_of_another_form_is_refused_without_showing_it(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "kanmon.toml").write_text(f'[webhook]\ntargets = ["{wrong}"]\n')
    with pytest.raises(Refused, match=r"webhook\.targets") as refused:
        config.read(tmp_path)
    assert "a list of texts (name=URL)" in str(refused.value)
    assert "t0ken" not in str(refused.value)


def test_in_japanese_when_the_server_speaks_japanese(
    receiver: Receiver, one: Any, use: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANMON_SERVER_LANGUAGE", "ja")
    use(timeout_seconds=5)
    operation = webhook()
    work_off(one)
    assert sentence(operation) == "siem が受理しました: 204 No Content"
