"""The checker, second half: the stories of the operations, the order of terms, and the Manager log of each node.

The log invariant: starts = attempts; an operation that was started and is closed has exactly one end, and no service
start lies between its last start and its end; one that is open has none.
"""

import itertools
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.failover.findings import Findings

LETTER = {
    "begun": "b", "started": "S", "resumed": "u", "finished": "F", "failed": "X", "retry": "r", "interrupted": "i",
    "suspended": "s", "in_doubt": "d", "held": "h", "released": "l", "cancelled": "C", "it_ran": "R", "closed": "L",
    "redone": "A", "intent": "n", "already_done": "a", "may_be_repeat": "m", "asked_again": "", "progress": "",
}  # fmt: skip
WAITS = "(?:hl)*"
RUNS = "Su?[nam]*"
STORY = re.compile(f"b(?:{WAITS}{RUNS}[ris])*(?:{WAITS}(?:{RUNS}(?P<end>F|XA?|d(?P<said>[RLA])?)?|h?(?P<no>C)|h?))")
STATE_BY_END = {"F": "finished", "X": "failed", "XA": "failed", "d": "in_doubt"}
STATE_BY_SAID = {"R": "finished", "L": "cancelled", "A": "cancelled"}
WORKER_EVENTS = ("started", "resumed", "intent", "finished", "failed", "retry", "suspended", "already_done")
LINE = re.compile(r"^\S+ \S+ (KNM\d{4}-[EWI]) (\S+) (.*?) #(?:(\d+)\.)?(\d+)$")
STARTS = {"KNM2003-I", "KNM3011-I", "KNM4020-I"}
ENDS = {"KNM2004-I", "KNM3012-I", "KNM4021-I"}
OPERATION = re.compile(r"operation (\d+)")


def check_stories(database: Any, found: Findings) -> None:
    """Each operation's entries are a legal story that ends in the state of its row."""
    stories: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in database.rows("SELECT seq, operation, attempt, event, detail FROM entry ORDER BY seq"):
        if row["operation"] is not None:
            stories[row["operation"]].append(row)
    keys: set[str] = set()
    for row in database.rows("SELECT id, state, attempt, node, term, key FROM operation ORDER BY id"):
        text = "".join(
            LETTER.get(one["event"], "?") + ("h" if one["event"] == "begun" and _detail(one).get("held") else "")
            for one in stories.pop(row["id"], [])
        )
        told = STORY.fullmatch(text)
        if told is None:
            found.say("invariants_broken", f"the story of operation {row['id']} is {text}")
            continue
        state = STATE_BY_SAID.get(told["said"] or "") or STATE_BY_END.get(told["end"] or "")
        state = state or ("cancelled" if told["no"] else None)
        open_state = "running" if text[-1] in "Sunam" else ("held" if text[-1] == "h" else "waiting")
        if row["state"] != (state or open_state):
            found.say("invariants_broken", f"operation {row['id']} is {row['state']}, its story is {text}")
        if text.count("S") != row["attempt"]:
            found.say("invariants_broken", f"operation {row['id']} has {row['attempt']} attempts, its story is {text}")
        if row["key"] is not None and row["key"] in keys:
            found.say("invariants_broken", f"key {row['key']} stands twice")
        keys.add(row["key"])
    for operation in stories:
        found.say("invariants_broken", f"entries of operation {operation}, which does not exist")


def _detail(row: dict[str, Any]) -> dict[str, Any]:
    value = row["detail"]
    return json.loads(value) if isinstance(value, str) else value or {}


def check_report(database: Any, report: dict[str, dict[str, str]], found: Findings) -> None:
    """The after-failover report names every operation that a take-over found running, and says which are in doubt.

    ``report``: term -> operation -> outcome, as the product says it.
    """
    states = {row["id"]: row["state"] for row in database.rows("SELECT id, state FROM operation")}
    started: dict[int, int] = {}
    for row in database.rows("SELECT operation, term, event FROM entry WHERE operation IS NOT NULL ORDER BY seq"):
        operation, term = row["operation"], row["term"]
        if row["event"] == "started":
            started[operation] = term
        elif row["event"] in ("interrupted", "in_doubt") and started[operation] < term:
            said = report.get(str(term), {}).get(str(operation))
            if said is None:
                found.say("doubts_unlisted", f"operation {operation} ran at take-over {term}; its report has it not")
            elif (said == "in_doubt") != (states[operation] == "in_doubt"):
                found.say("doubts_unlisted", f"operation {operation} is {states[operation]}, report {term}: {said}")


def check_terms(database: Any, found: Findings) -> None:
    """Whoever was deposed has written nothing after his successor's first transaction."""
    events = ", ".join(f"'{event}'" for event in WORKER_EVENTS)
    if database.vendor == "postgresql":
        when = "pg_xact_commit_timestamp((xid % 4294967296)::text::xid)"
    else:
        when = "seq"
    begun = {
        row["term"]: row["at"]
        for row in database.rows(
            f"SELECT term, min({when}) AS at FROM entry WHERE event = 'service_started' GROUP BY term"
        )
    }
    terms = sorted(begun)
    following = dict(itertools.pairwise(terms))
    of_workers = f"event IN ({events}) AND operation IN (SELECT id FROM operation WHERE kind <> 'change')"
    for row in database.rows(f"SELECT seq, term, event, {when} AS at FROM entry WHERE {of_workers}"):
        after = following.get(row["term"])
        if row["term"] not in begun or (after is not None and row["at"] > begun[after]):
            found.say("invariants_broken", f"entry {row['seq']} ({row['event']}) of term {row['term']} after {after}")
    moments = [begun[term] for term in terms]
    if moments != sorted(moments):
        found.say("invariants_broken", f"terms do not follow each other: {begun}")
    wanted = {row["term"] for row in database.rows("SELECT term FROM takeover")}
    if wanted != set(terms):
        found.say("invariants_broken", f"take-overs {sorted(wanted)}, but service starts {terms}")


def check_log(database: Any, path: Path, whole: bool, found: Findings) -> None:
    """The Manager log of a node that was stopped in order: each entry once, in order; starts have their ends.

    ``whole``: this node was stopped last, so that it has all of them; another one has all up to its stop.
    """
    story: dict[int, list[tuple[str, int]]] = defaultdict(list)
    services: list[int] = []
    seen: list[tuple[int, int]] = []
    for number, text in enumerate(path.read_text("utf-8").splitlines()):
        line = LINE.match(text)
        if line is None:
            found.say("invariants_broken", f"{path}: not a line of the Manager log: {text!r}")
            continue
        seen.append((int(line[4] or 0), int(line[5])))
        if line[1] == "KNM0001-I":
            services.append(number)
        operation = OPERATION.search(line[3])
        if operation and line[1] in STARTS | ENDS:
            story[int(operation[1])].append((line[1], number))
    if seen != sorted(set(seen)):
        found.say("invariants_broken", f"{path}: a line stands twice or out of order")
    place = "xid" if database.vendor == "postgresql" else "0 AS xid"
    rows = database.rows(f"SELECT {place}, seq, detail FROM entry")
    wanted = {(row["xid"], row["seq"]) for row in rows if "id" in _detail(row)}
    missing = {one for one in wanted ^ set(seen) if whole or one <= max(seen)}
    if missing:
        found.say("invariants_broken", f"{path}: missing in the log, or only there: {sorted(missing)[:20]}")
    if not whole:
        return
    for row in database.rows("SELECT id, state, attempt FROM operation"):
        _check_pairs(row, story[row["id"]], services, found)


def _check_pairs(row: dict[str, Any], lines: list[tuple[str, int]], services: list[int], found: Findings) -> None:
    starts = [number for message, number in lines if message in STARTS]
    ends = [number for message, number in lines if message in ENDS]
    if len(starts) != row["attempt"]:
        found.say("invariants_broken", f"log of operation {row['id']}: {len(starts)} starts, {row['attempt']} attempts")
    if row["state"] in ("waiting", "running", "in_doubt", "held") and ends:
        found.say("invariants_broken", f"log of operation {row['id']}: {row['state']}, with an end")
    if ends and starts and (len(ends) != 1 or [one for one in services if starts[-1] < one < ends[0]]):
        found.say("invariants_broken", f"log of operation {row['id']}: {starts} {ends}, services {services}")
