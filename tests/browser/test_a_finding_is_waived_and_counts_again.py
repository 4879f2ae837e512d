"""A person waives what makes a PC dangerous, the PC gets better, and worse again when the waiver ends: in a browser."""

import re
from typing import Any

import driving
from playwright.sync_api import Page, expect

AGAIN = """level => { if (document.querySelector('main .k-head .k-level')?.textContent.includes(level)) return true;
 setTimeout(() => location.reload(), 300); return false; }"""


def of_one_finding(page: Page) -> str:
    """The address of a PC that one finding alone makes dangerous; its form says what level comes after."""
    page.goto("/pcs?level=danger&managed=yes")
    for address in [one.get_attribute("href") or "" for one in page.locator("td.k-name a").all()[:20]]:
        page.goto(address)
        form = page.locator(".k-find-row:has(.k-mark-danger) a.k-waive").first
        if form.count():
            page.goto(form.get_attribute("href") or "")
            if "Danger" not in page.locator("dt:text-is('Level after') + dd").inner_text():
                return address
    raise AssertionError("no PC is dangerous by one finding that can be waived")


def test_a_finding_is_waived_the_level_follows_and_comes_back_with_the_end_of_the_waiver(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    address = of_one_finding(page)
    after = page.locator("dt:text-is('Level after') + dd .k-level").inner_text().strip()
    page.get_by_label("Reason").fill("The line stops in May")
    page.get_by_role("button", name="Waive").click()
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text("is waived for", timeout=60_000)
    page.goto(address)
    page.wait_for_function(AGAIN, arg=after, timeout=60_000)
    expect(page.locator("section[aria-labelledby=waivers]")).to_contain_text("The line stops in May")
    page.locator("section[aria-labelledby=waivers]").get_by_role("link", name="All waivers").click()
    row = page.locator("main tbody tr", has_text="The line stops in May")
    row.get_by_role("button", name=re.compile("^End")).first.click()
    page.get_by_role("button", name="End the waiver").click()
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text("has ended", timeout=60_000)
    page.goto(address)
    page.wait_for_function(AGAIN, arg="Danger", timeout=60_000)
    assert said == []
