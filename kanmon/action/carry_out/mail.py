"""Mail: to administrators, and to the user of a PC, by SMTP.

Three steps: the intent is committed, the mail is given to a server, the result is committed. Killed between
the first and the third, nobody can tell whether the server took it: the mail is sent again with the same
Message-ID and ``X-Kanmon-Attempt``, and both the mail and the journal say that it may be a repeat.

A server asks nobody who leads. So from DATA on, when the mail can't be taken back, the trust window watches
(``Work.unfenced``); when it closes, the connection is cut. A mail that is cut before DATA was surely not taken. How long
a step may take is ``mail.timeout_seconds`` all the same: a shorter limit would not make it safer, and a server that
looks at a mail for longer than a lease lasts would time out, take it, and get it again each time.

5xx answers are permanent; 4xx, time-outs and broken connections may pass (RFC 5321 section 4.2.1), see ``smtp.py``.
"""

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime

from kanmon.action import digest
from kanmon.action.carry_out import attempt as attempts
from kanmon.action.carry_out import smtp
from kanmon.action.carry_out.attempt import Attempt
from kanmon.action.carry_out.connections import servers
from kanmon.action.models import Order
from kanmon.common import config, messages
from kanmon.journal.worker import Work

FORM = default.clone(cte_type="7bit")  # bodies that any server takes, whether it speaks 8BITMIME or not


def send_mail(work: Work) -> None:
    """The operation "mail": carry one order out."""
    attempt = attempts.of(work)
    digest.write(work, attempt.order)
    send(work, attempt, nobody="KNM3014-W", stale=_nothing)


def _nothing(order: Order) -> str | None:
    """Of a digest: whether nothing was collected for it."""
    if "digest" not in order.input or order.pcs:
        return None
    return messages.text("KNM3051-I", {}, str(config.get("server.language")))


def send(work: Work, attempt: Attempt, nobody: str, stale: Callable[[Order], str | None] = lambda order: None) -> None:
    """Send the mail of an order. ``nobody``: the message when there is no recipient; ``stale``: a sentence why it is
    not wanted any more, or None.
    """
    order, language = attempt.order, str(config.get("server.language"))
    known = servers()
    missing = "KNM3013-W" if not known else "" if order.recipients else nobody
    why = messages.text(missing, {}, language) if missing else stale(order)
    more = [str(one) for one in order.input.get("notes", [])]  # what was to be said when it was ordered
    if why:
        with work.transaction():
            work.finish("not_executed", sentence=" ".join([why, *more]))
        return
    attempts.tell(work, attempt, "mail")
    work.intent(message_id=order.message_id, recipients=len(order.recipients))
    cut = smtp.Cut()
    with work.effect(cut):
        message = build(order, attempt.number, attempt.may_be_repeat)
        tried = smtp.in_order(known, attempt.number, attempt.may_be_repeat)
        sender = str(config.get("mail.sender"))
        done = smtp.deliver(work, cut, tried, sender, list(order.recipients), message)
    sent = len(order.recipients) - len(done.refused)
    if len(known) > 1:
        more.append(messages.text("KNM3030-I", {"server": ", ".join(done.by)}, language))
    with work.transaction():
        if done.refused:
            why = "; ".join(f"{address}: {answer}" for address, answer in sorted(done.refused.items()))[:1000]
            params = {"count": sent, "refused": ", ".join(sorted(done.refused)), "why": why}
            sentence = messages.text("KNM3016-W", params, language)
            work.finish("partial_success", sentence=" ".join([sentence, *more]), sent=sent)
        else:
            sentence = messages.text("KNM3015-I", {"count": sent}, language)
            work.finish("success", sentence=" ".join([sentence, *more]), sent=sent)


def build(order: Order, attempt: int, repeat: bool) -> EmailMessage:
    """The message of an order, the same at every attempt but for its flag."""
    language = str(config.get("server.language"))
    message = EmailMessage(policy=FORM)
    message["Subject"] = order.subject
    message["From"] = str(config.get("mail.sender"))
    message["To"] = ", ".join(order.recipients)
    message["Date"] = format_datetime(order.created_at)
    message["Message-ID"] = order.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Kanmon-Order"] = str(order.operation)
    text, html = order.text, order.html
    if attempt > 1:
        message["X-Kanmon-Attempt"] = str(attempt)
    if repeat:
        text = REPEAT[language] + "\n\n" + text
        html = _marked(html, f"<p><strong>{REPEAT[language]}</strong></p>\n") if html else ""
    message.set_content(text, charset="utf-8")
    if html:
        message.add_alternative(html, subtype="html", charset="utf-8")
    if order.attachment:
        message.add_attachment(bytes(order.attachment), maintype="text", subtype="csv", filename="pcs.csv")
    return message


def _marked(html: str, mark: str) -> str:
    """``html`` with ``mark`` at the beginning of its body."""
    body = re.search(r"<body[^>]*>", html, re.IGNORECASE)
    place = body.end() if body else 0
    return html[:place] + mark + html[place:]


REPEAT = {
    "en": "This mail may be a repeat: the Manager was interrupted while it was being sent.",
    "ja": "このメールは再送の可能性があります（送信中にマネージャーが中断しました）。",
}
