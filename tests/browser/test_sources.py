"""What templates, scripts and translations hold, without a browser."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "kanmon/console/templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "kanmon/console/static/console").glob("*.js"))
sys.path.insert(0, str(ROOT / "tools"))

FORBIDDEN = re.compile(r"""\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|hx-vals=["']js:|\|\s*safe\b""", re.IGNORECASE)
SCRIPT_FORBIDDEN = re.compile(r"""eval\(|new Function|innerHTML|setAttribute\(["']style|document\.write""")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_that_the_policy_of_the_browser_forbids(path: Path) -> None:
    assert FORBIDDEN.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_code_and_no_markup_from_text(path: Path) -> None:
    assert SCRIPT_FORBIDDEN.findall(path.read_text("utf-8")) == []


def test_every_script_of_a_template_is_a_file() -> None:
    for path in TEMPLATES:
        assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", path.read_text("utf-8"))), path


def test_every_form_that_posts_has_a_token() -> None:
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            assert "{% csrf_token %}" in form, path


def test_every_icon_is_on_the_sheet() -> None:
    sheet = (ROOT / "kanmon/console/static/console/icons.svg").read_text("utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sheet))
    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))}
    assert used <= known


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    import messages

    wanted = messages.template()
    for locale, path in messages.LOCALES.items():
        assert messages.problems(messages.read(path, locale), wanted) == []


def test_translations_keep_the_names_in_their_texts() -> None:
    import messages

    names = re.compile(r"%\((\w+)\)s")
    for locale, path in messages.LOCALES.items():
        for one in messages.read(path, locale):
            if one.id:
                told = one.id[-1] if isinstance(one.id, tuple) else one.id
                given = one.string[0] if isinstance(one.string, tuple) else one.string
                assert set(names.findall(given)) <= set(names.findall(told)), one.id
                assert ("<b>" in told) == ("<b>" in given), one.id
