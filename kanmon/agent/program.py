"""The process: lock, log, worker, link, and the server on loopback.

Order of start: lock of the home, log, the network brought to the list as it is on the disk, link and server; then
systemd is told that it serves, and from then on that it lives. Without a Manager, and before it is enrolled, the agent works by its list. When disk or worker fail the process ends, so that
whoever supervises it starts it anew; ending is always safe.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from kanmon.agent import config, drivers, enrol, log
from kanmon.agent.book import Book
from kanmon.agent.drivers.base import Driver
from kanmon.agent.link import Link
from kanmon.agent.serving import AgentApplication, Application
from kanmon.agent.store import Store
from kanmon.agent.work import Worker
from kanmon.common import notify
from kanmon.common.errors import Refused

LOOPBACK = ("127.", "localhost:", "[::1]:")


def make_home(home: Path) -> None:
    """The folders and a commented agent.toml; what is there is left as it is."""
    for folder in (home, home / "secrets", home / "run"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / config.FILE).exists():
        enrol.write(home / config.FILE, config.as_toml().encode(), 0o640)
    Store(home, shared_disk=bool(config.read(home)["agent.shared_disk"])).close()


def require(home: Path) -> None:
    """Raises Refused KNM8006-E when the home was not made."""
    if not (home / config.FILE).exists():
        raise Refused("KNM8006-E", home=str(home))


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """This process is the agent of the home. Raises Refused KNM8002-E when another one is."""
    descriptor = os.open(home / "run" / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("KNM8002-E", home=str(home)) from None
        yield
    finally:
        os.close(descriptor)


def check_listen(listen: str) -> None:
    """Raises Refused KNM8007-E for an address that others than this machine can reach."""
    if not listen.startswith(LOOPBACK):
        raise Refused("KNM8007-E", listen=listen)


def own_name(home: Path) -> str:
    """The name of its certificate, else the host's."""
    try:
        return enrol.identity(home).name
    except Refused:
        return socket.gethostname()


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the agent."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


class Agent:
    """See the module. ``ready`` is called once it serves and the network is as the list says, or a driver has refused."""

    def __init__(self, home: Path, ready: Callable[[str], None] | None = None, *, to_stderr: bool = False) -> None:
        self.home, self.on_ready, self.to_stderr = home, ready, to_stderr
        self.problem: BaseException | None = None
        self.server: _Server | None = None
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Work until ``stop``. Raises Refused when it can't start, or what ended it."""
        require(self.home)
        settings = config.read(self.home)
        with locked(self.home), self._bind(str(settings["agent.listen"])) as bound:
            log.configure(self.home, settings, own_name(self.home), to_stderr=self.to_stderr)
            made = self._drivers(settings)
            self.book = Book()
            self.link = Link(self.home, settings, self._wake, self._drivers_health, self._failed)
            self.worker = Worker(self.home, settings, self.book, made, self.link.tell, self._failed)
            mounted = self._parts(settings)
            log.say("KNM8000-I", home=str(self.home), drivers=", ".join(one.name for one in made) or "-")
            try:
                uvloop.run(self._serve(AgentApplication(self._health, mounted), bound))
            finally:
                notify.say("STOPPING=1")
                self.link.stop()
                self.worker.stop()
                for thread in (self.link, self.worker):
                    if thread.ident is not None:
                        thread.join(10)
                log.say("KNM8001-I")
        if self.problem is not None:
            raise self.problem

    def _drivers(self, settings: config.Settings) -> list[Driver]:
        told = settings.parts.get("drivers", {})
        return [drivers.make(name, told.get(name, {}), self.home) for name in dict.fromkeys(settings["agent.drivers"])]

    def _parts(self, settings: config.Settings) -> dict[str, Application]:
        """What is served besides health: RADIUS, when agent.toml has a section for it."""
        if "radius" not in settings.parts:
            return {}
        radius = import_module("kanmon.agent.radius")
        return {"/radius": radius.application(self.book, settings.parts["radius"], self.home)}

    def _wake(self) -> None:
        self.worker.wake()

    def _drivers_health(self) -> Any:
        return self.worker.health

    def _health(self) -> Any:
        return (*self.worker.health, self.link.state)

    def _failed(self, problem: BaseException) -> None:
        """A thread has ended by an error: so does the process."""
        if self.problem is None:
            self.problem = problem
            log.say("KNM8005-E", problem=f"{type(problem).__name__}: {problem}")
        self.stop()

    def stop(self) -> None:
        """Ask the agent to end; from any thread and from signal handlers."""
        self._stop_asked.set()
        if self.server is not None:
            self.server.should_exit = True

    def _bind(self, listen: str) -> socket.socket:
        check_listen(listen)
        host, _, port = listen.rpartition(":")
        bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host.strip("[]"), int(port)))
        except (OSError, ValueError, OverflowError) as problem:
            bound.close()
            raise Refused("KNM8008-E", listen=listen, problem=str(problem)) from None
        return bound

    async def _serve(self, application: AgentApplication, bound: socket.socket) -> None:
        settings = uvicorn.Config(
            application, log_config=None, access_log=False, server_header=False, lifespan="off",
            timeout_graceful_shutdown=5, limit_concurrency=1000, backlog=1024,
        )  # fmt: skip
        self.server = _Server(settings)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, RuntimeError):  # not the main thread
                loop.add_signal_handler(number, self.stop)
        self.worker.start()
        while not self.worker.started_once.is_set() and not self._stop_asked.is_set():
            await asyncio.sleep(0.01)
        self.link.start()
        serving = asyncio.create_task(self.server.serve(sockets=[bound]))
        while not self.server.started and not serving.done():
            await asyncio.sleep(0.01)
        if self._stop_asked.is_set():
            self.stop()
        else:
            if self.on_ready:
                host, port = bound.getsockname()[:2]
                self.on_ready(f"http://{host}:{port}")
            notify.say("READY=1", "STATUS=Serves.")
        pulse = asyncio.create_task(notify.keep_alive())
        await serving
        pulse.cancel()
