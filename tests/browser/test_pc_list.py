"""The PC list as a person uses it."""

import re
from collections.abc import Callable

from driving import complaints
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def test_typing_in_the_search_field_changes_the_table_and_the_address(open_page: Open) -> None:
    page = open_page()
    said = complaints(page)
    page.goto("/pcs")
    page.fill("#q", "tyo-sls")
    expect(page.locator(".k-chip")).to_contain_text("tyo-sls")
    names = page.locator("td.k-name a").all_inner_texts()
    assert names
    assert all("TYO-SLS" in name for name in names)
    assert page.url.endswith("/pcs?q=tyo-sls")
    expect(page.locator("#k-status")).to_have_text(re.compile(r"^\d+ PCs?$"))
    assert said == []


def test_a_level_is_chosen_from_the_menu_and_taken_away_by_its_chip(open_page: Open) -> None:
    page = open_page()
    page.goto("/pcs")
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.locator(".k-editor h2")).to_have_text("Level")
    page.keyboard.press("Space")  # the first choice has the focus
    page.keyboard.press("Enter")
    expect(page.locator(".k-chip")).to_contain_text("Danger")
    expect(page.locator(".k-editor")).to_have_count(0)
    assert set(page.locator("tbody .k-level").all_inner_texts()) == {"Danger"}
    assert page.url.endswith("/pcs?level=danger")
    page.fill("#q", "tyo")
    expect(page.locator(".k-chip")).to_have_count(2)
    assert page.url.endswith("/pcs?q=tyo&level=danger"), "the field searches in what was chosen"
    page.click(".k-chip:has-text('tyo') > a[aria-label]")
    expect(page.locator(".k-chip")).to_have_count(1)
    expect(page.locator("#q")).to_have_value("")
    page.click(".k-chip > a[aria-label]")
    expect(page.locator(".k-chip")).to_have_count(0)


def test_the_back_button_returns_to_the_search_before(open_page: Open) -> None:
    page = open_page()
    page.goto("/pcs")
    page.fill("#q", "osk")
    expect(page.locator(".k-chip")).to_have_count(1)
    page.go_back()
    expect(page.locator(".k-chip")).to_have_count(0)


def test_the_next_page_goes_on_where_this_one_ends_and_back(open_page: Open) -> None:
    page = open_page()
    page.goto("/pcs?sort=host")
    first = page.locator("td.k-name a").all_inner_texts()
    page.click("a[rel=next]")
    page.wait_for_load_state()  # a page that is still coming in has fewer rows
    second = page.locator("td.k-name a").all_inner_texts()
    assert first[-1] < second[0]
    page.click("a[rel=prev]")
    page.wait_for_load_state()
    assert page.locator("td.k-name a").all_inner_texts() == first


def test_a_search_without_result_says_so_and_offers_the_way_back(open_page: Open) -> None:
    page = open_page()
    page.goto("/pcs?q=no-such-pc&level=danger")
    expect(page.locator(".k-empty-title")).to_have_text("No PC matches these 2 filters")
    expect(page.locator(".k-empty")).to_contain_text("Most are kept out by “Text no-such-pc”")
    page.click(".k-empty a.btn-primary")
    expect(page.locator(".k-chip")).to_have_count(1)
    expect(page.locator("td.k-name").first).to_be_visible()


def test_keys_move_through_the_rows_and_open_the_search(open_page: Open) -> None:
    page = open_page()
    page.goto("/pcs")
    page.keyboard.press("j")
    page.keyboard.press("j")
    names = page.locator("td.k-name a").all_inner_texts()
    assert page.evaluate("document.activeElement.textContent") == names[1]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.closest('.k-find') !== null")


def test_a_message_to_ticked_pcs_is_sent_and_what_was_typed_stays_when_it_is_refused(open_page: Open) -> None:
    page = open_page()
    said = complaints(page)
    page.goto("/pcs?sort=host")
    for tick in page.locator("tbody input[name=pc]").all()[:2]:
        tick.check()
    page.click("button[value=message]")
    expect(page.locator("h1")).to_have_text("Message to the users of 2 PCs")
    page.fill("#bulk-t", "Tonight")
    page.fill("#bulk-x", "{host} is restarted at 22:00.")
    page.evaluate("document.querySelector('#bulk-d').removeAttribute('max')")
    page.fill("#bulk-d", "400")
    page.get_by_role("button", name="Send to 2 PCs").click()
    expect(page.locator("#k-refused")).to_contain_text("expires_days: 1 to 90")
    assert page.input_value("#bulk-t") == "Tonight"
    page.fill("#bulk-d", "3")
    page.get_by_role("button", name="Send to 2 PCs").click()
    expect(page.locator(".k-notice-safe:not([id])")).to_contain_text("The message is being written for 2 PCs")
    said = [one for one in said if "status of 422" not in one]
    assert said == []


def test_a_search_is_kept_found_among_the_tabs_and_ordered_on(open_page: Open) -> None:
    page = open_page()
    said = complaints(page)
    page.goto("/pcs")
    page.keyboard.press("f")
    page.get_by_role("link", name="Group", exact=True).click()
    page.get_by_label("/Nagoya plant", exact=False).first.check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".k-chip")).to_contain_text("Group under")
    page.get_by_text("Save this search").click()
    page.fill("#k-save", "Nagoya, to mend")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".k-tabs a[aria-current]")).to_contain_text("Nagoya, to mend")
    count = page.locator(".k-tabs a[aria-current] .k-num").inner_text()
    expect(page.locator(".k-bulk")).to_contain_text(f"All {count} PCs of this search")
    page.get_by_role("button", name="Act").click()
    expect(page.locator("h1")).to_contain_text("Decide actions for")
    expect(page.locator(".k-facts")).to_contain_text("Group under /Nagoya plant")
    page.locator("main button.btn-primary").click()
    expect(page.locator(".k-notice-safe:not([id])")).to_contain_text("The search found them at")
    page.get_by_text("This saved search", exact=True).click()
    page.get_by_role("button", name="Remove this saved search").click()
    expect(page.locator(".k-tabs")).not_to_contain_text("Nagoya, to mend")
    assert said == []
