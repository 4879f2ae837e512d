"""Signing in, language and theme."""

from collections.abc import Callable
from typing import Any

import driving
from playwright.sync_api import Browser, Page, expect

Open = Callable[..., Page]


def test_a_page_asks_to_sign_in_and_then_shows_itself(chromium: Browser, console: Any) -> None:
    with driving.context(chromium, console.url) as window:
        page = window.new_page()
        said = driving.complaints(page)
        page.goto("/policies")
        expect(page.locator("h1")).to_have_text("Sign in")
        page.fill("input[name=login]", console.name)
        page.fill("input[name=password]", "not the password")
        page.click("main button.btn-primary")
        expect(page.locator("[role=alert]")).to_be_visible()
        page.fill("input[name=password]", console.password)
        page.click("main button.btn-primary")
        expect(page.locator("h1")).to_have_text("Policies")
        assert said == []


def test_the_language_is_changed_on_the_page_that_one_is_on(open_page: Open) -> None:
    page = open_page()
    page.goto("/operations?state=failed")
    page.click("summary[aria-label^='Language']")
    page.click("button[value=ja]")
    expect(page.locator("h1")).to_have_text("処理の状況")
    assert page.url.endswith("/operations?state=failed")
    page.click("summary[aria-label^='言語']")
    page.click("button[value=en]")
    expect(page.locator("h1")).to_have_text("Operations")


def test_the_theme_follows_the_system_until_one_is_chosen(open_page: Open) -> None:
    page = open_page(theme="dark")
    page.goto("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("summary[aria-label='Theme']")
    page.click("button[value=light]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    assert page.evaluate(ground) != dark
