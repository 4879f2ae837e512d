"""Mail servers that do one thing wrong: small, real, on loopback, one thread a connection."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

GREETING, HELLO, MAIL, RCPT, DATA, TAKEN = "GREETING", "EHLO", "MAIL", "RCPT", "DATA", "TAKEN"


@dataclass
class Odd:
    """``answers``: step (a command, GREETING, or TAKEN: the end of the content) -> answers, each given once, "" for a
    silence that lasts, "cut" for the end of the connection. Afterwards all is well.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """As the settings want it."""
        return f"127.0.0.1:{self.port}"

    def serve(self, one: socket.socket) -> None:
        """One connection, from the greeting to its end."""
        self.connections += 1
        with contextlib.suppress(OSError, ConnectionAbortedError), one, one.makefile("rb") as lines:
            self._say(one, GREETING, "220 odd")
            to: list[str] = []
            while line := lines.readline():
                words = line.decode().strip()
                command = words.split(" ")[0].split(":")[0].upper()
                self.commands.append(command)
                if command == RCPT:
                    to.append(words.partition("<")[2].partition(">")[0])
                if command == MAIL:
                    to = []
                usual = {DATA: "354 go on", HELLO: "250-odd\r\n250 SIZE", "QUIT": "221 bye"}.get(command, "250 OK")
                said = self._say(one, command, usual)
                if command == RCPT and not said.startswith("250"):
                    to.pop()
                if command == DATA and said.startswith("354"):
                    content = bytearray()
                    while (part := lines.readline()) != b".\r\n":
                        if not part:
                            return
                        content += part[1:] if part.startswith(b"..") else part
                    mail = message_from_bytes(bytes(content), policy=policy.default)
                    assert isinstance(mail, EmailMessage)
                    if not (self.answers.get(TAKEN) or [""])[0].startswith(("4", "5")):
                        self.mails.append(mail)
                        self.receivers.append(to)
                    self._say(one, TAKEN, "250 taken")

    def _say(self, one: socket.socket, step: str, usual: str) -> str:
        answers = self.answers.get(step, [])
        said = answers.pop(0) if answers else usual
        if said == "cut":
            raise ConnectionAbortedError
        if not said:
            self.let_go.wait(120)
            raise ConnectionAbortedError
        one.sendall(said.encode() + b"\r\n")
        return said


@contextlib.contextmanager
def odd(**answers: list[str]) -> Iterator[Odd]:
    """A server that runs."""
    server = Odd({step.upper(): list(given) for step, given in answers.items()})
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=server.serve, args=[listening.accept()[0]], daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)
