"""The checker, first half: what was acknowledged against what is there, and what arrived against what was ordered.

It reads rows, the ledger and the mail server's box, and knows none of Kanmon's code.
"""

import json
from collections import Counter, defaultdict
from typing import Any

from tests.failover.findings import Findings
from tests.failover.ledger import Delivery, Ledger
from tests.failover.senders import Acknowledged

SAFE, DANGER = 100, 400
SHAPES = ("mail", "post", "command", "probed")


def check_inputs(database: Any, known: Acknowledged, found: Findings) -> None:
    """Each acknowledged input is recorded, once; each number counted, once; each change made, once."""
    recorded = Counter(row["name"] for row in database.rows("SELECT name FROM slim_record"))
    for name in known.inputs:
        if not recorded[name]:
            found.say("inventories_lost", f"input {name} was acknowledged and is not recorded")
    for name, times in recorded.items():
        if times > 1:
            found.say("invariants_broken", f"input {name} is recorded {times} times")
    queued = database.rows("SELECT name FROM slim_input WHERE state = 'queued'")
    if queued:
        found.say("inventories_lost", f"still queued: {[row['name'] for row in queued]}")
    _check_counts(database, known, found)
    settings = Counter(row["name"] for row in database.rows("SELECT name FROM slim_setting"))
    for key in known.changes:
        if settings[key] != 1:
            found.say("invariants_broken", f"change {key} was acknowledged and stands {settings[key]} times")
    for sentence in known.wrong:
        found.say("invariants_broken", sentence)


def _check_counts(database: Any, known: Acknowledged, found: Findings) -> None:
    numbers: dict[int, list[int]] = defaultdict(list)
    for row in database.rows("SELECT operation, number FROM slim_counted ORDER BY id"):
        numbers[row["operation"]].append(row["number"])
    states = {row["id"]: row["state"] for row in database.rows("SELECT id, state FROM operation WHERE kind = 'count'")}
    for operation, goal in known.counts.items():
        state, counted = states.get(operation), numbers[operation]
        cancelled = "cancel" in known.decided.get(operation, [])
        if state == "cancelled" and not counted:
            continue
        if cancelled:
            found.say("invariants_broken", f"count {operation} was cancelled and is {state}, with {len(counted)} rows")
        elif state != "finished" or counted != list(range(1, goal + 1)):
            found.say("actions_lost", f"count {operation} to {goal} is {state}, with {len(counted)} rows in {counted}")


def check_verdicts(database: Any, known: Acknowledged, found: Findings) -> None:
    """Each PC has the level of its newest acknowledged input; its verdicts follow each other."""
    levels = {row["pc"]: row["level"] for row in database.rows("SELECT pc, level FROM slim_level")}
    for pc, (name, value) in known.newest.items():
        wanted = DANGER if value % 2 == 0 else SAFE
        if levels.get(pc) != wanted:
            found.say("judgments_lost", f"PC {pc} is {levels.get(pc)}; by its newest input {name} it is {wanted}")
    last: dict[int, int] = {}
    for row in database.rows("SELECT id, pc, level, level_before FROM slim_verdict ORDER BY id"):
        if row["level_before"] != last.get(row["pc"], SAFE) or row["level"] == row["level_before"]:
            found.say("invariants_broken", f"verdict {row['id']} of PC {row['pc']} does not follow from the one before")
        last[row["pc"]] = row["level"]
    for pc, level in last.items():
        if levels.get(pc) != level:
            found.say("invariants_broken", f"PC {pc} is {levels.get(pc)}, its newest verdict is {level}")


def check_actions(database: Any, ledger: Ledger, found: Findings) -> None:
    """Each action that a verdict asks for was carried out once, or a person has said otherwise."""
    asked = {
        f"verdict-{row['id']}": SHAPES[row["id"] % len(SHAPES)]
        for row in database.rows("SELECT id FROM slim_verdict WHERE level = ? AND decided", DANGER)
    }
    undecided = database.rows("SELECT id FROM slim_verdict WHERE NOT decided")
    if undecided:
        found.say("actions_lost", f"nobody decided about verdicts {[row['id'] for row in undecided]}")
    operations: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in database.rows("SELECT id, kind, state, subject, outcome, redo_of FROM operation ORDER BY id"):
        if row["kind"] in SHAPES:
            operations[row["subject"]].append(row)
    arrived = {kind: ledger.of(kind) for kind in SHAPES}
    for identity, kind in asked.items():
        check_action(identity, kind, operations[identity], arrived[kind].get(identity, []), found)
    for kind, deliveries in arrived.items():
        for identity in deliveries:
            if asked.get(identity) != kind:
                found.say("invariants_broken", f"{kind} {identity} was carried out, and nobody has asked for it")
    _check_terms(ledger, found)
    _check_intents(database, ledger, found)


def check_action(
    identity: str, kind: str, operations: list[dict[str, Any]], arrived: list[Delivery], found: Findings
) -> None:
    """Of one verdict: its operations, in order, against what arrived, in order."""
    first = [row for row in operations if row["redo_of"] is None]
    redone = [row for row in operations if row["redo_of"] is not None]
    if not first:
        found.say("actions_lost", f"{kind} {identity} was never begun")
        return
    last = operations[-1]
    if last["state"] not in ("finished", "cancelled"):
        found.say("actions_lost", f"{kind} {identity} is {last['state']} in the end")
    elif last["state"] == "finished" and not arrived:
        found.say("actions_lost", f"{kind} {identity} is finished, and nothing arrived")
    keys = {one.key for one in arrived}
    if len(keys) > 1 or len(first) > 1:
        found.say("actions_repeated", f"{kind} {identity} has {len(first)} operations; arrived: {sorted(keys)}")
    if kind in ("command", "probed"):
        if len(arrived) > 1 + len(redone):
            found.say("actions_repeated", f"{kind} {identity} ran {len(arrived)} times, {len(redone)} redone")
        return
    applied = [one for one in arrived if one.applied]
    if kind == "post" and len(applied) > 1:
        found.say("actions_repeated", f"post {identity} was taken {len(applied)} times")
    marks = [(one.operation, one.attempt) for one in arrived]
    if len(set(marks)) < len(marks):
        found.say("actions_repeated", f"{kind} {identity} came twice from one attempt: {marks}")
    unmarked = [one.attempt for one in _as_asked(kind, arrived)[1:] if not one.repeat]
    if unmarked:
        found.say("actions_repeated", f"{kind} {identity} came again, not marked as a repeat, in attempts {unmarked}")
    found.shown[f"{kind}s delivered again, marked, with the same {'Message-ID' if kind == 'mail' else 'key'}"] += max(
        0, len(arrived) - 1
    )


def _as_asked(kind: str, arrived: list[Delivery]) -> list[Delivery]:
    """In the order in which a mark is owed. What a frozen node had begun to post arrives when it thaws, perhaps after
    its successor's, which was marked: no check of a window that comes before the sending can keep that from happening,
    and the key, which is the same, tells the receiver. Mails have no such excuse: the successor waits for their end.
    """
    return sorted(arrived, key=lambda one: (one.operation, one.attempt)) if kind == "post" else arrived


def _check_terms(ledger: Ledger, found: Findings) -> None:
    """Who was deposed has no effect that nobody can fence, after his successor had one."""
    newest: dict[str, int] = {}
    for one in list(ledger.deliveries):
        if one.kind in ("mail", "command"):
            if one.term < newest.get(one.kind, 0):
                found.say("invariants_broken", f"{one.kind} {one.identity} of term {one.term} after {newest[one.kind]}")
            newest[one.kind] = max(one.term, newest.get(one.kind, 0))


def _check_intents(database: Any, ledger: Ledger, found: Findings) -> None:
    """Nothing arrives of which there is no intent."""
    rows = database.rows("SELECT operation, attempt, detail FROM entry WHERE event = 'intent'")
    intents = {(row["operation"], row["attempt"], _json(row["detail"])["identity"]) for row in rows}
    for one in list(ledger.deliveries):
        if (one.operation, one.attempt, one.identity) not in intents:
            found.say("invariants_broken", f"{one.kind} {one.identity} arrived without an intent")


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
