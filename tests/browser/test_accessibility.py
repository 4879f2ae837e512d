"""Every page against axe-core: WCAG 2.0 to 2.2, levels A and AA, and its best practices."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import driving
import pytest
from driving import PAGES
from playwright.sync_api import Browser, Page

Open = Callable[..., Page]
AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [("en", "light"), ("ja", "dark")]


def violations(page: Page) -> list[str]:
    """What axe finds, a line each: the rule and the elements."""
    page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(result => result.violations)", TAGS
    )
    return [f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in found]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_axe_finds_nothing_on_a_page(
    open_page: Open, numbers: dict[str, str], name: str, language: str, theme: str
) -> None:
    page = open_page(language=language, theme=theme)
    page.goto(PAGES[name].format(**numbers))
    assert violations(page) == []


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_axe_finds_nothing_in_an_open_confirmation(
    open_page: Open, numbers: dict[str, str], language: str, theme: str
) -> None:
    page = open_page(language=language, theme=theme)
    page.goto(PAGES["operation-doubt"].format(**numbers))
    page.locator("main button[popovertarget]").first.click()
    assert violations(page) == []


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_axe_finds_nothing_before_one_has_signed_in(chromium: Browser, console: Any, language: str, theme: str) -> None:
    with driving.context(chromium, console.url, language, theme) as window:
        page = window.new_page()
        for address in ("/account/login/", "/welcome/no-such-link"):
            page.goto(address)
            assert violations(page) == [], address
