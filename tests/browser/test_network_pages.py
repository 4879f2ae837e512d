"""Network control in the console: cut off, permit, invite, as a person does it in a browser."""

import re
from collections.abc import Callable
from typing import Any

import driving
import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
WORDS = {
    "en": (
        "Connection control list",
        "Waiting for approval",
        "Unmanaged devices",
        "Agents",
        "Cut off",
        "quarantine network",
    ),
    "ja": ("接続制御リスト", "承認待ち", "管理外の機器", "エージェント", "遮断", "検疫ネットワーク"),
}


def notice(page: Page) -> Any:
    """The sentence that says what was done."""
    return page.locator(".k-notice-safe[role=status]").last


@pytest.mark.parametrize("language", WORDS)
def test_the_list_is_searched_while_one_types_and_the_address_holds_the_search(open_page: Open, language: str) -> None:
    page = open_page(language=language)
    said = driving.complaints(page)
    page.goto("/network")
    tabs = page.locator("main .k-tabs a")
    assert [text.rstrip(" 0123456789\n") for text in tabs.all_inner_texts()] == list(WORDS[language][:4])
    page.select_option("select[name=state]", "deny")
    expect(page.locator("#net .k-chip")).to_have_count(1)
    first = page.locator("#net tbody tr").first
    expect(first).to_contain_text(WORDS[language][4])
    mac = first.locator(".k-mono").inner_text()
    page.fill("#q", mac.upper().replace(":", "-"))
    expect(page.locator("#net tbody tr")).to_have_count(1)
    expect(page.locator("#net tbody tr")).to_contain_text(mac)
    assert re.search(r"state=deny", page.url)
    assert re.search(r"q=[0-9A-F-]{17}", page.url)
    page.reload()
    expect(page.locator("#net tbody tr")).to_have_count(1)
    assert said == []


def test_a_pc_is_refused_in_emergency_and_the_page_follows_until_it_is_lifted(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/network?state=deny&why=policy")
    page.locator("#net td.k-name a").first.click()
    host = page.locator("h1").inner_text()
    page.get_by_role("button", name="Refuse in emergency").click()
    asked = page.locator("[popover]:popover-open")
    expect(asked).to_contain_text(f"Refuse {host} in emergency?")
    expect(asked.locator("input[name=reason]")).to_be_focused()
    asked.get_by_role("button", name=f"Refuse {host}").click()
    expect(asked).to_be_visible()  # no reason was given
    asked.locator("input[name=reason]").fill("Worm in line 4")
    asked.get_by_role("button", name=f"Refuse {host}").click()
    expect(notice(page)).to_contain_text(f"{host} is being refused")
    expect(page.locator("#netcard .k-card-head")).to_contain_text("Refused in emergency")
    expect(page.locator("#netcard")).to_contain_text("No answer yet from gateway-tyo, radius-osk")
    page.reload()
    expect(page.locator(".k-time")).to_contain_text("Refused in emergency by tanabe: Worm in line 4")
    page.get_by_role("button", name="Lift the emergency").click()
    lift = page.locator("[popover]:popover-open")
    lift.locator("input[name=reason]").fill("Cleaned")
    lift.get_by_role("button", name=f"Lift it for {host}").click()
    expect(page.locator("#netcard .k-card-head")).to_contain_text("Cut off")
    orders = company.database("SELECT wanted, reason FROM network_order ORDER BY id DESC LIMIT 2")
    assert orders == [("lift", "Cleaned"), ("refuse", "Worm in line 4")]
    assert said == []


def test_a_stranger_is_permitted_an_agent_is_invited_and_another_one_revoked(company: Any) -> None:
    page = company.open()
    said = driving.complaints(page)
    page.goto("/network/unmanaged")
    row = page.locator("main tbody tr").first
    mac = row.locator("td.k-name a").inner_text()
    row.get_by_role("button", name="Permit").click()
    asked = page.locator("[popover]:popover-open")
    asked.locator("input[name=reason]").fill("Camera of the gate")
    asked.get_by_role("button", name=f"Permit {mac}").click()
    expect(notice(page)).to_contain_text(f"{mac} is being permitted")
    page.goto(f"/network/devices/{mac}")
    expect(page.locator("#netcard .k-card-head")).to_contain_text("Permitted")
    page.goto("/network/unmanaged")
    expect(page.locator("main tbody tr", has_text=mac)).to_have_count(0)
    page.goto("/network/agents")
    page.fill("#invite-n", "gateway-9")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator("#kanmon-token")).to_have_text(re.compile(r"^kne_\S+$"))
    expect(page.locator("main")).to_contain_text("kanmon agent enrol")
    page.goto("/network/agents")
    expect(page.locator("#kanmon-token")).to_have_count(0)
    card = page.locator("main section", has_text="radius-osk").first
    card.get_by_role("button", name="Revoke radius-osk").first.click()
    page.locator("[popover]:popover-open").get_by_role("button", name="Revoke radius-osk").click()
    expect(notice(page)).to_contain_text("Agent radius-osk is revoked")
    assert company.database("SELECT name FROM network_agent WHERE revoked_at IS NULL") == [("gateway-tyo",)]
    assert said == []
