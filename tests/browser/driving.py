"""Drive a real browser: start it, sign in, collect what it complains about."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PERSON, PASSWORD = "tanabe", "sakura-ginga-42"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

# name -> address; {pc}, {operation}, {term}... are filled with numbers that are there
PAGES = {
    "overview": "/",
    "find": "/find?q=o",
    "find-none": "/find?q=no-such-thing",
    "pcs": "/pcs",
    "pcs-found": "/pcs?level=danger&level=warning&q=ngy",
    "pcs-none": "/pcs?q=no-such-pc&managed=no",
    "pcs-item": "/pcs?level=danger&edit=item",
    "pcs-condition": "/pcs?managed=yes&group=/Head+office&edit=condition",
    "pcs-software": "/pcs?edit=software",
    "pc": "/pcs/{pc}",
    "pc-inventory": "/pcs/{pc}/inventory",
    "pc-settings": "/pcs/{pc}/inventory?class=setting",
    "pc-cut-off": "/pcs/{cut}",
    "network": "/network",
    "network-found": "/network?state=deny&why=policy&wrong=yes&q=00:1b",
    "network-none": "/network?q=02:00:00:00:00:77",
    "waiting": "/waiting",
    "waiting-none": "/waiting?kind=command",
    "question": "/waiting/{question}",
    "question-decision": "/waiting/{question}/decision?do=approve-all",
    "bulk-judge": "/pcs/bulk?do=judge&pc={pc}&pc={cut}",
    "bulk-act": "/pcs/bulk?do=act&pc={pc}",
    "bulk-message": "/pcs/bulk?do=message&pc={pc}&pc={cut}",
    "bulk-refuse": "/pcs/bulk?do=refuse&pc={pc}&pc={cut}",
    "bulk-waive": "/pcs/bulk?do=waive&search=level%3Ddanger",
    "bulk-group": "/pcs/bulk?do=group&pc={pc}&pc={cut}",
    "network-unmanaged": "/network/unmanaged",
    "network-agents": "/network/agents",
    "network-device": "/network/devices/{mac}",
    "waivers": "/waivers",
    "waivers-none": "/waivers?state=soon&q=nothing-like-this",
    "waiver-give": "/waivers/new?{waive}",
    "history": "/history",
    "history-none": "/history?kind=command&result=unknown",
    "statistics": "/statistics?by=day",
    "evaluation": "/evaluation",
    "evaluation-users": "/evaluation?by=user",
    "suspected": "/suspected",
    "refused": "/refused",
    "groups": "/groups",
    "group": "/groups/2",
    "group-assignment": "/groups/2/assignment?kind=judgment&policy=Initial",
    "group-move": "/groups/2/move?to=/Elsewhere",
    "policies": "/policies",
    "policy": "/policies/judgment/Default",
    "policy-action": "/policies/action/{action}",
    "policy-what-if": "/policies/what-if/Default",
    "policy-compare": "/policies/compare/judgment/Default",
    "policy-editor": "/policies/edit/judgment/prohibited_software/Default?open=prohibited_software.programs[0]",
    "policy-editor-settings": "/policies/edit/judgment/pc_settings/Default",
    "policy-editor-text": "/policies/edit/judgment/text/Default",
    "policy-editor-action": "/policies/edit/action/danger/{action}",
    "pc-then": "/pcs/{pc}?at={today}",
    "settings": "/setup/settings/mail",
    "settings-machine": "/setup/settings/server",
    "settings-test": "/setup/settings/events",
    "feeds": "/setup/feeds",
    "schedules": "/setup/schedules",
    "operations": "/operations",
    "operations-doubt": "/operations?state=in_doubt",
    "operation": "/operations/{operation}",
    "operation-doubt": "/operations/{doubt}",
    "failovers": "/failovers",
    "failover": "/failovers/{term}",
    "failover-group": "/failovers/{term}/judgment",
    "failover-start": "/failovers/{start}",
    "held": "/held",
    "audit": "/audit",
    "audit-none": "/audit?who=nobody&since=2020-01-01",
    "audit-check": "/audit/check",
    "me": "/account/",
    "people": "/people",
    "person": "/people/{person}",
    "tokens": "/tokens",
    "not-found": "/nothing-here",
    "password": "/account/password/change/",
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def context(
    browser: Browser, base: str, language: str = "en", theme: str = "light", phone: bool = False, scripts: bool = True
) -> BrowserContext:
    """A fresh browser profile with a language and a theme."""
    made = browser.new_context(
        base_url=base,
        viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
        locale="ja-JP" if language == "ja" else "en-GB",
        color_scheme="dark" if theme == "dark" else "light",
        device_scale_factor=1,
        java_script_enabled=scripts,
    )
    made.add_cookies([{"name": "kanmon_language", "value": language, "url": base}])
    return made


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the sign-in page and wait for the console."""
    page.goto("/account/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button.btn-primary")
    page.wait_for_selector(".k-shell")


def sign_up(page: Page, link: str, name: str, password: str) -> None:
    """Make an account by a one-time link; one is signed in afterwards."""
    page.goto(link)
    page.fill("input[name=username]", name)
    page.fill("input[name=password1]", password)
    page.fill("input[name=password2]", password)
    page.click("main button.btn-primary")
    page.wait_for_selector(".k-shell")


def complaints(page: Page) -> list[str]:
    """A list that fills with what the browser's console says and with answers of 500 and above."""
    said: list[str] = []

    def console(message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "status of 404" not in text or "/nothing-here" not in page.url:
            said.append(f"{page.url}: {text}")

    page.on("console", console)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("response", lambda answer: said.append(f"{answer.url}: {answer.status}") if answer.status >= 500 else None)
    return said


def like(pattern: str) -> re.Pattern[str]:
    """For expectations: a text of this shape, over lines."""
    return re.compile(pattern, re.DOTALL)


def numbers(page: Page) -> dict[str, str]:
    """Numbers that the addresses of ``PAGES`` need, read from the lists."""

    def last_part(address: str, selector: str) -> str:
        page.goto(address)
        link = page.query_selector(selector)
        return (link.get_attribute("href") or "").split("?")[0].rsplit("/", 1)[-1] if link else "0"

    def finding() -> str:
        """The address of the form that waives a finding, behind its question mark."""
        page.goto(f"/pcs/{last_part('/pcs?level=danger', 'td.k-name a')}")
        return str(page.locator("a.k-waive").first.get_attribute("href")).partition("?")[2]

    return {
        "waive": finding(),
        "pc": last_part("/pcs", "td.k-name a"),
        "cut": last_part("/network?state=deny", "td.k-name a"),
        "question": last_part("/waiting?kind=network", "td.k-name a"),
        "mac": last_part("/network/unmanaged", "td.k-name a"),
        "today": datetime.now(UTC).date().isoformat(),
        "operation": last_part("/operations?state=failed", "td.k-open a"),
        "doubt": last_part("/operations?state=in_doubt", "td.k-open a"),
        "term": last_part("/failovers", "tr:has(.k-tag-doubt) td.k-open a"),
        "start": last_part("/failovers", "td.k-open a"),
        "person": last_part("/people", "td.k-name a"),
        "action": last_part("/policies", "td.k-name a[href*='/action/']"),
    }


def until_database(company: Any, question: str, wanted: object, seconds: float = 60) -> None:
    """Wait until the company's database answers ``wanted``."""
    end = time.monotonic() + seconds
    while (found := company.database(question)) != wanted:
        assert time.monotonic() < end, found
        time.sleep(0.3)
