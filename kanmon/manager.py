"""The Manager: one process that serves console, API and intake, and works while it holds the lease.

Order of start: lease (with it, what was interrupted is put back), log, intake's committer, workers, web
servers. Order of stop: web servers take nothing new, intake writes what it has acknowledged, workers end
after their chunk, the lease is released. A stop that is not in order is what recovery is for.

``Manager(listen=None)`` serves its Unix socket only: so commands work when no Manager is running.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from kanmon import home as homes
from kanmon import service_log
from kanmon.asgi import ManagerApplication, Readiness
from kanmon.common import clock, config
from kanmon.common.errors import Refused

log = logging.getLogger("kanmon.manager")
LOOPBACK = ("127.", "localhost:", "[::1]")


class QuietServer(uvicorn.Server):
    """A uvicorn server that leaves signals to the Manager."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


class Manager:
    """See the module. ``ready`` is called once everything serves."""

    def __init__(self, home: Path, listen: str | None, ready: Callable[[], None] | None = None) -> None:
        self.home, self.listen, self.on_ready = home, listen, ready
        self.readiness = Readiness()
        self.stop_asked = threading.Event()
        self.servers: list[QuietServer] = []

    def run(self) -> None:
        """Serve until ``stop`` is called. Raises Refused when it can't start."""
        homes.require(self.home)
        tcp = self._bind() if self.listen else None
        service_log.configure(self.home)
        homes.start_django()
        homes.migrate()
        from kanmon.flow import KINDS
        from kanmon.intake.asgi import IntakeApplication
        from kanmon.intake.commit import Committer
        from kanmon.intake.receive import Receiver
        from kanmon.journal import term, worker
        from kanmon.journal.tail import Tailer
        from kanmon.policy import versions

        versions.install_builtin()
        tailer = Tailer(self.home / "log" / "manager.log")
        leadership = term.take(self.home, probing=worker.probing(KINDS))
        tailer.start()
        committer = Committer(int(config.get("intake.queue_reports")))
        committer.start()
        workers = [
            worker.Worker(lane, KINDS, leadership.term, self.stop)
            for lane in sorted({kind.lane for kind in KINDS.values()})
        ]
        for one in workers:
            one.start()
        schedule = threading.Thread(target=self._schedule, name="schedule", daemon=True)
        schedule.start()
        receiver = Receiver(committer)
        intake = IntakeApplication(receiver, int(config.get("intake.body_bytes")))
        try:
            uvloop.run(self._serve(intake, tcp))
        finally:
            self.readiness.ready, self.readiness.why = False, "The Manager is stopping."
            committer.stop()
            for one in workers:
                one.stop()
            for one in workers:
                one.join(30)
            term.release(leadership)
            tailer.stop()
            self._remove_socket()

    def stop(self) -> None:
        """Ask the Manager to stop; safe from any thread and from signal handlers."""
        self.stop_asked.set()
        for server in self.servers:
            server.should_exit = True

    def _bind(self) -> socket.socket:
        assert self.listen is not None
        secure = config.get("server.certificate") or config.get("server.behind_proxy")
        if not self.listen.startswith(LOOPBACK) and not secure:
            raise Refused("KNM6005-E", listen=self.listen)
        for name in ("server.certificate", "server.key"):
            path = str(config.get(name))
            if path and not os.access(path, os.R_OK):
                raise Refused("KNM6006-E", path=path, problem=f"{name} names it")
        host, _, port = self.listen.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host.strip("[]"), int(port)))
        except (OSError, ValueError, OverflowError) as problem:
            bound.close()
            raise Refused("KNM6008-E", listen=self.listen, problem=str(problem)) from None
        return bound

    async def _serve(self, intake: Any, tcp: socket.socket | None) -> None:
        from django.core.asgi import get_asgi_application

        django: Any = get_asgi_application()
        tasks = []
        if tcp is not None:
            options: dict[str, Any] = {}
            if config.get("server.certificate"):
                options = {"ssl_certfile": config.get("server.certificate"), "ssl_keyfile": config.get("server.key")}
            tasks.append(self._server(ManagerApplication(intake, django, self.readiness, local=False), tcp, **options))
        tasks.append(self._server(ManagerApplication(intake, django, self.readiness, local=True), self._local_socket()))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not the main thread
                loop.add_signal_handler(number, self.stop)
        running = [asyncio.create_task(task) for task in tasks]
        while sum(server.started for server in self.servers) < len(running) and not any(t.done() for t in running):
            await asyncio.sleep(0.01)
        self.readiness.ready, self.readiness.why = True, "The Manager serves."
        if self.stop_asked.is_set():
            self.stop()
        if self.on_ready:
            self.on_ready()
        await asyncio.gather(*running)

    async def _server(self, app: ManagerApplication, bound: socket.socket, **options: Any) -> None:
        settings = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, date_header=True, lifespan="off",
            proxy_headers=bool(config.get("server.behind_proxy")), forwarded_allow_ips="127.0.0.1",
            timeout_graceful_shutdown=10, limit_concurrency=2000, backlog=1024, **options,
        )  # fmt: skip
        server = QuietServer(settings)
        self.servers.append(server)
        await server.serve(sockets=[bound])

    def _local_socket(self) -> socket.socket:
        path = self.home / "run" / "manager.sock"
        path.unlink(missing_ok=True)  # we hold the lease: whoever made it is gone
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            bound.bind(str(path))
        finally:
            os.umask(before)
        return bound

    def _remove_socket(self) -> None:
        (self.home / "run" / "manager.sock").unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Receipts that were recorded long ago go, a bounded number at a time."""
        from kanmon.intake.commit import drop_old_receipts

        try:
            drop_old_receipts(float(config.get("inventory.keep_receipts_hours")))
        except Exception:
            log.exception("old receipts could not be dropped")

    def _schedule(self) -> None:
        """Once a day, soon after midnight UTC, everything is judged again: ages change without any report.

        A Manager that was down over midnight does it when it is back; PCs that were all judged today need none.
        """
        from django.db import connection

        from kanmon.flow import begin_judgment, judged_before
        from kanmon.journal.writing import transaction

        last = None
        while not self.stop_asked.wait(20):
            self._tidy()
            today = (clock.now() - timedelta(minutes=5)).date()
            if today == last:
                continue
            try:
                with transaction():
                    if judged_before(today):
                        begin_judgment(None, "schedule", "kanmon", key=f"schedule:judge:{today.isoformat()}")
                last = today
            except Exception:
                log.exception("the daily judgment could not be begun")
        connection.close()
