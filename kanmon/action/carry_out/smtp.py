"""Giving one message to one of several mail servers.

They are tried in their order. The next one is tried when a server can't be used at all - no connection, a certificate
that is not trusted, a refusal before it has heard of the mail - and when it says "not now" (4xx): of the whole mail, or
of some recipients, for which the next one is asked alone. What it refuses for good (5xx: the sender, the content, a
recipient) is refused: another server of the same house would only hide it.

Once the content has been sent and no answer came, nobody can tell. Then no other server is asked in this attempt; the
next attempt is marked as a repeat and begins with the next server (``in_order``).
"""

import io
import smtplib
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import default
from typing import Any

from kanmon.action.carry_out.connections import KEPT, Connection, Owner, Server
from kanmon.action.carry_out.line import Line
from kanmon.common import config, messages
from kanmon.journal.window import Suspended
from kanmon.journal.worker import Passing, Permanent, Stopped, Work

Reply = tuple[int, bytes]


@dataclass
class Cut:
    """What ends the sending from another thread: the line that is in use is cut, and no other is opened."""

    was_cut: bool = False
    _line: Line | None = None

    def use(self, line: Line) -> Line:
        """From now on this line is the one to be cut."""
        self._line = line
        if self.was_cut:
            line.cut()
        return line

    def __call__(self) -> None:
        """End it."""
        self.was_cut = True
        if self._line is not None:
            self._line.cut()


@dataclass(frozen=True, slots=True)
class Delivered:
    """``refused``: addresses that get nothing, with the server's answer. ``by``: the servers that took the mail."""

    refused: dict[str, str] = field(default_factory=dict)
    by: tuple[str, ...] = ()


class _Away(Exception):
    """This server does not take the mail, and surely has not. ``for_good``: trying it again changes nothing."""

    def __init__(self, why: str, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


class _Stale(Exception):
    """A kept connection that was not one any more."""


def in_order(known: list[Server], attempt: int, may_be_repeat: bool) -> list[Server]:
    """The servers as this attempt tries them. Pure.

    After an attempt whose end nobody knows another one comes first: the same server may hang at the same place again.
    """
    first = (attempt - 1) % len(known) if may_be_repeat and known else 0
    return known[first:] + known[:first]


def deliver(
    work: Work, cut: Cut, known: list[Server], sender: str, recipients: list[str], message: EmailMessage
) -> Delivered:
    """Give the message away, inside of an effect whose cancel is ``cut``.

    Raises Permanent or Passing with a sentence, Suspended when it was cut before DATA, Stopped when it was cut later.
    """
    waiting, refused, by = list(recipients), dict[str, Reply](), list[str]()
    problems: list[tuple[str, _Away]] = []
    for server in known:
        try:
            answers, given = _give(work, cut, server, sender, waiting, message)
        except _Away as problem:
            problems.append((server.name, problem))
            continue
        refused = {address: reply for address, reply in refused.items() if address not in waiting} | answers
        by += [server.name] * given
        waiting = [address for address, (code, _) in answers.items() if code < 500]
        if not waiting:
            break
    told = {address: _answer(*reply) for address, reply in refused.items()}
    if by:
        return Delivered(told, tuple(by))
    why = [f"{name}: {problem}" for name, problem in problems]
    why += [f"{address}: {answer}" for address, answer in sorted(told.items())]
    may_pass = any(code < 500 for code, _ in refused.values()) or any(not one.for_good for _, one in problems)
    kind = Passing if may_pass else Permanent
    raise kind(_sentence("KNM3018-W" if may_pass else "KNM3017-E", known, "; ".join(why)))


def _sentence(id: str, tried: list[Server], why: object) -> str:
    params = {"server": ", ".join(one.name for one in tried), "why": str(why)[:1500]}
    return messages.text(id, params, str(config.get("server.language")))


def _give(
    work: Work, cut: Cut, server: Server, sender: str, recipients: list[str], message: EmailMessage
) -> tuple[dict[str, Reply], bool]:
    """Give it to one server, by a connection that was kept when there is one.

    Returns refused recipients with the answers, and whether it was taken for others.
    """
    owner = Owner.of(work, server)
    kept = KEPT.take(owner)
    if kept is not None:
        cut.use(kept.line)
        try:
            return _by(work, cut, kept, owner, sender, recipients, message, kept=True)
        except _Stale:
            pass
    line = cut.use(Line())
    try:
        fresh = Connection(server, line)
    except (OSError, ValueError, smtplib.SMTPException) as problem:
        line.__exit__()
        if cut.was_cut:
            raise Suspended from None
        raise _away(problem) from None
    return _by(work, cut, fresh, owner, sender, recipients, message, kept=False)


def _by(
    work: Work, cut: Cut, connection: Connection, owner: Owner, sender: str, recipients: list[str],
    message: EmailMessage, *, kept: bool,
) -> tuple[dict[str, Reply], bool]:  # fmt: skip
    """Give it away by this connection, which is kept when the mail was taken, else closed."""
    given = taken = False
    try:
        if kept and not connection.answers():
            raise _Stale
        content, options = _content(connection, message, [sender, *recipients])
        code, answer = connection.mail(sender, options)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, answer, sender)
        replies = {address: connection.rcpt(address) for address in recipients}
        refused = {address: reply for address, reply in replies.items() if reply[0] not in (250, 251)}
        if any(code == 421 for code, _ in replies.values()):
            raise smtplib.SMTPServerDisconnected("421")
        if len(refused) == len(replies):
            return refused, False
        with work.unfenced():
            given = True
            code, answer = connection.data(content)
        taken = code == 250
        if not taken:
            raise smtplib.SMTPDataError(code, answer)
        return refused, True
    except smtplib.SMTPResponseException as problem:
        if problem.smtp_code < 500:
            raise _Away(_answer(problem.smtp_code, problem.smtp_error)) from None
        why = f"{connection.server.name}: {_answer(problem.smtp_code, problem.smtp_error)}"
        raise Permanent(_sentence("KNM3017-E", [connection.server], why)) from None
    except smtplib.SMTPNotSupportedError as problem:
        raise _away(problem) from None
    except (OSError, smtplib.SMTPException) as problem:
        if cut.was_cut:
            raise (Stopped() if given else Suspended()) from None
        if given:  # the answer was lost after the last byte: the server may have taken the mail
            raise Passing(_sentence("KNM3018-W", [connection.server], _why(problem)), unknown=True) from None
        if kept:
            raise _Stale from None
        raise _away(problem) from None
    finally:
        if taken:
            KEPT.put(owner, connection)
        else:
            connection.end()


def _away(problem: Exception) -> _Away:
    if isinstance(problem, smtplib.SMTPResponseException):
        return _Away(_answer(problem.smtp_code, problem.smtp_error), problem.smtp_code >= 500)
    return _Away(_why(problem), isinstance(problem, smtplib.SMTPNotSupportedError))


def _why(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def _content(smtp: smtplib.SMTP, message: EmailMessage, addresses: list[str]) -> tuple[bytes, list[str]]:
    """The message as bytes, and the options of MAIL: its size, and SMTPUTF8 when an address wants it (RFC 6531)."""
    international = not all(address.isascii() for address in addresses)
    out = io.BytesIO()
    BytesGenerator(out, policy=default.clone(utf8=True) if international else None).flatten(message, linesep="\r\n")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
    if smtp.has_extn("size"):
        options.append(f"size={out.tell()}")
    return out.getvalue(), options


def _answer(code: int, text: Any) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
