"""What a notifier is: a receiver outside, and how it is told.

It gets a connection that stands (checked address, TLS, a time limit, cut when the lease is lost) and a *parcel*: what
is to be told in one go. It says it, makes as sure as the protocol allows that it has arrived, and returns what the
receiver said. What it raises decides what comes next:

    later()       it can't take it now: tried again (a Passing; with ``unknown=True``: it may have taken it all the same)
    refused()     it does not take it, and would not later: failed (a Permanent)
    OSError       the line broke: tried again, as what may be a repeat
    anything else a mistake: tried again, and logged
"""

import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from kanmon.action.events import Event
from kanmon.action.targets import Target
from kanmon.common import config, messages
from kanmon.journal.worker import Passing, Permanent

EVENTS: Mapping[str, str] = {
    "unreachable": "KNM3243-W", "silent": "KNM3244-W", "address": "KNM3245-E", "plain": "KNM3246-E",
    "taken": "KNM3247-I",
}  # fmt: skip
"""Messages about receivers of events. Other sections of the settings have theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is told in one go.

    ``id``: the mark of the order, the same whenever it is sent. ``body``: the order as it was written down, where its
    kind does so. ``events``: an event for each PC, and the last parcel of an order has one for the run; each has its
    own id. ``attempt``: from 1. ``may_be_repeat``: the receiver may have had it before. ``replay``: a person wants it
    to be told once more.
    """

    id: str
    body: bytes = b""
    events: Sequence[Event] = ()
    attempt: int = 1
    may_be_repeat: bool = False
    replay: bool = False


class Notifier(ABC):
    """A receiver, for one attempt. ``section``: of the settings. ``default_port``: where its address names none.

    ``pcs_at_once``: of how many PCs one parcel tells; a parcel that has arrived is not sent again.
    """

    section: ClassVar[str] = "events"
    says: ClassVar[Mapping[str, str]] = EVENTS
    default_port: ClassVar[int]
    pcs_at_once: ClassVar[int] = 500

    def __init__(self, target: Target) -> None:
        self.target = target

    @property
    @abstractmethod
    def tls(self) -> bool:
        """Whether the connection is by TLS. Without, only private addresses can be reached."""

    @property
    def plain_at_private(self) -> bool:
        """Whether it may do without TLS at private addresses, and not only on this machine."""
        return False

    @abstractmethod
    def tell(self, connection: socket.socket, parcel: Parcel) -> str:
        """Tell the receiver; what it said, for the sentence. See the module for what may be raised."""

    def later(self, said: str) -> Passing:
        """The receiver can't take it now, and has not: raise it."""
        return Passing(self.sentence("KNM3267-W", said=_short(said)))

    def refused(self, said: str) -> Permanent:
        """The receiver does not take it, and would not later: raise it."""
        return Permanent(self.sentence("KNM3268-E", said=_short(said)))

    def sentence(self, id: str, **params: object) -> str:
        """A sentence about the receiver, in the language of the server."""
        known = {"target": self.target.name, "host": self.target.host}
        return messages.text(id, known | params, str(config.get("server.language")))


def _short(said: str) -> str:
    """What a receiver said, as it may stand in a sentence: it can be anything."""
    return "".join(one if one.isprintable() else " " for one in said[:100]).strip() or "-"
