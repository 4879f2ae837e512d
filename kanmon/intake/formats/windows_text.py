"""Text that a command of Windows wrote, in whatever code page its console had -> str; and numbers of updates in it.

``systeminfo > file`` writes the OEM code page of the machine, PowerShell's ``>`` UTF-16, ``chcp 65001`` UTF-8. Text
that is no UTF-8 is in the page that belongs to the system locale, which ``systeminfo`` names in plain ASCII
("ru;..."). A locale that is not there is taken for one of western Europe: all that is judged is ASCII in every page.
"""

import re
from collections.abc import Mapping

from kanmon.common.errors import Refused
from kanmon.intake.text import clean

MAX_TEXT_BYTES = 4 * 1024 * 1024
SNIFFED_BYTES = 8192
WESTERN = "cp850"

_LOCALE = re.compile(rb"^[^:\r\n]{1,200}:[ \t]*([a-z]{2,3})((?:-[a-z]{2,8})*);", re.MULTILINE | re.IGNORECASE)
_PAGES: Mapping[str, str] = {
    language: page
    for page, languages in {
        "cp437": "en",
        "cp720": "ar fa ur",
        "cp737": "el",
        "cp775": "et lt lv",
        "cp852": "bs cs hr hu pl ro sk sl sq",
        "cp857": "az tr",
        "cp862": "he",
        "cp866": "be bg kk ky ru tg tt uk",
        "cp874": "th",
        "cp932": "ja",
        "cp949": "ko",
        "cp1258": "vi",
        "gb18030": "zh",  # a superset of code page 936
    }.items()
    for language in languages.split()
}
_TRADITIONAL = frozenset({b"-tw", b"-hk", b"-mo", b"-hant-tw", b"-hant-hk", b"-hant-mo"})
_KB = re.compile(r"(?:KB|[QMS])?([0-9]{5,8})(?![0-9])(?![0-9A-Za-z]{4})", re.IGNORECASE)


def sniffed(body: bytes) -> bytes:
    """The beginning of ``body`` in which marks are looked for: of UTF-16 the ASCII characters as such."""
    return body[:SNIFFED_BYTES].replace(b"\0", b"")


def decode(body: bytes) -> str:
    """The text of ``body``: UTF-16 without a mark, UTF-8 or an OEM code page.

    Raises Refused for damaged UTF-16 and for more than ``MAX_TEXT_BYTES``.
    """
    if len(body) > MAX_TEXT_BYTES:
        raise Refused("KNM1156-E", status=413, size=len(body), limit=MAX_TEXT_BYTES)
    head = body[:SNIFFED_BYTES]
    if b"\0" in head:
        order = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        try:
            return body.decode(order)
        except UnicodeError as error:
            raise Refused("KNM1153-E", detail=clean(error)) from error
    for page in ("utf-8", _page(body), WESTERN):
        try:
            return body.decode(page)
        except UnicodeError:
            continue
    raise AssertionError(f"{WESTERN} has a character for each byte")


def _page(body: bytes) -> str:
    match = _LOCALE.search(body)
    if match is None:
        return WESTERN
    language, country = match[1].lower().decode(), match[2].lower()
    if language == "zh" and country in _TRADITIONAL:
        return "cp950"
    if language == "en" and country != b"-us":
        return WESTERN
    return _PAGES.get(language, WESTERN)


def kb_of(text: str) -> str | None:
    """ "KB893803" of "KB893803v2 - Update", "Q893803" or "893803"; None of "File 1" and of a GUID."""
    match = _KB.match(text.strip())
    return f"KB{match[1]}" if match else None


def device_key(host: str) -> str:
    """The name under which the reports of commands of one Windows are kept together."""
    return f"windows:{host.upper()}"[:255]
