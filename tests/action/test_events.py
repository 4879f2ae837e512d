"""Events by syslog: one a PC and one for the run, in a form that others can take apart, and each known by its id."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon import __version__
from kanmon.action.notifiers import syslog as product
from kanmon.action.notifiers.syslog import structured
from kanmon.common import config, fault
from kanmon.common.errors import Refused
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.writing import transaction
from tests.action.commands import outcome, sentence
from tests.action.fleet import judged
from tests.action.orders import event, worker
from tests.conformance.work import events, leader, state, work_off
from tests.conftest import free_port
from tests.receiver import make_certificate
from tests.syslog import SyslogReceiver, listening, of_json, parse_cef, pc_ids

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets settings of [events] for this test."""

    def use(**settings: Any) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"KANMON_EVENTS_{name.upper()}", str(value))
        config.forget()

    yield use
    monkeypatch.undo()
    config.forget()


@pytest.fixture
def receiver(use: Any) -> Iterator[SyslogReceiver]:
    """A receiver by TCP that the settings call "siem"."""
    with listening() as one:
        use(targets=f"siem=tcp://localhost:{one.port}?format=cef", allow_private="siem", timeout_seconds=10)
        yield one


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for "localhost" that no known authority has signed."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def one(database: Path) -> Any:
    """The worker of the lane."""
    return worker("event", leader().term)


def retry(operation: Operation) -> dict[str, Any]:
    return dict(Entry.objects.filter(operation=operation.id, event="retry").latest("seq").detail)


def test_a_pc_as_cef(receiver: SyslogReceiver, one: Any) -> None:
    judged(1, host="pc|1=\\x")
    operation = event(pcs=BitMap([1]))
    work_off(one)
    assert sentence(operation) == "siem has read to the end: events about 1 PC."
    about, run = receiver.lines
    assert (about.pri, about.app, about.msgid, about.element) == (13 * 8 + 2, "kanmon", "pc", "kanmon@32473")
    assert about.data == {
        "id": f"kanmon_test_{operation.id}_1", "order": str(operation.id), "run": "7", "level": "danger",
        "attempt": "1", "mayBeRepeat": "false", "replay": "false",
    }  # fmt: skip
    head, values = parse_cef(about.text)
    assert head == ["CEF:0", "Kanmon", "Kanmon", __version__, "pc:danger", "PC judged", "10"]
    rt = values.pop("rt")
    assert rt.isdecimal()
    assert len(rt) == 13
    assert values == {
        "externalId": about.id, "cat": "judgment", "msg": "PC pc|1=\\x is at danger, before safe",
        "dhost": "pc|1=\\x", "dntdom": "EXAMPLE", "duser": "hanako", "dst": "192.0.2.7", "dmac": "00:1b:21:00:00:07",
        "request": "http://127.0.0.1:8080/pcs/1", "cs1": "danger", "cs1Label": "level",
        "cs2": "Night shift version 3", "cs2Label": "policy", "cs3": "/Sales|EU", "cs3Label": "group",
        "cs4": "Windows 11 24H2 26100.1", "cs4Label": "os", "cs5": "inventory", "cs5Label": "requester",
        "cs6": "security_updates:safe antivirus:danger prohibited_software:not_judged mandatory_software:safe"
        " pc_settings:safe user_definition:safe", "cs6Label": "items",
        "cn1": "7", "cn1Label": "run", "cn2": str(operation.id), "cn2Label": "order", "cn3": "1", "cn3Label": "pc",
        "flexString1": "safe", "flexString1Label": "levelBefore", "flexString2": "A-00001",
        "flexString2Label": "assetNumber",
    }  # fmt: skip
    assert "pc|1\\=\\\\x" in about.text, "escaped as CEF wants it"
    head, values = parse_cef(run.text)
    assert (run.msgid, run.id, head[4], values["cnt"]) == ("run", f"kanmon_test_{operation.id}_run", "run:danger", "1")


def test_a_pc_as_ocsf(receiver: SyslogReceiver, one: Any, use: Any) -> None:
    use(targets=f"siem=tcp://localhost:{receiver.port}?format=ocsf&facility=16")
    judged(1, host="本社-1")
    operation = event(pcs=BitMap([1]))
    work_off(one)
    about, run = receiver.lines
    assert about.pri == 16 * 8 + 2
    told = of_json(about)
    assert (told["class_uid"], told["category_uid"], told["activity_id"], told["type_uid"]) == (2003, 2, 1, 200301)
    assert (told["severity_id"], told["status_id"], told["metadata"]["version"]) == (5, 1, "1.3.0")
    assert (told["metadata"]["uid"], told["metadata"]["correlation_uid"]) == (about.id, "run-7")
    assert told["finding_info"]["uid"] == "kanmon_test_pc_1"
    assert told["compliance"]["status"] == "Fail"
    assert told["compliance"]["requirements"] == ["antivirus"]
    assert told["device"] == {
        "type_id": 0, "type": "Unknown", "hostname": "本社-1", "uid": "A-00001", "domain": "EXAMPLE", "ip": "192.0.2.7",
        "mac": "00:1b:21:00:00:07", "groups": [{"name": "/Sales|EU"}], "is_compliant": False,
        "owner": {"name": "hanako"},
        "os": {"name": "Windows 11", "type_id": 100, "type": "Windows", "version": "24H2", "build": "26100.1"},
    }  # fmt: skip
    assert told["unmapped"]["requester"] == "inventory"
    assert told["unmapped"]["items"]["antivirus"] == "danger"
    scan = of_json(run)
    assert (scan["class_uid"], scan["type_uid"], scan["num_detections"], scan["total"]) == (6007, 600702, 1, 1000)
    assert operation.id == scan["unmapped"]["order"]


def test_back_to_safe_closes_the_finding(receiver: SyslogReceiver, one: Any, use: Any) -> None:
    use(targets=f"siem=tcp://localhost:{receiver.port}?format=ocsf")
    judged(1, level=100, before=400)
    event(pcs=BitMap([1]))
    work_off(one)
    told = of_json(receiver.lines[0])
    assert (told["activity_name"], told["status"], told["compliance"]["status"]) == ("Close", "Resolved", "Pass")


def test_what_would_break_a_line_or_hide_something_does_not(receiver: SyslogReceiver, one: Any) -> None:
    judged(1, host='a"]b\n<0>1 - - x\x1b[2J', domain="line\r\nfeed")
    event(pcs=BitMap([1]))
    work_off(one)
    about, _ = receiver.lines
    _, values = parse_cef(about.text)
    assert values["dhost"] == 'a"]b\n<0>1 - - x [2J'
    assert values["dntdom"] == "line\r\nfeed"
    assert "\n" not in about.text
    assert "\x1b" not in about.text
    assert structured({"id": 'a"]\\'}) == '[kanmon@32473 id="a\\"\\]\\\\"]'


def test_a_message_is_never_larger_than_the_setting(receiver: SyslogReceiver, one: Any, use: Any) -> None:
    use(message_bytes=2048)
    judged(1, host="本" * 255, domain="社" * 4000, ip="", mac="")
    event(pcs=BitMap([1]))
    work_off(one)
    about, _ = receiver.lines
    assert len(about.raw) <= 2048
    assert "…" in parse_cef(about.text)[1]["dntdom"]


class TestParcels:
    """An order of many PCs goes on where it was interrupted."""

    @pytest.fixture(autouse=True)
    def _small(self, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        judged(10)
        monkeypatch.setattr(product.Syslog, "pcs_at_once", 4)

    def test_each_is_committed_and_the_last_tells_of_the_run(self, receiver: SyslogReceiver, one: Any) -> None:
        operation = event(pcs=BitMap(range(1, 11)))
        work_off(one)
        assert pc_ids(receiver.lines) == list(range(1, 11))
        assert receiver.lines[-1].msgid == "run"
        assert events(operation) == [
            "begun", "started", "intent", "sent", "intent", "sent", "intent", "finished"
        ]  # fmt: skip

    def test_what_has_arrived_is_not_sent_again_and_what_may_have_says_so(
        self, receiver: SyslogReceiver, one: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        passed: list[str] = []

        def lose(name: str) -> None:
            passed.append(name)
            if name == "in_effect" and passed.count(name) == 2:
                raise OSError("the line broke")

        monkeypatch.setattr(fault, "point", lose)
        operation = event(pcs=BitMap(range(1, 11)))
        one._step()
        assert (state(operation), retry(operation)["unknown"]) == ("waiting", True)
        work_off(one)
        assert state(operation) == "finished"
        assert pc_ids(receiver.lines) == [1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8, 9, 10]
        assert [line.flagged for line in receiver.lines] == [False] * 8 + [True] * 4 + [False] * 3
        assert "resumed" in events(operation)
        operation.refresh_from_db()
        assert operation.progress == {"upto": 8, "done": 8, "of": 10}

    def test_a_retry_of_a_failed_one_goes_on_after_what_has_arrived(
        self, receiver: SyslogReceiver, one: Any, use: Any
    ) -> None:
        receiver.drop_after = None
        operation = event(pcs=BitMap(range(1, 11)), max_attempts=1)
        real, sent = product.end, []

        def ends(connection: socket.socket) -> None:
            sent.append(1)
            if len(sent) == 2:
                raise ConnectionResetError("gone")
            real(connection)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(product, "end", ends)
            work_off(one)
        assert state(operation) == "failed"
        operation.refresh_from_db()
        with transaction():
            again = record.redo(operation, "hanako")
        work_off(one)
        assert state(again) == "finished"
        assert pc_ids(receiver.lines) == [*range(1, 9), *range(5, 11)]

    def test_sent_once_more_by_a_person_all_of_it_comes_again_under_the_same_ids(
        self, receiver: SyslogReceiver, one: Any
    ) -> None:
        operation = event(pcs=BitMap(range(1, 11)))
        work_off(one)
        first = list(receiver.ids)
        operation.refresh_from_db()
        with transaction():
            again = record.replay(operation, "hanako", "the receiver has lost it")
            assert record.replay(operation, "hanako").id == again.id
        work_off(one)
        assert receiver.ids == first * 2
        second = receiver.lines[len(first) :]
        assert {(line.data["replay"], line.data["mayBeRepeat"]) for line in second} == {("true", "true")}
        assert "KanmonReplay=true" in second[0].text


class TestTheEndOfAConnection:
    """It counts as delivered when the receiver has ended the connection in order, after us."""

    def test_one_that_resets_it_is_tried_again(self, receiver: SyslogReceiver, one: Any) -> None:
        receiver.drop_after = 1
        operation = event()
        one._step()
        assert (state(operation), retry(operation)["unknown"]) == ("waiting", True)

    def test_one_that_had_closed_it_before_is_tried_again(self, one: Any, use: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            use(targets=f"siem=tcp://localhost:{server.getsockname()[1]}", allow_private="siem")
            judged(1)
            operation = event()
            real = product.end

            def ends(connection: socket.socket) -> None:
                taken, _ = server.accept()
                while b"_run" not in taken.recv(65536):
                    pass
                taken.close()
                real(connection)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(product, "end", ends)
                one._step()
        assert "had closed the connection before all was sent" in retry(operation)["sentence"]

    def test_one_that_never_ends_it_does_not_hold_the_lane(self, receiver: SyslogReceiver, one: Any, use: Any) -> None:
        use(timeout_seconds=1)
        receiver.open.clear()
        operation = event()
        one._step()
        assert retry(operation)["sentence"] == "siem (localhost) did not end the connection within 1 s."
        assert retry(operation)["unknown"], "it may have read it"

    def test_one_that_is_away_and_comes_back(self, one: Any, use: Any) -> None:
        port = free_port()
        use(targets=f"siem=tcp://localhost:{port}", allow_private="siem")
        operation = event()
        one._step()
        assert "Connection refused" in retry(operation)["sentence"]
        with listening(port=port) as receiver:
            work_off(one)
            assert [line.flagged for line in receiver.lines] == [False], "it is no repeat"


class TestTls:
    """RFC 5425: the name in the certificate is checked, and Kanmon shows one of its own where it has one."""

    def test_with_certificates_of_both_sides(self, certificate: Path, one: Any, use: Any) -> None:
        with listening(certificate, client_ca=Path(f"{certificate}.crt")) as receiver:
            use(
                targets=f"siem=tls://localhost:{receiver.port}", allow_private="siem", ca_file=f"{certificate}.crt",
                certificate=certificate, key=certificate,
            )  # fmt: skip
            operation = event()
            work_off(one)
            assert state(operation) == "finished", retry(operation)
            assert receiver.certificates[0]["subject"]

    def test_without_the_one_that_the_receiver_wants(self, certificate: Path, one: Any, use: Any) -> None:
        with listening(certificate, client_ca=Path(f"{certificate}.crt")) as receiver:
            use(targets=f"siem=tls://localhost:{receiver.port}", allow_private="siem", ca_file=f"{certificate}.crt")
            operation = event()
            one._step()
            assert state(operation) == "waiting"
            assert receiver.lines == []

    def test_a_receiver_that_nobody_vouches_for_gets_nothing(self, certificate: Path, one: Any, use: Any) -> None:
        with listening(certificate) as receiver:
            use(targets=f"siem=tls://localhost:{receiver.port}", allow_private="siem")
            operation = event()
            one._step()
            assert "CERTIFICATE_VERIFY_FAILED" in retry(operation)["sentence"]
            assert not retry(operation)["unknown"]
            assert receiver.lines == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("tls://127.0.0.1:6514", "which is not a public address"),
        ("tls://169.254.169.254:6514", "which is not a public address"),
        ("tcp://93.184.215.14:601", "without TLS only private addresses can be reached"),
    ],
)
def test_addresses_that_are_refused(url: str, said: str, one: Any, use: Any) -> None:
    use(targets=f"siem={url}")
    operation = event()
    work_off(one)
    assert (state(operation), "intent" in events(operation)) == ("failed", False)
    assert said in sentence(operation)


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ("other=tls://siem.example.test", "events.targets has no address for siem"),
        ("siem=smoke://hill.example.test", "nothing speaks smoke://, only"),
        ("siem=tls://siem.example.test?format=leef", "its address wants format=cef, ocsf and facility=0 to 23"),
        ("siem=tls://siem.example.test?facility=24", "its address wants format=cef, ocsf and facility=0 to 23"),
        ("siem=tls://siem.example.test?formt=cef", "its address wants format=cef, ocsf and facility=0 to 23"),
    ],
)
def test_what_the_settings_do_not_say_right_is_not_carried_out(targets: str, said: str, one: Any, use: Any) -> None:
    use(targets=targets)
    operation = event()
    work_off(one)
    assert said in sentence(operation)
    assert outcome(operation)["result"] == "not_executed"


def test_a_target_of_another_form_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "kanmon.toml").write_text('[events]\ntargets = ["siem=tls://user:t0ken@example.test"]\n')
    with pytest.raises(Refused, match=r"events\.targets") as refused:
        config.read(tmp_path)
    assert "t0ken" not in str(refused.value)
