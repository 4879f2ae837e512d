"""Subject, body and attached table of a mail, from templates with keywords.

Keywords in braces: {level} {count} {date} {policy} {table}. An unknown keyword stays as it is written. The body
names at most 50 PCs, the attached CSV at most 10,000; both say what they leave out.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from kanmon.common import clock, config
from kanmon.inventory.models import Pc
from kanmon.judgment import why
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy.rules_action import Mail

BODY_PCS = 50
CSV_PCS = 10_000
_KEYWORD = re.compile(r"\{(level|count|date|policy|table)\}")
WORDS = {
    "en": {Level.DANGER: "Danger", Level.WARNING: "Warning", Level.CAUTION: "Caution", Level.SAFE: "Safe"},
    "ja": {Level.DANGER: "危険", Level.WARNING: "警告", Level.CAUTION: "注意", Level.SAFE: "安全"},
}


@dataclass(frozen=True, slots=True)
class MailText:
    """What a mail says. ``csv`` is UTF-8 with a byte order mark, so that spreadsheets read Japanese."""

    subject: str
    body: str
    csv: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A PC in the table."""

    pc: int
    asset_number: str
    host: str
    user: str
    level: str
    why: str
    link: str


@cache
def installation() -> str:
    """A mark of this installation, for Message-IDs: the same for ever, and no secret."""
    path = config.home() / "secrets" / "signing-key"
    return hashlib.sha256(b"installation" + path.read_bytes()).hexdigest()[:12]


def mail(template: Mail, level: Level, pcs: BitMap, policy_name: str, language: str) -> MailText:
    """The text of a mail about ``pcs`` at ``level``."""
    rows = list(rows_about(pcs, language, CSV_PCS))
    zone = ZoneInfo(str(config.get("server.time_zone")))
    values = {
        "level": WORDS[language][level],
        "count": str(len(pcs)),
        "date": clock.now().astimezone(zone).strftime("%Y-%m-%d %H:%M %Z"),
        "policy": policy_name,
        "table": _table(rows, len(pcs), language),
    }
    subject = _fill(_chosen(template.subject, "subject", language), values).replace("\n", " ")
    return MailText(subject[:500], _fill(_chosen(template.body, "body", language), values), _csv(rows, language))


def _chosen(texts: Mapping[Any, str], part: str, language: str) -> str:
    return str(texts.get(language) or texts.get("en") or _BUILTIN[language][part])


def _fill(template: str, values: dict[str, str]) -> str:
    return _KEYWORD.sub(lambda found: values[found[1]], template)


def rows_about(pcs: BitMap, language: str, most: int) -> Iterator[Row]:
    """A row about each of ``pcs``, of ``most`` at most, in the order of host names."""
    listed = list(pcs[:most])
    states = PcState.objects.in_bulk(listed)
    reasons = why.worst_texts([s.finding_set for s in states.values() if s.finding_set], language)
    base = base_url()
    for pc in Pc.objects.filter(id__in=listed).order_by("host", "id").iterator(chunk_size=2000):
        state = states.get(pc.id)
        level = Level(state.level) if state else Level.NOT_JUDGED
        text = reasons.get(state.finding_set, "") if state else ""
        yield Row(pc.id, pc.asset_number, pc.host, pc.user, level.word, text, f"{base}/pcs/{pc.id}")


def base_url() -> str:
    """Where people reach the console."""
    url = str(config.get("server.public_url")).rstrip("/")
    if url:
        return url
    scheme = "https" if config.get("server.certificate") else "http"
    return f"{scheme}://{config.get('server.listen')}"


def _table(rows: list[Row], count: int, language: str) -> str:
    lines = [f"{row.host} ({row.asset_number}): {row.why}\n    {row.link}" for row in rows[:BODY_PCS]]
    if count > BODY_PCS:
        more = count - BODY_PCS
        lines.append(
            f"... and {more} more PCs, in the attached table."
            if language == "en"
            else f"ほか {more} 台（添付の表を参照）"
        )
    return "\n".join(lines)


def _csv(rows: list[Row], language: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    head = ("Asset number", "Host", "User", "Level", "Why", "Address")
    writer.writerow(head if language == "en" else ("資産番号", "ホスト名", "ユーザー", "レベル", "理由", "URL"))
    writer.writerows(
        tuple(harmless(cell) for cell in (r.asset_number, r.host, r.user, r.level, r.why, r.link)) for r in rows
    )
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: host names come from PCs that may be hostile."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


_BUILTIN = {
    "en": {
        "subject": "PCs newly at {level}: {count}",
        "body": "PCs newly at {level} in the judgment of {date}, policy {policy}: {count}\n\n{table}\n",
    },
    "ja": {
        "subject": "「{level}」になった PC: {count} 台",
        "body": "{count} 台の PC が「{level}」になりました（判定日時 {date}、アクションポリシー {policy}）。\n\n{table}\n",
    },
}
