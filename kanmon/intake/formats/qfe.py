"""The list of installed updates of Windows -> a partial Report of the PC that it names.

``wmic qfe list full`` writes a table, with ``/format:list`` blocks of ``Name=value``, with ``/format:csv`` lines with
commas. Windows without wmic has PowerShell's ``Get-HotFix``. Names of columns are English in every language. The PC
stands in ``CSName``, ``Source`` or ``Node``; a list that names none could be of any PC and is refused.

Windows XP has each update twice: under its own number, and as "File 1" with the number in
``ServicePackInEffect``.

The list tells one class, updates, and says nothing of the others: it is a *partial* inventory, as GLPI agents send
them (``report.merged``), under the same name as the report of ``systeminfo``, which has to come first.
"""

import csv
import re

from kanmon.common.errors import Refused
from kanmon.common.facts import Fact, Patch
from kanmon.intake.formats.windows_text import decode, device_key, kb_of, sniffed
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean

MAX_ROWS = 20_000
_HOSTS = ("CSName", "Source", "Node", "PSComputerName")
_COLUMN = re.compile(r"[A-Za-z]+")
_TABLE = re.compile(
    r"(?:Node|Caption|CSName|Source|Description|HotFixID|PSComputerName)\b.*\bHotFixID\b.*|HotFixID\b.*"
)

Rows = list[dict[str, str]]


def seems(body: bytes) -> bool:
    """Whether ``body`` looks like such a list."""
    return b"HotFixID" in sniffed(body)


def read(body: bytes) -> Report:
    """The updates in ``body``. Raises Refused when it lists none, or is not about exactly one PC."""
    lines = re.split(r"\r\n|\n|\r", decode(body).replace("\r\r\n", "\n"))
    try:
        rows = _rows(lines)[:MAX_ROWS]
    except csv.Error as error:
        raise Refused("KNM1154-E") from error
    facts: list[Fact] = [Patch(kb) for kb in map(_kb, rows) if kb]
    if not facts:
        raise Refused("KNM1154-E")
    hosts = {clean(next((row[name] for name in _HOSTS if row.get(name)), "")).upper() for row in rows} - {""}
    if not hosts:
        raise Refused("KNM1151-E")
    if len(hosts) > 1:
        raise Refused("KNM1152-E", hosts=", ".join(sorted(hosts)[:10]))
    host = hosts.pop()
    return build(
        format="systeminfo", device_key=device_key(host), host=host, columns={}, facts=facts, told=["patch"],
        partial=True,
    )  # fmt: skip


def _kb(row: dict[str, str]) -> str | None:
    return kb_of(row.get("HotFixID", "")) or kb_of(row.get("ServicePackInEffect", ""))


def _rows(lines: list[str]) -> Rows:
    if any(line.lstrip().startswith("HotFixID=") for line in lines):
        return _blocks(lines)
    for place, line in enumerate(lines):
        if "HotFixID," in line or ",HotFixID" in line:
            return list(csv.DictReader([line.strip(), *(one for one in lines[place + 1 :] if one.strip())], restval=""))
        if match := _TABLE.search(line):
            return _table(match[0], lines[place + 1 :])
    return []


def _blocks(lines: list[str]) -> Rows:
    found: Rows = [{}]
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if not equals:
            continue
        if name in found[-1]:
            found.append({})
        found[-1][name] = value.strip()
    return found


def _table(header: str, lines: list[str]) -> Rows:
    """Each column begins where its name does and ends where the next one does."""
    names = [(match[0], match.start()) for match in _COLUMN.finditer(header)]
    ends = [start for _, start in names[1:]] + [None]
    found: Rows = []
    for line in lines:
        if line.strip() and not line.lstrip().startswith("----"):
            found.append({name: line[start:end].strip() for (name, start), end in zip(names, ends, strict=True)})
    return found
