"""What senders say besides inventories, and the answers that each protocol wants.

An agent does not send its inventory before it got the right answer to its greeting: FusionInventory and OCS
send a PROLOG and want ``SEND`` in zlib-compressed XML, GLPI agents that speak JSON send a contact and want to
hear which tasks to do. An answer is (HTTP status, content type, body).
"""

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from kanmon.intake.report import SUPPLEMENTS

CONTACT_HOURS = 24  # how often an agent is asked to come

Wire = tuple[int, str, bytes]
_OWN_WORDS = frozenset(
    {"kanmon", "systeminfo", "osquery", "fleet", *SUPPLEMENTS}
)  # of senders that read no answer of theirs


class Prolog(msgspec.Struct, frozen=True):
    """The greeting of a FusionInventory or OCS agent."""

    format: str
    device_key: str

    def reply(self, agent: str = "") -> Wire:
        """Asks for the inventory."""
        return _xml(f"<REPLY><RESPONSE>SEND</RESPONSE><PROLOG_FREQ>{CONTACT_HOURS}</PROLOG_FREQ></REPLY>")


class Contact(msgspec.Struct, frozen=True):
    """The greeting of a GLPI agent in JSON. ``tasks`` are those it would do."""

    format: str
    device_key: str
    tasks: tuple[str, ...] = ()

    def reply(self, agent: str = "") -> Wire:
        """Asks for the inventory and for nothing else."""
        others = [task for task in self.tasks if task != "inventory"]
        answer: dict[str, Any] = {
            "status": "ok",
            "expiration": CONTACT_HOURS,
            "tasks": {"inventory": {"server": "glpi", "version": "10.0.0"}},  # the version is that of the protocol
        }
        return _json(answer | ({"disabled": others} if others else {}))


def accepted(format: str, agent: str = "", result: str = "") -> Wire:
    """The answer to an inventory in ``format`` that is safely stored. ``result`` is told where no agent minds it."""
    if format in _OWN_WORDS:
        return _json({"status": "accepted"} | ({"result": result} if result else {}))
    if format == "glpi":
        return _json({"status": "ok", "expiration": CONTACT_HOURS})
    if format == "ocs":
        return _xml("<REPLY><RESPONSE>ACCOUNT_UPDATE</RESPONSE></REPLY>")
    return _xml("<REPLY></REPLY>")


def _xml(text: str) -> Wire:
    body = zlib.compress(
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()
    )  # header 78 9c, which agents look for
    return 200, "application/x-compress", body


def _json(value: Mapping[str, Any]) -> Wire:
    return 200, "application/json", msgspec.json.encode(value)
