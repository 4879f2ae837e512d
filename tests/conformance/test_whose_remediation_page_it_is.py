"""Whose page an address is shown, what it says, and how often a PC may ask to be checked."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from kanmon import wire
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.flow import KINDS, begin_judgment
from kanmon.inventory.models import Group, Identity, Pc, PcColumns
from kanmon.inventory.packing import pack_columns
from kanmon.journal import runs
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.network import links, recheck
from kanmon.network.book import Wish, write
from kanmon.network.models import Agent, NetworkOrder, Recheck, Sighting
from kanmon.portal import again, page, state, who
from kanmon.portal.address import parsed
from kanmon.portal.who import NOBODY, Who


def mac(number: int) -> str:
    return f"02:00:00:00:01:{number:02x}"


def pcs(*numbers: int, ip: str = "", days_ago: int = 0) -> None:
    """PCs with a MAC each, and an address by their inventory."""
    group, _ = Group.objects.get_or_create(path="/", defaults={"name": "/"})
    at = clock.now() - timedelta(days=days_ago)
    for number in numbers:
        Pc.objects.create(
            id=number, asset_number=f"A{number}", host=f"pc-{number}", group=group, source=1, first_seen_at=at,
            last_seen_at=at, reported_at=at,
        )  # fmt: skip
        Identity.objects.create(kind="mac", value=mac(number), pc=number)
        PcColumns.objects.create(pc=number, packed=pack_columns({"ip": ip or f"10.9.0.{number} fe80::{number}"}))


def seen(number: int, ip: str, agent: str = "gateway-1", minutes_ago: float = 0) -> None:
    at = clock.now() - timedelta(minutes=minutes_ago)
    row, _ = Agent.objects.get_or_create(name=agent, defaults={"enrolled_at": at})
    Sighting.objects.create(mac=mac(number), agent=row, ip=ip, at=at, told_at=at, first_at=at)


def order(number: int, wanted: wire.Wanted, by: wire.By = "policy") -> NetworkOrder:
    with transaction():
        return write([Wish(mac(number), wanted, by, number, reason="because")], 10**6 + number, 10**6 + number, 1)[0]


@pytest.fixture(autouse=True)
def _anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who, "INVENTORY", who.Addresses())
    monkeypatch.setenv("KANMON_PORTAL_LISTEN", "192.0.2.7:8081")
    config.forget()


def at(ip: str) -> Who:
    return who.by_address(parsed(ip))


def test_the_network_says_whose_an_address_is() -> None:
    pcs(1, 2)
    seen(1, "10.9.0.77")
    assert at("10.9.0.77") == Who(1, mac(1))
    assert at("10.9.0.1") == Who(1), "else the inventory"


def test_the_newest_sighting_counts_when_an_address_has_gone_to_another_pc() -> None:
    pcs(1, 2)
    seen(1, "10.9.0.77", minutes_ago=60)
    seen(2, "10.9.0.77")
    assert at("10.9.0.77") == Who(2, mac(2))


def test_two_at_one_address_are_not_guessed_between() -> None:
    pcs(1, 2)
    seen(1, "10.9.0.77", minutes_ago=3)
    seen(2, "10.9.0.77", agent="gateway-2")
    assert at("10.9.0.77") == NOBODY
    pcs(3, 4, ip="172.17.0.1")
    assert at("172.17.0.1") == NOBODY, "every PC with containers has it"


def test_what_was_seen_or_heard_long_ago_counts_no_more() -> None:
    pcs(1)
    seen(1, "10.9.0.77", minutes_ago=60 * 25)
    assert at("10.9.0.77") == NOBODY
    pcs(2, days_ago=3)
    assert at("10.9.0.2") == NOBODY


@pytest.mark.parametrize("ip", ["127.0.0.1", "::1", "fe80::1", "0.0.0.0", "224.0.0.1", "ff02::1", "nonsense"])
def test_addresses_that_many_have_are_nobody_s(ip: str) -> None:
    pcs(1, ip=ip)
    assert at(ip) == NOBODY


def test_a_mac_of_two_pcs_is_no_pc_s_and_a_stranger_is_known_by_its_mac() -> None:
    pcs(1, 2)
    Identity.objects.create(kind="mac", value=mac(1), pc=2)
    seen(1, "10.9.0.77")
    seen(9, "10.9.0.99")
    assert at("10.9.0.77") == Who(None, mac(1))
    assert at("10.9.0.99") == Who(None, mac(9))
    assert state.of(at("10.9.0.99"), "en").kind == "unknown"


def test_a_link_is_good_for_its_pc_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pcs(1)
    link = links.to(1, 2)
    assert link.startswith("http://192.0.2.7:8081/pc/")
    signed = link.rpartition("/")[2]
    assert who.by_link(signed) == Who(1, "", linked=True)
    assert who.by_link(signed[:-1]) is None
    assert who.by_link("x" * 5000) is None
    assert who.by_link(links.to(2).rpartition("/")[2]) is None, "no such PC"
    now = clock.now()
    monkeypatch.setattr(links.clock, "now", lambda: now + timedelta(days=2, seconds=1))
    assert who.by_link(signed) is None
    with pytest.raises(Refused, match="91 days"):
        links.to(1, 91)
    monkeypatch.setenv("KANMON_PORTAL_LISTEN", "")
    config.forget()
    with pytest.raises(Refused, match="no remediation page"):
        links.to(1)


def kind(number: int) -> str:
    return state.of(Who(number, mac(number)), "en").kind


def test_what_holds_decides_what_the_page_says() -> None:
    pcs(1)
    assert kind(1) == "not_judged"
    order(1, "deny")
    assert kind(1) == "cut"
    order(1, "deny", "person")
    assert kind(1) == "person"
    order(1, "refuse", "person")
    refused = state.of(Who(1, mac(1)), "en")
    assert (refused.kind, refused.host, refused.problems, refused.may_ask) == ("refused", "", (), False)
    order(1, "lift", "person")
    order(1, "permit", "person")
    assert kind(1) == "not_judged", "it is in the network"


def test_the_page_says_nothing_of_reasons_that_people_wrote() -> None:
    pcs(1)
    for wanted, by in (("deny", "person"), ("refuse", "person")):
        order(1, wanted, by)  # type: ignore[arg-type]
        for language in ("en", "ja"):
            shown = page.render(state.of(Who(1, mac(1)), language), language, "10.9.0.1", "/").decode()
            assert "because" not in shown
            assert "<form" not in shown


def asking(pc: int) -> Recheck:
    with transaction():
        return recheck.ask(pc, lambda: begin_judgment(BitMap([pc]), runs.AGAIN, "tests").id)


def test_a_pc_may_not_ask_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_PORTAL_CHECKS_PER_HOUR", "40")
    config.forget()
    asking(1)
    with pytest.raises(Refused, match="less than 30 seconds ago") as caught:
        asking(1)
    assert caught.value.status == 429
    _set_back(60)
    for _ in range(recheck.MOST_PER_PC - 1):
        asking(1)
        _set_back(60)
    with pytest.raises(Refused, match="20 times in an hour"):
        asking(1)
    for pc in range(2, 22):
        asking(pc)
    with pytest.raises(Refused, match="Many PCs"):
        asking(99)
    _set_back(3600)
    asking(99)
    assert Operation.objects.filter(requester="check_again").count() == 41, "none for those that were refused"


def _set_back(seconds: int) -> None:
    for row in Recheck.objects.all():
        row.asked_at -= timedelta(seconds=seconds)
        row.save()


def test_reports_of_who_has_asked_are_judged_at_once_for_a_while() -> None:
    asking(1)
    assert recheck.waiting(BitMap([1, 2])) == BitMap([1])
    with transaction():
        recheck.judged_by(BitMap([1]), 77)
    newest = recheck.newest(1)
    assert newest is not None
    assert newest.operation == 77
    _set_back(16 * 60)
    assert not recheck.waiting(BitMap([1, 2]))
    assert recheck.newest(1) is None


def test_a_form_is_good_for_its_pc_once_and_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    pcs(1, 2)
    form = again.form(1, "nonce")
    with pytest.raises(Refused, match="another PC") as caught:
        again.ask(2, form, "10.9.0.2")
    assert caught.value.status == 403
    assert again.ask(1, form, "10.9.0.1") is not None
    assert again.ask(1, form, "10.9.0.1") is None, "sent twice"
    for bad in ("", "x" * 5000, links.to(1).rpartition("/")[2], form[:-1]):
        with pytest.raises(Refused, match="another PC"):
            again.ask(1, bad, "10.9.0.1")
    now = clock.now()
    monkeypatch.setattr(again.clock, "now", lambda: now + timedelta(hours=1, seconds=5))
    with pytest.raises(Refused, match="another PC"):
        again.ask(1, form, "10.9.0.1")
    assert "judge" in KINDS


@pytest.mark.parametrize(("answer", "woken"), [(b"HTTP/1.0 200 OK\r\n\r\n", True), (b"HTTP/1.0 403 No\r\n\r\n", False),
                                               (b"SSH-2.0-x\r\n", False), (b"", False)])  # fmt: skip
def test_a_program_that_listens_is_asked_for_an_inventory(answer: bytes, woken: bool) -> None:
    heard: list[bytes] = []

    async def program(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(answer)
        writer.close()

    async def trial(serve: Callable[..., Any]) -> bool:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            return await again.wake("127.0.0.1", server.sockets[0].getsockname()[1])

    assert asyncio.run(trial(program)) is woken
    assert heard == [b"GET /now HTTP/1.0\r\n"]


def test_who_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "WAKE_SECONDS", 0.2)

    async def silent() -> bool:
        server = await asyncio.start_server(lambda reader, writer: asyncio.sleep(5), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        found = await again.wake("127.0.0.1", port)
        server.close()
        return found or await again.wake("127.0.0.1", port)

    assert asyncio.run(silent()) is False
