"""The audit's page: search, older pages, export, and the seals that are checked by a button; on every database."""

import csv
import io
import re

import pytest
from django.test import Client

from kanmon.accounts.models import User
from kanmon.audit import rows, upkeep
from kanmon.audit.models import AuditRow
from kanmon.console.read import audit as pages
from kanmon.console.read import keep
from kanmon.journal.writing import transaction
from tests.conformance.audited import five_seals, seal_all, sql, write
from tests.conformance.work import leader


@pytest.fixture(autouse=True)
def _fresh(database: str) -> None:
    keep.forget()
    upkeep.forget()


@pytest.fixture
def auditor() -> Client:
    with transaction():
        person = User.objects.create_user("ueda", role="auditor")
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def rows_of(shown: str) -> list[int]:
    return [int(number) for number in re.findall(r'<td class="k-n k-2">(\d+)</td>', shown)]


def test_it_is_searched_by_who_what_object_and_period(auditor: Client) -> None:
    write("Osaka", "Nagoya")
    rows.write("token_made", actor="hara", subject="API token x", detail={"id": "KNM4207-I", "name": "x", "role": "v"})
    assert "hara made the token x" in page(auditor, "/audit?what=token_*")
    assert "Nagoya" not in page(auditor, "/audit?q=osaka")
    assert len(rows_of(page(auditor, "/audit?who=tests"))) == 2
    assert len(rows_of(page(auditor, "/audit?q=192.0.2.7"))) == 2
    assert "Nothing of this is in the audit" in page(auditor, "/audit?until=2020-01-01")
    assert len(rows_of(page(auditor, "/audit?since=2020-01-01&until=9999-12-31&who=tests"))) == 2
    for nonsense in ("since=x&until=2020-99-99", "before=x", "before=" + "9" * 30, "q=%00", "what=*"):
        page(auditor, f"/audit?{nonsense}")


def test_each_row_is_on_one_page(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    write(*(str(number) for number in range(8)))
    seen, address = [], "/audit?who=tests"
    while address:
        shown = page(auditor, address)
        seen += rows_of(shown)
        older = re.search(r'rel="next" href="([^"]+)"', shown)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == sorted(AuditRow.objects.filter(actor="tests").values_list("seq", flat=True), reverse=True)


def test_the_file_has_no_formula_and_the_export_is_told(auditor: Client) -> None:
    write("=HYPERLINK(1)", "@SUM(1)", "ordinary")
    answer = auditor.get("/audit.csv?who=tests")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [one["subject"] for one in found] == ["ordinary", "'@SUM(1)", "'=HYPERLINK(1)"]
    assert AuditRow.objects.filter(event="exported", actor="ueda", subject="audit as CSV, 3 rows").count() == 1


def test_the_button_says_that_everything_fits_or_which_row_does_not(auditor: Client) -> None:
    numbers = five_seals()
    shown = page(auditor, "/audit")
    found = re.search(r'id="kanmon-seal"[^>]*>([^<]+)<', shown)
    assert found is not None
    assert "All rows are sealed." in shown
    assert "Everything fits its seals." in page(auditor, f"/audit/check?given={found[1]}")
    other = f"{found[1].partition(':')[0]}:{'0' * 64}"
    assert "The audit does not fit its seals." in page(auditor, f"/audit/check?given={other}")
    assert auditor.get("/audit/check?given=nonsense").status_code == 400
    sql("UPDATE audit SET actor = 'nobody' WHERE seq = %s", numbers[3])
    assert f"Row {numbers[3]} of the audit was changed" in page(auditor, "/audit/check")


def test_a_long_audit_is_checked_in_parts(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    five_seals()
    monkeypatch.setattr("kanmon.audit.check.PAGE_ROWS", 1)
    monkeypatch.setattr(pages, "MOST_PAGES", 2)
    shown, seals = page(auditor, "/audit/check"), 0
    while True:
        told = re.search(r"Looked at: (\d+) seals", shown)
        assert told is not None
        seals += int(told[1])
        onward = re.search(r'href="(/audit/check\?after=\d+)"', shown)
        if onward is None:
            break
        assert "So far everything fits." in shown
        shown = page(auditor, onward[1])
    assert (seals, "Everything fits its seals." in shown) == (5, True)


def test_what_is_new_is_not_sealed_yet(auditor: Client) -> None:
    leadership = leader()
    seal_all(leadership.term)
    write("new")
    assert "1 row is not sealed yet" in page(auditor, "/audit")
