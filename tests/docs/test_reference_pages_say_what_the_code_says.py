"""Pages that are made from the code are what the code makes now, and the code leaves nothing unsaid."""

import re
import string
from pathlib import Path

import pytest

from kanmon.action.command import files
from kanmon.cli import show
from kanmon.common.config import SETTINGS
from kanmon.common.messages import Message, catalogue
from kanmon.policy.rules_action import COMMAND_KEYWORDS
from kanmon.supervise.place import Result
from tests.docs.pages import ROOT
from tools import make_reference

REFERENCE = ROOT / "docs" / "reference"
MESSAGES = list(catalogue().values())
KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.mark.parametrize("name", make_reference.PAGES)
def test_a_made_page_is_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == make_reference.PAGES[name](), "run python tools/make_reference.py"


def test_every_setting_has_its_line_and_its_variable() -> None:
    text = (REFERENCE / "settings.md").read_text("utf-8")
    for setting in SETTINGS:
        assert text.count(f"| `{setting.name}` |") == 2, setting.name
        assert setting.reason
        assert f"`{setting.variable}`" in text


def test_every_message_has_its_place() -> None:
    text = (REFERENCE / "messages.md").read_text("utf-8")
    for message in MESSAGES:
        assert text.count(f"### {message.id}\n\n{message.text}\n\n{message.text_ja}\n") == 1, message.id


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one.id)
def test_a_message_is_complete_in_both_languages(message: Message) -> None:
    assert message.text.strip()
    assert KANA.search(message.text_ja), "the Japanese text is not Japanese"
    if not message.id.endswith("-I"):
        assert message.cause, "an error or warning says its cause"
        assert message.remedy, "and what to do"
    assert _names(message.text) == _names(message.text_ja), "both texts tell the same"


def _names(template: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_id_that_the_code_names_is_in_the_catalogue() -> None:
    named = set()
    for path in Path(make_reference.ROOT / "kanmon").rglob("*.py"):
        named |= set(re.findall(r"[\"']([A-Z]{3}\d{4}-[EWI])[\"']", path.read_text("utf-8")))
    assert named <= set(catalogue())


def test_the_page_of_commands_names_every_keyword_with_its_variable_and_every_column() -> None:
    text = (REFERENCE / "action-command.md").read_text("utf-8")
    for word, meaning in COMMAND_KEYWORDS.items():
        assert f"| `{{{word}}}` | `KANMON_{word.upper()}` | {meaning} |" in text
    for column in {*files.ASSETS, *files.RESULTS, *files.FINDINGS}:
        assert f"`{column}`" in text
    for field in Result.__dataclass_fields__:
        assert f"`{field}`" in text


def test_every_exit_code_is_told() -> None:
    codes = {name for name, value in vars(show).items() if name.isupper() and isinstance(value, int)}
    assert codes == set(make_reference.EXIT_CODES)


def test_every_word_of_intake_and_levels_is_told() -> None:
    from kanmon.intake.formats.kanmon_schema import ColumnsPart, Inventory, SettingsPart
    from kanmon.judgment.levels import ITEMS, Level

    levels = (REFERENCE / "levels.md").read_text("utf-8")
    for level in Level:
        assert f"| {int(level)} |" in levels
        assert f"`{level.word}`" in levels
    assert all(f"`{item}`" in levels for item in ITEMS)
    told = (REFERENCE / "kanmon-json.md").read_text("utf-8")
    for struct in (Inventory, SettingsPart, ColumnsPart):
        for name in struct.__struct_fields__:
            assert re.search(rf"\b{name}\b", told), name


def test_every_endpoint_is_told() -> None:
    from kanmon.home import start_django

    start_django()
    from kanmon.api.routes import api

    told = (REFERENCE / "api.md").read_text("utf-8")
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            assert f"| `{method.upper()} {path.removeprefix('/api/v1')}` |" in told
