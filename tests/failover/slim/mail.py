"""Mail of the slim process: real SMTP, over a Unix socket."""

import os
import smtplib
import socket
from email.message import EmailMessage
from typing import Any

from kanmon.journal.worker import Passing, Permanent, Work

SERVER = os.environ.get("SLIM_MAIL", "")
SECONDS = 2.0
SENDER, RECEIVER = "kanmon@example.test", "admin@example.test"


class UnixSmtp(smtplib.SMTP):
    """SMTP over a Unix socket."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(timeout)
        made.connect(host)
        return made

    def cut(self) -> None:
        """End what is going on, from another thread."""
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)


def message(order: dict[str, Any]) -> bytes:
    """The mail of an order, the same at each attempt but for its marks."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = order["identity"], SENDER, RECEIVER
    mail["Message-ID"] = f"<{order['key'].replace(':', '.')}@kanmon.test>"
    mail["X-Kanmon-Attempt"], mail["X-Kanmon-Term"] = str(order["attempt"]), str(order["term"])
    mail["X-Kanmon-Operation"] = str(order["operation"])
    mail["X-Kanmon-Repeat"] = "yes" if order["repeat"] else "no"
    mail.set_content("dangerous")
    return mail.as_bytes()


def deliver(work: Work, order: dict[str, Any]) -> None:
    """Raises Passing or Permanent."""
    smtp = UnixSmtp(timeout=SECONDS)
    given = False
    try:
        with work.effect(smtp.cut):
            smtp.connect(SERVER, 1)
            smtp.ehlo_or_helo_if_needed()
            smtp.mail(SENDER)
            smtp.rcpt(RECEIVER)
            with work.unfenced():
                given = True
                code, answer = smtp.data(message(order))
        if code >= 500:
            raise Permanent(f"{code} {answer!r}")
        if code >= 400:
            raise Passing(f"{code} {answer!r}")
    except smtplib.SMTPDataError as problem:
        raise Passing(str(problem)) from None
    except (OSError, smtplib.SMTPException) as problem:
        raise Passing(str(problem) or type(problem).__name__, unknown=given) from None
    finally:
        smtp.close()
