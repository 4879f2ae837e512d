"""The console survives its Manager: a real one is killed with kill -9 while a form is being sent, and started again."""

import signal
from typing import Any

import driving
import pytest
from playwright.sync_api import Page, expect

WAIT_MS = 60_000
WORDS = {
    "en": ("Reconnecting.", "Your last change was not done.", "Your last change was done:", "Save again"),
    "ja": ("再接続しています。", "直前の変更は反映されていません。", "直前の変更は反映されています:", "もう一度送信"),
}
REASON = "[popover]:popover-open input[name=because]"


def policy_violations(page: Page) -> list[str]:
    """Fills with what the Content-Security-Policy refused; a lost connection is no violation."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def ask_to_close(page: Page) -> str:
    """Open the confirmation of Close on the first operation in doubt, give a reason; returns the operation."""
    page.goto("/failovers/42")
    first = page.locator(".k-doubt").first
    number = str(first.get_attribute("aria-labelledby")).removeprefix("doubt")
    first.locator("> div:last-child > button").nth(2).click()
    page.fill(REASON, "Asked on the phone")
    return number


def confirm(page: Page) -> None:
    """Press the confirmation's button."""
    page.locator("[popover]:popover-open button:not([type=button])").click()


def closings(company: Any, number: str) -> int:
    """How often the operation was closed, by the journal."""
    return int(company.database("SELECT COUNT(*) FROM entry WHERE event = 'closed' AND operation = ?", number)[0][0])


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ja", "dark")])
def test_a_change_that_was_lost_with_the_manager_is_said_not_to_be_done_and_is_saved_again_once(
    company: Any, language: str, theme: str
) -> None:
    reconnecting, not_done, _, again = WORDS[language]
    page = company.open(language=language, theme=theme)
    found = policy_violations(page)
    number = ask_to_close(page)
    company.manager.kill()
    confirm(page)
    expect(page.locator("#k-lost")).to_contain_text(reconnecting, timeout=WAIT_MS)
    for button in page.locator("form[data-k-once] button:not([popovertarget])").all():
        expect(button).to_be_disabled()
    assert page.input_value(REASON) == "Asked on the phone"
    company.manager.start()
    expect(page.locator("#k-not-done")).to_contain_text(not_done, timeout=WAIT_MS)
    expect(page.locator("#k-done")).to_be_hidden()
    expect(page.locator("#k-lost")).to_be_hidden()
    assert closings(company, number) == 0
    assert page.locator(f"#d{number}-close-b").input_value() == "Asked on the phone"
    page.locator("#k-not-done").get_by_role("button", name=again).click()
    expect(page.locator(".k-doubt")).to_have_count(1, timeout=WAIT_MS)
    assert closings(company, number) == 1
    assert found == []


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("ja", "light")])
def test_a_change_whose_answer_was_lost_with_the_manager_is_said_to_be_done(
    company: Any, language: str, theme: str
) -> None:
    page = company.open(language=language, theme=theme)
    found = policy_violations(page)
    number = ask_to_close(page)

    def kill_before_the_answer(route: Any) -> None:
        """The Manager does it and dies before the browser has its answer."""
        if route.request.method == "POST":
            route.fetch()
            company.manager.kill()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/operations/*/close", kill_before_the_answer)
    confirm(page)
    expect(page.locator("#k-lost")).to_be_visible(timeout=WAIT_MS)
    company.manager.start()
    expect(page.locator("#k-done")).to_contain_text(WORDS[language][2], timeout=WAIT_MS)
    expect(page.locator("#k-done")).to_contain_text(number)
    expect(page.locator("#k-not-done")).to_be_hidden()
    assert closings(company, number) == 1
    page.locator("#k-done button").click()
    expect(page.locator(".k-doubt")).to_have_count(1)
    assert found == []


def test_a_manager_that_stood_still_is_asked_and_the_page_says_what_the_journal_says(company: Any) -> None:
    page = company.open()
    number = ask_to_close(page)
    company.manager.process.send_signal(signal.SIGSTOP)
    confirm(page)
    expect(page.locator("#k-lost")).to_be_visible(timeout=WAIT_MS)
    company.manager.process.send_signal(signal.SIGCONT)
    told = page.locator("#k-done:visible, #k-not-done:visible")
    expect(told).to_have_count(1, timeout=WAIT_MS)
    done = told.get_attribute("id") == "k-done"
    assert closings(company, number) == done
    told.get_by_role("button").click()
    expect(page.locator(".k-doubt")).to_have_count(1, timeout=WAIT_MS)
    assert closings(company, number) == 1


def test_a_page_that_only_reads_says_that_it_reconnects_and_is_quiet_again(company: Any) -> None:
    page = company.open()
    page.goto("/operations")
    before = page.locator("#k-node").inner_text()
    company.manager.kill()
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.locator("#k-lost")).to_be_visible(timeout=WAIT_MS)
    page.locator(".k-nav a[href='/pcs']").click()  # would lose the page to an error of the browser
    expect(page.locator("[data-k-wish]")).to_be_visible()
    company.manager.start()
    page.wait_for_url("**/pcs", timeout=WAIT_MS)
    expect(page.locator("#k-lost")).to_be_hidden()
    assert page.locator("#k-node").inner_text() != before  # another term
    expect(page.locator("#k-failover")).to_be_visible()


def test_a_person_stays_signed_in_over_a_failover(company: Any) -> None:
    page = company.open()
    company.manager.kill()
    company.manager.start()
    page.goto("/policies")
    expect(page.locator("h1")).to_have_text("Policies")


def test_a_clean_restart_is_in_the_list_and_makes_no_banner(company: Any) -> None:
    page = company.open()
    page.goto("/failovers/42")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".k-head")).to_contain_text("acknowledged by tanabe")
    company.manager.stop()
    company.manager.start()
    page.goto("/failovers")
    expect(page.locator("tbody tr").first).to_contain_text("after a stop in order")
    expect(page.locator("#k-failover")).to_have_count(0)
    said = driving.complaints(page)
    page.locator("td.k-open a").first.click()
    expect(page.locator("h1")).to_contain_text("Start")
    assert said == []
