"""What holds on every page, in both languages: quiet console, no sideways scrolling, visible focus."""

from collections.abc import Callable

import pytest
from driving import PAGES, complaints
from playwright.sync_api import Page

Open = Callable[..., Page]

# the focused element shows an outline itself, or the box does that holds it
FOCUS = """() => {
  const shows = (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
  const now = document.activeElement;
  return now === document.body ? "body" : shows(now) || shows(now.closest(".k-find")) ? "" : now.outerHTML.slice(0, 200);
}"""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_browser_has_nothing_to_complain_about(
    open_page: Open, numbers: dict[str, str], name: str, language: str
) -> None:
    page = open_page(language=language, theme="dark" if language == "ja" else "light")
    said = complaints(page)
    page.goto(PAGES[name].format(**numbers), wait_until="networkidle")
    assert said == []
    assert page.get_attribute("html", "lang") == language
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(open_page: Open, numbers: dict[str, str], name: str) -> None:
    page = open_page(phone=True)
    page.goto(PAGES[name].format(**numbers))
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px wider than the screen"


@pytest.mark.parametrize(
    "name", ["overview", "pcs", "pc", "suspected", "policy", "operations", "network", "waiting", "question"]
)
def test_the_focus_is_always_seen(open_page: Open, numbers: dict[str, str], name: str) -> None:
    page = open_page()
    page.goto(PAGES[name].format(**numbers))
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) in ("", "body")


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name(open_page: Open, numbers: dict[str, str], name: str) -> None:
    page = open_page()
    page.goto(PAGES[name].format(**numbers))
    nameless = page.evaluate("""() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]):not([hidden]), select")]
      .filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label") || one.title || one.labels?.length))
      .map((one) => one.outerHTML)""")
    assert nameless == []
