"""A browser, and a console to look at: a real Manager with the invented company in it.

Or a console that runs already: ``KANMON_CONSOLE=http://127.0.0.1:8080 KANMON_CONSOLE_PERSON=name:password
pytest tests/browser``.
"""

import importlib.util
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import driving
import pytest
from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
PERSON, PASSWORD = driving.PERSON, driving.PASSWORD


@dataclass(frozen=True)
class Console:
    """Address of a console, and a person who may do everything there."""

    url: str
    name: str
    password: str


def _shared() -> ModuleType:
    """What all tests share: the conftest one folder up."""
    if "shared_conftest" in sys.modules:
        return sys.modules["shared_conftest"]
    spec = importlib.util.spec_from_file_location("shared_conftest", HERE.parent / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["shared_conftest"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    with driving.chromium() as browser:
        yield browser


class Company:
    """A Manager of the invented company, with a person who may do everything. It can be killed and started.

    ``ready_made``: the home of one that was filled before; None: fill it, and let the person come in.
    """

    def __init__(self, chromium: Browser, folder: Path, ready_made: Path | None = None) -> None:
        self.chromium = chromium
        agents = {"agents": {"listen": f"127.0.0.1:{_shared().free_port()}"}}
        self.manager = _shared().ManagerProcess(folder / "home", agents).setup(ready_made)
        if ready_made is None:
            environment = self.manager.environment | {"DJANGO_SETTINGS_MODULE": "kanmon.settings"}
            fill = "import django; django.setup(); import sample; sample.fill()"
            subprocess.run(
                [sys.executable, "-c", fill], cwd=HERE.parent / "console", env=environment, check=True, timeout=240
            )
        self.manager.start()
        if ready_made is None:
            self._sign_up()

    def _sign_up(self) -> None:
        output = self.manager.output
        link = _shared().until(lambda: re.search(r"/welcome/\S+", output.read_text("utf-8")), 60)
        with driving.context(self.chromium, self.url) as window:
            driving.sign_up(window.new_page(), link[0], PERSON, PASSWORD)

    @property
    def url(self) -> str:
        """Where it serves."""
        return str(self.manager.url)

    def database(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of its database, read beside the Manager."""
        with closing(sqlite3.connect(f"file:{self.manager.home}/kanmon.sqlite3?mode=ro", uri=True)) as opened:
            return opened.execute(question, values).fetchall()

    def open(self, **look: Any) -> Page:
        """A page of a fresh browser profile, signed in."""
        page = driving.context(self.chromium, self.url, **look).new_page()
        driving.sign_in(page, PERSON, PASSWORD)
        return page


@pytest.fixture(scope="session")
def filled(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a company that was filled and stopped in order, to be copied."""
    made = Company(chromium, tmp_path_factory.mktemp("filled"))
    made.manager.stop()
    return Path(made.manager.home)


@pytest.fixture
def company(chromium: Browser, tmp_path: Path, filled: Path) -> Iterator[Company]:
    """A company of the test's own: what it changes, kills and starts is nobody else's."""
    made = Company(chromium, tmp_path, filled)
    yield made
    for window in chromium.contexts:
        if any(page.url.startswith(made.url) for page in window.pages):
            window.close()
    made.manager.stop()


@pytest.fixture(scope="session")
def console(
    chromium: Browser, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    """The console under test; its first person has come in by the one-time link. Tests only look at it."""
    if url := os.environ.get("KANMON_CONSOLE"):
        name, _, password = os.environ["KANMON_CONSOLE_PERSON"].partition(":")
        yield Console(url, name, password)
        return
    made = Company(chromium, tmp_path_factory.mktemp("console"), request.getfixturevalue("filled"))
    try:
        yield Console(made.url, PERSON, PASSWORD)
    finally:
        made.manager.stop()


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, console: Console) -> Any:
    """The cookies of a person who has signed in; signing in once is enough."""
    with driving.context(chromium, console.url) as window:
        driving.sign_in(window.new_page(), console.name, console.password)
        return [cookie for cookie in window.cookies() if cookie["name"] != "kanmon_language"]


@pytest.fixture
def open_page(chromium: Browser, console: Console, signed_in: Any) -> Iterator[Callable[..., Page]]:
    """A function that opens a signed-in page: ``open_page(language="ja", theme="dark", phone=True)``."""
    windows = []

    def make(**look: Any) -> Page:
        window = driving.context(chromium, console.url, **look)
        window.add_cookies(signed_in)
        windows.append(window)
        return window.new_page()

    yield make
    for window in windows:
        window.close()


@pytest.fixture(scope="session")
def numbers(chromium: Browser, console: Console, signed_in: Any) -> dict[str, str]:
    """Numbers of a PC and an operation that are there."""
    with driving.context(chromium, console.url) as window:
        window.add_cookies(signed_in)
        return driving.numbers(window.new_page())
