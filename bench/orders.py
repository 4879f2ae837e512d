"""How many orders a second are carried out through the journal: 10,000 webhooks and 10,000 mails to users that were decided
before, with receivers that take everything, on SQLite and on PostgreSQL (with fsync).

Each order is an operation: its claim, its intent and its result are committed, its effect is a request or a mail of its own.
The workers are those of the Manager, one a kind of receiver. The receivers run in a process of their own and count
connections and marks, so that it is seen that every order arrived once, by how many connections at a time.
"""

import json
import multiprocessing
import os
import selectors
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from bench.homes import own_home
from bench.report import Report, scaled

LANES = ("webhook", "mail")
WAIT_SECONDS = 900.0


def main() -> None:
    """Run and report."""
    count = scaled(10_000, 100)
    if len(sys.argv) > 1:
        print(json.dumps(_drain(count)))
        return
    from bench.postgresql import server

    report = Report("orders")
    with server() as database:
        for name in ("SQLite", "PostgreSQL"):
            kept = {key: value for key, value in os.environ.items() if not key.startswith("KANMON_")}
            kept |= {key: os.environ[key] for key in ("KANMON_BENCH_SCALE",) if key in os.environ}
            kept |= {"KANMON_DATABASE_URL": database()} if name == "PostgreSQL" else {}
            words = [sys.executable, "-m", "bench.orders", "drain"]
            told = json.loads(subprocess.run(words, env=kept, capture_output=True, text=True, check=True).stdout)
            for kind in LANES:
                seconds, connections, most = told[kind]
                note = f"{connections:,} connections, {most} at a time"
                report.add(f"{name}: {count:,} orders of {kind}", count / seconds, "orders/s", note)
            report.add(f"{name}: both at once", 2 * count / told["seconds"], "orders/s")
    report.end()


def _drain(count: int) -> dict[str, object]:
    """Seconds, connections, and most connections at a time, by lane; and seconds in all."""
    with _sinks() as (http_port, smtp_port, ask):
        os.environ |= {
            "KANMON_WEBHOOK_TARGETS": f"sink=http://127.0.0.1:{http_port}/", "KANMON_WEBHOOK_ALLOW_PRIVATE": "sink",
            "KANMON_MAIL_SERVER": f"127.0.0.1:{smtp_port}",
        }  # fmt: skip
        with own_home() as home:
            (home / "secrets" / "webhook").mkdir(mode=0o700, parents=True, exist_ok=True)
            (home / "secrets" / "webhook" / "sink").write_text("whsec_" + "QUJD" * 11 + "\n")
            _decide(count)
            ended = _work(count)
            told: dict[str, object] = {"seconds": max(ended.values())}
            for lane in LANES:
                marks, connections, most = ask(lane)
                if marks != count:
                    raise RuntimeError(f"{lane}: {marks} marks arrived of {count}")
                told[lane] = (ended[lane], connections, most)
            return told


def _decide(count: int) -> None:
    from pyroaring import BitMap

    from kanmon.action.models import Order
    from kanmon.common import clock
    from kanmon.journal import record
    from kanmon.journal.writing import transaction

    pcs, now = BitMap([1]).serialize(), clock.now()
    for start in range(0, count, 500):
        with transaction():
            for number in range(start, min(count, start + 500)):
                for kind, to, mark in (
                    ("webhook", "sink", f"kanmon_bench_{number}"),
                    ("letter", f"user{number}@example.test", f"<kanmon.bench.{number}@example.test>"),
                ):
                    operation = record.begin(kind, requester="bench", repeat="keyed", subject="bench")
                    Order.objects.create(
                        operation=operation.id, kind=kind, run=0, policy_version=1, level=400, recipients=[to],
                        message_id=mark, subject=to, text='{"type":"bench"}', pcs=pcs, created_at=now,
                    )  # fmt: skip


def _work(count: int) -> dict[str, float]:
    """Let the workers work; seconds until each has nothing left."""
    from django.db import connection

    from kanmon.common import config
    from kanmon.flow import KINDS
    from kanmon.journal import term
    from kanmon.journal.models import Operation
    from kanmon.journal.worker import Worker, probing

    lead = term.take(config.home(), probing=probing(KINDS))
    lanes = {KINDS[kind].lane for kind in ("webhook", "letter")}
    workers = [Worker(lane, KINDS, lead.term, lambda: None) for lane in lanes]
    began, ended = time.monotonic(), dict.fromkeys(LANES, 0.0)
    for one in workers:
        one.start()
    try:
        while not all(ended.values()):
            if time.monotonic() > began + WAIT_SECONDS:
                raise RuntimeError("the orders were not carried out in time")
            time.sleep(0.1)
            for lane, kind in (("webhook", "webhook"), ("mail", "letter")):
                done = Operation.objects.filter(kind=kind, state="finished").count()
                if not ended[lane] and done == count:
                    ended[lane] = time.monotonic() - began
    finally:
        for one in workers:
            one.stop()
        for one in workers:
            one.join(10)
        connection.close()
    return ended


Ask = Callable[[str], tuple[int, int, int]]


@contextmanager
def _sinks() -> Iterator[tuple[int, int, Ask]]:
    """Ports of an HTTP and an SMTP receiver, and a question: marks, connections, most at a time."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    http_port, smtp_port = here.recv()

    def ask(lane: str) -> tuple[int, int, int]:
        here.send(lane)
        found: tuple[int, int, int] = here.recv()
        return found

    try:
        yield http_port, smtp_port, ask
    finally:
        process.kill()


class _Sink(threading.Thread):
    """A receiver of one protocol: a connection a line of state, all in one thread."""

    def __init__(self, greeting: bytes, talk: "Callable[[_Sink, _Talk, bytes], bytes]") -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self.listening.getsockname()[1]
        self.greeting, self.talk = greeting, talk
        self.marks: set[bytes] = set()
        self.connections = self.open = self.most = 0

    def run(self) -> None:
        waiting = selectors.DefaultSelector()
        waiting.register(self.listening, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is self.listening:
                    one, _ = self.listening.accept()
                    self.connections += 1
                    self.open += 1
                    self.most = max(self.most, self.open)
                    waiting.register(one, selectors.EVENT_READ, _Talk())
                    one.sendall(self.greeting)
                    continue
                one = key.fileobj  # type: ignore[assignment]
                try:
                    data = one.recv(65_536)
                    answer = self.talk(self, key.data, data) if data else b""
                    one.sendall(answer)
                except OSError:
                    data = b""
                if not data or key.data.over:
                    waiting.unregister(one)
                    one.close()
                    self.open -= 1


class _Talk:
    """What has come by one connection and is not answered yet."""

    def __init__(self) -> None:
        self.data, self.in_mail, self.over = b"", False, False


def _http(sink: _Sink, talk: _Talk, data: bytes) -> bytes:
    talk.data += data
    head, end, body = talk.data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if not end or len(body) < int(fields.get(b"content-length", b"0")):
        return b""
    sink.marks.add(fields[b"webhook-id"])
    talk.over = True
    return b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def _smtp(sink: _Sink, talk: _Talk, data: bytes) -> bytes:
    talk.data += data
    answers = b""
    while True:
        if talk.in_mail:
            text, end, rest = talk.data.partition(b"\r\n.\r\n")
            if not end:
                return answers
            sink.marks.add(next(line for line in text.split(b"\r\n") if line.lower().startswith(b"message-id:")))
            talk.in_mail, talk.data, answers = False, rest, answers + b"250 taken\r\n"
        line, end, rest = talk.data.partition(b"\r\n")
        if not end:
            return answers
        talk.data, word = rest, line[:4].upper()
        if word == b"DATA":
            talk.in_mail = True
        talk.over = word == b"QUIT"
        answers += {b"EHLO": b"250-sink\r\n250 8BITMIME\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(
            word, b"250 yes\r\n"
        )


def _serve(there: Connection) -> None:
    sinks = {"webhook": _Sink(b"", _http), "mail": _Sink(b"220 sink\r\n", _smtp)}
    for one in sinks.values():
        one.start()
    there.send((sinks["webhook"].port, sinks["mail"].port))
    while True:
        sink = sinks[there.recv()]
        there.send((len(sink.marks), sink.connections, sink.most))


if __name__ == "__main__":
    main()
