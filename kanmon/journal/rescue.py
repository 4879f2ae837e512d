"""What a new term does with the operations that an older one left running.

An operation that may be repeated waits again. One that kills the process each time it runs would do so for ever:
after ``INTERRUPTIONS_MOST`` interruptions in a row without getting on it is held, with a sentence, until a person
releases or cancels it. "In a row" is told from its entries: a saved progress, an attempt that ended in any other way
(tried again later, suspended, a stop in order) and a release begin the count anew.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection

from kanmon.common import clock
from kanmon.journal.here import HERE
from kanmon.journal.writing import sql_time

INTERRUPTIONS_MOST = 20

_NOTE = """
INSERT INTO entry (operation, at, node, term, attempt, event, detail)
SELECT id, %s, %s, %s, attempt, %s, {detail}
FROM operation WHERE {running} AND {which}
"""
_RUNNING = "shard = %s AND state = 'running' AND term < %s"
_SQLITE = {
    "detail": "json_object('id', %s, 'operation', id, 'subject', subject, 'attempt', attempt, 'lost', node,"
    " 'times', {times}, 'progress', json(progress))",
    "lost": "json_extract({e}.detail, '$.lost') IS NOT NULL",
    "same": "json_extract(e.detail, '$.progress') = json(operation.progress)",
}
_POSTGRESQL = {
    "detail": "jsonb_build_object('id', %s::text, 'operation', id, 'subject', subject, 'attempt', attempt,"
    " 'lost', node, 'times', {times}, 'progress', progress)",
    "lost": "{e}.detail -> 'lost' IS NOT NULL",
    "same": "e.detail -> 'progress' = operation.progress",
}


def put_back(term: int, shard: int = 0, probing: Collection[str] = ()) -> dict[str, Any]:
    """Interrupt what ran under an older term: repeatable ones wait again, the others are in doubt.

    Kinds of ``probing`` wait again, too: their function first asks what became of the attempt before.

    A few statements, however many there are, so that ten thousand take a fraction of a second. Returns how many of
    each, and ``entries``: between which numbers of entries the story of this take-over stands. Call it inside the
    take-over's transaction.
    """
    names = list(probing) or [""]
    marks = ", ".join(["%s"] * len(names))
    again, asked = f"(repeat <> 'ask' OR kind IN ({marks}))", f"(repeat = 'ask' AND kind NOT IN ({marks}))"
    running, now = [shard, term], sql_time(clock.now())
    first = _newest_entry()
    lost = _note("interrupted", "KNM4001-W", "NULL", again, [*running, *names])
    held = _hold([*running, *names], again) if lost else 0
    doubtful = _note("in_doubt", "KNM4004-W", "NULL", asked, [*running, *names])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE operation SET state = 'waiting', node = NULL, term = NULL, due_at = %s"
            f" WHERE {_RUNNING} AND {again}",
            [now, *running, *names],
        )
        cursor.execute(
            f"UPDATE operation SET state = 'in_doubt', node = NULL, term = NULL WHERE {_RUNNING} AND {asked}",
            [*running, *names],
        )
    return {"interrupted": lost - held, "in_doubt": doubtful, "held": held, "entries": [first, _newest_entry()]}


def _hold(values: list[Any], again: str) -> int:
    """Those that were interrupted too often in a row; how many.

    ``seq + 0``: by the index of operations, never by a range of numbers, whatever a planner without statistics thinks.
    """
    words = _words()
    in_a_row = (
        "(SELECT COUNT(*) FROM entry e WHERE e.operation = operation.id AND e.event = 'interrupted'"
        f" AND {words['lost'].format(e='e')} AND {words['same']} AND e.seq + 0 > COALESCE((SELECT MAX(r.seq + 0) FROM entry r"
        " WHERE r.operation = operation.id AND (r.event IN ('retry', 'suspended', 'released')"
        f" OR (r.event = 'interrupted' AND NOT ({words['lost'].format(e='r')})))), 0))"
    )
    too_often = f"{again} AND attempt >= {INTERRUPTIONS_MOST} AND {in_a_row} >= {INTERRUPTIONS_MOST}"
    held = _note("held", "KNM4280-E", str(INTERRUPTIONS_MOST), too_often, values)
    if held:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE operation SET state = 'held', node = NULL, term = NULL WHERE {_RUNNING} AND {too_often}",
                values,
            )
    return held


def _note(event: str, message_id: str, times: str, which: str, values: list[Any]) -> int:
    """An entry for each of them, with who had it and how far it had got; how many."""
    sql = _NOTE.format(detail=_words()["detail"].format(times=times), running=_RUNNING, which=which)
    with connection.cursor() as cursor:
        cursor.execute(sql, [sql_time(clock.now()), HERE.node, values[1], event, message_id, *values])
        return max(int(cursor.rowcount), 0)


def _newest_entry() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(seq) FROM entry")
        return int(cursor.fetchone()[0] or 0)


def _words() -> dict[str, str]:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
