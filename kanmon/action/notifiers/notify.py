"""Telling a receiver, in three steps: the intent is committed, it is told, the result is committed. Verb: notify.

Killed between the first and the third, nobody can tell whether the receiver has it: it is told again, under the same
id, and that it may be a repeat. An order of many PCs is told in parcels; each that has arrived is committed, and an
interrupted order goes on after the last of them.
"""

import socket
import ssl
from collections.abc import Iterable
from typing import NamedTuple

from kanmon.action import targets
from kanmon.action.carry_out import attempt as attempts
from kanmon.action.carry_out.attempt import Attempt
from kanmon.action.carry_out.line import Line, Place, places
from kanmon.action.notifiers.notifier import Notifier, Parcel
from kanmon.common import config
from kanmon.common.messages import counted
from kanmon.journal import record
from kanmon.journal.window import Suspended
from kanmon.journal.worker import Passing, Permanent, Stopped, Work


class Told(NamedTuple):
    """How far an order is when a parcel has arrived: PCs up to the number ``upto``, ``done`` of ``of``."""

    upto: int
    done: int
    of: int


def notify(work: Work, attempt: Attempt, notifier: Notifier, parcels: Iterable[tuple[Parcel, Told]]) -> None:
    """Tell all ``parcels``, and end the operation. Raises Passing, Permanent, Suspended, Stopped."""
    said, told = "", Told(0, 0, 0)
    where = look_up(notifier)
    attempts.tell(work, attempt, work.operation.kind)
    for parcel, told in parcels:
        if work.stopping.is_set():
            raise Stopped
        work.intent(webhook_id=parcel.id, target=notifier.target.name, pcs=told.done)
        with Line() as line, work.effect(line.cut):
            said = _tell(notifier, where, line, parcel)
        if told.done < told.of:
            with work.transaction():
                record.note(work.operation, "sent", told._asdict())
                work.save_progress(**told._asdict())
    with work.transaction():
        about = counted(told.of, str(config.get("server.language")))
        sentence = notifier.sentence(notifier.says["taken"], status=said, counted=about)
        work.finish("success", sentence=sentence, status=said)


def look_up(notifier: Notifier) -> list[Place]:
    """Where the receiver is now. Raises Passing when it has no address, Permanent when one of them may not be used."""
    target = notifier.target
    try:
        found = places(target.host, target.port or notifier.default_port)
    except OSError as problem:
        raise Passing(notifier.sentence(notifier.says["unreachable"], why=problem)) from None
    for _, address in found:
        kind = targets.where(str(address[0]))
        if kind == "forbidden" or (kind != "public" and not target.private):
            raise Permanent(notifier.sentence(notifier.says["address"], address=address[0]))
        if not notifier.tls and kind != "loopback" and not (kind == "private" and notifier.plain_at_private):
            raise Permanent(notifier.sentence(notifier.says["plain"], address=address[0]))
    return found


def _tell(notifier: Notifier, where: list[Place], line: Line, parcel: Parcel) -> str:
    """One parcel, on a connection of its own. Raises Passing with a sentence; Suspended when it was cut before it was
    begun, Stopped when it was cut later.
    """
    seconds = float(config.get(f"{notifier.section}.timeout_seconds"))
    begun = False
    try:
        with line.within(seconds):
            connection = connect(notifier, where, line)
            try:
                begun = True
                said = notifier.tell(connection, parcel)
            finally:
                connection.close()
        if line.was_cut or line.out_of_time:  # to a notifier that looks like the end of the stream
            raise ConnectionAbortedError
        return said
    except OSError as problem:
        if line.was_cut:
            raise (Stopped() if begun else Suspended()) from None
        if line.out_of_time or isinstance(problem, TimeoutError):
            raise Passing(notifier.sentence(notifier.says["silent"], seconds=f"{seconds:g}"), unknown=begun) from None
        why = (str(problem) or type(problem).__name__)[:300]
        raise Passing(notifier.sentence(notifier.says["unreachable"], why=why), unknown=begun) from None


def connect(notifier: Notifier, where: list[Place], line: Line) -> socket.socket:
    """A connection to the receiver, by TLS where its address says so. Raises OSError."""
    connection = line.connect(where, float(config.get(f"{notifier.section}.timeout_seconds")))
    try:
        return _secured(notifier, connection) if notifier.tls else connection
    except BaseException:
        connection.close()
        raise


def _secured(notifier: Notifier, connection: socket.socket) -> ssl.SSLSocket:
    """TLS, with the certificate checked by the name in the settings."""
    context = ssl.create_default_context()
    if config.get(f"{notifier.section}.ca_file"):
        context.load_verify_locations(str(config.get(f"{notifier.section}.ca_file")))
    if f"{notifier.section}.certificate" in config.BY_NAME and config.get(f"{notifier.section}.certificate"):
        chain, key = (str(config.get(f"{notifier.section}.{part}")) for part in ("certificate", "key"))
        context.load_cert_chain(chain, key or None, password=_no_password)
    return context.wrap_socket(connection, server_hostname=notifier.target.host)


def _no_password() -> str:
    raise OSError("the private key of the settings wants a password")  # OpenSSL would ask on the terminal
