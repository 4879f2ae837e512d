"""What was refused: who asked for what they may not, and who could not sign in. Bounded, or a flood fills the disk.

Of one caller at most 10 rows a minute are written, of all together 100; what comes above is counted, and a minute
later one row a caller says how many there were. The counts are kept in memory: a process that is killed forgets them.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest

from kanmon.audit import rows
from kanmon.audit.where import where_from
from kanmon.common import clock

log = logging.getLogger("kanmon.audit")
SECONDS = 60
MOST_OF_ONE, MOST_OF_ALL, MOST_CALLERS = 10, 100, 1000
PERMISSION, SIGN_IN = "permission_refused", "sign_in_failed"
OTHERS = "others"


@dataclass
class _Counted:
    event: str
    caller: str
    address: str
    written: int = 0
    left_out: int = 0


class Refusals:
    """Counts by event and caller, for a minute at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[tuple[str, str], _Counted] = {}
        self._written = 0
        self._since = clock.monotonic()
        self._timer: threading.Timer | None = None

    def may_write(self, event: str, caller: str, address: str) -> bool:
        """Whether this one gets a row; else it is counted, and told when the minute is over."""
        if clock.monotonic() - self._since >= SECONDS:
            self.flush()
        with self._lock:
            if (event, caller) not in self._counted and len(self._counted) >= MOST_CALLERS:
                caller, address = OTHERS, ""
            one = self._counted.setdefault((event, caller), _Counted(event, caller, address))
            if one.written < MOST_OF_ONE and self._written < MOST_OF_ALL:
                one.written += 1
                self._written += 1
                return True
            one.left_out += 1
            if self._timer is None:
                self._timer = threading.Timer(SECONDS, self._later)
                self._timer.daemon = True
                self._timer.start()
            return False

    def _later(self) -> None:
        try:
            self.flush()
        except Exception:
            log.exception("refusals could not be written to the audit")
        finally:
            connection.close()

    def flush(self) -> None:
        """Begin a new minute, and write what was counted in the one before: one row a caller, at most 100."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            counted = [one for one in self._counted.values() if one.left_out]
            self._counted, self._written, self._timer = {}, 0, None
            self._since = clock.monotonic()
        counted.sort(key=lambda one: -one.left_out)
        told = counted[: MOST_OF_ALL - 1]
        rest = counted[MOST_OF_ALL - 1 :]
        if rest:
            told.append(_Counted(PERMISSION, OTHERS, "", 0, sum(one.left_out for one in rest)))
        for one in told:
            detail = {"id": "KNM4205-W", "count": one.left_out, "caller": one.caller, "seconds": SECONDS}
            rows.write(one.event, actor=one.caller, detail=detail, address=one.address)


_refusals = Refusals()


def note(
    event: str, *, caller: str, actor: str, subject: str, detail: Mapping[str, Any], request: HttpRequest | None
) -> None:
    """Write that something was refused, or count it. ``caller``: by whom floods are told apart.

    A row that can't be written is logged and nothing else: what was refused stays refused.
    """
    address = where_from(request)
    try:
        if _refusals.may_write(event, caller, address):
            rows.write(event, actor=actor, subject=subject, detail=detail, address=address)
    except Exception:
        log.exception("a refusal could not be written to the audit")


def permission(request: HttpRequest, actor: str, verb: str) -> None:
    """``actor`` asked for what needs ``verb``, and may not."""
    subject = f"{request.method} {request.path}"
    note(
        PERMISSION, caller=actor, actor=actor, subject=subject, detail={"id": "KNM4204-W", "verb": verb},
        request=request,
    )  # fmt: skip


def sign_in(request: HttpRequest | None, name: str, by: str) -> None:
    """Somebody could not sign in. ``name``: of an account that there is, else empty. ``by``: password, token."""
    address = where_from(request)
    note(
        SIGN_IN, caller=address or name, actor=name, subject=by, detail={"id": "KNM4202-W", "by": by}, request=request
    )  # fmt: skip


def flush() -> None:
    """Write what was counted and not told yet: at a stop of the process."""
    _refusals.flush()
