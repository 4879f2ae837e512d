"""The Manager: one process that serves console, API and intake, and works while it holds the lease.

Order of start: disk and address in place, file lock, migrations, log, intake's committer, lease (with it, what was
interrupted is put back), workers, web servers. Order of stop: web servers take nothing new, intake writes what it has acknowledged, workers
end after their chunk, the lease is released. A stop that is not in order is what recovery is for.

On SQLite the file lock of the home is the lease: a Manager leads, or it does not start. On PostgreSQL every Manager
of the cluster serves, and one of them is elected to work (``journal.elect``).

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
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from kanmon import home as homes
from kanmon import service_log
from kanmon.asgi import ManagerApplication, Readiness
from kanmon.cluster import place
from kanmon.common import config, notify
from kanmon.common.errors import Refused

log = logging.getLogger("kanmon.manager")
CONNECTIONS = 2000  # of people, programs and senders of inventory
LOOPBACK = ("127.", "localhost:", "[::1]")


def bind(listen: str) -> socket.socket:
    """A socket that is bound to ``listen`` ("address:port"). Raises Refused KNM6008-E."""
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host.strip("[]"), int(port)))
    except (OSError, ValueError, OverflowError) as problem:
        bound.close()
        raise Refused("KNM6008-E", listen=listen, problem=str(problem)) from None
    return bound


class QuietServer(uvicorn.Server):
    """A uvicorn server that leaves signals to the Manager."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


class Manager:
    """See the module. ``ready`` is called once everything serves."""

    def __init__(self, home: Path, listen: str | None, ready: Callable[[], None] | None = None) -> None:
        self.home, self.listen, self.on_ready = home, listen, ready
        self.readiness = Readiness(self._role)
        self.stop_asked = threading.Event()
        self.servers: list[QuietServer] = []
        self.node_folder = config.node_folder(home)
        self.address = str(config.get("server.public_url")) or f"http://{listen or 'localhost'}"
        self.membership: Any = None
        self.agents: Any = None  # the listener of network agents
        self.portal: Any = None  # the remediation page
        self.clients: Any = None  # the listener of PCs' clients

    def run(self) -> None:
        """Serve until ``stop`` is called. Raises Refused when it can't start."""
        place.require(self.home, serving=self.listen is not None)
        homes.require(self.home)
        tcp = self._bind() if self.listen else None
        agents = bind(str(config.get("agents.listen"))) if self.listen and config.get("agents.listen") else None
        portal = self._bind_portal() if self.listen and config.get("portal.listen") else None
        service_log.configure(self.node_folder)
        homes.start_django(pooled=True)
        from kanmon.audit import start
        from kanmon.journal import term

        lock = term.lock_run(self.node_folder / "run")
        try:
            with place.held(self.home):
                homes.migrate()
                if self.listen:
                    start.note_settings()
                self._serve_as_node(lock, tcp, agents, portal)
        finally:
            os.close(lock)

    def _serve_as_node(
        self, lock: int, tcp: socket.socket | None, agents: socket.socket | None, portal: socket.socket | None
    ) -> None:
        from kanmon.intake.asgi import IntakeApplication
        from kanmon.intake.commit import Committer
        from kanmon.intake.receive import Receiver
        from kanmon.journal.tail import Tailer
        from kanmon.journal.writing import bound_sessions
        from kanmon.membership import Membership
        from kanmon.message.listener import ClientListener

        bound_sessions(float(config.get("cluster.lease_seconds")))
        tailer = Tailer(self.node_folder / "log" / "manager.log")
        committer = Committer(int(config.get("intake.queue_reports")))
        self.membership = Membership(lock, self.node_folder, self.address, self.stop)
        self.membership.join()
        tailer.start()
        committer.start()
        self.clients = ClientListener()
        self.clients.start()
        intake = IntakeApplication(Receiver(committer), int(config.get("intake.body_bytes")))
        try:
            uvloop.run(self._serve(intake, tcp, agents, portal))
        finally:
            notify.say("STOPPING=1")
            self.readiness.ready, self.readiness.why = False, "The Manager is stopping."
            self.clients.stop()
            committer.stop()
            self.membership.leave()
            tailer.stop()
            self._remove_socket()

    def _role(self) -> tuple[str, bool]:
        """This node's role, and whether it is drained."""
        return (self.membership.role, self.membership.draining) if self.membership else ("starting", False)

    def stop(self) -> None:
        """Ask the Manager to stop; safe from any thread and from signal handlers."""
        self.stop_asked.set()
        if self.agents is not None:
            self.agents.stop()
        if self.portal is not None:
            self.portal.stop()
        if self.clients is not None:
            self.clients.stop()
        for server in self.servers:
            server.should_exit = True

    def _bind(self) -> socket.socket:
        assert self.listen is not None
        secure = config.get("server.certificate") or config.get("server.behind_proxy")
        if not self.listen.startswith(LOOPBACK) and not secure:
            raise Refused("KNM6005-E", listen=self.listen)
        for name in ("server.certificate", "server.key", "portal.certificate", "portal.key"):
            path = str(config.get(name))
            if path and not os.access(path, os.R_OK):
                raise Refused("KNM6006-E", path=path, problem=f"{name} names it")
        return bind(self.listen)

    def _bind_portal(self) -> socket.socket:
        from kanmon.portal.address import networks

        networks([str(one) for one in config.get("portal.proxies")])
        return bind(str(config.get("portal.listen")))

    async def _serve(
        self, intake: Any, tcp: socket.socket | None, agents: socket.socket | None, portal: socket.socket | None
    ) -> None:
        from django.core.asgi import get_asgi_application

        django: Any = get_asgi_application()
        tasks = []
        if tcp is not None:
            options: dict[str, Any] = {}
            if config.get("server.certificate"):
                options = {"ssl_certfile": config.get("server.certificate"), "ssl_keyfile": config.get("server.key")}
            options["limit_concurrency"] = CONNECTIONS + int(config.get("message.connections"))
            tasks.append(self._server(self._application(intake, django, local=False), tcp, **options))
        tasks.append(self._server(self._application(intake, django, local=True), self._local_socket()))
        if agents is not None:
            tasks.append(self._listen_to_agents(agents))
        if portal is not None:
            tasks.append(self._listen_to_pcs(portal))
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
        notify.say("READY=1", "STATUS=Serves.")
        pulses = [asyncio.create_task(notify.keep_alive())]
        if self.agents is not None:
            pulses.append(asyncio.create_task(self.agents.keep_certified()))
        await asyncio.gather(*running)
        for pulse in pulses:
            pulse.cancel()

    def _application(self, intake: Any, django: Any, *, local: bool) -> ManagerApplication:
        return ManagerApplication(intake, self.clients, django, self.readiness, local=local)

    def _listen_to_agents(self, bound: socket.socket) -> Any:
        """The listener of network agents: TLS by our own authority."""
        from kanmon.network.listener import AgentListener, AgentProtocol

        self.agents = AgentListener(lambda: self._role()[0] == "active", self.node_folder / "run")
        options: dict[str, Any] = {"ssl_context_factory": self.agents.tls, "http": AgentProtocol}
        return self._server(self.agents, bound, **options)

    def _listen_to_pcs(self, bound: socket.socket) -> Any:
        """The remediation page, for PCs in quarantine. It looks at X-Forwarded-For itself."""
        from kanmon.portal.listener import CONNECTIONS, PortalListener, PortalProtocol

        self.portal = PortalListener()
        options: dict[str, Any] = {"proxy_headers": False, "http": PortalProtocol, "limit_concurrency": CONNECTIONS}
        if config.get("portal.certificate"):
            options |= {"ssl_certfile": config.get("portal.certificate"), "ssl_keyfile": config.get("portal.key")}
        return self._server(self.portal, bound, **options)

    async def _server(self, app: Any, bound: socket.socket, **options: Any) -> None:
        usual: dict[str, Any] = {
            "proxy_headers": bool(config.get("server.behind_proxy")),
            "limit_concurrency": CONNECTIONS,
        }
        settings = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, date_header=True, lifespan="off",
            forwarded_allow_ips="127.0.0.1", timeout_graceful_shutdown=10, backlog=1024, **(usual | options),
        )  # fmt: skip
        server = QuietServer(settings)
        self.servers.append(server)
        await server.serve(sockets=[bound])

    def _local_socket(self) -> socket.socket:
        path = self.node_folder / "run" / "manager.sock"
        path.unlink(missing_ok=True)  # we hold the file lock: whoever made it is gone
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            bound.bind(str(path))
        finally:
            os.umask(before)
        return bound

    def _remove_socket(self) -> None:
        (self.node_folder / "run" / "manager.sock").unlink(missing_ok=True)
