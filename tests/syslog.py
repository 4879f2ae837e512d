"""A receiver of syslog: a real TLS or TCP server on loopback that reads octet-counted frames, and parses them by itself.

What it takes apart follows the texts of RFC 5424, 5425, 6587 and of CEF, not Kanmon's code.
"""

import contextlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEAD = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<proc>\S+) (?P<msgid>\S+) (?P<rest>.*)",
    re.DOTALL,
)
PARAM = re.compile(r' ([^\s="\]]+)="((?:[^"\\\]]|\\["\\\]])*)"')


@dataclass(frozen=True)
class Line:
    """One message. ``data``: its structured data; ``text``: what follows, without the byte order mark."""

    raw: bytes
    pri: int
    time: str
    host: str
    app: str
    msgid: str
    element: str
    data: dict[str, str]
    text: str

    @property
    def id(self) -> str:
        """Id of the event."""
        return self.data["id"]

    @property
    def flagged(self) -> bool:
        """Whether it says that it may be a repeat."""
        return self.data["mayBeRepeat"] == "true"


def parse(raw: bytes) -> Line:
    """A message of RFC 5424 with one element of structured data and a text in UTF-8 with its mark."""
    head = HEAD.fullmatch(raw)
    assert head is not None, raw
    rest = head["rest"].decode()
    opened = re.match(r"\[(\S+?)(?= )", rest)
    assert opened is not None, rest
    place, data = opened.end(), {}
    while found := PARAM.match(rest, place):
        data[found[1]] = re.sub(r'\\(["\\\]])', r"\1", found[2])
        place = found.end()
    assert rest[place : place + 2] == "] ", rest[place:]
    text = rest[place + 2 :]
    assert text.startswith("\ufeff")
    return Line(
        raw, int(head["pri"]), head["time"].decode(), head["host"].decode(), head["app"].decode(),
        head["msgid"].decode(), opened[1], data, text[1:],
    )  # fmt: skip


def parse_cef(text: str) -> tuple[list[str], dict[str, str]]:
    """The seven fields of the head, and the extension, unescaped."""
    parts = re.split(r"(?<!\\)(?:\\\\)*\|", text, maxsplit=7)
    head, extension = [re.sub(r"\\([\\|])", r"\1", one) for one in parts[:7]], parts[7]
    keys = list(re.finditer(r"(?:^| )(\w+)=", re.sub(r"\\.", "__", extension)))
    values = {}
    for place, found in enumerate(keys):
        end = keys[place + 1].start() if place + 1 < len(keys) else len(extension)
        value = extension[found.end() : end]
        values[found[1]] = re.sub(r"\\(.)", lambda one: {"n": "\n", "r": "\r"}.get(one[1], one[1]), value)
    return head, values


@dataclass
class SyslogReceiver:
    """``lines``: all that came in, in order. While ``open`` is cleared it does not end connections; with ``drop_after``
    it resets a connection after so many lines.
    """

    port: int = 0
    lines: list[Line] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    drop_after: int | None = None
    certificates: list[Any] = field(default_factory=list)  # what clients have shown

    def take(self, connection: socket.socket) -> None:
        """Read one connection to its end."""
        reader, count = connection.makefile("rb"), 0
        while length := _length(reader):
            self.lines.append(parse(reader.read(length)))
            count += 1
            if self.drop_after is not None and count >= self.drop_after:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                return
        self.open.wait(60)

    @property
    def ids(self) -> list[str]:
        """Ids of all events, in order."""
        return [line.id for line in self.lines]


def _length(reader: Any) -> int:
    digits = b""
    while (one := reader.read(1)) not in (b"", b" "):
        digits += one
    return int(digits) if digits else 0


@contextmanager
def listening(
    certificate: Path | None = None, port: int = 0, client_ca: Path | None = None
) -> Iterator[SyslogReceiver]:
    """A receiver that runs; with ``certificate`` by TLS, with ``client_ca`` it wants a certificate of the client."""
    server = socket.create_server(("127.0.0.1", port))
    receiver = SyslogReceiver(server.getsockname()[1])
    receiver.open.set()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if client_ca is not None:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED

    def serve(taken: socket.socket) -> None:
        with contextlib.suppress(OSError), taken:
            if context is None:
                receiver.take(taken)
                return
            with context.wrap_socket(taken, server_side=True) as secure:
                receiver.certificates.append(secure.getpeercert())
                receiver.take(secure)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                taken, _ = server.accept()
                threading.Thread(target=serve, args=(taken,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(30)


def pc_ids(lines: list[Line]) -> list[int]:
    """PC numbers of events as CEF."""
    return [int(parse_cef(line.text)[1]["cn3"]) for line in lines if line.msgid == "pc"]


def of_json(line: Line) -> dict[str, Any]:
    """The event, when its format is OCSF."""
    told: dict[str, Any] = json.loads(line.text)
    return told
