"""Try what is set: a mail by every mail server, a connection to a receiver. Nothing of it is an order.

Each try ends within ``mail.timeout_seconds``, or that of the receiver's section, for each server; it says a sentence,
also when it fails. A mail says what it is; a receiver is only connected to, so that it takes no event that did not happen.
"""

import re
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from kanmon.action import targets
from kanmon.action.carry_out import event
from kanmon.action.carry_out.connections import Connection, Server, servers
from kanmon.action.carry_out.line import Line
from kanmon.action.notifiers import notify
from kanmon.action.notifiers.notifier import Notifier
from kanmon.action.notifiers.webhook import Webhook
from kanmon.action.targets import Unusable
from kanmon.common import clock, config, messages
from kanmon.common.errors import Refused
from kanmon.journal.worker import Passing, Permanent
from kanmon.policy.rules_action import ADDRESS

SUBJECT = {"en": "Kanmon: test of the mail settings", "ja": "Kanmon: メール設定のテスト"}
TEXT = {
    "en": "{who} tests the mail settings of Kanmon. This mail was given to {server}. Nothing is to be done.\n",
    "ja": "{who} さんが Kanmon のメール設定をテストしています。このメールは {server} に送られました。対応は不要です。\n",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """How one try ended. ``id`` is that of the sentence."""

    good: bool
    id: str
    sentence: str


def mail(address: str, who: str, language: str) -> list[Tried]:
    """Send a mail to ``address`` by each mail server in turn. Raises Refused KNM6038-E (none is set), KNM6040-E."""
    if len(address) > 254 or not re.fullmatch(ADDRESS, address):
        raise Refused("KNM6040-E", status=422, address=address[:100])
    known = servers()
    if not known:
        raise Refused("KNM6038-E", status=409)
    return [_by(server, address, who, language) for server in known]


def _by(server: Server, address: str, who: str, language: str) -> Tried:
    told = {"server": server.name, "address": address}
    sender = str(config.get("mail.sender"))
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = SUBJECT[language], sender, address
    message["Date"], message["Auto-Submitted"] = format_datetime(clock.now()), "auto-generated"
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message.set_content(TEXT[language].format(who=who, server=server.name), charset="utf-8")
    try:
        with Line() as line, line.within(float(config.get("mail.timeout_seconds"))):
            connection = Connection(server, line)
            try:
                connection.send_message(message, sender, [address])
                connection.leave()
            finally:
                connection.end()
    except (OSError, ValueError, smtplib.SMTPException) as problem:
        return _tried(False, "KNM6037-E", language, **told, why=_why(problem))
    return _tried(True, "KNM6036-I", language, **told)


def _why(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return _answer(*next(iter(problem.recipients.values())))
    if isinstance(problem, smtplib.SMTPResponseException):
        return _answer(problem.smtp_code, problem.smtp_error)
    return (str(problem) or type(problem).__name__)[:300]


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"[:300]


def receivers() -> list[str]:
    """The names of all receivers of the settings, as section/name, in their order."""
    return [
        f"{section}/{entry.partition('=')[0]}"
        for section in ("webhook", "events")
        for entry in config.get(f"{section}.targets")
    ]


def receiver(place: str, language: str) -> Tried:
    """Connect to receiver ``place`` (section/name), with TLS where its address says so. Raises Refused KNM6010-E."""
    if place not in receivers():
        raise Refused("KNM6010-E", status=404, what="receiver", name=place[:100])
    try:
        notifier = _notifier(place)
        where = notify.look_up(notifier)
        with Line() as line:
            notify.connect(notifier, where, line).close()
    except Unusable as problem:
        why = messages.text(problem.message_id, problem.params, language)
        return _tried(False, "KNM6042-E", language, target=place, why=why)
    except (OSError, Passing, Permanent) as problem:
        return _tried(False, "KNM6042-E", language, target=place, why=_why(problem))
    address = f"{notifier.target.host}:{notifier.target.port or notifier.default_port}"
    return _tried(True, "KNM6041-I" if notifier.tls else "KNM6039-I", language, target=place, address=address)


def _notifier(place: str) -> Notifier:
    section, _, name = place.partition("/")
    return Webhook(targets.find(name)) if section == "webhook" else event.find(name)


def _tried(good: bool, id: str, language: str, **params: str) -> Tried:
    return Tried(good, id, messages.text(id, params, language))
