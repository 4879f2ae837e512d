"""A policy is edited in a browser: the effect follows what one types, the version is saved, and an old one comes back."""

import re
from typing import Any

import driving
from playwright.sync_api import Page, expect
from test_accessibility import violations


def told(page: Page, text: str) -> None:
    expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text(text, timeout=60_000)


def changed(page: Page) -> Any:
    return page.locator("#whatif h3", has_text="would change")


def test_a_policy_is_edited_beside_its_effect_saved_and_rolled_back(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/policies/judgment/Default")
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("#whatif")).to_contain_text("No PC would be at another level")
    page.get_by_role("button", name=re.compile("^Antivirus")).click()
    age = page.get_by_label("Definitions at most")
    expect(age).to_have_value("7")
    age.fill("soon")
    expect(page.locator(".k-control", has=age)).to_contain_text("A whole number is wanted")
    expect(page.locator("#whatif")).to_contain_text("Something in the draft is wrong")
    age.fill("1")
    expect(page.locator(".k-control", has=age)).to_contain_text("was 7")
    expect(changed(page)).to_contain_text("PCs would change")
    expect(page.locator("#changes")).to_contain_text("Antivirus: definitions at most 7 days old -> 1 day")
    page.get_by_role("button", name=re.compile("^Prohibited software")).click()
    page.get_by_role("button", name="Add Programs").click()
    name = page.locator(".k-open-row").get_by_label("Name")
    name.fill("No such program")
    expect(page.locator("#draft")).to_contain_text("draft, 2 changes")
    expect(changed(page)).to_be_visible()
    page.get_by_role("button", name="Save as version 4").click()
    expect(page.locator("main")).to_contain_text("KNM5081-E")
    page.get_by_label("Reason, for the history").fill("Audit finding 2026-11")
    page.get_by_role("button", name="Save as version 4").click()
    told(page, "Default was saved as version 4")
    saved = "SELECT number, author, comment FROM policy_version ORDER BY id DESC LIMIT 1"
    assert company.database(saved) == [(4, "tanabe", "Audit finding 2026-11")]
    assert company.database("SELECT COUNT(*) FROM policy_draft") == [(0,)]
    page.get_by_role("link", name="Version 3", exact=True).click()
    page.get_by_role("button", name="Go back to version 3").click()
    expect(changed(page)).to_contain_text("PCs would change")
    expect(page.locator("#changes")).to_contain_text("Antivirus: definitions at most 1 day old -> 7 days")
    page.get_by_label("Reason, for the history").fill("Too strict")
    page.get_by_role("button", name="Save as version 5").click()
    told(page, "Default was saved as version 5")
    texts = dict(company.database("SELECT number, text FROM policy_version WHERE policy_id = (SELECT id FROM policy"
                                  " WHERE name = 'Default' AND kind = 'judgment')"))  # fmt: skip
    assert texts[5].count("definitions_max_age_days: 7") == texts[4].count("definitions_max_age_days: 1") == 1
    assert said == []


def test_a_name_is_picked_from_what_the_fleet_has_by_keyboard(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/policies/edit/judgment/prohibited_software/Default")
    page.get_by_role("button", name="Add Programs").click()
    name = page.locator(".k-open-row").get_by_role("textbox", name="Name", exact=True)
    name.focus()
    name = page.get_by_role("combobox", name="Name", exact=True)
    name.press_sequentially("e")
    offered = page.get_by_role("listbox", name="Name").get_by_role("option")
    expect(offered.first).to_contain_text("PCs have it")
    expect(name).to_have_attribute("aria-expanded", "true")
    first = offered.first.locator("span").first.inner_text()
    name.press("ArrowDown")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    assert name.get_attribute("aria-activedescendant") == offered.first.get_attribute("id")
    assert violations(page) == []
    name.press("Escape")
    expect(offered).to_have_count(0)
    expect(name).to_have_value("e")
    name.press("ArrowDown")
    expect(offered.first).to_be_visible()
    name.press("ArrowDown")
    name.press("Enter")
    expect(name).to_have_value(first)
    expect(offered).to_have_count(0)
    expect(page.locator("#draft")).to_contain_text("draft, 1 change")
    assert said == []
