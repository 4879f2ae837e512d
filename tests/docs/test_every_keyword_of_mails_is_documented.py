"""The reference of mails has each keyword with the meaning that the rules give it."""

from pathlib import Path

from kanmon.policy.rules_action import KEYWORDS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "action-mail.md"


def test_every_keyword_is_a_row_of_the_table() -> None:
    text = PAGE.read_text("utf-8")
    assert [word for word, meaning in KEYWORDS.items() if f"| `{{{word}}}` | {meaning} |" not in text] == []
