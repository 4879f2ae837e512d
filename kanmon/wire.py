"""What Manager and Agent say to each other: messages as msgspec Structs, JSON on the wire. No Django, no I/O.

The agent calls: ``POST /agent/v1/exchange`` with an *Exchange*, a long poll; the Manager answers with *Instructions*.
``/agent/v1/enrol`` and ``/agent/v1/renew`` give certificates, ``GET /agent/v1/authority`` the authority's own; any
other status than 200 carries a *Refusal*. Fields that a side does not know are passed over, so versions may differ.

An order writes *registers* of one PC: ``policy`` (what the action policy decided), ``person`` (what a person permitted
or denied) and ``emergency`` (what a person refused). A register keeps the newest order by (term, version), so that any
order of delivery ends the same. What is taken back stays as an empty register with its number.

Everything is bounded: a list by ``MOST_*``, a body by ``BODY_BYTES``, a text by its own ``max_length``.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

BODY_BYTES = 16 * 2**20  # the longest messages, in the longest characters, fit in
MOST_ORDERS = 1000
MOST_ANSWERS = 1000
MOST_SEEN = 2000
MOST_ENTRIES = 500
MOST_FIXED = 10_000
MOST_PIECES = 10_000
MOST_HEALTH = 40

EXCHANGE = "/agent/v1/exchange"
ENROL = "/agent/v1/enrol"
RENEW = "/agent/v1/renew"
AUTHORITY = "/agent/v1/authority"
MANAGER_NAME = "manager.kanmon.internal"  # in the Manager's certificate, whatever its address is

Mac = Annotated[str, Meta(pattern=r"\A[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")]
Name = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{0,62}\Z")]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Short = Annotated[str, Meta(max_length=255)]
Sentence = Annotated[str, Meta(max_length=1000)]
Address = Annotated[str, Meta(max_length=45)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Params = Annotated[
    dict[Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}\Z")], Annotated[str, Meta(max_length=300)]], Meta(max_length=12)
]
Moment = Annotated[datetime, Meta(tz=True)]

State = Literal["permit", "deny", "refuse"]
Wanted = Literal["permit", "deny", "refuse", "lift", "withdraw", "remove"]
By = Literal["policy", "person"]
Network = Literal["corporate", "quarantine", "unauthenticated", "refused"]
Result = Literal["done", "stale", "failed", "fixed"]


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all messages have in common: frozen, given by name, defaults left out."""


class Order(Message, frozen=True, kw_only=True):
    """What the Manager wants of one PC.

    ``id`` is the operation's. ``version`` grows with every order of this MAC, ``term`` is the Manager's leadership.
    ``lift`` ends a refusal in emergency, ``withdraw`` what a person permitted or denied; both are for persons only.
    ``remove`` by a person forgets everything of the MAC, by the policy only what the policy ordered.
    """

    id: Id
    mac: Mac
    wanted: Wanted
    by: By
    term: Count
    version: Count
    at: Moment
    ip: Address = ""
    host: Short = ""
    reason: Sentence = ""


class Answer(Message, frozen=True, kw_only=True):
    """What became of an order. ``failed`` may be followed by ``done`` for the same order, when it went later."""

    order: Id
    mac: Mac
    result: Result
    term: Count
    at: Moment
    sentence: Sentence = ""


class Seen(Message, frozen=True, kw_only=True):
    """Where a PC was seen by the network itself."""

    mac: Mac
    at: Moment
    network: Literal["corporate", "quarantine", "unauthenticated", "refused", "unknown"] = "unknown"
    how: Literal["accounting", "counter", "authentication"] = "accounting"
    ip: Address = ""
    nas: Short = ""
    port: Short = ""


class Held(Message, frozen=True, kw_only=True):
    """A register: its state (None: nothing, or taken back) and the order that set it."""

    state: State | None = None
    term: Count = 0
    version: Count = 0
    order: Annotated[str, Meta(max_length=64)] = ""
    reason: Sentence = ""
    at: Moment | None = None

    @property
    def stamp(self) -> tuple[int, int]:
        """What is compared: the newer order has the greater one."""
        return self.term, self.version


NOTHING = Held()


class Entry(Message, frozen=True, kw_only=True):
    """A PC of the connection control list. ``told`` is the stamp of the order that told address and host."""

    mac: Mac
    ip: Address = ""
    host: Short = ""
    told: tuple[Count, Count] = (0, 0)
    policy: Held = NOTHING
    person: Held = NOTHING
    emergency: Held = NOTHING

    @property
    def empty(self) -> bool:
        """Nothing holds for it: it is in the list only so that older orders stay refused."""
        return self.policy.state is None and self.person.state is None and self.emergency.state is None

    @property
    def local(self) -> bool:
        """No Manager has ever ordered it: it was imported at the agent."""
        return not (self.policy.term or self.person.term or self.emergency.term)


class Fixed(Message, frozen=True, kw_only=True):
    """A device that is never denied: a whole MAC, or its first octets ("00:1b:a9")."""

    mac: Annotated[str, Meta(pattern=r"\A[0-9a-f]{2}(:[0-9a-f]{2}){2,5}\Z")]
    note: Annotated[str, Meta(max_length=100)] = ""


class Setup(Message, frozen=True, kw_only=True):
    """Which network is for whom. ``version`` 0: nobody has set it up.

    ``parts``: what parts of the agent (``radius``, a driver) make of the networks; each reads and checks its own.
    """

    version: Count = 0
    unregistered: Network = "unauthenticated"
    refused: Network = "refused"
    parts: Annotated[dict[Short, dict[str, Any]], Meta(max_length=20)] = {}
    fixed: Annotated[tuple[Fixed, ...], Meta(max_length=MOST_FIXED)] = ()


class Piece(Message, frozen=True, kw_only=True):
    """A piece of a whole list: ``number`` of ``of``, from 1. All pieces of one list have its ``id``.

    The list is as it was when its first piece was made: orders sent with that piece or later are newer.
    """

    id: Id
    number: Annotated[int, Meta(ge=1, le=MOST_PIECES)]
    of: Annotated[int, Meta(ge=1, le=MOST_PIECES)]
    entries: Annotated[tuple[Entry, ...], Meta(max_length=MOST_ENTRIES)] = ()


class Cause(Message, frozen=True, kw_only=True):
    """A sentence of the catalogue by its id and what fills it, so that who reads it reads it in his own language."""

    id: Annotated[str, Meta(max_length=32)]
    params: Params = {}


class Health(Message, frozen=True, kw_only=True):
    """How a part of the agent is: a driver's name, "link", "certificate"; its sentence, with an id when it is not well.

    ``sentence`` is in the agent's language. ``params`` fill the message ``id``, ``cause`` stands in for its parameter
    ``problem``; ``before``: sentences that go before it. Agents that don't tell these are read by their sentence alone.
    """

    part: Short
    sentence: Sentence
    id: Short = ""
    params: Params = {}
    cause: Cause | None = None
    before: Annotated[tuple[Cause, ...], Meta(max_length=3)] = ()


class Exchange(Message, frozen=True, kw_only=True):
    """What the agent says at each call. ``wait_seconds``: how long the Manager may keep it waiting for orders.

    ``staged``: id and number of the last piece of a whole list that the agent has put aside. ``run`` is another one
    after each start of the agent, ``host`` the machine that it runs on.
    """

    name: Name
    highest_term: Count
    digest: Short
    entries: Count = 0
    setup: Count = 0
    answers: Annotated[tuple[Answer, ...], Meta(max_length=MOST_ANSWERS)] = ()
    seen: Annotated[tuple[Seen, ...], Meta(max_length=MOST_SEEN)] = ()
    health: Annotated[tuple[Health, ...], Meta(max_length=MOST_HEALTH)] = ()
    piece: Piece | None = None
    staged: tuple[str, int] | None = None
    wait_seconds: Annotated[int, Meta(ge=0, le=300)] = 0
    version: Short = ""
    run: Short = ""
    host: Short = ""


class Instructions(Message, frozen=True, kw_only=True):
    """What the Manager says back. ``confirmed``: orders whose answers it has kept; ``want_list``: send the whole list."""

    term: Count
    orders: Annotated[tuple[Order, ...], Meta(max_length=MOST_ORDERS)] = ()
    confirmed: Annotated[tuple[Id, ...], Meta(max_length=MOST_ANSWERS)] = ()
    setup: Setup | None = None
    want_list: bool = False
    whole_list: Piece | None = None


class Invitation(Message, frozen=True, kw_only=True):
    """A token of enrolment, opened: good once, for one hour, for one name. It travels from person to person.

    ``authority``: SHA-256 of the agents' authority (its certificate in DER), hexadecimal. The Manager keeps only a hash
    of ``secret``. ``managers``: where to call.
    """

    name: Name
    authority: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    secret: Annotated[str, Meta(min_length=32, max_length=100)]
    managers: Annotated[tuple[Short, ...], Meta(max_length=10)] = ()


class Enrolment(Message, frozen=True, kw_only=True):
    """Ask for a certificate. ``secret`` is the invitation's, empty for a renewal; ``csr`` is PEM (PKCS #10).

    An invitation is used up by the key that comes with it: asked again with the same key, within its hour, the Manager
    gives a certificate again (the answer may have been lost), with another key it does not.
    """

    name: Name
    csr: Annotated[str, Meta(max_length=8192)]
    secret: Annotated[str, Meta(max_length=100)] = ""


class Certificate(Message, frozen=True, kw_only=True):
    """A certificate and the authority that made it, both PEM."""

    certificate: Annotated[str, Meta(max_length=16_384)]
    authority: Annotated[str, Meta(max_length=16_384)]


class Refusal(Message, frozen=True, kw_only=True):
    """Why a call was not answered. ``id`` is one of the catalogue. Status 409: another node is active."""

    id: Short
    sentence: Sentence


INVITATION_PREFIX = "kne_"


def invitation_text(invitation: Invitation) -> str:
    """The token as people pass it on; its shape is known to ``common.redact``."""
    return INVITATION_PREFIX + base64.urlsafe_b64encode(msgspec.json.encode(invitation)).decode().rstrip("=")


def read_invitation(text: str) -> Invitation:
    """The token opened. Raises ValueError when it is none."""
    bare = text.strip()
    if not bare.startswith(INVITATION_PREFIX) or len(bare) > 4096:
        raise ValueError("it does not begin with " + INVITATION_PREFIX)
    coded = bare.removeprefix(INVITATION_PREFIX)
    told = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
    return msgspec.json.decode(told, type=Invitation)


def digest(entries: Iterable[Entry]) -> str:
    """A fingerprint of what Manager and Agent must both have. Entries in any order; those of the agent alone don't count.

    See ``digest_line``.
    """
    return digest_of(line for entry in entries if (line := digest_line(entry)))


def digest_line(entry: Entry) -> str:
    """What an entry adds to the digest: its registers' states and versions; "" when it does not count."""
    if entry.empty or entry.local:
        return ""
    return f"{entry.mac} {_said(entry.policy)} {_said(entry.person)} {_said(entry.emergency)}\n"


def digest_of(lines: Iterable[str]) -> str:
    """blake2b of 16 bytes (RFC 7693), hexadecimal, over the lines in order of their MACs."""
    return hashlib.blake2b("".join(sorted(lines)).encode(), digest_size=16).hexdigest()


def _said(held: Held) -> str:
    return "-" if held.state is None else f"{held.state}:{held.version}"
