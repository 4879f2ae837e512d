"""What is wrong with a PC, for its user: found, wanted, and how to mend it, ``ROWS`` of it at most."""

from html import escape

from kanmon.judgment import why
from kanmon.judgment.explain import Row
from kanmon.judgment.wording import item_title

ROWS = 20
_WORDS = {
    "en": {"found": "found", "wanted": "wanted", "mend": "to do", "more": "... and {count} more."},
    "ja": {"found": "検出値", "wanted": "基準", "mend": "対処", "more": "ほか {count} 件"},
}


def wrong(pc: int, language: str) -> list[tuple[str, Row]]:
    """(item in words, row) of what failed or is unknown, the worst first."""
    found = [
        (item_title(one.item, language) if one.item != "inventory" else "", row)
        for one in why.of_pc(pc, language, passed=False)
        for row in one.rows
        if row.outcome in ("failed", "unknown")
    ]
    return sorted(found, key=lambda one: -one[1].level)


def as_text(rows: list[tuple[str, Row]], language: str) -> str:
    """A few lines each."""
    words = _WORDS[language]
    lines = []
    for item, row in rows[:ROWS]:
        lines.append(f"- {': '.join(part for part in (item, row.title) if part)}")
        lines += [f"    {words[name]}: {said}" for name, said in _said(row)]
    if len(rows) > ROWS:
        lines.append(words["more"].format(count=len(rows) - ROWS))
    return "\n".join(lines)


def as_html(rows: list[tuple[str, Row]], language: str) -> str:
    """A list; all that a PC could have said is escaped."""
    words = _WORDS[language]
    lines = ["<ul>"]
    for item, row in rows[:ROWS]:
        said = "".join(f"<br>{escape(words[name])}: {escape(text)}" for name, text in _said(row))
        title = escape(": ".join(part for part in (item, row.title) if part))
        lines.append(f"<li><strong>{title}</strong>{said}</li>")
    lines.append("</ul>")
    if len(rows) > ROWS:
        lines.append(f"<p>{escape(words['more'].format(count=len(rows) - ROWS))}</p>")
    return "\n".join(lines)


def _said(row: Row) -> list[tuple[str, str]]:
    return [(name, text) for name in ("found", "wanted", "mend") if (text := str(getattr(row, name)))]
