"""A laboratory of 802.1X in network namespaces: a switch (hostapd at each port, a bridge), FreeRADIUS, PCs. All programs
are the real ones; root is needed.

    with laboratory(folder) as lab:
        switch = lab.switch("sw1", 2)                      # ports p1, p2; asks RADIUS from 10.88.0.11
        pc = lab.pc("c1", switch, 1, "02:00:00:00:00:01")  # 10.77.0.11, cabled to p1
        lab.run("rad", "radclient", ...)                   # a command in the RADIUS server's namespace

Namespace ``rad`` is the RADIUS server's and the agent's: 10.88.0.1 towards the switches, 10.77.0.1 in the LAN behind
them. hostapd's wired driver blocks no traffic by itself: what a switch enforces is not seen here, what it is told is.
"""

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar

from tests.conftest import until

T = TypeVar("T")
PROGRAMS = ("ip", "freeradius", "radclient", "eapol_test", "hostapd", "hostapd_cli", "wpa_supplicant", "wpa_cli")
RADIUS = "10.88.0.1"
SECRET = "laboratory-secret-1"
DAS_SECRET = "laboratory-disconnect-1"
DAS_PORT = 3799
CLONE_NEWNET = 0x40000000


def missing() -> str:
    """What this laboratory lacks here, as a sentence; empty when it can be built."""
    if os.geteuid() != 0:
        return "These tests make network namespaces: run them as root."
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    lacking = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    return f"These tests need {', '.join(lacking)}: bash tools/test_packages.sh installs them." if lacking else ""


def command(*words: str, check: bool = True, text: str = "", seconds: float = 60) -> str:
    """Run ``words``; what they print, complaints included."""
    done = subprocess.run(
        words, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, check=False
    )
    assert not check or done.returncode == 0, f"{' '.join(words)}: {done.returncode} {done.stdout}"
    return done.stdout


@dataclass
class Running:
    """A program that runs, with a file of all it prints."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text("utf-8", "replace")

    def stop(self, *, hard: bool = False) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.kill() if hard else self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass
class Laboratory:
    """The namespaces and what runs in them."""

    folder: Path
    mark: str = field(default_factory=lambda: f"k{os.getpid() % 100_000:x}")
    spaces: list[str] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
    _logs: list[IO[bytes]] = field(default_factory=list)
    _cables: int = 0

    def space(self, name: str) -> str:
        """The namespace ``name``, made when it is new; how the system calls it."""
        full = f"{self.mark}-{name}"
        if name not in self.spaces:
            command("ip", "netns", "add", full)
            self.spaces.append(name)
            self.run(name, "ip", "link", "set", "lo", "up")
        return full

    def run(self, name: str, *words: str, check: bool = True, text: str = "", seconds: float = 60) -> str:
        """A command in a namespace."""
        return command(
            "nsenter", f"--net=/run/netns/{self.mark}-{name}", *words, check=check, text=text, seconds=seconds
        )

    def start(self, name: str, *words: str, environment: dict[str, str] | None = None) -> Running:
        """A program in a namespace, until ``close``."""
        log = self.folder / f"{len(self._logs)}-{Path(words[0]).name}.log"
        file = open(log, "wb")  # noqa: SIM115 - closed with the laboratory
        self._logs.append(file)
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{self.mark}-{name}", *words], stdin=subprocess.DEVNULL, stdout=file,
            stderr=subprocess.STDOUT, env=os.environ | (environment or {}),
        )  # fmt: skip
        one = Running(process, log)
        self.running.append(one)
        return one

    def inside(self, name: str, work: Callable[[], T]) -> T:
        """What ``work`` returns when it is done by a thread of this process in a namespace."""
        results: list[T] = []
        problems: list[BaseException] = []

        def enter() -> None:
            try:
                with open(f"/run/netns/{self.mark}-{name}") as space:
                    if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET):
                        raise OSError(ctypes.get_errno(), "setns")
                results.append(work())
            except BaseException as problem:
                problems.append(problem)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join(120)
        if problems:
            raise problems[0]
        return results[0]

    def cable(self, one: str, end: str, other: str, other_end: str) -> None:
        """A cable between two namespaces, with its ends up. (``up`` is a reserved word of ip: call no end so.)"""
        self.space(one), self.space(other)
        self._cables += 1
        here, there = f"{self.mark}a{self._cables}", f"{self.mark}b{self._cables}"
        command("ip", "link", "add", here, "type", "veth", "peer", "name", there)
        for draft, name, final in ((here, one, end), (there, other, other_end)):
            command("ip", "link", "set", draft, "netns", f"{self.mark}-{name}", "name", final)
            self.run(name, "ip", "link", "set", final, "up")

    def address(self, name: str, end: str, address: str) -> None:
        """An address for an end of a cable."""
        self.run(name, "ip", "address", "add", f"{address}/24", "dev", end)

    def switch(self, name: str, ports: int, number: int = 11, secret: str = SECRET, **more: str) -> "Switch":
        """A switch whose ports p1... ask RADIUS. ``more``: further lines of hostapd's configuration."""
        self.cable(name, "m0", "rad", f"r{number}")
        self.cable(name, "lan", "rad", f"u{number}")
        self.address(name, "m0", f"10.88.0.{number}")
        self.run("rad", "ip", "route", "replace", f"10.88.0.{number}/32", "dev", f"r{number}")
        self.run("rad", "ip", "address", "add", f"{RADIUS}/32", "dev", f"r{number}")
        self.address("rad", f"u{number}", f"10.77.{number - 11}.1")
        self.run(name, "ip", "link", "add", "br0", "type", "bridge")
        for end in ("lan", "br0"):
            self.run(name, "ip", "link", "set", end, "up")
        self.run(name, "ip", "link", "set", "lan", "master", "br0")
        made = Switch(self, name, f"10.88.0.{number}", secret, more)
        for port in range(1, ports + 1):
            self.cable(name, f"p{port}", f"{name}-{port}", "e0")
            self.run(name, "ip", "link", "set", f"p{port}", "master", "br0")
        return made

    def pc(self, switch: "Switch", port: int, mac: str) -> "Pc":
        """The PC at a port, with this MAC address."""
        name = f"{switch.name}-{port}"
        self.run(name, "ip", "link", "set", "e0", "address", mac)
        self.address(name, "e0", f"10.77.{int(switch.address.rsplit('.', 1)[1]) - 11}.{10 + port}")
        return Pc(self, name, mac, switch, port)

    def close(self) -> None:
        """Everything ends, all namespaces go."""
        for one in reversed(self.running):
            one.stop(hard=True)
        for file in self._logs:
            file.close()
        for name in self.spaces:
            with suppress(AssertionError):
                command("ip", "netns", "delete", f"{self.mark}-{name}")


@dataclass
class Switch:
    """hostapd at each port. One process a port, as they have one Disconnect port each: DAS_PORT + port - 1."""

    lab: Laboratory
    name: str
    address: str
    secret: str
    more: dict[str, str]
    at: dict[int, Running] = field(default_factory=dict)

    @property
    def control(self) -> str:
        """Where hostapd_cli finds them."""
        return str(self.lab.folder / f"{self.name}-control")

    def switch_on(self, port: int) -> Running:
        """Start hostapd at a port."""
        settings = {
            "interface": f"p{port}", "driver": "wired", "bridge": "br0", "logger_stdout": "-1",
            "ctrl_interface": self.control, "ieee8021x": "1", "eap_reauth_period": "3600", "use_pae_group_addr": "1",
            "own_ip_addr": self.address, "nas_identifier": f"{self.name}-p{port}", "auth_server_addr": RADIUS,
            "auth_server_port": "1812", "auth_server_shared_secret": self.secret, "acct_server_addr": RADIUS,
            "acct_server_port": "1813", "acct_server_shared_secret": self.secret,
            "radius_acct_interim_interval": "60", "radius_das_port": str(DAS_PORT + port - 1),
            "radius_das_client": f"{RADIUS} {DAS_SECRET}", "radius_das_time_window": "300",
            "radius_das_require_event_timestamp": "1", **self.more,
        }  # fmt: skip
        path = self.lab.folder / f"{self.name}-p{port}.conf"
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        one = self.at[port] = self.lab.start(self.name, "hostapd", "-t", str(path))
        until(lambda: "AP-ENABLED" in one.said() or one.process.poll() is not None, 30)
        assert one.process.poll() is None, one.said()
        return one

    def ask(self, port: int, *words: str) -> str:
        """hostapd_cli: ``sta``, ``all_sta``, ``raw EAPOL_REAUTH MAC``..."""
        return self.lab.run(self.name, "hostapd_cli", "-p", self.control, "-i", f"p{port}", *words, check=False)

    def authorized(self, port: int, mac: str) -> bool:
        """Whether the port is open for this PC."""
        told = self.ask(port, "sta", mac)
        return "dot1xPaePortStatus=1" in told or "[AUTHORIZED]" in told


@dataclass
class Pc:
    """A PC with wpa_supplicant."""

    lab: Laboratory
    name: str
    mac: str
    switch: Switch
    port: int
    supplicant: Running | None = None

    def connect(self, **network: str) -> Running:
        """Start wpa_supplicant with these lines of its network, strings with their quotes."""
        lines = "".join(f"  {name}={value}\n" for name, value in network.items())
        path = self.lab.folder / f"{self.name}-wpa.conf"
        path.write_text(
            f"ctrl_interface={self.control}\nap_scan=0\neapol_version=2\nnetwork={{\n"
            f"  key_mgmt=IEEE8021X\n  eapol_flags=0\n{lines}}}\n"
        )
        self.supplicant = self.lab.start(self.name, "wpa_supplicant", "-t", "-Dwired", "-ie0", "-c", str(path))
        return self.supplicant

    @property
    def control(self) -> str:
        """Where wpa_cli finds it."""
        return str(self.lab.folder / f"{self.name}-wpa")

    def reconnect(self) -> None:
        """As unplugging and plugging in: a wired PC is not told that its session was ended."""
        self.lab.run(self.name, "wpa_cli", "-p", self.control, "-i", "e0", "reassociate")

    @property
    def is_let_in(self) -> bool:
        """Whether the switch has opened the port for it."""
        return self.switch.authorized(self.port, self.mac)


@contextmanager
def laboratory(folder: Path) -> Iterator[Laboratory]:
    """An empty laboratory; all of it is gone afterwards."""
    lab = Laboratory(folder)
    try:
        lab.space("rad")
        yield lab
    finally:
        lab.close()
