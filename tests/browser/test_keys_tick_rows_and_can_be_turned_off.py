"""Keys without a mouse: rows are ticked and something is ordered; the list of keys; turned off by a person."""

from collections.abc import Callable, Iterator

import pytest
from driving import complaints
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def test_rows_are_ticked_and_judged_without_a_mouse(open_page: Open) -> None:
    page = open_page()
    said = complaints(page)
    page.goto("/pcs")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-k-ticks-said]")).to_have_text("2 ticked")
    page.keyboard.press("x")
    expect(page.locator("[data-k-ticks-said]")).to_have_text("1 ticked")
    page.keyboard.press("Shift+X")
    shown = page.locator("tbody input[name=pc]").count()
    expect(page.locator("[data-k-ticks-said]")).to_have_text(f"{shown} ticked")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.name") == "do"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(f"{shown} PCs")
    assert said == []


def test_the_list_of_keys_opens_and_closes(open_page: Open) -> None:
    page = open_page(language="ja")
    page.goto("/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="キー操作")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("行を選択する", exact=True)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/"), "no key leads away while the list is open"


@pytest.fixture
def turned_on_again(open_page: Open) -> Iterator[None]:
    yield
    page = open_page()
    page.goto("/account/")
    if page.get_by_role("button", name="Turn keys on").count():
        page.get_by_role("button", name="Turn keys on").click()


def test_who_turns_them_off_has_none_but_ctrl_k(open_page: Open, turned_on_again: None) -> None:
    page = open_page()
    page.goto("/account/")
    page.get_by_role("button", name="Turn keys off").click()
    expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
    page.goto("/pcs")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator("#k-keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator(".k-find input")).to_be_focused()
