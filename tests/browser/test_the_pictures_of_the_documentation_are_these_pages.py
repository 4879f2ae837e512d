"""The pictures of README and docs: taken from the invented company, so that they show what there is.

``make pictures`` writes them into docs/images. In the tests they are taken, too, and go nowhere: a page that a picture shows
and that is there no more, a picture that nothing shows, and one that is shown and not made fail.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from driving import PAGES, complaints
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
WRITE = os.environ.get("KANMON_PICTURES") == "yes"

PICTURES = {  # file -> (page of driving.PAGES, what has to stand on it, height in pixels)
    "overview.png": ("overview", "h1:has-text('Overview')", 800),
    "pc.png": ("pc", ".k-find-row .k-strong", 800),
    "pcs.png": ("pcs-condition", "td.k-name a", 640),
    "policy-editor.png": ("policy-editor", "h2:has-text('What would change')", 800),
    "statistics.png": ("statistics", "#chart canvas", 800),
}


def shown() -> set[str]:
    """The .png files that the pages of the documentation show."""
    found: set[str] = set()
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text("utf-8")):
            file = (page.parent / target).resolve()
            assert file.is_relative_to(IMAGES), f"{page.name} shows {target}, which is not in docs/images"
            found.add(file.name)
    return found


@pytest.mark.parametrize("file", PICTURES)
def test_a_picture_is_taken(open_page: Callable[..., Page], numbers: dict[str, str], tmp_path: Path, file: str) -> None:
    name, wanted, height = PICTURES[file]
    page = open_page()
    page.set_viewport_size({"width": 1280, "height": height})
    said = complaints(page)
    page.goto(PAGES[name].format(**numbers))
    page.wait_for_load_state("networkidle")
    expect(page.locator("#main").locator(wanted).first).to_be_visible()
    page.evaluate("document.querySelectorAll('.k-page-notices').forEach((one) => { one.hidden = true; })")
    page.evaluate("document.activeElement?.blur?.()")
    page.screenshot(path=(IMAGES if WRITE else tmp_path) / file)
    assert said == []


def test_what_is_shown_is_made_and_there_and_no_more() -> None:
    assert shown() == set(PICTURES)
    assert {one.name for one in IMAGES.glob("*.png")} == set(PICTURES)
