"""Changes by pages, without a browser: each is done once, and who sent it can ask whether it was done."""

from typing import Any

import pytest
import sample
from django.test import Client
from test_answers import KEY, signed_in

from kanmon.accounts import invitation
from kanmon.accounts.models import Role, User
from kanmon.common import clock
from kanmon.console import forms
from kanmon.console.read import keep
from kanmon.journal import record
from kanmon.journal.models import Hold, Operation, Takeover
from kanmon.journal.writing import transaction

pytestmark = pytest.mark.django_db
OTHER = "f" * 32
PASSWORD = "sakura-ginga-42"
SCRIPT = {"X-Kanmon-Fetch": "1"}


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    keep.forget()


@pytest.fixture
def administrator(settings: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return signed_in(Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def doubt() -> int:
    """The number of an operation in doubt."""
    sample.fill(12)
    return int(Operation.objects.filter(state="in_doubt").values_list("id", flat=True).first() or 0)


def test_a_decision_sent_twice_is_one_window_operation_and_the_second_answer_says_so(
    administrator: Client, doubt: int
) -> None:
    for _ in range(2):
        answer = administrator.post(f"/operations/{doubt}/close", {"form_key": KEY, "because": "seen"}, follow=True)
        assert answer.status_code == 200
    assert "Nothing was done twice" in answer.content.decode()
    done = Operation.objects.get(kind="change", subject=f"close {doubt}")
    assert (done.actor, done.requester, done.state) == ("a-security_administrator", "console", "finished")


def test_a_key_stands_for_one_change_only(administrator: Client, doubt: int) -> None:
    assert administrator.post(f"/operations/{doubt}/close", {"form_key": KEY}).status_code == 302
    answer = administrator.post("/failovers/42/acknowledge", {"form_key": KEY}, headers=SCRIPT)
    assert answer.status_code == 422
    assert answer.json()["message_id"] == "KNM7020-E"
    assert Takeover.objects.get(term=42).acknowledged_at is None


def test_what_an_operation_does_not_allow_is_told_with_a_sentence(administrator: Client, doubt: int) -> None:
    for form, status in ((KEY, 302), (OTHER, 409)):
        assert administrator.post(f"/operations/{doubt}/it_ran", {"form_key": form}).status_code == status
    assert b"KNM4299-E" in administrator.post(f"/operations/{doubt}/close", {"form_key": "a" * 32}).content


@pytest.mark.parametrize(
    ("address", "form"),
    [("/operations/{}/close", {}), ("/operations/{}/close", {"form_key": "x"}), ("/operations/{}/burn", {"form_key": KEY})],
)  # fmt: skip
def test_a_form_without_a_key_or_with_an_unknown_verb_changes_nothing(
    administrator: Client, doubt: int, address: str, form: dict[str, str]
) -> None:
    assert administrator.post(address.format(doubt), form).status_code == 400
    assert Operation.objects.get(pk=doubt).state == "in_doubt"


def test_a_viewer_sees_reports_and_operations_without_buttons_and_without_a_banner(settings: Any, doubt: int) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    viewer = signed_in(Role.VIEWER)
    for page in ("/failovers/42", f"/operations/{doubt}", "/operations", "/failovers"):
        content = viewer.get(page).content.decode()
        assert "popovertarget" not in content, page
        assert 'id="k-failover"' not in content, page
    assert viewer.post(f"/operations/{doubt}/close", {"form_key": KEY}).status_code == 403


def test_whether_a_change_was_done_is_told_by_its_key_to_who_sent_it_alone(
    administrator: Client, settings: Any, doubt: int
) -> None:
    assert administrator.get(f"/changes/{KEY}").json()["state"] == "not_done"
    with forms.underway(KEY):
        assert administrator.get(f"/changes/{KEY}").json()["state"] == "underway"
    administrator.post(f"/operations/{doubt}/close", {"form_key": KEY})
    told = administrator.get(f"/changes/{KEY}").json()
    assert told["state"] == "done"
    assert told["what"] == f"Close operation {doubt}"
    other = signed_in(Role.VIEWER)
    assert other.get(f"/changes/{KEY}").status_code == 404
    assert Client().get(f"/changes/{KEY}", headers=SCRIPT).status_code == 401
    assert administrator.get("/changes/not-a-key").status_code == 404


def test_a_script_is_told_where_to_go_on_and_a_browser_is_sent_there(administrator: Client, doubt: int) -> None:
    form = {"form_key": KEY, "next": f"/operations/{doubt}"}
    answer = administrator.post(f"/operations/{doubt}/close", form, headers=SCRIPT)
    assert answer.json() == {"location": f"/operations/{doubt}"}
    assert administrator.post(f"/operations/{doubt}/close", form).headers["Location"] == f"/operations/{doubt}"


def test_a_sign_up_whose_answer_was_lost_is_sent_again_and_signs_in() -> None:
    link = invitation.first_link("")
    assert link is not None
    form = {"username": "tanabe", "password1": PASSWORD, "password2": PASSWORD, "language": "ja"}
    for _ in range(2):
        answer = Client().post(link, form)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert "kanmon_session" in answer.cookies
    assert User.objects.count() == 1
    assert Operation.objects.get(kind="change").subject == "Account tanabe: made"
    wrong = Client().post(link, form | {"password1": "another-one-4711", "password2": "another-one-4711"})
    assert wrong.status_code == 410
    assert "kanmon_session" not in wrong.cookies


@pytest.fixture
def waiting() -> list[int]:
    """Three mails that wait behind a hold, as after a restore."""
    with transaction():
        Hold.objects.create(lane="mail", why="KNM4285-W", since=clock.now())
        return [
            record.begin("mail", requester="schedule", subject=f"danger, {n} PCs", repeat="keyed").id for n in (2, 3, 4)
        ]


def test_held_actions_are_cancelled_but_for_what_is_ticked(administrator: Client, waiting: list[int]) -> None:
    assert "3 actions wait" in administrator.get("/operations").content.decode()
    assert "Cancel the 3 actions that wait" in administrator.get("/held").content.decode()
    form = {"form_key": KEY, "what": "cancel", "keep": [waiting[1]]}
    page = administrator.post("/held/release", form, follow=True).content.decode()
    assert "Actions are released: 2 cancelled, 1 carried out." in page
    states = dict(Operation.objects.filter(id__in=waiting).values_list("id", "state"))
    assert [states[number] for number in waiting] == ["cancelled", "waiting", "cancelled"]
    assert not Hold.objects.exists()
    assert "Nothing is held since a restore" in administrator.get("/held").content.decode()


def test_held_actions_are_all_carried_out_when_that_is_chosen(administrator: Client, waiting: list[int]) -> None:
    administrator.post("/held/release", {"form_key": KEY, "what": "carry_out"})
    assert set(Operation.objects.filter(id__in=waiting).values_list("state", flat=True)) == {"waiting"}
    assert not Hold.objects.exists()


def test_a_viewer_sees_held_actions_and_may_not_release_them(settings: Any, waiting: list[int]) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    viewer = signed_in(Role.VIEWER)
    assert "A security administrator decides." in viewer.get("/held").content.decode()
    assert viewer.post("/held/release", {"form_key": KEY, "what": "cancel"}).status_code == 403
    assert Hold.objects.exists()


def test_held_actions_stand_on_the_overview_among_what_needs_a_person(
    administrator: Client, waiting: list[int]
) -> None:
    page = administrator.get("/").content.decode()
    assert "3 actions wait" in page
    assert 'href="/held"' in page


def test_the_report_is_to_be_had_for_programs(administrator: Client, doubt: int) -> None:
    answer = administrator.get("/failovers/42.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert str(doubt) in answer.content.decode()
    assert administrator.get("/failovers/77.json").status_code == 404
