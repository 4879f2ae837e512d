"""Take every page, in English and Japanese, light and dark, and some on a phone.

    python tests/browser/screenshots.py http://127.0.0.1:8080 NAME PASSWORD FOLDER [PAGE...]

The invented company of ``sample.py`` makes them look like something.
"""

import sys
from pathlib import Path

from driving import PAGES, chromium, complaints, context, numbers, sign_in
from playwright.sync_api import Browser

LOOKS = [(language, theme) for language in ("en", "ja") for theme in ("light", "dark")]


def take(browser: Browser, base: str, name: str, password: str, folder: Path, wanted: list[str]) -> list[str]:
    """Take the pages that are wanted (none: all); returns what the browser complained about."""
    said: list[str] = []
    for language, theme in LOOKS:
        with context(browser, base, language, theme) as window:
            page = window.new_page()
            found = complaints(page)
            page.goto("/account/login/")
            if not wanted or "sign-in" in wanted:
                page.screenshot(path=folder / f"sign-in-{language}-{theme}.png")
            sign_in(page, name, password)
            filled = numbers(page)
            for title, address in PAGES.items():
                if not wanted or title in wanted:
                    page.goto(address.format(**filled))
                    page.screenshot(path=folder / f"{title}-{language}-{theme}.png", full_page=True)
            said += found
    with context(browser, base, "ja", "light", phone=True) as window:
        page = window.new_page()
        sign_in(page, name, password)
        filled = numbers(page)
        for title in (
            "overview",
            "pcs",
            "pc",
            "network",
            "waiting",
            "question",
            "policy",
            "operations",
            "operation-doubt",
            "failovers",
            "failover",
        ):
            if not wanted or title in wanted:
                page.goto(PAGES[title].format(**filled))
                page.screenshot(path=folder / f"{title}-phone.png", full_page=True)
    return said


def main() -> int:
    """Exit status 1 when the browser complained about anything."""
    base, name, password, out, *wanted = sys.argv[1:]
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        said = take(browser, base, name, password, folder, wanted)
    print("\n".join(said))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
