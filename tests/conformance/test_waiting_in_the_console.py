"""The pages of actions that wait for a person: what is asked, the answer, once; and the switch; on every database."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pyroaring import BitMap

from kanmon.accounts.models import User
from kanmon.action import asked, hold
from kanmon.action.acting import read as ask_of
from kanmon.action.asked import Question
from kanmon.action.book import Book
from kanmon.action.models import Order, Withheld
from kanmon.backup import held as restored
from kanmon.common import clock
from kanmon.console import read
from kanmon.console.read import keep
from kanmon.console.read import waiting as pages
from kanmon.flow import KINDS, action_lanes
from kanmon.inventory.models import Identity, Pc
from kanmon.journal.models import Hold, Operation
from kanmon.journal.writing import transaction
from kanmon.judgment.models import PcState
from kanmon.network.models import Entry
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
    Pc.objects.filter(managed=False).update(managed=True)


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
    for lane in ("rows", "network"):
        work_off(worker({name: kind for name, kind in KINDS.items() if kind.lane == lane}, leadership, lane))
    crash(leadership)
    keep.forget()


def question(kind: str = "network") -> Question:
    (one,) = asked.questions([kind])
    return one


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_what_is_asked_stands_in_words_with_its_numbers(person: Client) -> None:
    one, mail = question(), question("mail")
    shown = page(person, "/waiting")
    assert "Cut off the network" in shown
    assert "Action policy Mail administrators, step 1 of 2" in shown
    assert "Mail to heads@example.jp, desk@example.jp" in shown
    assert "step 2 of 2" in shown
    assert "Beyond the cap of an hour" in shown
    assert "At this level before it was switched on" in shown
    assert f"/waiting/{mail.number}" not in page(person, "/waiting?kind=network")
    assert read.shell().waiting == len(one.pcs | mail.pcs)
    assert f"<b>Actions about {len(one.pcs | mail.pcs)} PCs wait for approval:</b>" in page(person, "/")
    assert f'kind=network">Waiting for approval <span class="k-num">{len(one.pcs)}' in page(person, "/network")


def test_the_pcs_of_a_question_are_each_on_one_page_forwards_and_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    one = question("mail")
    found = read.question(one.number, "")
    assert found is not None
    forwards, firsts = [[row.number for row in found[1].rows]], [found[1].first]
    while found[1].next:
        found = read.question(one.number, found[1].next)
        assert found is not None
        forwards.append([row.number for row in found[1].rows])
        firsts.append(found[1].first)
    assert [pc for numbers in forwards for pc in numbers] == sorted(one.pcs)
    assert firsts == list(range(1, len(one.pcs) + 1, 3))
    backwards = [forwards[-1]]
    while found[1].previous:
        found = read.question(one.number, found[1].previous)
        assert found is not None
        backwards.append([row.number for row in found[1].rows])
    assert backwards == forwards[::-1]


def test_ticked_pcs_are_approved_once_and_the_others_wait_on(person: Client) -> None:
    one = question()
    first, *others = sorted(one.pcs)
    told = page(person, f"/waiting/{one.number}/decision?do=approve&pc={first}")
    assert "Cut off 1 PC?" in told
    assert Pc.objects.get(id=first).host in told
    form = {"decision": "approve", "pc": first, "form_key": KEY}
    for _ in range(2):
        assert person.post(f"/waiting/{one.number}/decide", form).status_code == 302
    carried_out()
    assert Entry.objects.get(pc=first).state == "deny"
    assert sorted(question().pcs) == others
    begun = Operation.objects.get(key=f"form:{KEY}")
    assert (begun.kind, begun.actor, begun.requester, begun.subject) == (
        "act", "a-administrator", "answer", "approve: 1 PC"
    )  # fmt: skip
    assert sorted(question("mail").pcs), "what else is asked is asked on"
    assert "Approve: 1 PC" in page(person, "/operations")
    assert "a person, about actions that waited" in page(person, f"/operations/{begun.id}")
    assert "that still waits" in page(person, f"/waiting/{one.number}/decision?do=approve&pc={first}")
    assert "that still waits" in page(person, f"/waiting/{one.number}/decision?do=decline")


def test_all_means_those_that_waited_when_it_was_asked(person: Client) -> None:
    one = question()
    shown = read.answer_asked(one.number, "decline", [], True)
    assert shown is not None
    assert (shown.pcs, shown.left) == (len(one.pcs), 0)
    late = int(Pc.objects.exclude(id__in=list(one.pcs)).order_by("id")[0].id)
    PcState.objects.filter(pc=late).update(level=one.slot.level)
    version = Withheld.objects.filter(kind="network").latest("id").policy_version
    with transaction():
        book = Book()
        sample_network.wait(book, version, one.operation, one.slot, "cap", [late])
        book.write(one.operation)
    form = {"decision": "decline", "upto": shown.upto, "form_key": KEY}
    assert person.post(f"/waiting/{one.number}/decide", form).status_code == 302
    carried_out()
    assert set(question().pcs) == {late}
    assert not Entry.objects.filter(pc__in=list(one.pcs)).exists()
    declined = Withheld.objects.filter(why="declined").get()
    assert BitMap.deserialize(bytes(declined.pcs)) == one.pcs


def test_a_form_sent_again_after_its_question_has_gone_says_that_it_was_done(person: Client) -> None:
    one = question("mail")
    form = {"decision": "approve", "upto": Withheld.objects.latest("id").id, "form_key": KEY}
    assert person.post(f"/waiting/{one.number}/decide", form, headers=SCRIPT).json() == {"location": "/waiting"}
    carried_out()
    assert not asked.questions(["mail"])
    mail = Order.objects.get(kind="mail")
    assert (BitMap.deserialize(bytes(mail.pcs)), mail.recipients) == (one.pcs, ["heads@example.jp", "desk@example.jp"])
    assert person.post(f"/waiting/{one.number}/decide", form, headers=SCRIPT).json() == {"location": "/waiting"}
    assert "It had been done already" in page(person, "/waiting")
    other = form | {"decision": "decline"}
    assert person.post(f"/waiting/{one.number}/decide", other, headers=SCRIPT).json()["message_id"] == "KNM7020-E"
    gone = person.post(f"/waiting/{one.number}/decide", form | {"form_key": OTHER}, headers=SCRIPT)
    assert (gone.status_code, gone.json()["message_id"]) == (404, "KNM6010-E")
    assert Order.objects.filter(kind="mail").count() == 1


def test_the_confirmation_says_the_cap_the_levels_and_who_has_no_mac(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = question()
    Identity.objects.filter(pc=min(one.pcs), kind="mac").delete()
    shown = page(person, f"/waiting/{one.number}/decision?do=approve-all")
    assert f"Approve: cut off {len(one.pcs)} PCs" in shown
    assert "1 PC without a MAC address in its inventory" in shown
    assert "is the cap" in shown
    monkeypatch.setattr(pages, "MOST_LOOKED_AT", 2)
    assert "of the first 2" in page(person, f"/waiting/{one.number}/decision?do=approve-all")


def test_the_page_of_a_pc_says_that_it_waits_and_offers_the_answer(person: Client) -> None:
    one = question()
    pc = min(one.pcs)
    shown = page(person, f"/pcs/{pc}")
    assert "This PC may be cut off" in shown
    assert f"/waiting/{one.number}/decision?do=approve&amp;pc={pc}" in shown
    assert "may be cut off" not in page(
        person, f"/pcs/{max(Entry.objects.values_list('pc', flat=True).exclude(pc=None))}"
    )


def test_who_may_not_act_reads_and_changes_nothing() -> None:
    one, viewer = question(), signed_in("viewer")
    for address in ("/waiting", f"/waiting/{one.number}", f"/pcs/{min(one.pcs)}"):
        shown = page(viewer, address)
        assert "popovertarget" not in shown, address
        assert 'name="do"' not in shown, address
        assert "do=approve" not in shown, address
    assert viewer.get(f"/waiting/{one.number}/decision?do=approve-all").status_code == 403
    for address in (f"/waiting/{one.number}/decide", "/actions/hold", "/actions/release"):
        assert viewer.post(address, {"decision": "approve", "upto": "9", "form_key": KEY}).status_code == 403, address
    assert not Operation.objects.filter(key=f"form:{KEY}").exists()


def test_all_actions_are_held_and_released_once_and_every_page_says_so(person: Client) -> None:
    for _ in range(2):
        assert person.post("/actions/hold", {"form_key": KEY, "next": "/pcs"}).headers["Location"] == "/pcs"
    assert hold.is_held()
    keep.forget()
    for address in ("/", "/pcs", "/waiting", "/operations", "/network"):
        assert "All actions are held." in page(person, address), address
        assert "By a-administrator, since" in page(person, address), address
    assert "All actions are held now" in page(person, f"/waiting/{question().number}/decision?do=approve-all")
    assert "Nothing is held since a restore" in page(person, "/held"), "that page is about a restore"
    assert "Actions are held since the restore" not in page(person, "/")
    assert person.post("/actions/release", {"form_key": OTHER}).status_code == 302
    keep.forget()
    assert not hold.is_held()
    assert "All actions are held." not in page(person, "/")
    assert Operation.objects.filter(kind="act", requester="hold_released").count() == 1
    assert "All actions held" in page(person, "/operations")
    assert person.post("/actions/burn", {"form_key": OTHER}).status_code == 404


def test_a_release_after_a_restore_leaves_what_a_person_holds(person: Client) -> None:
    now = clock.now()
    with transaction():
        for lane in ("mail", "network"):
            Hold.objects.create(lane=lane, why="KNM4232-W", actor="os:root", since=now - timedelta(hours=1))
    assert person.post("/actions/hold", {"form_key": KEY}).status_code == 302
    keep.forget()
    shown = page(person, "/held")
    assert "Release the held actions" in shown
    assert "All actions are held." in shown
    lanes = {name: kind.lane for name, kind in KINDS.items()}
    assert restored.held(lanes).lanes == ["mail", "network"]
    assert person.post("/held/release", {"what": "cancel", "form_key": OTHER}).status_code == 302
    assert restored.since() is None
    assert set(Hold.objects.filter(why=hold.WHY).values_list("lane", flat=True)) == action_lanes()


def test_where_a_restore_holds_everything_the_switch_says_so(person: Client) -> None:
    with transaction():
        for lane in {kind.lane for kind in KINDS.values()} - {"rows"}:
            Hold.objects.create(lane=lane, why="KNM4232-W", actor="os:root", since=clock.now())
    answer = person.post("/actions/hold", {"form_key": KEY}, headers=SCRIPT)
    assert (answer.status_code, answer.json()["message_id"]) == (409, "KNM3280-E")
    assert not hold.is_held()


BAD = [
    ("/waiting/999999", 404), ("/waiting?kind=burn", 200), ("/waiting/{n}?at=garbage", 200),
    ("/waiting/{n}?at=WzksLTUsMSwxXQ", 200), ("/waiting/{n}?at=WzksNDYxMTY4NjAxODQyNzM4NzkwMCwxLDBd", 200),
    ("/waiting/{n}/decision", 400), ("/waiting/{n}/decision?do=burn", 400), ("/waiting/{n}/decision?do=approve&pc=x", 400),
    ("/waiting/{n}/decision?do=approve&pc=99999999999", 200), ("/waiting/999999/decision?do=approve-all", 200),
]  # fmt: skip


def test_an_address_with_nonsense_in_it_is_no_error_of_the_manager(person: Client) -> None:
    one = question()
    for address, status in BAD:
        assert person.get(address.format(n=one.number)).status_code == status, address
    for form in (
        {"decision": "burn"},
        {"decision": "approve"},
        {"decision": "approve", "upto": "x"},
        {"decision": "approve", "pc": "x"},
    ):
        assert person.post(f"/waiting/{one.number}/decide", form | {"form_key": KEY}).status_code == 400, form
    assert ask_of(Operation(input=b"")).answer == ""
