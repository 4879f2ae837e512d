"""Disconnect and CoA requests to a switch (RFC 5176), packets by pyrad: one question, its retries, one answer.

A switch does not answer what was signed with another secret (section 2.3 and RFC 2865 section 3): a wrong secret looks
like a switch that is off. What is sent again is the same packet with the same identifier, so it is done once.
"""

import asyncio
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pyrad import packet
from pyrad.dictionary import Dictionary

from kanmon.agent.radius.attributes import Attributes
from kanmon.common import clock
from kanmon.common.errors import Refused

WAITS = (0.5, 1.0, 1.5)  # seconds after each try
AT_ONCE = 100  # questions on their way at a time
Kind = Literal["coa", "disconnect"]
_CODE = {"coa": packet.CoARequest, "disconnect": packet.DisconnectRequest}
_ACK = (packet.CoAACK, packet.DisconnectACK)
_NAK = (packet.CoANAK, packet.DisconnectNAK)


class Said(NamedTuple):
    """What a switch said. ``silent``: nothing at all. ``closed``: nobody listens there. ``forged``: only answers that
    another secret has signed. ``error_cause``: of a NAK, 0 when it names none."""

    kind: Literal["ack", "nak", "silent", "closed", "forged"]
    error_cause: int = 0


@cache
def dictionary() -> Dictionary:
    """The attributes that such requests may hold."""
    return Dictionary(str(Path(__file__).with_name("dictionary.txt")))


class _Exchange(asyncio.DatagramProtocol):
    """Waits for the answer to one question."""

    def __init__(self, question: packet.CoAPacket) -> None:
        self.question = question
        self.answer: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self.forged = self.closed = False

    def datagram_received(self, data: bytes, _: object) -> None:
        try:
            reply = self.question.CreateReply(packet=data)
            genuine = bool(self.question.VerifyReply(reply, data))
            cause = int(reply["Error-Cause"][0]) if genuine and "Error-Cause" in reply else 0
        except Exception:  # pyrad raises several kinds for what is no packet; whatever came is nobody's answer
            genuine = False
        if not genuine or reply.code not in _ACK + _NAK:
            self.forged = True
        elif not self.answer.done():
            self.answer.set_result(Said("ack") if reply.code in _ACK else Said("nak", cause))

    def error_received(self, _: Exception) -> None:
        """ICMP says that nobody listens; so it may be for a moment, while the switch starts."""
        self.closed = True


def build(kind: Kind, secret: str, attributes: Attributes) -> packet.CoAPacket:
    """The packet. Raises Refused KNM8208-E for an attribute that is not in ``dictionary.txt`` or has a wrong value."""
    question = packet.CoAPacket(code=_CODE[kind], secret=secret.encode(), dict=dictionary())
    question.AddAttribute("Event-Timestamp", int(clock.now().timestamp()))  # against replay, section 6.3
    for name, values in attributes.items():
        for value in values:
            try:
                question.AddAttribute(name, _typed(name, value))
            except Exception as problem:  # pyrad raises several kinds
                raise Refused("KNM8208-E", name=name, problem=str(problem) or type(problem).__name__) from None
    question.add_message_authenticator()
    return question


def _typed(name: str, value: str) -> str | int | bytes:
    kind = dictionary()[name].type
    if kind == "octets":
        return value.encode()
    return int(value) if kind == "integer" and value.isdigit() else value


async def ask(
    kind: Kind, address: str, port: int, secret: str, attributes: Attributes, waits: tuple[float, ...] = WAITS
) -> Said:
    """Ask the switch at ``address`` once, with a retry after each of ``waits`` seconds but the last. Raises Refused."""
    question = build(kind, secret, attributes)
    raw = question.RequestPacket()
    loop = asyncio.get_running_loop()
    try:
        transport, exchange = await loop.create_datagram_endpoint(
            lambda: _Exchange(question), remote_addr=(address, port)
        )
    except OSError:  # no way there
        return Said("closed")
    try:
        for seconds in waits:
            transport.sendto(raw)
            done, _ = await asyncio.wait([exchange.answer], timeout=seconds)
            if done:
                return exchange.answer.result()
        return Said("forged" if exchange.forged else "closed" if exchange.closed else "silent")
    finally:
        transport.close()
