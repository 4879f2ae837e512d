"""Which entries of the journal are told in the audit, and how. Values in, values out.

What a person or a program decided, and what came of it; what carries on by itself is not told: of the thousands of
records, judgments and action decisions that inventory causes, the audit has the actions (mails, commands, orders).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

SEALED = "audit_sealed"  # the entry of a seal: told in the log; in the audit it would make the next seal
INNER = frozenset({"record", "judge", "act"})  # kinds that follow from inventory by themselves
CHANGE = "change"  # a change that is one transaction: its end tells it, see journal/once.py
DECIDED = frozenset({"held", "released", "it_ran", "closed", "redone", "replayed", "given_up", "cancelled", "in_doubt"})
ENDED = frozenset({"finished", "failed"})
COLUMNS = frozenset({"actor", "address", "event", "operation", "subject"})  # stand in the row itself
CHANGES = {
    "token_made": "KNM4207-I",
    "token_revoked": "KNM4208-I",
    "person_made": "KNM7216-I",
    "person_changed": "KNM7217-I",
    "person_disabled": "KNM7218-I",
    "person_enabled": "KNM7219-I",
    "person_link_made": "KNM7220-I",
    "second_factor_removed": "KNM7228-I",
    "session_ended": "KNM7232-I",
    "sessions_ended": "KNM7233-I",
}


class Told(NamedTuple):
    """A row to be. ``detail`` may hold ``id``, a message of the catalogue: it tells the row, filled by the rest.

    ``at`` None: now.
    """

    event: str
    actor: str = ""
    subject: str = ""
    detail: Mapping[str, Any] = {}
    address: str = ""
    operation: int | None = None
    at: datetime | None = None


def is_told(operation: Mapping[str, Any], event: str) -> bool:
    """Whether an operation's entry is told in the audit."""
    if event in DECIDED:
        return True
    kind = operation["kind"]
    by_itself = operation["parent"] is not None or operation["requester"] == "inventory"
    asked_for = operation["redo_of"] is not None or not by_itself
    if event == "begun":
        return asked_for and kind != CHANGE
    return event in ENDED and (asked_for or kind not in INNER)


def _rest(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name not in COLUMNS}


def service(entry: Mapping[str, Any]) -> Told | None:
    """The row of an entry that belongs to no operation: start, stop, failover, who was deposed. None for seals.

    ``entry`` is a row of the journal's table.
    """
    if entry["event"] == SEALED:
        return None
    detail = entry["detail"]
    told = {**_rest(detail), "node": entry["node"], "leadership": entry["term"], "entry": entry["seq"]}
    actor, subject = str(detail.get("actor") or "kanmon"), str(detail.get("subject") or entry["node"])
    return Told(entry["event"], actor, subject, told, str(detail.get("address") or ""), at=entry["at"])


def of_operation(operation: Mapping[str, Any], entry: Mapping[str, Any]) -> Told | None:
    """The row of an operation's entry; None when it is not told. Both are rows of the journal's tables."""
    event, kind, detail = entry["event"], operation["kind"], entry["detail"]
    if not is_told(operation, event):
        return None
    if kind == CHANGE and detail.get("event") in CHANGES:  # the change says what it is: outcome {"event": ...}
        name, message_id = detail["event"], CHANGES[detail["event"]]
    else:
        name, message_id = f"{kind}_{event}", "KNM4218-I" if event == "begun" else detail.get("id")
    told = {
        **_rest(detail), "id": message_id, "kind": kind, "requester": operation["requester"],
        "entry": entry["seq"], "node": entry["node"], "leadership": entry["term"], "attempt": entry["attempt"],
    }  # fmt: skip
    actor = str(detail.get("actor") or operation["actor"] or "kanmon")
    return Told(
        name, actor, operation["subject"], told, str(detail.get("address") or ""), operation["id"], entry["at"]
    )  # fmt: skip
