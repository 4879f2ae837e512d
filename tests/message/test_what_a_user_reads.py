"""The text of a message: what is left out, what is escaped, what does not get through."""

import re

import pytest

from kanmon.action.user_texts import BUILTIN, user_texts
from kanmon.common.errors import Refused
from kanmon.judgment.levels import Level
from kanmon.message.words import LINK, Texts, filled
from kanmon.policy.rules import load
from kanmon.policy.rules_action import MESSAGE_KEYWORDS, Notice
from tests.conftest import ROOT

NOTHING = dict.fromkeys(MESSAGE_KEYWORDS, "")
PC = NOTHING | {"host": "pc-1", "level": "Danger", "problems": "- one\n- two"}


def test_a_line_whose_words_have_no_value_is_left_out() -> None:
    told = filled(
        Texts("{host}: {level}", "{problems}\n\nBy {deadline}.\n\n{link} {contact}\n\n{host} {link}\nend"), PC
    )
    assert told == ("pc-1: Danger", "- one\n- two\n\npc-1 \nend", "")
    assert filled(Texts("T", "By {deadline}.\n{unknown} {}"), PC | {"deadline": "1 May 2026"}).text == (
        "By 1 May 2026.\n{unknown} {}"
    )


def test_values_are_no_templates_and_no_markup() -> None:
    odd = PC | {"host": '{level}<b onclick="x">&"', "problems": "- <script>\n- two"}
    told = filled(
        Texts("{host}", "{host}", '<p>{host}</p><a href="{link}">x</a><p>{problems}</p>'), odd | {"link": LINK}
    )
    assert told.title == told.text == '{level}<b onclick="x">&"'
    assert told.html == (
        '<p>{level}&lt;b onclick="x"&gt;&amp;"</p><a href="https://link.kanmon.invalid/" rel="noopener noreferrer">x</a>'
        "<p>- &lt;script&gt;<br>- two</p>"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">x</a>', "<svg onload=x>",
        "<form action=/x><input></form>", '<p style="position:fixed">', "<iframe src=//x></iframe>", "<base href=//x>",
        '<meta http-equiv=refresh content="0;url=//x">', '<a href="{host}">x</a>', "<!-- <script> -->", "<style>p{}</style>",
        "<math><mi xlink:href='data:x,<script>'>",
    ],
)  # fmt: skip
def test_html_that_could_do_harm_is_taken_out(html: str) -> None:
    told = filled(Texts("T", "x", f"<p>before</p>{html}"), PC | {"host": "javascript:alert(1)"}).html
    assert told.startswith("<p>before</p>")
    assert not re.search(
        r"script|on\w+=|<(img|svg|form|input|iframe|base|meta|style|math)|style=|href=.?(javascript|data)", told
    )


def test_control_characters_do_not_reach_a_terminal() -> None:
    told = filled(Texts("a\x1b]0;x\x07b", "one\r\ntwo\x9b31m\u202ethree"), PC)
    assert told[:2] == ("a ]0;x b", "one\ntwo 31m three")


def test_everything_is_bounded() -> None:
    told = filled(Texts("{host}" * 100, "{host}" * 1000, "<p>{host}</p>" * 3000), PC | {"host": "x" * 255})
    assert (len(told.title), len(told.text)) == (200, 10_000)
    assert len(told.html) <= 30_100


def test_the_built_in_texts_hold_in_both_languages_and_without_anything_known() -> None:
    for language in BUILTIN:
        for level in (Level.DANGER, Level.SAFE):
            title, text, html = user_texts(Notice(), level, language)
            told = filled(Texts(title, text, html), NOTHING | {"host": "pc-1", "level": "X"})
            assert "{" not in told.title + told.text
            assert "pc-1" in told.text
            assert not html
    notice = Notice(title={"ja": "題"}, text={"en": "English"})
    assert user_texts(notice, Level.DANGER, "ja")[:2] == ("題", "English")
    assert user_texts(notice, Level.DANGER, "en")[:2] == ("題", "English"), "any language before none"


def test_a_word_that_is_not_known_is_refused_with_the_policy() -> None:
    text = "kind: action\nname: N\ndanger:\n  then:\n  - message: {html: {en: '<b>{hosts}</b>'}}\n"
    with pytest.raises(Refused) as refused:
        load(text)
    assert refused.value.params["line"] == 5
    assert "{host}" in str(refused.value)


def test_the_reference_lists_the_words() -> None:
    page = (ROOT / "docs" / "reference" / "client-protocol.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `\{(\w+)\}` \| (.*) \|$", page, re.MULTILINE)) == MESSAGE_KEYWORDS
