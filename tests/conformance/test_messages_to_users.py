"""Messages to the users of PCs: written once a PC, given to that PC alone, confirmed, expired."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from pyroaring import BitMap

from kanmon.action.models import MessageClient, Order, UserMessage
from kanmon.action.user_texts import user_texts
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.flow import KINDS
from kanmon.intake import tokens
from kanmon.intake.models import Device
from kanmon.inventory.models import Group, Identity, Pc
from kanmon.journal import record
from kanmon.journal.models import Entry, Operation
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.message import clients, exchange, retention, write
from kanmon.message.desk import NOTHING, Desk, tell
from kanmon.message.exchange import Reply, Told
from kanmon.message.words import LINK
from kanmon.network import recheck
from kanmon.policy.rules_action import Notice
from tests.conformance.work import crash, leader, work_off, worker
from tests.conftest import until

TEXT = write.Asked(
    "To {host}", "Your level is {level}.\nBy {deadline}.\nHelp: {contact}", "<p>{host}</p><script>x</script>"
)


@pytest.fixture
def lead() -> Leadership:
    return leader()


def pcs(*numbers: int) -> None:
    group, _ = Group.objects.get_or_create(path="/", defaults={"name": "/"})
    now = clock.now()
    source = tokens.builtin("import").id
    for number in numbers:
        Pc.objects.create(
            id=number, asset_number=f"A{number}", host=f"pc-{number}<b>", group=group, source=source, first_seen_at=now,
            last_seen_at=now, reported_at=now,
        )  # fmt: skip
        Device.objects.create(
            source_id=source, key=f"device-{number}", format="kanmon", pc=number, raw_digest=b"", content_digest=b"",
            reported_at=now, seen_at=now,
        )  # fmt: skip
        Identity.objects.create(kind="uuid", value=f"uuid-{number}", pc=number)


def secret(number: int) -> str:
    return clients.PREFIX + f"{number:043d}"


def register(number: int, token: str = "", **how: Any) -> int:
    how = how or {"device": f"device-{number}", "uuid": ""}
    return clients.register(tokens.builtin("import").id, token=token or secret(number), agent="test", **how)


def tell_users(lead: Leadership, asked: write.Asked = TEXT, scope: BitMap | None = None) -> Operation:
    with transaction():
        operation = write.begin(scope, asked, "anna", None)
    work_off(worker(KINDS, lead, "message"))
    return Operation.objects.get(id=operation.id)


def poll(number: int, **told: Any) -> exchange.Answer:
    reply = exchange.answer([(tokens.digest(secret(number)), Told(**told))])[0]
    assert isinstance(reply, Reply), reply
    assert reply.pc == number
    return reply.answer


def test_a_message_is_written_once_for_each_pc_with_what_is_known_of_it(
    lead: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KANMON_PORTAL_HELP", "en=Desk 12")
    config.forget()
    pcs(1, 2)
    Pc.objects.filter(id=2).update(managed=False)
    register(1)
    operation = tell_users(lead, scope=BitMap([1, 2, 99]))
    assert operation.outcome["sentence"] == (
        "Messages were written for 2 PCs. Of 1 PC no client is known: their users see the message on the remediation page"
        " only."
    )
    row = UserMessage.objects.get(pc=1)
    assert (row.title, row.text) == ("To pc-1<b>", "Your level is Not judged yet.\nHelp: Desk 12")
    assert row.html == "<p>pc-1&lt;b&gt;</p>"
    assert (row.state, row.expires_at - row.made_at) == ("waiting", timedelta(days=14))
    assert tell_users(lead).outcome["written"] == 1, "all: those that are managed"


def test_the_order_of_a_policy_says_until_when(lead: Leadership) -> None:
    pcs(1, 2, 3)
    since = clock.now() - timedelta(days=1)
    for pc, level, began in ((1, 400, since), (2, 400, since - timedelta(days=9)), (3, 300, since)):
        PcState.objects.create(pc=pc, level=level, since_at=began, judged_at=began)
    title, text, html = user_texts(Notice(), Level.DANGER, "en")
    told = {
        "policy": "P",
        "level": 400,
        "cut_off_days": 3,
        "expires_days": 5,
        "title": title,
        "text": text,
        "html": html,
    }
    with transaction():
        operation = record.begin("message", requester="inventory")
        Order.objects.create(
            operation=operation.id, kind="message", run=1, policy_version=1, level=400, pcs=BitMap([1, 2, 3]).serialize(),
            input=told, created_at=clock.now(),
        )  # fmt: skip
    work_off(worker(KINDS, lead, "message"))
    texts = dict(UserMessage.objects.values_list("pc", "text"))
    day = since + timedelta(days=3)
    assert f"If it is not mended by {day.day} {day:%B %Y}, the PC is cut off" in texts[1]
    assert "cut off" not in texts[2], "that day is over: it is cut off, or somebody has decided otherwise"
    assert "cut off" not in texts[3], "it is at another level now"


def test_it_goes_on_behind_its_last_chunk_after_a_crash(lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    pcs(*range(1, 8))
    monkeypatch.setattr(write, "CHUNK", 2)
    with transaction():
        operation = write.begin(None, TEXT, "anna", None)
    seen = []

    def stop(name: str) -> None:
        seen.append(name)
        if seen.count("message_chunk") == 2:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(write.fault, "point", stop)
        with pytest.raises(SystemExit):
            worker(KINDS, lead, "message")._step()
    assert UserMessage.objects.count() == 4
    assert Operation.objects.get(id=operation.id).progress["last"] == 4
    crash(lead)
    work_off(worker(KINDS, leader(), "message"))
    assert sorted(UserMessage.objects.values_list("pc", flat=True)) == list(range(1, 8))
    assert Operation.objects.get(id=operation.id).outcome["written"] == 7
    assert Entry.objects.filter(operation=operation.id, event="resumed").count() == 1


def test_a_client_is_given_its_own_messages_until_it_has_shown_them(lead: Leadership) -> None:
    pcs(1, 2)
    register(1)
    register(2)
    tell_users(lead)
    (mine,) = poll(1).messages
    assert poll(1).messages == (mine,), "nobody has confirmed it"
    assert poll(1, have=(mine.id,)).messages == (), "it is there, but not shown yet"
    (theirs,) = poll(2, delivered=(mine.id,), shown=(mine.id,)).messages
    assert theirs.id != mine.id
    assert UserMessage.objects.get(pc=1).state == "waiting", "another client can't confirm it"
    assert poll(1, delivered=(mine.id,)).messages == ()
    assert UserMessage.objects.get(pc=1).state == "delivered"
    assert poll(1).messages == (mine,), "a client that has lost its disk is given it again"
    wrong = f"{mine.id.partition('-')[0]}-1"
    poll(1, shown=(wrong, "nonsense", "9" * 40))
    assert UserMessage.objects.get(pc=1).state == "delivered", "the number alone is not the message"
    poll(1, shown=(mine.id,))
    row = UserMessage.objects.get(pc=1)
    assert (row.state, row.delivered_at is not None, row.shown_at is not None) == ("shown", True, True)
    poll(1, shown=(mine.id,))
    assert UserMessage.objects.get(pc=1).shown_at == row.shown_at, "told again, it is as it was"
    assert poll(1).messages == ()


def test_a_link_is_signed_when_it_is_given_and_not_kept(lead: Leadership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_PORTAL_LISTEN", "192.0.2.1:8088")
    config.forget()
    pcs(1)
    register(1)
    tell_users(lead, write.Asked("T", "See {link}", '<a href="{link}">here</a>'))
    row = UserMessage.objects.get()
    assert row.text == f"See {LINK}"
    (given,) = poll(1).messages
    assert given.text.startswith("See http://192.0.2.1:8088/pc/")
    assert given.html.startswith('<a href="http://192.0.2.1:8088/pc/')


def test_the_first_client_of_a_pc_is_its_client(lead: Leadership) -> None:
    pcs(1, 2)
    assert register(1) == 1
    assert register(1) == 1, "its answer was lost: it asks again"
    for how in ({"device": "device-1", "uuid": ""}, {"device": "", "uuid": "UUID-1"}):
        with pytest.raises(Refused, match="another client"):
            register(1, secret(7), **how)
    assert MessageClient.objects.get(pc=1).refused_at is not None
    warned = Entry.objects.filter(event="message_client_refused")
    assert [one.detail["id"] for one in warned] == ["KNM3213-W"], "once an hour"
    assert register(2, secret(2), device="", uuid="uuid-2") == 2, "by its board"
    with pytest.raises(Refused, match="No inventory of device-9"):
        register(9)
    for bad in ("kni_" + "0" * 43, "knc_short", "knc_" + "é" * 43):
        with pytest.raises(Refused):
            register(1, bad)
    with transaction():
        clients.forget(1)
    assert register(1, secret(7)) == 1, "a person has said so"
    MessageClient.objects.filter(pc=1).update(seen_at=clock.now() - timedelta(days=31))
    assert register(1, secret(8)) == 1, "it had been silent for so long"


def test_a_client_whose_device_belongs_to_another_pc_now_is_listened_to_no_more(lead: Leadership) -> None:
    pcs(1, 2)
    register(1)
    tell_users(lead)
    Device.objects.filter(key="device-1").update(pc=2)
    for token in (secret(1), secret(5)):
        (reply,) = exchange.answer([(tokens.digest(token), Told())])
        assert isinstance(reply, Refused)
        assert (reply.message_id, reply.status) == ("KNM3212-E", 401)


def test_a_wish_for_an_inventory_is_given_until_it_is_done(lead: Leadership) -> None:
    pcs(1)
    with transaction():
        assert not exchange.wish(1, 5), "nobody listens there"
    register(1)
    with transaction():
        asked = recheck.ask(1, lambda: 1)
        assert exchange.wish(1, asked.id)
    assert poll(1).inventory == asked.id
    asked.refresh_from_db()
    assert asked.woken, "the page says so"
    assert poll(1).inventory == asked.id
    assert poll(1, done=asked.id).inventory == 0
    assert poll(1).inventory == 0
    with transaction():
        exchange.wish(1, asked.id + 1)
    MessageClient.objects.update(wished_at=clock.now() - timedelta(hours=1))
    assert poll(1).inventory == 0, "nobody waits for it any more"


def test_what_nobody_has_seen_expires_and_what_ended_long_ago_is_removed(lead: Leadership) -> None:
    pcs(1, 2)
    register(1)
    tell_users(lead)
    UserMessage.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    late = exchange.public_id(UserMessage.objects.get(pc=1))
    assert poll(1).messages == ()
    retention.duty(lead.term)
    assert set(UserMessage.objects.values_list("state", flat=True)) == {"expired"}
    poll(1, shown=(late,))
    assert UserMessage.objects.get(pc=1).state == "shown", "in time, and told late"
    UserMessage.objects.filter(pc=2).update(expired_at=clock.now() - timedelta(days=91))
    Device.objects.filter(pc=1).delete()
    retention.duty(lead.term)
    assert [row.pc for row in UserMessage.objects.all()] == [1]
    assert not MessageClient.objects.exists(), "its device is gone"


def test_what_cannot_be_a_message_is_refused_with_what_is_wrong() -> None:
    for wrong, asked in {
        "title": write.Asked(" ", "x"), "text": write.Asked("x", ""), "expires_days": write.Asked("x", "y", "", 91),
        "html": write.Asked("x", "y", "z" * 40_000),
    }.items():  # fmt: skip
        with pytest.raises(Refused, match=wrong), transaction():
            write.begin(None, asked, "anna", None)


def test_calls_wait_and_are_woken_by_what_is_written_here_and_elsewhere(lead: Leadership) -> None:
    pcs(1, 2)
    register(1)
    register(2)
    desk = Desk()
    desk.start()

    async def story() -> None:
        assert await desk.ask(tokens.digest(secret(1)), Told(), 0.05) == NOTHING
        first = asyncio.create_task(desk.ask(tokens.digest(secret(1)), Told(), 60))
        other = asyncio.create_task(desk.ask(tokens.digest(secret(2)), Told(), 60))
        await asyncio.to_thread(until, lambda: len(desk._waiting) == 2)
        second = asyncio.create_task(desk.ask(tokens.digest(secret(1)), Told(), 60))
        assert await first == NOTHING, "a newer call of the same client ends it"
        await asyncio.to_thread(_written, 1)
        answer = await asyncio.wait_for(second, 30)
        assert [one.title for one in answer.messages] == ["T"], "nobody has told: it was looked for"
        assert not other.done()
        await asyncio.to_thread(_written, 2)
        tell([2])
        assert len((await asyncio.wait_for(other, 30)).messages) == 1
        with pytest.raises(Refused, match="not known"):
            await desk.ask(b"x" * 32, Told(), 60)
        shown = [one.id for one in answer.messages]
        last = asyncio.create_task(desk.ask(tokens.digest(secret(1)), Told(shown=tuple(shown)), 60))
        await asyncio.to_thread(until, lambda: 1 in desk._waiting)
        desk.stop()
        assert await asyncio.wait_for(last, 30) == NOTHING
        with pytest.raises(Refused):
            await desk.ask(tokens.digest(secret(1)), Told(), 60)

    try:
        asyncio.run(story())
    finally:
        desk.stop()
        desk._thread.join(30)
    assert UserMessage.objects.get(pc=1).state == "shown"


def _written(pc: int) -> None:
    from django.db import connection

    now = clock.now()
    UserMessage.objects.create(operation=1, pc=pc, title="T", text="x", made_at=now, expires_at=now + timedelta(days=1))
    connection.close()


def test_a_database_that_fails_is_told_as_such_and_the_next_call_is_answered(
    lead: Leadership, monkeypatch: pytest.MonkeyPatch
) -> None:
    pcs(1)
    register(1)
    desk = Desk()
    desk.start()
    right, failing = exchange.answer, [True]

    def answer(calls: Any) -> Any:
        if failing:
            failing.pop()
            raise OperationalError("the connection is lost")
        return right(calls)

    monkeypatch.setattr(exchange, "answer", answer)

    async def story() -> None:
        with pytest.raises(Refused, match="database does not answer"):
            await desk.ask(tokens.digest(secret(1)), Told(), 60)
        assert not desk._waiting
        assert await desk.ask(tokens.digest(secret(1)), Told(), 0) == NOTHING

    try:
        asyncio.run(story())
    finally:
        desk.stop()
        desk._thread.join(30)
