"""What a security administrator sees and does after a failover: banner, report, decisions, acknowledgement."""

from collections.abc import Callable
from typing import Any

import driving
import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


@pytest.mark.parametrize(
    ("language", "theme", "words"),
    [
        ("en", "light", ("Failover", "2 were left in doubt", "Open the report")),
        ("ja", "dark", ("フェイルオーバーが発生しました", "2 件が結果未確定", "レポートを開く")),
    ],
)
def test_every_page_tells_of_the_failover_and_leads_to_its_report(
    open_page: Open, language: str, theme: str, words: tuple[str, ...]
) -> None:
    page = open_page(language=language, theme=theme)
    said = driving.complaints(page)
    for address in ("/", "/pcs", "/policies", "/operations"):
        page.goto(address)
        for word in words:
            expect(page.locator("#k-failover")).to_contain_text(word)
    page.click("#k-failover a")
    expect(page.locator("h1")).to_contain_text({"en": "Failover", "ja": "フェイルオーバー"}[language])
    expect(page.locator("#k-failover")).to_have_count(0)  # it is the report that is looked at
    assert said == []


def test_the_report_says_when_why_from_where_to_where_and_for_how_long(
    open_page: Open, numbers: dict[str, str]
) -> None:
    page = open_page()
    page.goto(f"/failovers/{numbers['term']}")
    head = page.locator(".k-strip")
    for word in ("mgr-a", "mgr-b", "41", "42", "The database session of mgr-a was gone", "unserved"):
        expect(head).to_contain_text(word)
    expect(page.locator(".k-axis")).to_have_attribute("aria-label", driving.like("mgr-a last seen .* ready .*"))


def test_what_is_in_doubt_comes_first_with_three_equal_buttons(open_page: Open, numbers: dict[str, str]) -> None:
    page = open_page()
    page.goto(f"/failovers/{numbers['term']}")
    expect(page.locator("#main section h2").nth(0)).to_have_text("In doubt")
    doubts = page.locator(".k-doubt")
    expect(doubts).to_have_count(2)
    assert doubts.nth(0).locator("> div:last-child > button").all_inner_texts() == ["Redo", "It did run", "Close"]
    expect(page.locator(".btn-primary")).to_have_count(0)


def test_every_group_is_there_with_its_outcomes_and_says_where_none_was_running(
    open_page: Open, numbers: dict[str, str]
) -> None:
    page = open_page()
    page.goto(f"/failovers/{numbers['term']}")
    table = page.locator(".k-reported")
    assert [text.split("\n")[0].rstrip(" 0123456789") for text in table.locator("th[scope=rowgroup]").all_inner_texts()] == [
        "Judgment", "Action (Manager)", "Operation in a window", "Action (Agent)", "Setup window (Agent)",
    ]  # fmt: skip
    expect(table.locator("tr", has_text="4,000 PCs")).to_contain_text("Resumed from 2000 of 4000 on mgr-b, attempt 2.")
    expect(table.locator("tr", has_text="640 PCs")).to_contain_text("Finished before")
    expect(table.locator("tr", has_text="Danger, 12 PCs").filter(has_text="Mail")).to_contain_text("may be a repeat")
    expect(table.locator("tr", has_text="osaka-glpi")).to_contain_text("Window operation")
    expect(table.locator("tbody", has_text="Setup window (Agent)")).to_contain_text("None was running.")


def test_decisions_are_asked_again_named_and_done_and_the_report_follows(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/failovers/42")
    first = page.locator(".k-doubt").nth(0)
    number = first.get_attribute("aria-labelledby").removeprefix("doubt")
    first.get_by_role("button", name="It did run").click()
    asked = page.locator("[popover]:popover-open")
    expect(asked).to_contain_text(f"Did operation {number} run?")
    expect(asked.locator("input[name=because]")).to_be_focused()
    asked.locator("input[name=because]").fill("Its log says so")
    asked.get_by_role("button", name=f"Operation {number} did run").click()
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text(f"Operation {number} is recorded as done")
    expect(page.locator(".k-doubt")).to_have_count(1)
    expect(page.locator(".k-reported tr", has_text="Danger, 12 PCs").filter(has_text="Command")).to_contain_text(
        "tanabe said that it had been done"
    )
    page.goto(f"/operations/{number}")
    expect(page.locator(".k-time")).to_contain_text("Its log says so")
    page.goto("/operations?state=in_doubt")
    page.locator("td.k-open a").first.click()
    page.get_by_role("button", name="Redo").click()
    page.locator("[popover]:popover-open button:not([type=button])").click()
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text("is done again as operation")
    expect(page.get_by_role("button", name="Redo")).to_have_count(0)
    page.goto("/operations")
    expect(
        page.locator("table tr", has_text="Window operation").filter(has_text=f"Operation {number} did run")
    ).to_contain_text("a person, in the console, tanabe")
    assert said == []


def test_the_banner_stays_until_somebody_has_acknowledged_and_a_viewer_has_none(company: Any) -> None:
    page = company.open()
    page.goto("/failovers/42")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text("Acknowledged")
    expect(page.locator(".k-head")).to_contain_text("acknowledged by tanabe")
    page.goto("/")
    expect(page.locator("#k-failover")).to_have_count(0)
    assert company.database("SELECT acknowledged_by FROM takeover WHERE term = 42") == [("tanabe",)]


def test_a_decision_that_is_pressed_twice_is_done_once(company: Any) -> None:
    page = company.open()
    page.goto("/operations?state=held")
    page.locator("td.k-open a").first.click()
    page.wait_for_selector("form[action$='/release']")
    number = page.url.rsplit("/", 1)[-1]
    page.evaluate("""() => { const form = document.querySelector("form[action$='/release']");
        form.requestSubmit(); form.requestSubmit(); form.querySelector("button").click(); }""")
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text(f"Operation {number} is released")
    asked = company.database(
        "SELECT COUNT(*) FROM operation WHERE kind = 'change' AND subject = ?", f"release {number}"
    )
    assert asked == [(1,)]


def test_a_form_that_the_browser_sends_twice_by_itself_is_done_once_and_says_so(company: Any) -> None:
    page = company.open(scripts=False)
    page.goto("/operations?state=held")
    page.locator("td.k-open a").first.click()
    page.wait_for_selector("form[action$='/release']")
    number = page.url.rsplit("/", 1)[-1]
    key = page.input_value("form[action$='/release'] input[name=form_key]")
    token = page.input_value("form[action$='/release'] input[name=csrfmiddlewaretoken]")
    for _ in range(2):
        sent = {"form_key": key, "csrfmiddlewaretoken": token, "next": f"/operations/{number}"}
        answer = page.request.post(f"/operations/{number}/release", form=sent, headers={"Referer": company.url})
        assert answer.ok
    assert "It had been done already" in answer.text()
    asked = company.database(
        "SELECT COUNT(*) FROM operation WHERE kind = 'change' AND subject = ?", f"release {number}"
    )
    assert asked == [(1,)]
