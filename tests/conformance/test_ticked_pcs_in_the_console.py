"""What is done to PCs that are ticked in the list, or to one on its page; and why nothing was; on every database."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from kanmon.accounts.models import User
from kanmon.action import hold
from kanmon.action.acting import read as ask_of
from kanmon.action.asked import questions
from kanmon.action.models import MessageClient, Order, UserMessage
from kanmon.common import clock
from kanmon.console.read import keep
from kanmon.flow import KINDS, hold_actions
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.network.models import Agent, Entry, NetworkOrder
from tests.conformance.work import crash, leader, work_off, worker

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console

PCS = 36
KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32
SCRIPT = {"X-Kanmon-Fetch": "1"}


@pytest.fixture(autouse=True)
def company(database: str) -> None:
    keep.forget()
    leadership = leader()
    crash(leadership)
    sample.fill(PCS, term=leadership.term)
    Pc.objects.filter(managed=False).update(managed=True)


def signed_in(role: str) -> Client:
    client = Client()
    with transaction():
        person = User.objects.create_user(f"a-{role}", role=role)
    client.force_login(person)
    return client


@pytest.fixture
def person() -> Client:
    return signed_in("security_administrator")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def carried_out(lane: str) -> None:
    leadership = leader()
    work_off(worker({name: kind for name, kind in KINDS.items() if kind.lane == lane}, leadership, lane))
    crash(leadership)
    keep.forget()


def some(count: int) -> list[int]:
    """PCs of which no person has ordered anything."""
    ordered = Entry.objects.exclude(pc=None).filter(why__in=["person", "emergency"]).values("pc")
    return list(Pc.objects.exclude(id__in=ordered).order_by("id").values_list("id", flat=True)[:count])


def test_ticked_pcs_are_judged_once_and_those_that_are_not_managed_are_left_out(person: Client) -> None:
    first, second, third = some(3)
    Pc.objects.filter(id=third).update(managed=False)
    ticks = f"pc={first}&pc={second}&pc={third}&pc=999999"
    told = page(person, f"/pcs/bulk?do=judge&{ticks}&next=/pcs%3Flevel%3Ddanger")
    assert "Judge 2 PCs?" in told
    assert "1 PC whose management is disabled" in told
    assert 'name="next" value="/pcs?level=danger"' in told
    form = {"pc": [first, second, third], "next": "/pcs?level=danger", "form_key": KEY}
    for _ in range(2):
        assert person.post("/pcs/bulk/judge", form, headers=SCRIPT).json() == {"location": "/pcs?level=danger"}
    begun = Operation.objects.get(key=f"form:{KEY}")
    assert (begun.kind, begun.subject, begun.requester) == ("judge", "2 PCs", "pc_list")
    assert begun.actor == "a-security_administrator"
    assert person.post("/pcs/bulk/act", form, headers=SCRIPT).json()["message_id"] == "KNM7020-E"


def test_actions_are_decided_for_ticked_pcs_also_where_it_was_done_before(person: Client) -> None:
    mails = Order.objects.filter(kind="mail")
    warned = list(PcState.objects.filter(level=int(Level.WARNING)).values_list("pc", flat=True)[:2])
    assert "done on" in page(person, f"/pcs/{warned[0]}")
    for number, (form, orders) in enumerate((({}, 0), ({"conditions": "no"}, 1))):
        sent = {"pc": warned, "form_key": f"{number:032d}", **form}
        assert person.post("/pcs/bulk/act", sent).status_code == 302
        carried_out("rows")
        assert mails.count() == orders
    ask = ask_of(Operation.objects.get(key=f"form:{1:032d}"))
    assert (sorted(ask.pcs), ask.conditions) == (sorted(warned), False)


def test_ticked_pcs_are_refused_with_a_reason_but_for_those_without_a_mac(person: Client) -> None:
    first, second = some(2)
    Identity.objects.filter(pc=second, kind="mac").delete()
    told = page(person, f"/pcs/bulk?do=refuse&pc={first}&pc={second}")
    assert "Refuse 1 PC in emergency?" in told
    assert "1 PC without a MAC address of its own" in told
    form = {"pc": [first, second], "form_key": KEY}
    assert person.post("/pcs/bulk/refuse", form, headers=SCRIPT).json()["message_id"] == "KNM8550-E"
    for _ in range(2):
        assert person.post("/pcs/bulk/refuse", form | {"reason": "worm"}).status_code == 302
    carried_out("network")
    assert [(one.pc, one.wanted) for one in NetworkOrder.objects.filter(reason="worm")] == [(first, "refuse")]
    only = page(person, f"/pcs/bulk?do=permit&pc={second}")
    assert "It is done only to PCs with a MAC address of their own." in only
    assert "bulk/permit" not in only


def test_users_of_ticked_pcs_are_told_once_and_it_is_said_who_has_a_client(person: Client) -> None:
    first, second, third = some(3)
    Pc.objects.filter(id=third).update(managed=False)
    now = clock.now()
    for pc, seen in ((first, now), (second, now - timedelta(days=9))):
        MessageClient.objects.create(
            device=pc, pc=pc, token_digest=bytes([pc]) * 32, registered_at=now - timedelta(days=20), seen_at=seen
        )
    told = page(person, f"/pcs/bulk?do=message&pc={first}&pc={second}&pc={third}")
    assert "Message to the users of 3 PCs" in told
    assert "2 PCs have a client that shows it (heard from within a day: 1)" in told
    assert "On 1 PC without a client it stands on the remediation page only" in told
    assert 'maxlength="200"' in told
    assert 'maxlength="5000"' in told
    form = {"pc": [first, second, third], "form_key": KEY, "title": "Tonight, {host}", "text": "Off at 22:00.\r\nSave.",
            "html": "<p onclick='x()'>Off <b>at 22:00</b></p>", "expires_days": "2"}  # fmt: skip
    for wrong in ({"title": "x" * 201}, {"text": " "}, {"expires_days": "91"}, {"expires_days": "soon"}):
        assert person.post("/pcs/bulk/message", form | wrong, headers=SCRIPT).json()["message_id"] == "KNM3218-E"
    for _ in range(2):
        assert person.post("/pcs/bulk/message", form, headers=SCRIPT).json() == {"location": "/"}
    carried_out("message")
    rows = list(UserMessage.objects.order_by("pc"))
    hosts = dict(Pc.objects.values_list("id", "host"))
    assert [(one.pc, one.title) for one in rows] == [(pc, f"Tonight, {hosts[pc]}") for pc in (first, second, third)]
    assert rows[0].text == "Off at 22:00.\nSave."
    assert rows[0].html == "<p>Off <b>at 22:00</b></p>"
    assert (rows[0].expires_at - rows[0].made_at).days == 2
    begun = Operation.objects.get(key=f"form:{KEY}")
    assert (begun.kind, begun.actor, begun.subject) == ("message", "a-security_administrator", "message: 3 PCs")


def test_buttons_are_there_for_who_may_and_where_they_would_do_something(person: Client) -> None:
    pc = some(1)[0]
    shown = page(person, "/pcs")
    assert [f'name="do" value="{verb}"' in shown for verb in ("judge", "act", "message", "permit", "refuse")] == [
        True
    ] * 5
    for managed, buttons in ((True, ("judge", "act", "message")), (False, ("message",))):
        Pc.objects.filter(id=pc).update(managed=managed)
        of_one = page(person, f"/pcs/{pc}")
        for verb in ("judge", "act", "message"):
            assert (f"/pcs/bulk?do={verb}&amp;pc={pc}&amp;next=/pcs/{pc}" in of_one) is (verb in buttons)
    viewer = signed_in("viewer")
    for address in ("/pcs", f"/pcs/{pc}"):
        assert "do=judge" not in page(viewer, address)
        assert 'name="do"' not in page(viewer, address)
    for verb in ("judge", "act", "message", "permit", "refuse"):
        assert viewer.get(f"/pcs/bulk?do={verb}&pc={pc}").status_code == 403
        assert viewer.post(f"/pcs/bulk/{verb}", {"pc": pc, "reason": "x", "form_key": KEY}).status_code == 403
    assert not Operation.objects.filter(key=f"form:{KEY}").exists()
    for model in (NetworkOrder, Entry, Agent):
        model.objects.all().delete()
    keep.forget()
    assert 'value="refuse"' not in page(person, "/pcs"), "network control is not in use"


def test_an_address_with_nonsense_in_it_is_no_error_of_the_manager(person: Client) -> None:
    for address, status in (
        ("/pcs/bulk", 404), ("/pcs/bulk?do=burn", 404), ("/pcs/bulk?do=judge", 200), ("/pcs/bulk?do=judge&pc=x", 400),
        ("/pcs/bulk?do=judge&pc=999999", 200), ("/pcs/bulk?do=judge&pc=999999999999999999", 200),
        ("/pcs/bulk?do=judge&pc=1&next=//elsewhere.example/", 200),
        (f"/pcs/bulk?do=judge{'&pc=1' * 501}", 400),
    ):  # fmt: skip
        assert person.get(address).status_code == status, address[:60]
    shown = page(person, "/pcs/bulk?do=judge&pc=1&next=//elsewhere.example/")
    assert '"//elsewhere' not in shown, "one comes back to our own pages only"
    assert shown.count('name="next" value="/pcs"') == 1
    assert person.post("/pcs/bulk/judge", {"form_key": KEY}).status_code == 400
    assert person.post("/pcs/bulk/burn", {"pc": 1, "form_key": KEY}).status_code == 404


def test_the_page_of_a_pc_says_what_was_done_and_why_the_rest_was_not(person: Client) -> None:
    (asked,) = questions(["network"])
    pc = min(asked.pcs)
    assert "waits for a person: beyond the cap of an hour" in page(person, f"/pcs/{pc}")
    cut = int(Entry.objects.filter(state="deny", why="policy").order_by("mac")[0].pc or 0)
    assert "done on" in page(person, f"/pcs/{cut}")
    with transaction():
        hold_actions(True, "hanako")
    assert hold.is_held()
    keep.forget()
    assert "not done: all actions are held" in page(person, f"/pcs/{pc}")
    safe = PcState.objects.exclude(level__in=[400, 300]).order_by("pc")[0].pc
    assert "The action policy does nothing at this level." in page(person, f"/pcs/{safe}")
    Pc.objects.filter(id=pc).update(managed=False)
    assert "Nothing is done by policy" in page(person, f"/pcs/{pc}")
