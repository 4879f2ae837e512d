"""The statistics page in a browser: a graph under the policy of the page, the same figures in its table, also without script."""

from collections.abc import Callable
from typing import Any

import driving
from playwright.sync_api import Browser, Page, expect

Open = Callable[..., Page]
DRAWN = """() => { const chart = echarts.getInstanceByDom(document.getElementById('chart'));
 return chart.getOption().series.map((one) => [one.name, one.data]); }"""
IN_TABLE = """() => [...document.querySelectorAll('#figures tbody tr')].map((row) => [row.cells[0].textContent,
 [...row.cells].slice(1).map((cell) => cell.dataset.v === '' ? null : Number(cell.dataset.v))])"""


def test_the_graph_shows_what_the_table_says(open_page: Open) -> None:
    page = open_page()
    said = driving.complaints(page)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.locator("h1")).to_have_text("Countermeasure usage")
    page.get_by_role("link", name="Day", exact=True).click()
    page.get_by_label("Which number").select_option("level.danger")
    page.get_by_label("Levels of groups").select_option("0")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h1")).to_have_text("Danger")
    expect(page.locator("#chart canvas")).to_be_visible()
    assert page.evaluate(DRAWN) == page.evaluate(IN_TABLE)
    assert "by=day" in page.url
    assert len(page.evaluate(IN_TABLE)) == 1
    page.locator("#chart").hover(position={"x": 300, "y": 150})
    with page.expect_download() as kept:
        page.get_by_role("link", name="Save as CSV").click()
    assert kept.value.suggested_filename == "statistics-by-day.csv"
    page.evaluate("window.print = () => document.body.setAttribute('data-printed', '1')")
    page.get_by_role("button", name="Print or save as PDF").click()
    expect(page.locator("body[data-printed]")).to_be_attached()
    assert said == []


def test_without_script_there_is_the_table(chromium: Browser, console: Any) -> None:
    with driving.context(chromium, console.url, language="ja", scripts=False) as window:
        page = window.new_page()
        driving.sign_in(page, console.name, console.password)
        page.goto("/statistics?by=month")
        expect(page.locator("h1")).to_have_text("対策状況")
        assert page.locator("#figures tbody tr").count() > 1
        expect(page.locator("#chart")).to_be_hidden()
        expect(page.locator("[data-k-print]")).to_be_hidden()
        page.get_by_label("表示する数値").select_option("points")
        page.get_by_role("button", name="表示").click()
        expect(page.locator("h1")).to_have_text("評価点")
