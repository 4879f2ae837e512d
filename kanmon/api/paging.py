"""Pages of lists. A list has one order, by a key that is unique; a page says in its head where the next one begins.

The cursor is the key of the last row with a mark of the query: it goes on with that query only. Nothing is skipped by
counting, so a row that stays is told once, whatever comes and goes meanwhile.
"""

import base64
import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from kanmon.common.errors import Refused

NEXT = "X-Kanmon-Next"
NOT_OF_THE_QUERY = ("cursor", "limit", "language")
Key = tuple[Any, ...]
Row = TypeVar("Row")


def position(request: HttpRequest, *types: type) -> Key | None:
    """The key after which the page begins, of these types; None: at the beginning. Raises Refused KNM7306-E."""
    given = request.GET.get("cursor", "")
    if not given:
        return None
    try:
        mark, *key = json.loads(base64.urlsafe_b64decode(given.encode("ascii") + b"=="))
    except (ValueError, TypeError):
        raise Refused("KNM7306-E") from None
    fits = len(key) == len(types) and all(type(one) is wanted for one, wanted in zip(key, types, strict=True))
    if mark != _mark(request) or not fits or any(type(one) is int and abs(one) >= 2**63 for one in key):
        raise Refused("KNM7306-E")
    return tuple(key)


def number(request: HttpRequest, otherwise: int) -> int:
    """The number after (or before) which the page begins: of the cursor, else ``otherwise``."""
    key = position(request, int)
    return otherwise if key is None else int(key[0])


def page(
    request: HttpRequest, response: HttpResponse, rows: Sequence[Row], limit: int, key: Callable[[Row], Any]
) -> list[Row]:
    """The first ``limit`` of ``rows``, of which one more was looked for; the head of the answer says where to go on."""
    found = list(rows[:limit])
    if len(rows) > limit:
        last = key(found[-1])
        cursor = _cursor(request, last if isinstance(last, tuple) else (last,))
        response[NEXT] = cursor
        query = [(name, one) for name, some in request.GET.lists() for one in some if name != "cursor"]
        response["Link"] = f'<{request.path}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'
    return found


def whole(
    request: HttpRequest, response: HttpResponse, rows: Iterable[Row], limit: int, key: Callable[[Row], Any]
) -> list[Row]:
    """A page of a list that is small enough to be there as a whole; it is put in order by ``key``."""

    def tupled(row: Row) -> Key:
        given = key(row)
        return given if isinstance(given, tuple) else (given,)

    ordered = sorted(rows, key=tupled)
    types = [type(one) for one in tupled(ordered[0])] if ordered else []
    after = position(request, *types) if ordered else None
    start = bisect_right(ordered, after, key=tupled) if after is not None else 0
    return page(request, response, ordered[start : start + limit + 1], limit, tupled)


def _cursor(request: HttpRequest, key: Key) -> str:
    said = json.dumps([_mark(request), *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _mark(request: HttpRequest) -> str:
    """Of the address and everything that chooses rows."""
    chosen = sorted((name, some) for name, some in request.GET.lists() if name not in NOT_OF_THE_QUERY)
    return hashlib.sha256(json.dumps([request.path, chosen]).encode()).hexdigest()[:12]
