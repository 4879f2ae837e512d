"""Somebody who has never seen Kanmon: from the overview to why a PC is in Danger and what to do about it.

Clicks are counted by the page itself; typing the name of the PC is none. Also without any mouse.
"""

from collections.abc import Callable

import pytest
from driving import complaints
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
COUNT = "addEventListener('click', () => { sessionStorage.clicks = 1 + Number(sessionStorage.clicks || 0); }, true)"
MOST_CLICKS = 4


def clicks(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.clicks || 0)"))


def tells_why_and_what_to_do(page: Page) -> None:
    """The level, what is at Danger, and a sentence on how to mend it stand on the page, and are seen."""
    expect(page.locator(".k-head .k-level").first).to_be_visible()
    row = page.locator(".k-find-row:has(.k-mark-danger, .k-strong):visible").first
    expect(row).to_be_visible()
    assert row.locator(".k-strong").inner_text().strip(), "what was checked"
    assert len(row.locator(".k-fix").inner_text().strip()) > 10, "how to mend it"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_by_the_number_of_pcs_in_danger(open_page: Open, language: str) -> None:
    page = open_page(language=language)
    page.add_init_script(COUNT)
    said = complaints(page)
    page.goto("/")
    page.locator("#main a[href$='/pcs?level=danger']").first.click()
    page.locator("td.k-name a").last.click()
    for closed in page.locator("details.k-item:not([open])").all()[: MOST_CLICKS - clicks(page)]:
        if page.locator(".k-find-row .k-strong:visible").count() == 0:
            closed.locator("summary").click()
    tells_why_and_what_to_do(page)
    assert clicks(page) <= MOST_CLICKS
    assert said == []


def test_by_its_name(open_page: Open) -> None:
    page = open_page()
    page.add_init_script(COUNT)
    page.goto("/pcs?level=danger")
    host = page.locator("td.k-name a").last.inner_text()
    page.goto("/")
    page.click(".k-find input")
    page.keyboard.type(host.lower())
    page.get_by_role("option", name=host).click()
    expect(page.locator("h1")).to_contain_text(host)
    tells_why_and_what_to_do(page)
    assert clicks(page) <= MOST_CLICKS


def test_without_a_mouse(open_page: Open) -> None:
    """Ctrl K, a name, the arrow and Enter; then the way back to a page by its name in Japanese."""
    page = open_page()
    said = complaints(page)
    page.goto("/pcs?level=danger")
    host = page.locator("td.k-name a").first.inner_text()
    page.goto("/")
    page.keyboard.press("Control+k")
    field = page.locator(".k-find input")
    expect(field).to_be_focused()
    page.keyboard.type(host)
    expect(page.get_by_role("option", name=host)).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "k-hit-1-1")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(host)
    tells_why_and_what_to_do(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("統計")
    expect(page.get_by_role("option", name="Statistics", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#k-hits")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Statistics", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/statistics")
    page.keyboard.press("Control+k")
    page.keyboard.type("no-such-thing")
    page.keyboard.press("Enter")
    expect(page.locator(".k-empty-title")).to_have_text("Nothing is called “no-such-thing”.")
    assert said == []
