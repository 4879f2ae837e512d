"""Webhooks: an order as one signed HTTP request, after the convention of Standard Webhooks 1.0.

Three steps: the intent is committed, the request is made, the result is committed. Killed between the first and the
third, nobody can tell whether the receiver took it: the request is made again, with the same body to the byte and the
same ``webhook-id`` (and ``Idempotency-Key``), by which the receiver knows it. ``X-Kanmon-Attempt`` counts, and
``X-Kanmon-May-Be-Repeat`` says whether it may have been taken before.

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
import ssl
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from kanmon import __version__
from kanmon.action import targets
from kanmon.action.carry_out import attempt as attempts
from kanmon.action.carry_out.attempt import Attempt
from kanmon.action.carry_out.line import Line, Place, places
from kanmon.action.targets import Target, Unusable
from kanmon.common import clock, config, fault, messages
from kanmon.journal.window import Suspended
from kanmon.journal.worker import Passing, Permanent, Stopped, Work

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


def send_webhook(work: Work) -> None:
    """The operation "webhook": carry one order out."""
    attempt = attempts.of(work)
    try:
        target = targets.find(attempt.order.recipients[0])
    except Unusable as problem:
        with work.transaction():
            work.finish("not_executed", sentence=_said(problem.message_id, **problem.params))
        return
    where = look_up(target)
    attempts.tell(work, attempt, "webhook")
    work.intent(webhook_id=attempt.order.message_id, target=target.name)
    with Line() as line, work.effect(line.cut):
        answer = post(target, where, line, attempt)
    judge(target, answer, attempt.may_be_repeat)
    with work.transaction():
        sentence = _said("KNM3105-I", target=target.name, status=answer.said)
        work.finish("success", sentence=sentence, status=answer.status)


def look_up(target: Target) -> list[Place]:
    """Where the target is now. Raises Passing when it has no address, Permanent when one of them may not be used."""
    try:
        found = places(target.host, target.port)
    except OSError as problem:
        raise Passing(_about(target, "KNM3108-W", why=problem)) from None
    for _, address in found:
        kind = targets.where(str(address[0]))
        if kind == "forbidden" or (kind != "public" and not target.private):
            raise Permanent(_about(target, "KNM3110-E", address=address[0]))
        if not target.tls and kind != "loopback":
            raise Permanent(_about(target, "KNM3111-E", address=address[0]))
    return found


def post(target: Target, where: Sequence[Place], line: Line, attempt: Attempt) -> Answer:
    """Make the request. Raises Passing with a sentence; Suspended when it was cut before anything was sent, Stopped
    when it was cut later.
    """
    body = attempt.order.text.encode()
    seconds = float(config.get("webhook.timeout_seconds"))
    sent = False
    try:
        with line.within(seconds), contextlib.closing(_connect(target, where, line, seconds)) as connection:
            sent = True
            connection.request("POST", target.path, body, headers(target, attempt, body))
            fault.point("in_effect")
            with connection.getresponse() as response:
                answer = Answer(response.status, _after_seconds(response.getheader("Retry-After")))
                with contextlib.suppress(OSError, http.client.HTTPException):
                    response.read(ANSWER_BYTES)
            return answer
    except (OSError, http.client.HTTPException) as problem:
        if line.was_cut:
            raise (Stopped() if sent else Suspended()) from None
        if line.out_of_time or isinstance(problem, TimeoutError):
            raise Passing(_about(target, "KNM3109-W", seconds=f"{seconds:g}"), unknown=sent) from None
        why = str(problem) or type(problem).__name__
        raise Passing(_about(target, "KNM3108-W", why=why[:300]), unknown=sent) from None


def headers(target: Target, attempt: Attempt, body: bytes) -> dict[str, str]:
    """The headers of a request, signed now."""
    id, timestamp = attempt.order.message_id, int(clock.now().timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Kanmon/{__version__}",
        "Connection": "close",
        "Idempotency-Key": f'"{id}"',  # a string of RFC 8941, therefore in quotes
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(target.secrets, id, timestamp, body),
        "X-Kanmon-Attempt": str(attempt.number),
        "X-Kanmon-May-Be-Repeat": "true" if attempt.may_be_repeat else "false",
    }


def sign(secrets: Sequence[bytes], id: str, timestamp: int, body: bytes) -> str:
    """One signature by each secret, so that a receiver may still have the old one while it is changed."""
    signed = f"{id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def judge(target: Target, answer: Answer, may_be_repeat: bool) -> None:
    """Raises Passing or Permanent with a sentence unless the receiver took it."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in PASSING or status >= 500 or (status == 409 and may_be_repeat):
        unknown = status >= 500 and status not in REFUSED_UNSEEN
        raise Passing(_about(target, "KNM3107-W", status=answer.said), unknown, answer.after_seconds)
    if 300 <= status < 400:
        raise Permanent(_about(target, "KNM3112-E", status=answer.said))
    raise Permanent(_about(target, "KNM3106-E", status=answer.said))


def _connect(target: Target, where: Sequence[Place], line: Line, seconds: float) -> http.client.HTTPConnection:
    """A connection to one of the looked-up addresses; the name is looked up no more."""
    connected = line.connect(where, seconds)
    try:
        if not target.tls:
            plain = http.client.HTTPConnection(target.host, target.port, timeout=seconds)
            plain.sock = connected
            return plain
        context = ssl.create_default_context()
        if config.get("webhook.ca_file"):
            context.load_verify_locations(str(config.get("webhook.ca_file")))
        secure = http.client.HTTPSConnection(target.host, target.port, timeout=seconds, context=context)
        secure.sock = context.wrap_socket(connected, server_hostname=target.host)
        return secure
    except BaseException:
        connected.close()
        raise


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


def _about(target: Target, id: str, **params: object) -> str:
    return _said(id, target=target.name, host=target.host, **params)


def _said(id: str, **params: object) -> str:
    return messages.text(id, params, str(config.get("server.language")))
