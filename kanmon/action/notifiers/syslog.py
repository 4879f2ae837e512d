"""Syslog: one line an event (RFC 5424), by TLS (RFC 5425) or TCP with octet counting (RFC 6587, section 3.4.1).

    tls://siem.example.com:6514?format=cef        tcp://127.0.0.1:601?format=ocsf&facility=13

Syslog has no acknowledgement. What comes nearest: everything is sent, our side of the connection is ended in order
(close_notify, FIN), and then the receiver ends its own. It does so when it has read to the end; one that has died, or
has thrown unread lines away, resets the connection, and one that had ended it before may not have read all. So a parcel
has arrived when the receiver has ended the connection in order *after* us; else it is sent again, with the same ids.
That it was read is known, not that it was stored.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC

from kanmon.action.events import Event
from kanmon.action.notifiers.cef import cef
from kanmon.action.notifiers.notifier import Notifier, Parcel
from kanmon.action.notifiers.ocsf import ocsf
from kanmon.action.targets import Target, Unusable
from kanmon.common import config, fault
from kanmon.judgment.levels import Level

FORMATS: Mapping[str, Callable[[Event, dict[str, str]], str]] = {"cef": cef, "ocsf": ocsf}
SEVERITY = {Level.DANGER: 2, Level.WARNING: 4, Level.CAUTION: 5, Level.SAFE: 6}  # critical, warning, notice, info
FACILITY = 13  # log audit
CLIPS = (4000, 1000, 250, 60, 20)
BOM = "\ufeff"


class Syslog(Notifier):
    """A receiver of syslog."""

    pcs_at_once = 1000

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        options = {"format": "cef", "facility": str(FACILITY)} | target.options
        facility = options["facility"]
        if options["format"] not in FORMATS or not (facility.isdecimal() and int(facility) < 24) or len(options) > 2:
            raise Unusable("KNM3248-W", target=target.name, formats=", ".join(FORMATS))
        self._format, self._facility = FORMATS[options["format"]], int(facility)

    @property
    def tls(self) -> bool:
        return self.target.scheme == "tls"

    @property
    def default_port(self) -> int:  # type: ignore[override]
        """Those of IANA: syslog-tls, syslog-conn."""
        return 6514 if self.tls else 601

    @property
    def plain_at_private(self) -> bool:
        return True

    def tell(self, connection: socket.socket, parcel: Parcel) -> str:
        for event in parcel.events:
            connection.sendall(self.frame(event, parcel))
        fault.point("in_effect")
        end(connection)
        return f"{len(parcel.events)}"

    def frame(self, event: Event, parcel: Parcel) -> bytes:
        """One message with its length before it. Texts are cut until it has ``events.message_bytes`` at most."""
        most, message = int(config.get("events.message_bytes")), b""
        for characters in CLIPS:
            message = self._message(event.clipped(characters), parcel)
            if len(message) <= most:
                break
        return b"%d %s" % (len(message), message)

    def _message(self, event: Event, parcel: Parcel) -> bytes:
        flags = {"mayBeRepeat": parcel.may_be_repeat, "replay": parcel.replay}
        said = {f"Kanmon{name[0].upper()}{name[1:]}": "true" for name, set_ in flags.items() if set_}
        data = {
            "id": event.id, "order": str(event.occasion.order), "run": str(event.occasion.run),
            "level": event.level.word, "attempt": str(parcel.attempt),
            **{name: "true" if set_ else "false" for name, set_ in flags.items()},
        }  # fmt: skip
        moment = event.occasion.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        node = "".join(one for one in config.node() if "!" <= one <= "~")[:255] or "-"
        head = (
            f"<{self._facility * 8 + SEVERITY.get(event.level, 5)}>1 {moment} {node} kanmon -"
            f" {'pc' if event.pc else 'run'} {structured(data)} "
        )
        return (head + BOM + self._format(event, said)).encode("utf-8", "replace")


def structured(values: Mapping[str, str]) -> str:
    """Structured data of RFC 5424, section 6.3, under the number of ``events.enterprise``."""

    def escaped(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")

    inside = " ".join(f'{name}="{escaped(value)}"' for name, value in values.items())
    return f"[kanmon@{config.get('events.enterprise')} {inside}]"


def end(connection: socket.socket) -> None:
    """End our side, and wait until the receiver has ended its own. Raises OSError when it did not, or had before."""
    if _ended(connection):
        raise ConnectionAbortedError("the receiver had closed the connection before all was sent")
    if isinstance(connection, ssl.SSLSocket):
        with contextlib.suppress(ssl.SSLEOFError, ssl.SSLZeroReturnError):  # it ends without close_notify: many do
            connection = connection.unwrap()
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass


def _ended(connection: socket.socket) -> bool:
    """Whether the receiver has ended its side already. What it sends besides is thrown away."""
    seconds = connection.gettimeout()
    connection.settimeout(0)
    try:
        while connection.recv(4096):
            pass
        return True
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        connection.settimeout(seconds)
