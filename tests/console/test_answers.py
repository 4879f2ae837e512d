"""What the console answers, without a browser: headers, permissions, forms, addresses with nonsense in them."""

import dataclasses
from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts.models import Role, User
from kanmon.common import clock
from kanmon.console import read
from kanmon.console.middleware import HEADERS
from kanmon.console.read import keep
from kanmon.console.shown.pcs import PcQuery
from kanmon.intake.models import Receipt
from kanmon.inventory.models import Pc
from kanmon.journal.models import Operation
from kanmon.judgment.models import PcState
from kanmon.search.asked import Asked, of_query
from kanmon.search.table import READ

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef0123456789abcdef"
PAGES = ["/", "/pcs", "/suspected", "/refused", "/policies", "/operations", "/history"]


def search_of(query: str) -> Asked:
    return of_query(query, READ)


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    keep.forget()


def signed_in(role: str, **options: Any) -> Client:
    """A client of a person with ``role``."""
    client = Client(**options)
    client.force_login(
        User.objects.create_user(f"a-{role}", role=role), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.fixture
def viewer(settings: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return signed_in(Role.VIEWER)


@pytest.fixture
def administrator(settings: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return signed_in(Role.ADMINISTRATOR)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_console_has_every_page_and_says_the_next_step(viewer: Client, page: str) -> None:
    answer = viewer.get(page)
    assert answer.status_code == 200
    if page in ("/", "/pcs"):
        assert "kanmon token create" in answer.content.decode()


@pytest.mark.parametrize(
    "page", [*PAGES, "/account/login/", "/welcome/no-such-link", "/no-such-page", "/api/v1/nothing"]
)
def test_every_answer_carries_the_protecting_headers(viewer: Client, page: str) -> None:
    answer = viewer.get(page)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
def test_who_has_not_signed_in_is_asked_to(page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/?next=")


def test_a_part_of_a_page_asked_for_after_the_session_ended_sends_the_whole_page_to_sign_in() -> None:
    answer = Client().get("/pcs?q=x", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/account/login/")


def test_a_viewer_sees_suspected_reports_and_may_not_decide(viewer: Client) -> None:
    sample.fill(12)
    assert b'value="reject"' not in viewer.get("/suspected").content
    number = Receipt.objects.get(device_key__endswith="-00").pk
    answer = viewer.post(f"/suspected/{number}", {"decision": "new", "form_key": KEY})
    assert answer.status_code == 403
    assert b"a-viewer has not got it" in answer.content
    assert not Operation.objects.filter(kind="suspected").exists()


def test_a_decision_that_is_sent_twice_is_begun_once(administrator: Client) -> None:
    sample.fill(12)
    receipt = Receipt.objects.get(device_key__endswith="-00")
    form = {"decision": "same", "pc": receipt.pc, "form_key": KEY}
    for _ in range(2):
        assert administrator.post(f"/suspected/{receipt.pk}", form).status_code == 302
    assert Operation.objects.filter(kind="suspected").count() == 1
    page = administrator.get("/suspected").content.decode()
    assert f"recorded for PC {Pc.objects.get(pk=receipt.pc).host}" in page
    assert page.count('value="reject"') == 1  # the other report; this one shows its operation


@pytest.mark.parametrize(
    "form", [{}, {"decision": "burn", "form_key": KEY}, {"decision": "new"}, {"decision": "same", "form_key": KEY}]
)
def test_a_form_with_something_missing_changes_nothing(administrator: Client, form: dict[str, str]) -> None:
    assert administrator.post("/suspected/1", form).status_code == 400


def test_a_change_is_never_made_by_an_address(administrator: Client) -> None:
    for address in ("/suspected/1", "/language", "/theme"):
        assert administrator.get(address).status_code == 405


def test_a_form_without_its_token_is_not_taken() -> None:
    answer = Client(enforce_csrf_checks=True).post("/language", {"language": "ja"})
    assert answer.status_code == 403
    assert b"The form was not taken" in answer.content


def test_a_choice_never_leads_away_from_the_console() -> None:
    for wanted in ("https://example.org/", "//example.org", "javascript:alert(1)", "/\\example.org"):
        answer = Client().post("/language", {"language": "ja", "next": wanted})
        assert answer.headers["Location"] == "/"


def test_the_language_of_a_person_holds_where_no_other_was_chosen(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    client = signed_in(Role.VIEWER)
    User.objects.update(language="ja")
    assert 'lang="ja"' in client.get("/policies").content.decode()
    client.post("/language", {"language": "en"})
    assert 'lang="en"' in client.get("/policies").content.decode()
    assert User.objects.get().language == "en"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/pcs?at=garbage", 200), ("/pcs?at=W10", 200), ("/pcs?at=WyJhIiwxLDEsMF0", 200), ("/pcs?sort=last_seen&at=WzEsMSwxLDBd", 200),
        ("/pcs?sort=host&at=WyJcdTAwMDAiLDEsMSwwXQ", 200),
        ("/pcs?level=bogus&sort=x&order=z&managed=2", 200), ("/pcs?q=%00a%25_", 200), ("/pcs?group=%2Fno+such", 200),
        ("/pcs/99999999999999999999", 404), ("/pcs/999999", 404), ("/pcs/1?earlier=99999999", 200), ("/pcs/1?earlier=-1", 200),
        ("/pcs/12", 200), ("/pcs/1/inventory?class=zz", 200), ("/pcs/1/inventory?page=0", 200), ("/pcs/1/inventory?page=99", 200),
        ("/operations?state=zzz&at=eyJ", 200), ("/operations?at=WzEsOTk5OTk5OTk5OTk5OTk5OTk5OTk5LDEsMF0", 200),
        ("/operations/77777", 404), ("/policies/judgment/No/such", 404), ("/policies/judgment/Default?version=99", 404),
        ("/policies/judgment/Default?version=1", 200), ("/suspected?at=x", 200), ("/refused?at=x", 200),
    ],
)  # fmt: skip
def test_an_address_with_nonsense_in_it_is_never_an_error_of_the_manager(
    viewer: Client, address: str, status: int
) -> None:
    sample.fill(12)
    assert viewer.get(address).status_code == status


@pytest.mark.parametrize("sort", ["level", "host", "last_seen"])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("text", ["", "sk-2024"])
def test_paging_shows_each_pc_once_forwards_and_the_same_pages_backwards(
    sort: str, descending: bool, text: str
) -> None:
    sample.fill(60)
    Pc.objects.filter(pk__lt=9).update(host="twin", last_seen_at=Pc.objects.get(pk=9).last_seen_at)
    query = PcQuery(search_of(f"q={text}"), sort, descending, size=7)
    pages = [read.pcs(query)]
    while pages[-1].next:
        pages.append(read.pcs(dataclasses.replace(query, cursor=pages[-1].next)))
    numbers = [row.number for page in pages for row in page.rows]
    assert sorted(numbers) == list(range(1, 61))
    assert [page.first for page in pages] == list(range(1, 61, 7))
    backwards = [pages[-1]]
    while backwards[-1].previous:
        backwards.append(read.pcs(dataclasses.replace(query, cursor=backwards[-1].previous)))
    assert [(page.first, page.rows) for page in backwards] == [(page.first, page.rows) for page in reversed(pages)]


def test_a_level_search_counts_pcs_that_are_not_judged_yet() -> None:
    sample.fill(30)
    counts = read.level_counts()
    assert sum(counts.values()) == 30
    for level, count in counts.items():
        for sort in ("level", "host"):
            for text in ("", "sk-2024"):
                page = read.pcs(PcQuery(search_of(f"level={level.word}&q={text}"), sort))
                assert (page.total, {row.level for row in page.rows}) == (count, {level} if count else set())


def test_a_mac_address_is_found_in_any_spelling() -> None:
    sample.fill(12)
    for text in ("00:1b:8b:4e:00:05", "00-1B-8B-4E-00-05", "001b8b4e0005"):
        assert [row.number for row in read.pcs(PcQuery(search_of(f"q={text}"))).rows] == [5]


def test_a_removed_pc_is_listed_where_it_is_asked_for_and_its_page_says_by_whom(viewer: Client) -> None:
    sample.fill(12)
    PcState.objects.filter(pc=3).delete()
    Pc.objects.filter(id=3).update(
        managed=False, retired_at=clock.now(), retired_by="hanako", retired_reason="sold <b>"
    )
    host = Pc.objects.get(id=3).host
    address = 'href="/pcs/3"'
    assert address not in viewer.get("/pcs").content.decode()
    assert address in viewer.get("/pcs?managed=removed").content.decode()
    assert address not in viewer.get("/pcs?managed=no").content.decode()
    page = viewer.get("/pcs/3").content.decode()
    assert all(text in page for text in (host, "Removed from management by hanako", "sold &lt;b&gt;", "is not judged"))
    japanese = viewer.get("/pcs/3", headers={"Accept-Language": "ja"}).content.decode()
    assert "hanako が管理対象から外しました" in japanese
