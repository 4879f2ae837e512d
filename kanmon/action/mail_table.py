"""The PCs of a mail as a table: in its text, in its HTML, and as the CSV that is attached.

Text and HTML name ``SHOWN`` PCs at most. The CSV has ``CSV_PCS`` at most and is no larger than ``mail.attachment_bytes``.
"""

import csv
import io
from html import escape

from kanmon.action.texts import WORDS, Row, harmless
from kanmon.common import config, zone
from kanmon.judgment.levels import ITEMS
from kanmon.judgment.wording import item_title

SHOWN = 50
CSV_PCS = 10_000
_HEADS = {
    "en": ("Asset number", "Host", "User", "Level", "Why", "Address", "Since", "Days", "Judgments"),
    "ja": (
        "資産番号",
        "ホスト名",
        "ユーザー",
        "レベル",
        "理由",
        "URL",
        "このレベルになった日時",
        "経過日数",
        "連続回数",
    ),
}
_HTML_HEADS = {
    "en": ("PC", "Asset number", "User", "Level", "Days", "Why"),
    "ja": ("PC", "資産番号", "ユーザー", "レベル", "日数", "理由"),
}
_CELL = 'style="border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top"'


def _more(count: int, language: str) -> str:
    return f"... and {count} more PCs." if language == "en" else f"ほか {count} 台"


def as_text(rows: list[Row], count: int, language: str) -> str:
    """The first of ``rows``; ``count``: how many PCs there are."""
    lines = [f"{row.host} ({row.asset_number}): {row.why}\n    {row.link}" for row in rows[:SHOWN]]
    if count > SHOWN:
        lines.append(_more(count - SHOWN, language))
    return "\n".join(lines)


def as_html(rows: list[Row], count: int, language: str) -> str:
    """The first of ``rows``, all that they say escaped: host names come from PCs that may be hostile."""
    lines = ['<table style="border-collapse:collapse"><tr>']
    lines += [f"<th {_CELL}>{escape(head)}</th>" for head in _HTML_HEADS[language]]
    lines.append("</tr>")
    for row in rows[:SHOWN]:
        level = WORDS[language][row.grade]
        host = f'<a href="{escape(row.link)}">{escape(row.host)}</a>'
        cells = [escape(one) for one in (row.asset_number, row.user, level, str(row.days), row.why)]
        lines.append("<tr>" + "".join(f"<td {_CELL}>{cell}</td>" for cell in [host, *cells]) + "</tr>")
    lines.append("</table>")
    if count > SHOWN:
        lines.append(f"<p>{escape(_more(count - SHOWN, language))}</p>")
    return "\n".join(lines)


def as_csv(rows: list[Row], language: str) -> tuple[bytes, int]:
    """The file, and how many of ``rows`` it has. UTF-8 with the mark by which spreadsheets read Japanese."""
    most = int(config.get("mail.attachment_bytes"))
    heads = [*_HEADS[language], *(item_title(item, language) for item in ITEMS)]
    out, size, listed = [_line(heads)], 3, 0
    size += len(out[0])
    for row in rows[:CSV_PCS]:
        line = _line(_cells(row, language))
        if size + len(line) > most:
            break
        out.append(line)
        size, listed = size + len(line), listed + 1
    return b"\xef\xbb\xbf" + b"".join(out), listed


def _cells(row: Row, language: str) -> list[str]:
    since = row.since.astimezone(zone.zone()).strftime("%Y-%m-%d %H:%M") if row.since else ""
    cells = [row.asset_number, row.host, row.user, row.level, row.why, row.link, since, str(row.days)]
    cells.append(str(row.judgments or ""))
    return [harmless(one) for one in cells] + [row.items[item].word if row.items else "" for item in ITEMS]


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode("utf-8", "replace")
