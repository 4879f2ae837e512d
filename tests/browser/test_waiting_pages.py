"""What waits for a person, the switch that holds all actions, and what is done to ticked PCs: in a browser."""

from collections.abc import Callable
from typing import Any

import driving
import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
WORDS = {
    "en": ("Waiting for a person", "Cut off the network", "Beyond the cap of an hour", "Hold all actions"),
    "ja": ("承認待ちのアクション", "ネットワークから遮断", "1 時間の上限を超過", "すべてのアクションを保留"),
}
AGAIN = """name => { if (!document.querySelector('main').textContent.includes(name)) return true;
 setTimeout(() => location.reload(), 300); return false; }"""


def told(page: Page, text: str) -> None:
    """The sentence that says what was done comes, on however busy a machine."""
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text(text, timeout=60_000)


def rows(page: Page) -> Any:
    return page.locator("main tbody tr")


def open_question(page: Page, kind: str) -> int:
    """Open the question of this kind; how many PCs wait there."""
    page.goto(f"/waiting?kind={kind}")
    rows(page).locator("td.k-name a").first.click()
    return int(rows(page).count())


@pytest.mark.parametrize("language", WORDS)
def test_the_list_says_what_waits_and_why_also_on_a_phone(open_page: Open, language: str) -> None:
    for phone in (False, True):
        page = open_page(language=language, phone=phone)
        page.goto("/waiting")
        title, what, why, hold = WORDS[language]
        expect(page.locator("h1")).to_have_text(title)
        row = rows(page).filter(has_text=what)
        expect(row).to_contain_text(why)
        expect(page.locator("main .k-head").get_by_role("button", name=hold).first).to_be_visible()
        expect(row.locator("a.btn").first).to_be_in_viewport()


def test_pcs_beyond_the_cap_are_ticked_asked_about_and_cut_off(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/")
    page.locator(".k-list li", has_text="wait for approval").get_by_role("link", name="Decide").click()
    expect(page.locator("h1")).to_have_text("Waiting for a person")
    before = open_question(page, "network")
    approve = page.get_by_role("button", name="Approve ticked")
    expect(approve).to_be_disabled()
    names = [rows(page).nth(place).locator("td.k-name a").inner_text() for place in (0, 1)]
    for place in (0, 1):
        rows(page).nth(place).locator("input[type=checkbox]").check()
    expect(page.locator(".k-bulk")).to_contain_text("2 ticked")
    approve.click()
    expect(page.locator("h1")).to_have_text("Cut off 2 PCs?")
    expect(page.locator(".k-decision")).to_contain_text(", ".join(names))
    page.get_by_role("button", name="Approve: cut off 2 PCs").click()
    told(page, "Approved for 2 PCs")
    open_question(page, "network")
    page.wait_for_function(AGAIN, arg=names[0], polling=1000)
    expect(rows(page)).to_have_count(before - 2)
    page.locator("[data-k-tick-all]").check()
    expect(page.locator(".k-bulk")).to_contain_text(f"{before - 2} ticked")
    (orders,) = company.database("SELECT COUNT(*) FROM action_order WHERE kind = 'network' AND subject = 'deny'")
    assert orders == (1,)
    assert said == []


def test_without_scripts_the_answer_is_taken_as_well(company: Any) -> None:
    page = company.open(scripts=False)
    before = open_question(page, "network")
    rows(page).first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Decline ticked").click()
    page.get_by_role("button", name="Decline: leave 1 PC in the network").click()
    told(page, "Declined for 1 PC")
    for _ in range(100):
        if open_question(page, "network") == before - 1:
            break
    expect(rows(page)).to_have_count(before - 1)


def test_all_actions_are_held_told_on_every_page_and_released(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/waiting")
    page.locator("main .k-head button[popovertarget=hold-hold]").first.click()
    asked = page.locator("[popover]:popover-open")
    expect(asked).to_contain_text("until somebody releases them")
    asked.get_by_role("button", name="Hold all actions").click()
    expect(page.locator("#k-held")).to_contain_text("By tanabe, since today")
    expect(page.locator("main .k-head button[popovertarget=hold-hold]")).to_have_count(0)
    held = company.database("SELECT COUNT(DISTINCT why) FROM hold WHERE actor = 'tanabe'")
    assert held == [(1,)]
    for address in ("/pcs", "/held", "/policies"):
        page.goto(address)
        expect(page.locator("#k-held")).to_be_visible()
    page.locator("#k-held button").first.click()
    page.locator("[popover]:popover-open").get_by_role("button", name="Release all actions").click()
    told(page, "Actions are released")
    expect(page.locator("#k-held")).to_have_count(0)
    assert company.database("SELECT COUNT(*) FROM hold") == [(0,)]
    assert said == []


def test_ticked_pcs_are_judged_also_after_a_search(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/pcs")
    expect(page.locator(".k-bulk")).to_contain_text("PCs of this search")
    page.fill("#q", "ngy")
    expect(page.locator("#pcs .k-chip")).to_have_count(1)
    for place in (0, 1, 2):
        rows(page).nth(place).locator("input[type=checkbox]").check()
    expect(page.locator(".k-bulk")).to_contain_text("3 ticked")
    page.get_by_role("button", name="Judge").click()
    expect(page.locator("h1")).to_have_text("Judge 3 PCs?")
    page.get_by_role("button", name="Judge 3 PCs").click()
    told(page, "3 PCs are being judged")
    assert "q=ngy" in page.url
    begun = company.database(
        "SELECT requester, actor, subject FROM operation WHERE kind = 'judge' ORDER BY id DESC LIMIT 1"
    )
    assert begun == [("pc_list", "tanabe", "3 PCs")]
    assert said == []


def test_the_page_of_a_pc_says_why_nothing_was_done_and_the_pc_is_refused_from_the_list(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    open_question(page, "network")
    rows(page).first.locator("td.k-name a").click()
    host = page.locator("h1").inner_text()
    expect(page.locator("section[aria-labelledby=acts]")).to_contain_text(
        "waits for a person: beyond the cap of an hour"
    )
    page.goto(f"/pcs?q={host}")
    rows(page).first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Refuse").click()
    page.get_by_role("button", name="Refuse 1 PC").click()
    expect(page.locator("h1")).to_have_text("Refuse 1 PC in emergency?")  # no reason was given
    page.locator("input[name=reason]").fill("Stolen")
    page.get_by_role("button", name="Refuse 1 PC").click()
    told(page, "1 PC is being refused")
    driving.until_database(
        company, "SELECT wanted, reason FROM network_order ORDER BY id DESC LIMIT 1", [("refuse", "Stolen")]
    )
    assert said == []
