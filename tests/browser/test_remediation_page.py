"""The remediation page in a browser: in both languages, light and dark, on a phone, and without JavaScript."""

from collections.abc import Iterator
from typing import Any

import conftest
import driving
import pytest
import remediation
from playwright.sync_api import Browser, expect
from test_accessibility import violations

LOOKS = [("en", "light"), ("ja", "dark")]
HEADINGS = {
    "cut": ("This PC is cut off from the network", "この PC はネットワークから遮断されています"),
    "refused": ("This PC is refused", "この PC は接続を拒否されています"),
    "person": ("An administrator has cut this PC off", "管理者がこの PC をネットワークから遮断しました"),
    "fine": ("This PC is in order", "この PC に問題はありません"),
    "unknown": ("We can't tell which PC this is", "どの PC か特定できません"),
}


@pytest.fixture(scope="module")
def page_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A Manager with PCs in every state, and the address of its page."""
    manager, base = remediation.fill(conftest._shared(), tmp_path_factory.mktemp("remediation"))
    try:
        yield manager, base
    finally:
        manager.stop()


@pytest.mark.parametrize("state", remediation.STATES)
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_axe_finds_nothing_and_the_browser_does_not_complain(
    chromium: Browser, page_base: tuple[Any, str], state: str, language: str, theme: str
) -> None:
    with remediation.window(chromium, page_base[1], state, language=language, theme=theme) as window:
        page = window.new_page()
        said = driving.complaints(page)
        page.goto("/", wait_until="networkidle")
        assert page.get_attribute("html", "lang") == language, "by Accept-Language"
        if state in HEADINGS:
            expect(page.locator("h1")).to_have_text(HEADINGS[state][language == "ja"])
        assert said == []
        assert window.cookies() == []
        for summary in page.locator("summary").all():
            summary.click()
        assert violations(page) == []


@pytest.mark.parametrize(
    ("state", "language"), [(state, ("en", "ja")[number % 2]) for state, number in remediation.STATES.items()]
)
def test_nothing_scrolls_sideways_on_a_phone(
    chromium: Browser, page_base: tuple[Any, str], state: str, language: str
) -> None:
    with remediation.window(chromium, page_base[1], state, language=language, phone=True) as window:
        page = window.new_page()
        page.goto("/")
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
        small = page.evaluate("""() => [...document.querySelectorAll("button, nav a")]
            .filter((one) => one.getBoundingClientRect().height < 40).map((one) => one.outerHTML)""")
        assert small == [], "too small for a finger"


def test_it_works_without_javascript_and_by_the_keyboard_alone(chromium: Browser, page_base: tuple[Any, str]) -> None:
    with remediation.window(chromium, page_base[1], "cut", language="en", scripts=False) as window:
        page = window.new_page()
        page.goto("/")
        expect(page.locator("h1")).to_have_text(HEADINGS["cut"][0])
        page.click("text=日本語")
        expect(page.locator("h1")).to_have_text(HEADINGS["cut"][1])
        page.click("text=English")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to content")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator("button:focus").count():
                break
        page.keyboard.press("Enter")
        expect(page.locator("[role=status]")).to_contain_text(
            "A new one is waited for", timeout=60_000
        )  # renewed by itself
        expect(page.locator("h1")).to_have_text(HEADINGS["cut"][0])
        page.click("text=Stop renewing")
        expect(page.locator("text=Renew this page")).to_be_visible()


def test_a_captive_portal_s_question_leads_to_the_page(chromium: Browser, page_base: tuple[Any, str]) -> None:
    with remediation.window(chromium, page_base[1], "cut", language="en") as window:
        page = window.new_page()
        for question in (
            "/generate_204", "/hotspot-detect.html", "/connecttest.txt", "/ncsi.txt", "/success.txt", "/any/thing?at=all",
        ):  # fmt: skip
            page.goto(question)
            expect(page.locator("h1")).to_have_text(HEADINGS["cut"][0])
