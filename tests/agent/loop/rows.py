"""What is to be, by the Manager's rows alone: read from its database by SQL, and put together in the simplest way there is.

Nothing of Kanmon is used here, so that a mistake in the product is not made twice.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLES = {"network_order": "*", "network_entry": "*", "run": "id, cause", "operation": "id, kind, run"}
ENDS = {"acknowledged", "verified", "overtaken", "fixed"}


def read(home: Path) -> dict[str, Any]:
    """Orders, the list's own states, and the newest setup."""
    with sqlite3.connect(f"file:{home}/kanmon.sqlite3?mode=ro", uri=True, timeout=30) as database:
        database.row_factory = sqlite3.Row
        found: dict[str, Any] = {
            table: [dict(row) for row in database.execute(f"SELECT {columns} FROM {table}")]
            for table, columns in TABLES.items()
        }
        setup = database.execute("SELECT body FROM network_setup ORDER BY version DESC LIMIT 1").fetchone()
    return found | {"setup": json.loads(setup[0]) if setup else {}}


def states(rows: dict[str, Any]) -> dict[str, str]:
    """What the last decided orders come to: state by MAC; who has none is not in it."""
    emergency: dict[str, str] = {}
    person: dict[str, str] = {}
    policy: dict[str, str] = {}
    for order in sorted(rows["network_order"], key=lambda one: (one["mac"], one["version"])):
        mac, wanted = order["mac"], order["wanted"]
        if order["by"] == "policy":
            policy[mac] = wanted
        elif wanted == "refuse":
            emergency[mac] = wanted
        elif wanted == "lift":
            emergency.pop(mac, None)
        elif wanted == "withdraw":
            person.pop(mac, None)
        else:
            person[mac] = wanted
    told = policy | person | emergency
    return {mac: "permit" if is_fixed(mac, rows) else state for mac, state in told.items()}


def is_fixed(mac: str, rows: dict[str, Any]) -> bool:
    """A device that nobody cuts off."""
    return any(mac.startswith(one["mac"]) for one in rows["setup"].get("fixed", ()))


def wrong(rows: dict[str, Any], device: dict[str, str], told: dict[str, set[str]], cap: int) -> Iterator[str]:
    """Sentences about what must not be. ``device``: state by MAC; ``told``: by order, what the agent's log says of it."""
    wanted = states(rows)
    for mac in sorted(wanted.keys() | device.keys()):
        if device.get(mac) != wanted.get(mac):
            yield f"{mac} is {device.get(mac)} in the network, and {wanted.get(mac)} by the last orders"
    for entry in rows["network_entry"]:
        mac = entry["mac"]
        if not is_fixed(mac, rows) and (entry["state"] or None) != wanted.get(mac):
            yield f"{mac} is {entry['state'] or None} in the Manager's list, and {wanted.get(mac)} by its orders"
    yield from _orders(rows)
    for order, contents in told.items():
        if len(contents) > 1:
            yield f"order {order} was given with two contents: {sorted(contents)}"
    denied = {one["pc"] for one in rows["network_order"] if (one["by"], one["wanted"]) == ("policy", "deny")}
    answers = {one["id"] for one in rows["run"] if one["cause"] == "answer"}
    of_answers = {one["id"] for one in rows["operation"] if one["kind"] == "network" and one["run"] in answers}
    approved = {one["pc"] for one in rows["network_order"] if one["operation"] in of_answers}
    if len(denied - approved) > cap:
        yield f"{len(denied - approved)} PCs were cut off by policy and approved by nobody; the cap is {cap}"


def _orders(rows: dict[str, Any]) -> Iterator[str]:
    versions = Counter((one["mac"], one["version"]) for one in rows["network_order"])
    for (mac, version), count in versions.items():
        if count > 1:
            yield f"version {version} of {mac} was given {count} times"
    last: dict[str, str] = {}
    for one in sorted(rows["network_order"], key=lambda one: (one["mac"], one["version"])):
        if one["progress"] not in ENDS:
            yield f"order {one['id']} for {one['mac']} ({one['wanted']}) has ended as {one['progress']}: {one['sentence']}"
        if one["progress"] == "fixed" and not is_fixed(one["mac"], rows):
            yield f"order {one['id']} was passed over, and {one['mac']} is no fixed device"
        if one["by"] == "policy":
            if last.get(one["mac"]) == one["wanted"]:
                yield f"order {one['id']}: the policy orders {one['wanted']} of {one['mac']} twice running"
            last[one["mac"]] = one["wanted"]
