"""The text of a message to a PC's user: keywords, built-in texts, and HTML that can do no harm. Pure functions.

A line whose keywords all have no value is left out: so "Mend it by {deadline}." is said only where there is one. Values
come from PCs that may be hostile: in a text they lose control characters, in HTML they are escaped, and then the whole
is sanitised.
"""

import html as markup
import re
from collections.abc import Mapping
from typing import NamedTuple

import nh3

from kanmon.policy.rules_action import MESSAGE_KEYWORDS

LINK = "https://link.kanmon.invalid/"
"""Stands in a stored message where the link to the PC's page goes, which is signed when the message is given."""

TITLE_CHARS, TEXT_CHARS, HTML_CHARS = 200, 10_000, 30_000
TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_KEYWORD = re.compile(r"\{(" + "|".join(MESSAGE_KEYWORDS) + r")\}")
_EMPTY_LINES = re.compile(r"\n{3,}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Texts(NamedTuple):
    """Templates, or what became of them."""

    title: str
    text: str
    html: str = ""


def filled(templates: Texts, values: Mapping[str, str]) -> Texts:
    """The message of one PC. ``values``: of all keywords; those that are empty are not known."""
    plain = {name: _clean(value) for name, value in values.items()}
    escaped = {
        name: markup.escape(value).replace("\n", "<br>") if name == "problems" else markup.escape(value)
        for name, value in plain.items()
    }
    title = " ".join(_lines(_clean(templates.title), plain).split())
    return Texts(
        title[:TITLE_CHARS],
        _lines(_clean(templates.text), plain)[:TEXT_CHARS],
        harmless(_lines(templates.html, escaped)) if templates.html else "",
    )


def harmless(html: str) -> str:
    """``html`` without scripts, styles, pictures, forms and addresses that are not of the web or of mail."""
    return nh3.clean(
        html[:HTML_CHARS], tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer", strip_comments=True,
    )  # fmt: skip


def _clean(text: str) -> str:
    """Without control characters, and those that turn the direction of writing: it is written to terminals, too."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n"))


def _lines(template: str, values: Mapping[str, str]) -> str:
    lines = []
    for line in template.split("\n"):
        names = _KEYWORD.findall(line)
        if not names or any(values.get(name) for name in names):
            lines.append(_KEYWORD.sub(lambda found: values.get(found[1], ""), line))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
