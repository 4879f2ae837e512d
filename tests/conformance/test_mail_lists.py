"""Groups of addresses, digests, and mails to users, on every database: durable, bounded, and said when not done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon.action import digest, mail_groups, mail_users
from kanmon.action.carry_out import user_mail
from kanmon.action.carry_out.connections import KEPT
from kanmon.action.models import DigestPart, MailGroup, Order
from kanmon.common import clock, config, fault
from kanmon.common.errors import Refused
from kanmon.flow import KINDS
from kanmon.inventory.models import Pc
from kanmon.journal import record
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.journal.worker import Worker
from kanmon.journal.writing import transaction
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy import rules, versions
from kanmon.policy.rules_action import ActionPolicy, Mail
from tests.conformance.test_stages import arrive, bad, work_off
from tests.conformance.work import crash, events, leader, state
from tests.conftest import MailServer

CSV = '"group","address"\r\n"helpdesk","a@b.test"\r\n"helpdesk","b@b.test"\r\n"夜勤","c@b.test"\r\n'


class Killed(BaseException):
    """The process was killed here."""


@pytest.fixture(autouse=True)
def _server(mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_MAIL_SERVER", f"127.0.0.1:{mail_server.port}")
    monkeypatch.setenv("KANMON_SERVER_PUBLIC_URL", "https://kanmon.example.test")
    monkeypatch.setenv("KANMON_MAIL_USER_ADDRESS", "{user}@example.test")
    config.forget()
    versions.install_builtin()
    yield
    KEPT.close()


def save(text: str) -> ActionPolicy:
    policy = rules.load(f"kind: action\nname: Default\n{text}")
    assert isinstance(policy, ActionPolicy)
    with transaction():
        mail_groups.check(policy)
        versions.add(policy, "tests")
    return policy


def import_groups(text: str = CSV) -> dict[str, Any]:
    with transaction():
        return mail_groups.take_in(text, "tests")


def sentence(kind: str) -> str:
    outcome = Operation.objects.filter(kind=kind).order_by("-id")[0].outcome
    return str((outcome or {}).get("sentence"))


class TestGroups:
    """Named lists of addresses."""

    def test_they_go_out_as_they_came_in(self) -> None:
        assert import_groups()["groups"] == {"helpdesk": 2, "夜勤": 1}
        assert mail_groups.export() == CSV
        import_groups('"address","group"\n"z@b.test","helpdesk"\n')
        assert mail_groups.export(["helpdesk"]) == '"group","address"\r\n"helpdesk","z@b.test"\r\n'
        assert MailGroup.objects.get(name="夜勤").addresses == ["c@b.test"]

    @pytest.mark.parametrize(
        ("text", "id", "said"),
        [
            (
                '"group","address"\r\n"a","x@b.test"\r\n"a","nobody"\r\n',
                "KNM3033-E",
                "Line 3, column address: 'nobody'",
            ),
            ('"group","address"\r\n"a b","x@b.test"\r\n', "KNM3033-E", "Line 2, column group"),
            ('"group","address"\r\n"a","x@b.test\nBcc: y@b.test"\r\n', "KNM3033-E", "column address"),
            ('"group","adress"\r\n', "KNM5002-E", "address"),
            ('"group","address"\r\n"a"\r\n', "KNM5061-E", "1 values, 2 columns"),
            ("", "KNM5005-E", "group"),
            ('"group","address"\r\n' + "".join(f'"a","x{n}@b.test"\r\n' for n in range(101)), "KNM3034-E", "101"),
            ('"group","address"\r\n' + "".join(f'"g{n}","x@b.test"\r\n' for n in range(499)), "KNM3034-E", "501"),
        ],
    )
    def test_a_file_with_a_mistake_changes_nothing(self, text: str, id: str, said: str) -> None:
        import_groups()
        with pytest.raises(Refused) as refused:
            import_groups(text)
        assert refused.value.message_id == id
        assert said in str(refused.value)
        assert mail_groups.export() == CSV

    def test_a_policy_that_names_an_unknown_one_is_refused(self) -> None:
        import_groups()
        with pytest.raises(Refused) as refused:
            save('warning: {then: [{after: {days: 2}, mail: {to: ["group:helpdsk"]}}]}')
        assert refused.value.message_id == "KNM3031-E"
        assert "warning.then[0].mail.to" in str(refused.value)
        assert "the nearest is helpdesk" in str(refused.value)

    def test_a_policy_reaches_a_bounded_number(self) -> None:
        import_groups('"group","address"\n' + "".join(f'"a","x{n}@b.test"\n' for n in range(100)))
        save('danger: {mail: {to: ["group:a", x1@b.test]}}')
        with pytest.raises(Refused) as refused:
            save('danger: {mail: {to: ["group:a", other@b.test]}}')
        assert (refused.value.message_id, "101" in str(refused.value)) == ("KNM3037-E", True)

    def test_each_address_gets_it_once_and_a_group_that_is_gone_is_said(self, mail_server: MailServer) -> None:
        import_groups()
        save('danger: {mail: {to: [a@b.test, "group:helpdesk", "group:夜勤"]}}')
        assert [one["policies"] for one in mail_groups.listed()] == [["Default"], ["Default"]]
        with transaction():
            assert mail_groups.remove("夜勤")["policies"] == ["Default"]
        lead = leader()
        arrive(bad(1))
        work_off(lead)
        assert [mail["To"] for mail in mail_server.mails] == ["a@b.test, b@b.test"]
        for kind in ("act", "mail"):
            assert "The mail group 夜勤 is not there any more" in sentence(kind)

    def test_when_all_are_gone_nothing_is_sent_and_it_is_said(self, mail_server: MailServer) -> None:
        import_groups()
        save('danger: {mail: {to: ["group:夜勤"]}}')
        with transaction():
            mail_groups.remove("夜勤")
        lead = leader()
        arrive(bad(1))
        work_off(lead)
        assert mail_server.mails == []
        assert "夜勤" in sentence("mail")
        with pytest.raises(Refused) as refused, transaction():
            mail_groups.remove("夜勤")
        assert refused.value.message_id == "KNM3035-E"


class TestDigest:
    """What is decided in hours goes as one mail at its time."""

    def one_lane(self, lead: Leadership, *kinds: str) -> None:
        """Work off what is due of ``kinds`` and nothing else."""
        for lane in ("rows", "mail"):
            one = Worker(lane, KINDS, lead.term, lambda: None)
            one.kinds = {name: kind for name, kind in one.kinds.items() if name in kinds}
            while one._step() == 0:
                pass

    def arrive(self, lead: Leadership, *bodies: dict[str, Any]) -> None:
        arrive(*bodies)
        kinds = ("record", "judge", "act")
        for _ in range(200):
            Operation.objects.filter(state="waiting", kind="act").update(due_at=clock.now())
            self.one_lane(lead, *kinds)
            if not Operation.objects.filter(kind__in=kinds, ended_at=None).exists():
                return
        raise AssertionError("still open")

    def test_two_decisions_are_one_mail(self, mail_server: MailServer) -> None:
        save('danger: {mail: {to: [a@b.test], digest: ["07:00", "19:00"]}}')
        lead = leader()
        self.arrive(lead, bad(1), bad(2))
        self.arrive(lead, bad(3))
        (operation,) = Operation.objects.filter(kind="mail")
        assert operation.due_at > clock.now()
        assert (operation.due_at.hour in (7, 19), operation.due_at.minute) == (True, 0)
        assert DigestPart.objects.filter(operation=operation.id).count() == 2
        assert "Collected for the mail of" in sentence("act")
        assert mail_server.mails == []
        work_off(lead)
        (mail,) = mail_server.mails
        text = mail.get_body(("plain",)).get_content()
        assert [host for host in ("pc-0001", "pc-0002", "pc-0003") if host not in text] == []
        assert mail["Subject"] == "PCs newly at Danger: 3"
        assert list(BitMap.deserialize(bytes(Order.objects.get(kind="mail").pcs))) == [1, 2, 3]
        assert not DigestPart.objects.exists()

    def test_after_a_mail_has_been_sent_the_next_collects(self, mail_server: MailServer) -> None:
        save('danger: {mail: {to: [a@b.test], digest: ["07:00"]}}')
        lead = leader()
        self.arrive(lead, bad(1))
        first = Operation.objects.get(kind="mail")
        work_off(lead)  # as if the clock had been set back afterwards: its time is still to come
        self.arrive(lead, bad(2))
        second = Operation.objects.filter(kind="mail").latest("id")
        assert second.id != first.id
        work_off(lead)
        assert [mail["Subject"] for mail in mail_server.mails] == ["PCs newly at Danger: 1"] * 2

    @pytest.mark.parametrize("point", ["after_claim", "after_intent", "after_effect"])
    def test_killed_while_it_is_sent_it_says_the_same_again(
        self, point: str, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save('danger: {mail: {to: [a@b.test], digest: ["07:00"]}}')
        lead = leader()
        self.arrive(lead, bad(1))
        operation = Operation.objects.get(kind="mail")
        Operation.objects.update(due_at=clock.now())
        with monkeypatch.context() as patch:
            patch.setattr(fault, "point", killer(point))
            with pytest.raises(Killed):
                Worker("mail", KINDS, lead.term, lambda: None)._step()
        crash(lead)
        work_off(leader())
        assert state(operation) == "finished"
        assert ("may_be_repeat" in events(operation)) == (point != "after_claim")
        assert len({str(mail["Message-ID"]) for mail in mail_server.mails}) == 1
        assert len({str(mail["Subject"]) for mail in mail_server.mails}) == 1

    @pytest.mark.parametrize(
        ("now", "times", "wanted"),
        [
            ("2026-03-01T00:00", ("08:00", "17:00"), "2026-03-01T07:00"),
            ("2026-03-01T07:00", ("08:00", "17:00"), "2026-03-01T16:00"),
            ("2026-03-01T16:30", ("08:00", "17:00"), "2026-03-02T07:00"),
            ("2026-03-28T22:00", ("00:00",), "2026-03-28T23:00"),
            ("2026-03-29T00:30", ("02:30",), "2026-03-29T01:30"),  # 02:30 does not exist on that day
            ("2026-10-25T00:00", ("02:30",), "2026-10-25T00:30"),  # and is there twice on this one
            ("2026-10-25T00:30", ("02:30",), "2026-10-26T01:30"),
        ],
    )
    def test_times_are_those_of_the_zone(
        self, now: str, times: tuple[str, ...], wanted: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KANMON_SERVER_TIME_ZONE", "Europe/Berlin")
        config.forget()
        moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
        assert digest.next_time(times, moment) == datetime.fromisoformat(wanted).replace(tzinfo=UTC)


def killer(point: str, number: int = 1) -> Any:
    passed = 0

    def at(name: str) -> None:
        nonlocal passed
        passed += name == point
        if name == point and passed == number:
            raise Killed

    return at


class TestUsers:
    """Mails to the users of PCs."""

    USERS = '"user","address"\r\n"hanako","hana@b.test"\r\n"taro","taro@b.test"\r\n'

    def take_in(self, text: str = USERS) -> dict[str, Any]:
        with transaction():
            return mail_users.take_in(text)

    def test_the_list_goes_out_as_it_came_in(self) -> None:
        assert self.take_in() == {"users": 2, "removed": 0}
        assert mail_users.export() == self.USERS
        assert self.take_in('"user","address"\n"CORP\\Hanako","new@b.test"\n"taro",""\n') == {"users": 1, "removed": 1}
        assert mail_users.listed("", 10)["rows"] == [{"user": "hanako", "address": "new@b.test"}]
        with transaction():
            mail_users.remove("HANAKO")
        assert mail_users.listed("", 10)["users"] == 0
        with pytest.raises(Refused), transaction():
            mail_users.remove("hanako")

    @pytest.mark.parametrize(
        ("user", "address"),
        [
            ("CORP\\Hanako", "hana@b.test"),
            ("jiro", "jiro@example.test"),
            ("Jiro.Yamada-2", "jiro.yamada-2@example.test"),
            ("", ""),
            ("two words", ""),
            ("x@evil.test", ""),
            ("x,y", ""),
            ("a..b", ""),
            (".a", ""),
            ("a\r\nBcc: b", ""),
            ("花子", ""),
            ("a" * 65, ""),
            ("{user}", ""),
        ],
    )
    def test_an_address_is_on_the_list_or_made_of_a_plain_name(self, user: str, address: str) -> None:
        self.take_in()
        assert mail_users.address_of(user, mail_users.look_up([user])) == address

    def test_without_a_template_only_the_list_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for template in ("", "x@example.test", "{user}", "{user}@a b.test"):
            monkeypatch.setenv("KANMON_MAIL_USER_ADDRESS", template)
            config.forget()
            assert mail_users.address_of("jiro", {}) == ""

    def dangerous(self, *users: str) -> Leadership:
        """Reports of PCs of these users, which will be in Danger for a policy that writes to users."""
        save("danger: {user_mail: {}}")
        lead = leader()
        arrive(*(bad(number, columns={"user": user}) for number, user in enumerate(users, start=1)))
        return lead

    def test_each_user_gets_a_mail_and_who_has_no_address_is_told(self, mail_server: MailServer) -> None:
        lead = self.dangerous("hanako", "CORP\\jiro", "no address")
        self.take_in()
        work_off(lead)
        by = {str(mail["To"]): mail for mail in mail_server.mails}
        assert set(by) == {"hana@b.test", "jiro@example.test"}
        assert "pc-0001" in by["hana@b.test"]["Subject"]
        assert len({str(mail["Message-ID"]) for mail in mail_server.mails}) == 2
        number = Pc.objects.get(host="pc-0003").asset_number
        assert sentence("user_mail") == f"Mails ordered: 2. PCs whose user has no address: 1 ({number})."
        assert "Mails to the users of 3 PCs at danger" in sentence("act")
        assert Operation.objects.filter(kind="letter", repeat="keyed", state="finished").count() == 2

    def test_killed_in_the_middle_nobody_is_written_to_twice(
        self, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(user_mail, "CHUNK", 2)
        lead = self.dangerous(*(f"user{number}" for number in range(1, 6)))
        with monkeypatch.context() as patch:
            patch.setattr(fault, "point", killer("letters_chunk", 2))
            with pytest.raises(Killed):
                work_off(lead)
        crash(lead)
        work_off(leader())
        assert sorted(str(mail["To"]) for mail in mail_server.mails) == [f"user{n}@example.test" for n in range(1, 6)]
        assert Operation.objects.filter(kind="letter").count() == 5
        assert sentence("user_mail") == "Mails ordered: 5."

    def test_an_hour_has_its_number_and_a_day_is_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KANMON_MAIL_USERS_PER_HOUR", "2")
        monkeypatch.setattr(user_mail, "LATEST", timedelta(hours=2, minutes=30))
        config.forget()
        lead = leader()
        arrive(*(bad(number, columns={"user": f"user{number}"}) for number in range(1, 10)))
        work_off(lead)
        policy = save("danger: {user_mail: {}}")
        version = versions.version("action", policy.name)
        with transaction():
            operation = record.begin("user_mail", requester="tests", subject="danger, 9 PCs")
            Order.objects.create(
                operation=operation.id, kind="user_mail", run=1, policy_version=version.id, level=400,
                pcs=BitMap(range(1, 10)).serialize(), created_at=clock.now(),
            )  # fmt: skip
        Worker("rows", KINDS, lead.term, lambda: None)._step()
        start = min(one.due_at for one in Operation.objects.filter(kind="letter"))
        due = [
            round((one.due_at - start).total_seconds() / 3600)
            for one in Operation.objects.filter(kind="letter").order_by("id")
        ]
        assert due == [0, 0, 1, 1, 2, 2]
        assert "because it would wait for more than a day: 3" in sentence("user_mail")
        operation.refresh_from_db()
        assert operation.outcome is not None
        assert operation.outcome["result"] == "partial_success"

    def test_who_is_safe_again_when_his_turn_comes_is_left_alone(self, mail_server: MailServer) -> None:
        lead = self.dangerous("hanako")
        rows = Worker("rows", KINDS, lead.term, lambda: None)
        for _ in range(20):
            Operation.objects.filter(state="waiting").update(due_at=clock.now())
            rows._step()
        assert Operation.objects.filter(kind="letter", state="waiting").exists()
        PcState.objects.update(level=int(Level.SAFE))
        work_off(lead)
        assert mail_server.mails == []
        assert sentence("letter") == "Not sent any more: the PC is Safe now."


def _later() -> str:
    return (clock.now() + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_mail_to_nobody_in_particular_is_for_the_administrators() -> None:
    assert Mail().groups == ()
    assert mail_groups.receivers(Mail(), "en") == (config.get("mail.administrators"), [])
