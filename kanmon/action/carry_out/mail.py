"""Mail to administrators, by SMTP.

Three steps: the intent is committed, the mail is given to the server, the result is committed. Killed between
the first and the third, nobody can tell whether the server took it: the mail is sent again with the same
Message-ID and ``X-Kanmon-Attempt``, and both the mail and the journal say that it may be a repeat.

5xx answers are permanent; 4xx, time-outs and broken connections may pass (RFC 5321 section 4.2.1).
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from kanmon.action.models import Order
from kanmon.common import config, messages
from kanmon.journal import record
from kanmon.journal.models import Entry
from kanmon.journal.worker import Passing, Permanent, Work


def send_mail(work: Work) -> None:
    """The operation "mail": carry one order out."""
    chain = record.redone(work.operation)
    order = Order.objects.get(operation__in=chain)  # a redo carries out the order of the first
    server = str(config.get("mail.server"))
    language = str(config.get("server.language"))
    missing = "KNM3013-W" if not server else ("KNM3014-W" if not order.recipients else None)
    if missing:
        with work.transaction():
            work.finish("not_executed", sentence=messages.text(missing, {}, language))
        return
    repeat = _may_be_repeat(chain)
    if repeat:
        with work.transaction():
            record.note(
                work.operation, "may_be_repeat",
                {"id": "KNM4003-W", "operation": work.operation.id, "what": "mail", "mark": order.message_id},
            )  # fmt: skip
    work.intent(message_id=order.message_id, recipients=len(order.recipients))
    with work.effect():
        refused = deliver(server, order, build(order, work.operation.attempt, repeat))
    sent = len(order.recipients) - len(refused)
    with work.transaction():
        if refused:
            why = "; ".join(f"{address}: {answer}" for address, answer in sorted(refused.items()))[:1000]
            params = {"count": sent, "refused": ", ".join(sorted(refused)), "why": why}
            work.finish("partial_success", sentence=messages.text("KNM3016-W", params, language), sent=sent)
        else:
            work.finish("success", sentence=messages.text("KNM3015-I", {"count": sent}, language), sent=sent)


def _may_be_repeat(chain: list[int]) -> bool:
    """Whether an earlier attempt got as far as its intent, and then nobody could tell whether the mail was taken:
    it was interrupted, its result could not be written, or the server's last answer was lost.
    """
    wanted = ["intent", "interrupted", "retry", "failed"]
    told = Entry.objects.filter(operation__in=chain, event__in=wanted).order_by("seq").values_list("event", "detail")
    return any(
        before == "intent" and (event == "interrupted" or detail.get("unknown", False))
        for (before, _), (event, detail) in pairwise(told)
    )


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


def deliver(server: str, order: Order, message: EmailMessage) -> dict[str, str]:
    """Give the message to the SMTP server. Returns refused addresses with the server's answer.

    Raises Permanent or Passing with a sentence.
    """
    language = str(config.get("server.language"))

    def sentence(id: str, why: object) -> str:
        return messages.text(id, {"server": server, "why": why}, language)

    given = False
    try:
        with _connect(server) as smtp:
            given = True
            refused = smtp.send_message(message, str(config.get("mail.sender")), list(order.recipients))
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
        # no answer: when it was lost after the last byte, the server may have taken the mail
        raise Passing(sentence("KNM3018-W", str(problem) or type(problem).__name__), unknown=given) from None
    return {address: _answer(*reply) for address, reply in refused.items()}


def _answer(code: int, text: Any) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _connect(server: str) -> smtplib.SMTP:
    """A connection that is ready to take a message: TLS and AUTH as set."""
    security = config.get("mail.security")
    host, _, port = server.rpartition(":") if ":" in server else (server, "", "465" if security == "tls" else "25")
    timeout = float(config.get("mail.timeout_seconds"))
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if security == "tls":
        smtp = smtplib.SMTP_SSL(host, int(port), timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(host, int(port), timeout=timeout)
    try:
        if security == "starttls":
            smtp.starttls(context=context)
        if config.get("mail.user"):
            smtp.login(
                str(config.get("mail.user")), Path(str(config.get("mail.password_file"))).read_text("utf-8").strip()
            )
    except BaseException:
        smtp.close()
        raise
    return smtp
