"""Connections to mail servers, on lines that can be cut, kept between the mails of a burst.

A connection is kept only after a mail was taken by it, for ``mail.keep_seconds``, for ``MAILS`` mails at most, and
``MOST`` of them altogether. It is asked with NOOP before it is used again, and belongs to one leadership: after another
term, or after the trust window was lost in between, nobody uses it any more.
"""

import base64
import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kanmon.action.carry_out.line import Line, places
from kanmon.common import clock, config
from kanmon.journal.worker import Work

MOST = 4  # that are kept
MAILS = 100  # by one connection
POLITE_SECONDS = 2.0  # for NOOP and QUIT


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as the settings say it. ``name`` is how people wrote it."""

    name: str
    host: str
    port: int
    security: str
    user: str


def servers() -> list[Server]:
    """The mail servers in the order in which they are tried; none when none is set."""
    security, user = str(config.get("mail.security")), str(config.get("mail.user"))
    names = [str(config.get("mail.server")), *config.get("mail.fallback_servers")]
    return [_server(name, security, user) for name in dict.fromkeys(names) if name]


def _server(name: str, security: str, user: str) -> Server:
    usual = 465 if security == "tls" else 25
    head, _, port = name.rpartition(":")
    if head and port.isdecimal() and (":" not in head or head.endswith("]")):
        return Server(name, head.strip("[]"), int(port), security, user)
    return Server(name, name.strip("[]"), usual, security, user)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a kept connection is: this server, under this leadership as long as it is not doubted."""

    server: Server
    term: int
    lapses: int

    @classmethod
    def of(cls, work: Work, server: Server) -> "Owner":
        """The owner while ``work`` is done."""
        return cls(server, work.term, work.window.lapses)


class Connection(smtplib.SMTP):
    """An SMTP client on a line of its own. Ready for a mail when it was made: TLS and AUTH as set."""

    def __init__(self, server: Server, line: Line) -> None:
        self.line, self.server, self.mails, self.kept_at = line, server, 0, 0.0
        self._context = _context() if server.security != "none" else None
        super().__init__(server.host, server.port, timeout=float(config.get("mail.timeout_seconds")))
        try:
            if server.security == "starttls":
                self.starttls(context=self._context)
            if server.user:
                password = Path(str(config.get("mail.password_file"))).read_text("utf-8").strip()
                self._sign_in(server.user, password)
            self.ehlo_or_helo_if_needed()
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = self.line.connect(places(host, port), timeout)
        if self.server.security == "tls" and self._context:
            return self._context.wrap_socket(connected, server_hostname=host)
        return connected

    def _sign_in(self, user: str, password: str) -> None:
        if f"{user}{password}".isascii():
            self.login(user, password)
            return
        self.ehlo_or_helo_if_needed()  # smtplib speaks ASCII only; PLAIN is UTF-8 (RFC 4616)
        if "PLAIN" not in self.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError("AUTH PLAIN, which a password beyond ASCII needs, is not supported")
        secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        code, answer = self.docmd("AUTH", f"PLAIN {secret}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def answers(self) -> bool:
        """Whether the server still talks to us: NOOP."""
        try:
            with self._quickly():
                return self.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def leave(self) -> None:
        """QUIT, out of politeness: the server has taken the mail, whatever it says now."""
        with contextlib.suppress(OSError, smtplib.SMTPException), self._quickly():
            self.docmd("QUIT")
        self.end()

    def end(self) -> None:
        """Close it without a word."""
        self.close()
        self.line.__exit__()

    @contextlib.contextmanager
    def _quickly(self) -> Iterator[None]:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(POLITE_SECONDS)
        yield
        if self.sock is not None:
            self.sock.settimeout(self.timeout)


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if file := str(config.get("mail.ca_file")):
        context.load_verify_locations(file)
    return context


class Kept:
    """The connections that wait for another mail, the newest last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[tuple[Owner, Connection]] = []
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, owner: Owner) -> Connection | None:
        """A connection of ``owner`` that may be used again; those of former leaderships are closed."""
        with self._lock:
            mine = [one for one in self._kept if one[0] == owner and not one[1].line.was_cut]
            old = [one for one in self._kept if one[0].term != owner.term or one[0].lapses != owner.lapses]
            taken = mine[-1] if mine else None
            self._kept = [one for one in self._kept if one is not taken and one not in old]
        for _, connection in old:
            connection.end()
        return taken[1] if taken else None

    def put(self, owner: Owner, connection: Connection) -> None:
        """Keep ``connection``, which has just given a mail away, or leave the server."""
        seconds = float(config.get("mail.keep_seconds"))
        connection.mails += 1
        if not seconds or connection.mails >= MAILS or connection.line.was_cut:
            connection.leave()
            return
        connection.kept_at = clock.monotonic()
        with self._lock:
            self._kept.append((owner, connection))
            over = self._kept[:-MOST]
            del self._kept[:-MOST]
            self._wind(seconds)
        for _, one in over:
            one.leave()

    def close(self) -> None:
        """Leave all servers."""
        self._leave(0.0)

    def _wind(self, seconds: float) -> None:
        if self._timer is None and self._kept:
            self._timer = threading.Timer(seconds, self._leave, [seconds])
            self._timer.daemon = True
            self._timer.start()

    def _leave(self, seconds: float) -> None:
        """Leave those that have been kept for ``seconds``; look again later when others stay."""
        until = clock.monotonic() - seconds + 0.01
        with self._lock:
            self._timer = None
            idle = [one for one in self._kept if one[1].kept_at <= until]
            self._kept = [one for one in self._kept if one not in idle]
            self._wind(max(seconds, 0.1))
        for _, one in idle:
            one.leave()


KEPT = Kept()
"""Those of this process."""
