"""The pages of network control: what they list and count, what their forms order, once; on every database."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from kanmon import wire
from kanmon.accounts.models import User
from kanmon.common import clock, config
from kanmon.console import read
from kanmon.console.read import keep
from kanmon.console.shown.network import NetworkQuery
from kanmon.flow import KINDS
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.network import book, seen
from kanmon.network.book import Wish
from kanmon.network.models import Agent, Entry, Invitation, NetworkOrder
from kanmon.sealing import authority
from tests.conformance.work import crash, leader, work_off, worker

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console
import sample_network

PCS = 36
KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
SCRIPT = {"X-Kanmon-Fetch": "1"}


@pytest.fixture(autouse=True)
def company(database: str) -> None:
    keep.forget()
    leadership = leader()
    crash(leadership)
    sample.fill(PCS, term=leadership.term)


def signed_in(role: str) -> Client:
    client = Client()
    with transaction():
        person = User.objects.create_user(f"a-{role}", role=role)
    client.force_login(person)
    return client


@pytest.fixture
def person() -> Client:
    return signed_in("administrator")


def carried_out() -> None:
    """What was begun is carried out, as by a Manager."""
    leadership = leader()
    work_off(worker(KINDS, leadership, "network"))
    crash(leadership)
    keep.forget()


def walked(query: NetworkQuery) -> Iterator[list[str]]:
    """MACs, page by page."""
    page, _more = read.connections(query)
    yield [row.mac for row in page.rows]
    while page.next:
        page, _more = read.connections(replace(query, cursor=page.next))
        yield [row.mac for row in page.rows]


def some_pc() -> Pc:
    """A PC of which nothing is ordered."""
    found: Pc = Pc.objects.exclude(id__in=Entry.objects.exclude(pc=None).values("pc")).order_by("id")[0]
    return found


def mac_of(pc: Pc) -> str:
    return str(Identity.objects.get(kind="mac", pc=pc.id).value)


def test_every_device_of_the_list_is_on_one_page_forwards_and_backwards() -> None:
    query = NetworkQuery(size=7)
    pages = list(walked(query))
    everything = [mac for page in pages for mac in page]
    assert everything == sorted(Entry.objects.exclude(state="").values_list("mac", flat=True))
    last, more = read.connections(query)
    assert (last.total, more) == (len(everything), False)
    while last.next:
        last, more = read.connections(replace(query, cursor=last.next))
    backwards = [[row.mac for row in last.rows]]
    while last.previous:
        last, more = read.connections(replace(query, cursor=last.previous))
        backwards.append([row.mac for row in last.rows])
    assert backwards == pages[::-1]


def test_filters_show_what_they_say_and_the_counts_agree() -> None:
    Agent.objects.filter(name="gateway-tyo").update(seen_at=clock.now())
    counts = read.network_counts()
    denied, _more = read.connections(NetworkQuery(state="deny", size=1000))
    assert {row.state for row in denied.rows} == {"deny"}
    assert len(denied.rows) == counts.cut_off.n > 2
    by_person, _more = read.connections(NetworkQuery(why="person", size=1000))
    assert {row.why for row in by_person.rows} == {"person"}
    wrong, _more = read.connections(NetworkQuery(wrong=True, size=1000))
    assert all(row.misplaced for row in wrong.rows)
    assert len(wrong.rows) == counts.wrong.n > 0
    assert counts.waiting.n == sum(one.pcs for one in read.questions("network")) > 0
    assert (counts.agents, counts.unwell) == (2, 1)


def test_a_device_is_found_by_mac_in_any_spelling_by_name_number_and_address() -> None:
    row = read.connections(NetworkQuery(state="deny", why="policy"))[0].rows[0]
    assert row.seen is not None
    pc = Pc.objects.get(id=row.pc)
    mac = row.mac
    spellings = (
        mac,
        mac.upper().replace(":", "-"),
        mac.replace(":", ""),
        mac[:16],
        pc.host.lower(),
        pc.asset_number,
        row.seen.ip,
    )
    for text in spellings:
        assert mac in [one.mac for one in read.connections(NetworkQuery(text=text))[0].rows], text
    assert read.connections(NetworkQuery(text="no-such-host"))[0].rows == []


def test_an_order_sent_twice_is_one_operation_and_the_page_shows_its_way(person: Client) -> None:
    pc = some_pc()
    form = {"wanted": "refuse", "pc": pc.id, "reason": "stolen", "form_key": KEY, "next": f"/pcs/{pc.id}"}
    for _ in range(2):
        assert person.post("/network/order", form, headers=SCRIPT).json() == {"location": f"/pcs/{pc.id}"}
    carried_out()
    order = NetworkOrder.objects.get(pc=pc.id)
    assert (order.wanted, order.by, order.reason) == ("refuse", "person", "stolen")
    assert Entry.objects.get(pc=pc.id).state == "refuse"
    page = person.get(f"/pcs/{pc.id}").content.decode()
    assert "Refused in emergency by a-administrator: stolen" in page
    assert "No answer yet from gateway-tyo, radius-osk" in page
    assert "Lift the emergency" in page
    told = person.get(f"/changes/{KEY}").json()
    assert (told["state"], told["what"]) == ("done", "Network control: Refuse in emergency: 1 PC")


def test_what_a_person_ordered_is_withdrawn_and_what_held_below_an_emergency_holds_again(person: Client) -> None:
    pc = some_pc()
    for number, (wanted, state) in enumerate(
        (("permit", "permit"), ("refuse", "refuse"), ("lift", "permit"), ("withdraw", ""))
    ):
        form = {"wanted": wanted, "pc": pc.id, "reason": "a trial", "form_key": f"{number:032d}"}
        assert person.post("/network/order", form).status_code == 302
        carried_out()
        assert Entry.objects.get(pc=pc.id).state == state
    lines = read.network_history(mac_of(pc), 50)
    assert len(lines) == 4


def test_a_reason_is_wanted_and_who_may_not_act_sees_no_buttons(person: Client) -> None:
    pc = some_pc()
    form = {"wanted": "deny", "pc": pc.id, "reason": "  ", "form_key": KEY}
    answer = person.post("/network/order", form, headers=SCRIPT)
    assert (answer.status_code, answer.json()["message_id"]) == (400, "KNM8550-E")
    viewer = signed_in("viewer")
    for address in (f"/pcs/{pc.id}", "/network", "/network/unmanaged", "/network/agents"):
        page = viewer.get(address)
        assert page.status_code == 200, address
        assert b"popovertarget" not in page.content, address
    for address in ("/network/order", "/network/agents/invite", "/network/agents/x/revoke"):
        assert viewer.post(address, form | {"reason": "x"}).status_code == 403, address
    assert not Operation.objects.filter(kind="network", key=f"form:{KEY}").exists()


BAD_FORMS = [
    ({"wanted": "burn", "pc": "1"}, 400), ({"wanted": "deny"}, 400), ({"wanted": "deny", "pc": "x"}, 400),
    ({"wanted": "deny", "mac": "nonsense"}, 400), ({"wanted": "deny", "pc": "999999"}, 404),
    ({"wanted": "remove", "pc": "1"}, 400),
]  # fmt: skip


def test_a_form_that_says_nobody_or_nothing_orders_nothing(person: Client) -> None:
    before = NetworkOrder.objects.count()
    for form, status in BAD_FORMS:
        assert person.post("/network/order", form | {"reason": "x", "form_key": KEY}).status_code == status, form
    assert NetworkOrder.objects.count() == before
    assert not Operation.objects.filter(key=f"form:{KEY}").exists()


def test_a_pc_without_a_mac_of_its_own_is_refused_with_a_sentence(person: Client) -> None:
    pc, other = some_pc(), Pc.objects.order_by("-id")[0]
    Identity.objects.create(kind="mac", value=mac_of(pc), pc=other.id)
    answer = person.post(
        "/network/order", {"wanted": "deny", "pc": pc.id, "reason": "x", "form_key": KEY}, headers=SCRIPT
    )
    assert answer.json()["message_id"] == "KNM8455-E"
    assert b"nothing can be ordered" in person.get(f"/pcs/{pc.id}").content


def test_an_unmanaged_device_is_listed_once_until_it_is_permitted_or_known(person: Client) -> None:
    def strangers() -> list[str]:
        keep.forget()
        return [row.mac for row in read.unmanaged_devices("")[0].rows]

    assert sorted(strangers()) == sorted(sample_network.STRANGERS)
    told = [wire.Seen(mac=sample_network.STRANGERS[0], at=clock.now(), network="corporate")]
    with transaction():
        seen.keep_sightings(Agent.objects.get(name="gateway-tyo"), told)
    assert sorted(strangers()) == sorted(sample_network.STRANGERS), "seen by two agents, and still one device"
    assert sample_network.PRINTER not in strangers(), "a fixed device"
    macs = "\r\n".join(mac.upper().replace(":", "-") for mac in sample_network.STRANGERS[:2])
    form = {"wanted": "permit", "mac": macs, "reason": "cameras", "form_key": KEY}
    assert person.post("/network/order", form).status_code == 302
    carried_out()
    Identity.objects.create(kind="mac", value=sample_network.STRANGERS[2], pc=1)
    assert strangers() == [sample_network.STRANGERS[3]]
    assert read.network_counts().unmanaged.n == 1
    permitted = read.connections(NetworkQuery(state="permit", why="person"))[0].rows
    assert {*sample_network.STRANGERS[:2], sample_network.PHONE} <= {row.mac for row in permitted}


def test_a_page_of_unmanaged_devices_is_full_though_many_are_fixed() -> None:
    agent = Agent.objects.get(name="gateway-tyo")
    printers = [f"00:1b:a9:00:{n // 250:02x}:{n % 250:02x}" for n in range(700)]
    told = [wire.Seen(mac=mac, at=clock.now(), network="corporate") for mac in ["02:00:00:00:00:01", *printers]]
    with transaction():
        seen.keep_sightings(agent, told)
    keep.forget()
    page, more = read.unmanaged_devices("")
    assert (len(page.rows), page.total, more) == (5, 5, False)


def test_a_token_is_shown_once_and_a_form_sent_again_says_so(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANMON_AGENTS_LISTEN", "127.0.0.1:8445")
    config.forget()
    key, certificate = authority.make(clock.now())
    (config.home() / "secrets" / "agent-ca.key").write_text(key.decode())
    (config.home() / "secrets" / "agent-ca.crt").write_text(certificate.decode())
    form = {"name": "gateway-7", "form_key": KEY}
    first, again = (person.post("/network/agents/invite", form).content.decode() for _ in range(2))
    token = first.split('id="kanmon-token" tabindex="0">')[1].split("<")[0]
    assert wire.read_invitation(token).name == "gateway-7"
    assert "kanmon agent enrol" in first
    assert "kne_" not in again
    assert "This form was sent before" in again
    assert Invitation.objects.count() == 1
    assert token not in str(list(Operation.objects.values()))
    bad = person.post("/network/agents/invite", {"name": "Büro 7", "form_key": OTHER}, headers=SCRIPT)
    assert bad.json()["message_id"] == "KNM8421-E"


def test_a_revoked_agent_has_no_button_and_is_waited_for_no_more(person: Client) -> None:
    for _ in range(2):
        assert person.post("/network/agents/radius-osk/revoke", {"form_key": KEY}).status_code == 302
    agents = {one.name: one for one in read.agents()}
    assert agents["radius-osk"].state == "revoked"
    page = person.get("/network/agents").content.decode()
    assert page.count("/revoke") == 1
    assert person.post("/network/agents/nobody/revoke", {"form_key": OTHER}).status_code == 404


def test_the_steps_say_why_an_order_has_not_come_through(person: Client) -> None:
    pc = some_pc()
    gateway, radius = (Agent.objects.get(name=name) for name in ("gateway-tyo", "radius-osk"))
    mac = mac_of(pc)
    with transaction():
        operation = Operation.objects.create(
            kind="network", subject="deny: 1 PC", state="finished", due_at=clock.now(), begun_at=clock.now(),
            ended_at=clock.now(), repeat="idempotent",
        )  # fmt: skip
        (order,) = book.write(
            [Wish(mac, "deny", "policy", pc.id, "", pc.host, "danger: Standard")], operation.id, operation.id, 41
        )

    def card() -> str:
        return person.get(f"/pcs/{pc.id}/network").content.decode()

    def answer(agent: Agent, result: str, sentence: str = "") -> None:
        told = wire.Answer(order=str(order.id), mac=mac, result=result, term=41, at=clock.now(), sentence=sentence)  # type: ignore[arg-type]
        with transaction():
            seen.keep_answers(agent, [told])

    assert "No answer yet from gateway-tyo, radius-osk" in card()
    assert 'hx-trigger="every 2s"' in card()
    answer(gateway, "done")
    assert "No answer yet from radius-osk" in card()
    answer(radius, "failed", "The switch does not take it.")
    assert "The switch does not take it." in card()
    answer(radius, "done")
    assert "Not seen yet" in card()
    NetworkOrder.objects.filter(id=order.id).update(warned_at=clock.now())
    assert "Not seen in time" in card()
    with transaction():
        seen.keep_sightings(
            gateway,
            [wire.Seen(mac=mac, at=clock.now() + timedelta(seconds=1), network="quarantine", nas="sw1", port="3")],
        )
    shown = card()
    assert "sw1, port 3" in shown
    assert "Not seen" not in shown
    assert "hx-trigger" not in shown
    assert "Danger, action policy Standard" in shown


ADDRESSES = [
    ("/network?at=garbage", 200), ("/network?at=WyJhIiwxLDEsMF0", 200), ("/network?at=WyJcdTAwMDAiLDEsMSwwXQ", 200),
    ("/network?state=x&why=y&wrong=z", 200), ("/network?q=%00a%25_", 200), ("/network?q=02:00:00:00:00:09", 200),
    ("/network?q=cafe12", 200), ("/network?q=fe80::1", 200), ("/network/devices/nonsense", 404),
    ("/network/devices/02-00-00-00-00-09", 200), ("/network/devices/nonsense/network", 404),
    ("/network/unmanaged?at=x", 200), ("/network/unmanaged?at=WzksOSwxLDBd", 200), ("/pcs/999999/network", 200),
]  # fmt: skip


def test_an_address_with_nonsense_in_it_is_no_error_of_the_manager(person: Client) -> None:
    for address, status in ADDRESSES:
        assert person.get(address).status_code == status, address


def test_where_network_control_is_not_in_use_nothing_is_in_the_way(person: Client) -> None:
    for model in (NetworkOrder, Entry, Agent):
        model.objects.all().delete()
    keep.forget()
    assert "is not set up yet" in person.get("/network").content.decode()
    page = person.get("/pcs/1").content.decode()
    assert 'id="netcard"' not in page
    assert "Refuse in emergency" not in page
