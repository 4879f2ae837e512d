"""Mail to administrators, by SMTP.

Three steps: the intent is committed, the mail is given to the server, the result is committed. Killed between
the first and the third, nobody can tell whether the server took it: the mail is sent again with the same
Message-ID and ``X-Kanmon-Attempt``, and both the mail and the journal say that it may be a repeat.

A server asks nobody who leads. So from DATA on, when the mail can't be taken back, the trust window watches
(``Work.unfenced``); when it closes, the connection is cut. A mail that is cut before DATA was surely not taken. How long
a step may take is ``mail.timeout_seconds`` all the same: a shorter limit would not make it safer, and a server that
looks at a mail for longer than a lease lasts would time out, take it, and get it again each time.

5xx answers are permanent; 4xx, time-outs and broken connections may pass (RFC 5321 section 4.2.1).
"""

import contextlib
import io
import smtplib
import socket
import ssl
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from kanmon.action.carry_out import attempt as attempts
from kanmon.action.carry_out.line import Line, places
from kanmon.action.models import Order
from kanmon.common import config, messages
from kanmon.journal.window import Suspended
from kanmon.journal.worker import Passing, Permanent, Stopped, Work

QUIT_SECONDS = 2.0


def send_mail(work: Work) -> None:
    """The operation "mail": carry one order out."""
    attempt = attempts.of(work)
    order = attempt.order
    server = str(config.get("mail.server"))
    language = str(config.get("server.language"))
    missing = "KNM3013-W" if not server else ("KNM3014-W" if not order.recipients else None)
    if missing:
        with work.transaction():
            work.finish("not_executed", sentence=messages.text(missing, {}, language))
        return
    attempts.tell(work, attempt, "mail")
    work.intent(message_id=order.message_id, recipients=len(order.recipients))
    with Line() as line, work.effect(line.cut):
        message = build(order, attempt.number, attempt.may_be_repeat)
        refused = deliver(work, line, server, list(order.recipients), message)
    sent = len(order.recipients) - len(refused)
    with work.transaction():
        if refused:
            why = "; ".join(f"{address}: {answer}" for address, answer in sorted(refused.items()))[:1000]
            params = {"count": sent, "refused": ", ".join(sorted(refused)), "why": why}
            work.finish("partial_success", sentence=messages.text("KNM3016-W", params, language), sent=sent)
        else:
            work.finish("success", sentence=messages.text("KNM3015-I", {"count": sent}, language), sent=sent)


def build(order: Order, attempt: int, repeat: bool) -> EmailMessage:
    """The message of an order, the same at every attempt but for its flag."""
    language = str(config.get("server.language"))
    message = EmailMessage()
    message["Subject"] = order.subject
    message["From"] = str(config.get("mail.sender"))
    message["To"] = ", ".join(order.recipients)
    message["Date"] = format_datetime(order.created_at)
    message["Message-ID"] = order.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Kanmon-Order"] = str(order.operation)
    text = order.text
    if attempt > 1:
        message["X-Kanmon-Attempt"] = str(attempt)
    if repeat:
        text = _REPEAT[language] + "\n\n" + text
    message.set_content(text, charset="utf-8")
    if order.attachment:
        message.add_attachment(bytes(order.attachment), maintype="text", subtype="csv", filename="pcs.csv")
    return message


_REPEAT = {
    "en": "This mail may be a repeat: the Manager was interrupted while it was being sent.",
    "ja": "このメールは再送の可能性があります（送信中にマネージャーが中断しました）。",
}


def deliver(work: Work, line: Line, server: str, recipients: list[str], message: EmailMessage) -> dict[str, str]:
    """Give the message to the SMTP server. Returns refused addresses with the server's answer.

    Raises Permanent or Passing with a sentence, Suspended when it was cut before DATA, Stopped when it was cut later.
    """
    language = str(config.get("server.language"))

    def sentence(id: str, why: object) -> str:
        return messages.text(id, {"server": server, "why": why}, language)

    given = False
    try:
        with _connect(server, line) as smtp:
            sender = str(config.get("mail.sender"))
            content, options = _content(smtp, message, [sender, *recipients])
            refused = _envelope(smtp, sender, recipients, options)
            with work.unfenced():
                given = True
                code, answer = smtp.data(content)
            if code != 250:
                raise smtplib.SMTPDataError(code, answer)
            _leave(smtp)
    except smtplib.SMTPRecipientsRefused as problem:
        answers = {address: _answer(*reply) for address, reply in problem.recipients.items()}
        why = "; ".join(f"{address}: {answer}" for address, answer in sorted(answers.items()))
        if all(reply[0] >= 500 for reply in problem.recipients.values()):
            raise Permanent(sentence("KNM3017-E", why)) from None
        raise Passing(sentence("KNM3018-W", why)) from None
    except smtplib.SMTPResponseException as problem:
        why = _answer(problem.smtp_code, problem.smtp_error)
        if problem.smtp_code >= 500:
            raise Permanent(sentence("KNM3017-E", why)) from None
        raise Passing(sentence("KNM3018-W", why)) from None
    except smtplib.SMTPNotSupportedError as problem:
        raise Permanent(sentence("KNM3017-E", problem)) from None
    except (OSError, smtplib.SMTPException) as problem:
        if line.was_cut:
            raise (Stopped() if given else Suspended()) from None
        # no answer: when it was lost after the last byte, the server may have taken the mail
        raise Passing(sentence("KNM3018-W", str(problem) or type(problem).__name__), unknown=given) from None
    return {address: _answer(*reply) for address, reply in refused.items()}


def _content(smtp: smtplib.SMTP, message: EmailMessage, addresses: list[str]) -> tuple[bytes, list[str]]:
    """The message as bytes, and the options of MAIL: its size, and SMTPUTF8 when an address wants it (RFC 6531)."""
    international = not all(address.isascii() for address in addresses)
    out = io.BytesIO()
    BytesGenerator(out, policy=default.clone(utf8=True) if international else None).flatten(message, linesep="\r\n")
    options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
    if smtp.has_extn("size"):
        options.append(f"size={out.tell()}")
    return out.getvalue(), options


def _envelope(
    smtp: smtplib.SMTP, sender: str, recipients: list[str], options: list[str]
) -> dict[str, tuple[int, bytes]]:
    """MAIL and RCPT, all that comes before DATA. Returns refused recipients with the server's answer."""
    code, answer = smtp.mail(sender, options)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    replies = {address: smtp.rcpt(address) for address in recipients}
    refused = {address: reply for address, reply in replies.items() if reply[0] not in (250, 251)}
    if len(refused) == len(replies):
        raise smtplib.SMTPRecipientsRefused(refused)
    return refused


def _leave(smtp: smtplib.SMTP) -> None:
    """QUIT, out of politeness: the server has taken the mail, whatever it says now."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        assert smtp.sock is not None
        smtp.sock.settimeout(QUIT_SECONDS)
        smtp.docmd("QUIT")


def _answer(code: int, text: Any) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


class _Smtp(smtplib.SMTP):
    """An SMTP client on a line that can be cut. ``context``: TLS from the first byte on."""

    def __init__(self, line: Line, host: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        self._line, self._name, self._tls = line, host, context
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = self._line.connect(places(host, port), timeout)
        return self._tls.wrap_socket(connected, server_hostname=self._name) if self._tls else connected

    def __exit__(self, *_: object) -> None:
        self.close()


def _connect(server: str, line: Line) -> smtplib.SMTP:
    """A connection that is ready to take a message: TLS and AUTH as set."""
    security = config.get("mail.security")
    host, _, port = server.rpartition(":") if ":" in server else (server, "", "465" if security == "tls" else "25")
    timeout = float(config.get("mail.timeout_seconds"))
    context = ssl.create_default_context()
    smtp = _Smtp(line, host, int(port), timeout, context if security == "tls" else None)
    try:
        if security == "starttls":
            smtp.starttls(context=context)
        if config.get("mail.user"):
            smtp.login(
                str(config.get("mail.user")), Path(str(config.get("mail.password_file"))).read_text("utf-8").strip()
            )
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp
