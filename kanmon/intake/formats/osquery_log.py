"""Results that osqueryd logs, one JSON object a line -> a Report of ``Check`` facts: the query pack ``policies``.

``osqueryd.snapshots.log`` and ``osqueryd.results.log``, and what a server of osquery writes in the same form
(https://osquery.readthedocs.io/en/stable/deployment/logging/). Which scheduled queries are policies cannot be seen from
their results, so they stand in a pack of this name; ``pack/policies/NAME``, with whatever stands between the parts.
Lines of other queries are passed over.

A policy passes on a host that has a row for it, and fails on one that has none. A snapshot says both. A differential log
says what came and went: an added row is a pass, and when the last known row went it is a fail, if no other row
can be there: the log begins with the first result of the query (counter 0), or the row is that of ``SELECT 1``. Else
it is unknown. A policy that never had a row writes no differential line, so it is not told.

A log tells the policies that it names and no others: see ``report.PIECES``.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kanmon.common.errors import Refused
from kanmon.common.facts import Check
from kanmon.intake.identity import clean_uuid
from kanmon.intake.report import PIECES, Report, build
from kanmon.intake.text import clean, number

__all__ = ["PIECES", "host_key", "read", "seems"]

MAX_RESULTS = 10_000
MAX_ROWS = 100_000  # that are remembered of all queries together
SOURCE = "osquery"
PACK = "policies"

_NAME = re.compile(rf"pack([^A-Za-z0-9]){PACK}\1(.+)", re.IGNORECASE)
_MARKS = (b'"snapshot"', b'"columns"', b'"diffResults"')
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class _Line(msgspec.Struct):
    name: str = ""
    action: str = ""
    snapshot: Any = None
    columns: Any = None
    diffResults: Any = None  # as osquery writes it
    hostIdentifier: str = ""
    hostname: str = ""
    unixTime: int | str | float = ""
    counter: int | str = ""
    decorations: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Line)


@dataclass
class _Policy:
    """What the lines so far say of one policy."""

    rows: set[str] = field(default_factory=set)
    whole: bool = False  # all rows are known
    result: str = "unknown"


def seems(body: bytes) -> bool:
    """Whether the first line of ``body`` is one of such a log."""
    line = body.partition(b"\n")[0]
    if not any(mark in line for mark in _MARKS):
        return False
    try:
        first = _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return bool(first.name) and (first.action in ("snapshot", "added", "removed") or first.diffResults is not None)


def host_key(host: str) -> str:
    """The name under which the results of one host are kept together, whatever they came in."""
    return f"osquery:{host.casefold()}"[:255]


def read(body: bytes) -> Report:
    """The results of policies in ``body``.

    Raises Refused when a line is broken, when none is of the pack, or when they are of more than one host.
    """
    policies: dict[str, _Policy] = {}
    hosts: dict[str, tuple[str, str]] = {}
    newest: int | None = None
    kept = 0  # rows of all policies
    for place, text in enumerate(body.splitlines(), 1):
        if not text.strip():
            continue
        line = _decoded(text, place)
        match = _NAME.fullmatch(clean(line.name))
        if match is None:
            continue
        name, uuid = _host(line)
        hosts[host_key(name or uuid)] = name, uuid
        at = number(line.unixTime)
        newest = at if newest is None or (at or 0) > newest else newest
        policy = policies.setdefault(match[2].strip(), _Policy())
        kept -= len(policy.rows)
        _take(policy, line)
        kept += len(policy.rows)
        if len(policies) > MAX_RESULTS or kept > MAX_ROWS:
            raise Refused("KNM1251-E", status=413, limit=MAX_RESULTS)
    if not policies:
        raise Refused("KNM1158-E", pack=PACK)
    if len(hosts) > 1:
        raise Refused("KNM1159-E", hosts=", ".join(sorted(name or uuid for name, uuid in hosts.values())[:10]))
    ((key, (host, uuid)),) = hosts.items()
    if not (host or clean_uuid(uuid)):
        raise Refused("KNM1017-E", field="hostIdentifier")
    return build(
        format=PIECES,
        device_key=key,
        reported_at=newest,
        host=host,
        uuid=uuid,
        columns={},
        facts=[Check(SOURCE, clean(rule), one.result) for rule, one in policies.items()],
        told=["check"],
        partial=True,
    )


def _decoded(text: bytes, place: int) -> _Line:
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise Refused("KNM1021-E", detail=f"{clean(error)}, line {place}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("KNM1020-E", detail=f"{clean(error)}, line {place}") from error


def _host(line: _Line) -> tuple[str, str]:
    """Host name and UUID. The identifier is either, as ``--host_identifier`` says; decorations often tell both."""
    told = {name: clean(value) for name, value in (line.decorations or {}).items()}
    identifier = clean(line.hostIdentifier) or clean(line.hostname)
    is_uuid = _UUID.fullmatch(identifier) is not None
    name = told.get("hostname", "") or clean(line.hostname) or ("" if is_uuid else identifier)
    return name.partition(".")[0], told.get("host_uuid", "") or (identifier if is_uuid else "")


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []  # osquery writes "" for none in some versions


def _take(policy: _Policy, line: _Line) -> None:
    if line.action == "snapshot":
        policy.rows, policy.whole = set(map(_row, _rows(line.snapshot))), True
        policy.result = "pass" if policy.rows else "fail"
        return
    if number(line.counter) == 0:
        policy.whole = True
    added, removed = [line.columns] * (line.action == "added"), [line.columns] * (line.action == "removed")
    if isinstance(line.diffResults, dict):
        added, removed = _rows(line.diffResults.get("added")), _rows(line.diffResults.get("removed"))
    policy.rows -= set(map(_row, removed))
    policy.rows |= set(map(_row, added))
    if policy.rows:
        policy.result = "pass"
    elif removed:
        policy.result = "fail" if policy.whole or all(map(_is_one, removed)) else "unknown"


def _row(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _is_one(row: object) -> bool:
    """Whether this is the row of ``SELECT 1 ...``, of which there is one or none."""
    return isinstance(row, dict) and list(row.items()) == [("1", "1")]
