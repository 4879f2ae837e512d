"""The audit: a page of rows, the seals, and whether they fit."""

from datetime import datetime
from typing import Any

from kanmon.audit import check, encoding
from kanmon.audit import read as rows
from kanmon.common.errors import Refused
from kanmon.console.shown.audit import AuditLine, AuditPage, Checked, Seals

PAGE = 50
MOST_PAGES = 5  # of about 10,000 rows, that one click checks


def audit_rows(wanted: rows.Filter, language: str) -> AuditPage:
    """The rows that are wanted, the newest first."""
    found = rows.listed(wanted, PAGE + 1, language)
    lines = [_line(one) for one in found[:PAGE]]
    return AuditPage(lines, lines[-1].number if len(found) > PAGE else 0)


def _line(row: dict[str, Any]) -> AuditLine:
    return AuditLine(
        row["seq"], datetime.fromisoformat(row["at"]), row["actor"], row["sentence"], row["event"], row["subject"],
        row["address"], row["operation"],
    )  # fmt: skip


def seals() -> Seals:
    """The newest seal, and what is not sealed yet."""
    told = check.summary()
    return Seals(told["newest"] or "", told["unsealed"], told["unsealed_since"])


def check_seals(after: int, given: str, language: str) -> Checked:
    """Look at the seals after number ``after``, up to about 50,000 rows; ``given``: a seal that was copied, first.

    Raises Refused KNM6013-E when ``given`` has no seal in it.
    """
    problems: list[check.Problem] = []
    if given:
        said = encoding.read_seal_text(given)
        if said is None:
            raise Refused("KNM6013-E", problem="no seal is in what was given: NUMBER:64 hexadecimal digits")
        problems += [one for one in [check.compare(*said)] if one]
    count, rows_seen, at = 0, 0, after
    for _ in range(MOST_PAGES):
        page = check.page(at)
        problems += page.problems
        count, rows_seen = count + page.seals, rows_seen + page.rows
        if page.next is None or problems:
            return Checked([one.sentence(language) for one in problems], count, rows_seen, page.next)
        at = page.next
    return Checked([one.sentence(language) for one in problems], count, rows_seen, at)
