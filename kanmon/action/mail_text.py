"""Subject, text and HTML of mails, from templates with keywords in braces (``rules_action.KEYWORDS``).

A braced word that is no keyword stays as it is written. Values are escaped in HTML. Without an HTML text of its own a
mail has its body as HTML, with a table and links in it; so both always say the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from pyroaring import BitMap

from kanmon.action import mail_table, user_text
from kanmon.action.mail_builtin import BUILTIN, ITEM_COUNT, LEFT_OUT, MORE
from kanmon.action.texts import WORDS, Row, base_url, rows_about
from kanmon.common import clock, config, zone
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.wording import item_title
from kanmon.policy.rules_action import KEYWORDS, Mail, UserMail

NAMED = 20  # PCs and users in {pcs} and {users}
SUBJECT_CHARACTERS = 500
_KEYWORD = re.compile(r"\{(" + "|".join(KEYWORDS) + r")\}")
_LINKS = ("link", "order")
_NOT_IN_A_SUBJECT = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class MailText:
    """What a mail says. ``csv`` is the attached table of ``listed`` PCs; empty: none."""

    subject: str
    body: str
    html: str
    csv: bytes = b""
    listed: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What a mail is about. ``step``: from 1; ``run``: its number, or how many in a digest; ``operation``: 0 in a preview."""

    level: Level
    pcs: BitMap
    policy: str
    language: str
    step: int = 1
    run: int = 0
    judged: int = 0
    changed: int = 0
    operation: int = 0
    at: datetime | None = None


def mail(template: Mail, about: About) -> MailText:
    """The mail about all PCs of ``about``."""
    count, language = len(about.pcs), about.language
    rows = list(rows_about(about.pcs, language, mail_table.CSV_PCS))
    csv, listed = mail_table.as_csv(rows, language)
    values = _values(about, rows) | {"link": f"{base_url()}/pcs?level={about.level.word}"}
    tables = mail_table.as_text(rows, count, language), mail_table.as_html(rows, count, language)
    text = _filled(template, "mail", about, values, tables)
    if listed == count:
        return MailText(*text, csv, listed)
    left_out = LEFT_OUT[language].format(listed=listed, count=count)
    subject, body, html = text
    return MailText(subject, f"{body}\n{left_out}\n", _appended(html, f"<p>{escape(left_out)}</p>"), csv, listed)


def letter(template: UserMail, about: About) -> MailText:
    """The mail to the user of the one PC of ``about``."""
    rows = list(rows_about(about.pcs, about.language, 1))
    link = str(config.get("portal.url")) or (rows[0].link if rows else base_url())
    wrong = user_text.wrong(rows[0].pc, about.language) if rows else []
    tables = user_text.as_text(wrong, about.language), user_text.as_html(wrong, about.language)
    return MailText(*_filled(template, "user_mail", about, _values(about, rows) | {"link": link}, tables))


def _values(about: About, rows: list[Row]) -> dict[str, str]:
    moment = (about.at or clock.now()).astimezone(zone.zone())
    since = min((row.since for row in rows if row.since), default=None)
    return {
        "level": WORDS[about.language][about.level],
        "count": str(len(about.pcs)),
        "date": _moment(moment),
        "policy": about.policy,
        "step": str(about.step),
        "days": _span(row.days for row in rows),
        "judgments": _span(row.judgments for row in rows),
        "since": _moment(since.astimezone(zone.zone())) if since else "-",
        "pcs": _named((row.host for row in rows), len(about.pcs), about.language),
        "users": _users(rows, about.language),
        "items": _items(rows, about.language),
        "run": str(about.run or "-"),
        "judged": str(about.judged),
        "changed": str(about.changed),
        "order": f"{base_url()}/operations/{about.operation or ''}".rstrip("/"),
    }


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M %Z")


def _span(numbers: Iterable[int]) -> str:
    """ "3", "0-12"; "-" when nothing is known."""
    found = sorted(set(numbers))
    if not found or found == [0]:
        return "0" if found else "-"
    return str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"


def _named(names: Iterable[str], count: int, language: str) -> str:
    shown = [name for name, _ in zip(names, range(NAMED), strict=False)]
    more = [MORE[language].format(count=count - len(shown))] if count > len(shown) else []
    return ", ".join(shown + more)


def _users(rows: list[Row], language: str) -> str:
    users = list(dict.fromkeys(row.user for row in rows if row.user))
    return _named(users, len(users), language) or "-"


def _items(rows: list[Row], language: str) -> str:
    counts = {item: sum(item in row.worst_items for row in rows) for item in ITEMS}
    said = [ITEM_COUNT[language].format(item=item_title(item, language), count=n) for item, n in counts.items() if n]
    return ("、" if language == "ja" else ", ").join(said) or "-"


def _filled(
    template: Mail | UserMail, kind: str, about: About, values: dict[str, str], tables: tuple[str, str]
) -> tuple[str, str, str]:
    language = about.language
    subject = _fill(_chosen(template.subject, kind, "subject", language), values | {"table": ""})
    body = _chosen(template.body, kind, "body", language)
    text = _fill(body, values | {"table": tables[0]})
    safe = {name: escape(value) for name, value in values.items()} | {"table": tables[1]}
    own = template.html.get(language) or (template.html.get("en") if not template.body.get(language) else None)  # type: ignore[call-overload]
    html = _fill(own, safe) if own else _from_text(body, safe)
    return _NOT_IN_A_SUBJECT.sub(" ", subject).strip()[:SUBJECT_CHARACTERS], text, _document(html, language)


def _chosen(texts: Mapping[Any, str], kind: str, part: str, language: str) -> str:
    return str(texts.get(language) or texts.get("en") or BUILTIN[kind][language][part])


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _KEYWORD.sub(lambda found: values[found[1]], template)


def _from_text(body: str, safe: Mapping[str, str]) -> str:
    """A text as HTML: paragraphs, lines, and links that can be followed."""
    linked = {name: f'<a href="{safe[name]}">{safe[name]}</a>' for name in _LINKS}
    parts = re.split(r"(\{table\})", body)
    out = []
    for part in parts:
        if part == "{table}":
            out.append(safe["table"])
            continue
        paragraphs = [one.strip("\n") for one in re.split(r"\n\s*\n", escape(part)) if one.strip()]
        out += [f"<p>{_fill(one, {**safe, **linked})}</p>".replace("\n", "<br>\n") for one in paragraphs]
    return "\n".join(out)


def _document(html: str, language: str) -> str:
    """A whole document; a template that is one already stays as it is."""
    if re.search(r"<html[\s>]", html, re.IGNORECASE):
        return html
    head = f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"></head>'
    return f'{head}<body style="font-family:sans-serif">\n{html}\n</body></html>\n'


def _appended(html: str, more: str) -> str:
    """``html`` with ``more`` at the end of its body."""
    place = html.lower().rfind("</body>")
    return html[:place] + more + html[place:] if place >= 0 else html + more
