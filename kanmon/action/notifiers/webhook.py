"""Webhooks: an order as one signed HTTP request, after the convention of Standard Webhooks 1.0.

Each attempt has the same body to the byte and the same ``webhook-id`` (and ``Idempotency-Key``), by which the receiver
knows it. ``X-Kanmon-Attempt`` counts, ``X-Kanmon-May-Be-Repeat`` says whether it may have been taken before, and
``X-Kanmon-Replay`` that a person has asked for it once more.

What a receiver answers: 2xx is success; 408, 425, 429 and 5xx may pass, and so do connections that fail; all else is
permanent. 409 means "I am still at it" where an earlier attempt may have arrived (draft-ietf-httpapi-idempotency-key-
header-07, section 2.6), and a refusal where none did. Redirects are not followed. Of an answer only its status is used: its text
could carry the inside of a network into the journal.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import socket
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import ClassVar, NamedTuple

from kanmon import __version__
from kanmon.action.notifiers.notifier import Notifier, Parcel
from kanmon.common import clock, fault
from kanmon.journal.worker import Passing, Permanent

ANSWER_BYTES = 16 * 1024  # read so that the receiver can end its answer; they are not looked at
PASSING = frozenset({408, 425, 429})
REFUSED_UNSEEN = frozenset({501, 503, 505})  # of 5xx: surely not begun; after the others it may have been


class Answer(NamedTuple):
    """What the receiver said: the status, and how long not to come again."""

    status: int
    after_seconds: float

    @property
    def said(self) -> str:
        """As people read it: "404 Not Found"."""
        known = self.status in HTTPStatus._value2member_map_
        return f"{self.status} {HTTPStatus(self.status).phrase}" if known else str(self.status)


class Webhook(Notifier):
    """A receiver of webhooks."""

    section = "webhook"
    says: ClassVar = {
        "unreachable": "KNM3108-W", "silent": "KNM3109-W", "address": "KNM3110-E", "plain": "KNM3111-E",
        "taken": "KNM3105-I",
    }  # fmt: skip

    @property
    def tls(self) -> bool:
        return self.target.scheme == "https"

    def tell(self, connection: socket.socket, parcel: Parcel) -> str:
        http_ = http.client.HTTPConnection(self.target.host, self.target.port)
        http_.default_port = 443 if self.tls else 80  # so that Host is right
        http_.sock = connection
        try:
            with contextlib.closing(http_):
                http_.request("POST", self.target.path, parcel.body, self.headers(parcel))
                fault.point("in_effect")
                with http_.getresponse() as response:
                    answer = Answer(response.status, _after_seconds(response.getheader("Retry-After")))
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        response.read(ANSWER_BYTES)
        except http.client.HTTPException as problem:
            raise OSError(str(problem) or type(problem).__name__) from None
        self.judge(answer, parcel.may_be_repeat)
        return answer.said

    def headers(self, parcel: Parcel) -> dict[str, str]:
        """The headers of a request, signed now."""
        timestamp = int(clock.now().timestamp())
        return {
            "Content-Type": "application/json",
            "User-Agent": f"Kanmon/{__version__}",
            "Connection": "close",
            "Idempotency-Key": f'"{parcel.id}"',  # a string of RFC 8941, therefore in quotes
            "webhook-id": parcel.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self.target.secrets, parcel.id, timestamp, parcel.body),
            "X-Kanmon-Attempt": str(parcel.attempt),
            "X-Kanmon-May-Be-Repeat": "true" if parcel.may_be_repeat else "false",
        } | ({"X-Kanmon-Replay": "true"} if parcel.replay else {})

    def judge(self, answer: Answer, may_be_repeat: bool) -> None:
        """Raises Passing or Permanent with a sentence unless the receiver took it."""
        status = answer.status
        if 200 <= status < 300:
            return
        if status in PASSING or status >= 500 or (status == 409 and may_be_repeat):
            unknown = status >= 500 and status not in REFUSED_UNSEEN
            raise Passing(self.sentence("KNM3107-W", status=answer.said), unknown, answer.after_seconds)
        if 300 <= status < 400:
            raise Permanent(self.sentence("KNM3112-E", status=answer.said))
        raise Permanent(self.sentence("KNM3106-E", status=answer.said))


def sign(secrets: Sequence[bytes], id: str, timestamp: int, body: bytes) -> str:
    """One signature by each secret, so that a receiver may still have the old one while it is changed."""
    signed = f"{id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def _after_seconds(header: str | None) -> float:
    """What Retry-After asks for, in seconds: a number or a date (RFC 9110 section 10.2.3); 0 when it is neither."""
    if header is None:
        return 0.0
    if header.strip().isdecimal():
        return float(header.strip()[:9])
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - clock.now()).total_seconds())
