"""PCs, a gateway and servers, each in a network namespace of its own, with real cables (veth) between them.

              pc1  pc2         (02:00:00:00:00:01, :02; e0)
               |    |
    gateway    p1   p2         bridged: both on br0, with the servers' u9.  routed: both on br0, which is the PCs' side
               |
    servers    e0              .1 corporate: HTTP, something on 9000; .7 treatment: HTTP on 80 and 8443; .53 name server

Whoever connects to a server gets its name; the servers are real sockets, and PCs ask by ping and curl.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal

from kanmon.agent import drivers
from kanmon.agent.drivers.base import Driver
from tests.agent.drivers.benches import command
from tests.conftest import ROOT, until

Layout = Literal["bridge", "routed"]
_NUMBERS = count()
EVERYTHING = 7  # that a PC can reach, see ``reaches``
MACS = {"pc1": "02:00:00:00:00:01", "pc2": "02:00:00:00:00:02"}


class Lab:
    """The whole. ``lan`` and ``far`` are the PCs' and the servers' networks; the same when bridged."""

    def __init__(self, layout: Layout, folder: Path) -> None:
        self.layout, self.folder = layout, folder
        self.prefix = f"kl{os.getpid()}-{next(_NUMBERS)}"
        self.lan = "77"
        self.far = "77" if layout == "bridge" else "79"
        self._processes: list[subprocess.Popen[bytes]] = []

    def ns(self, name: str) -> str:
        """The namespace of a machine."""
        return f"{self.prefix}-{name}"

    def address(self, last: int, version: int = 4) -> str:
        """Of a server."""
        return f"10.{self.far}.0.{last}" if version == 4 else f"fd{self.far}::{last}"

    @property
    def page(self) -> str:
        return f"http://{self.address(7)}:8443/pc"

    def up(self) -> "Lab":
        """Make it, and wait until it answers."""
        for name in ("pc1", "pc2", "gateway", "servers"):
            command("ip", "netns", "add", self.ns(name))
            self._ip(name, "link", "set", "lo", "up")
        self._cables()
        self._addresses()
        self._serve("servers", "tests.agent.drivers.servers", self.far)
        for pc in MACS:
            until(lambda pc=pc: len(self.reaches(pc)) == EVERYTHING, 30)
        return self

    def _ip(self, name: str, *words: str) -> None:
        command("nsenter", f"--net=/run/netns/{self.ns(name)}", "ip", *words)

    def _cables(self) -> None:
        for name, far_end in (("pc1", "p1"), ("pc2", "p2"), ("servers", "u9")):
            command("ip", "link", "add", "e0", "netns", self.ns(name), "type", "veth", "peer", "name", far_end, "netns",
                    self.ns("gateway"))  # fmt: skip
        self._ip("gateway", "link", "add", "br0", "type", "bridge")
        for port in ("p1", "p2", *(["u9"] if self.layout == "bridge" else [])):
            self._ip("gateway", "link", "set", port, "master", "br0")
        for port in ("p1", "p2", "u9", "br0"):
            self._ip("gateway", "link", "set", port, "up")
        for pc, mac in MACS.items():
            self._ip(pc, "link", "set", "e0", "address", mac)
        for name in ("pc1", "pc2", "servers"):
            self._ip(name, "link", "set", "e0", "up")

    def _addresses(self) -> None:
        self._has("pc1", "e0", self.lan, 11)
        self._has("pc2", "e0", self.lan, 12)
        self._has("gateway", "br0", self.lan, 254)
        for last in (1, 7, 53):
            self._has("servers", "e0", self.far, last)
        if self.layout == "routed":
            self._has("gateway", "u9", self.far, 254)
            for name, net in (("pc1", self.lan), ("pc2", self.lan), ("servers", self.far)):
                self._ip(name, "route", "add", "default", "via", f"10.{net}.0.254")
                self._ip(name, "-6", "route", "add", "default", "via", f"fd{net}::254")
            self.run("gateway", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def _has(self, name: str, interface: str, net: str, last: int) -> None:
        self._ip(name, "address", "add", f"10.{net}.0.{last}/24", "dev", interface)
        self._ip(name, "-6", "address", "add", f"fd{net}::{last}/64", "dev", interface, "nodad")

    def _serve(self, name: str, module: str, *words: str) -> None:
        self._processes.append(self.start(name, sys.executable, "-m", module, *words))

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """A program on a machine."""
        inside = ["nsenter", f"--net=/run/netns/{self.ns(name)}", *words]
        return subprocess.Popen(inside, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, name: str, *words: str, given: str = "") -> str:
        """The output of a command on a machine; it must succeed."""
        return command("nsenter", f"--net=/run/netns/{self.ns(name)}", *words, given=given)

    def try_(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A command on a machine that may fail."""
        inside = ["nsenter", f"--net=/run/netns/{self.ns(name)}", *words]
        return subprocess.run(inside, capture_output=True, text=True, timeout=60, check=False)

    def ping(self, pc: str, address: str) -> bool:
        """Whether one of two echo requests is answered."""
        return self.try_(pc, "ping", "-c2", "-i0.2", "-W1", address).returncode == 0

    def http(self, pc: str, address: str, port: int = 80) -> str:
        """What is served there, "-> URL" for a redirect, "" for nothing."""
        host = f"[{address}]" if ":" in address else address
        url = f"http://{host}:{port}/any/path"
        done = self.try_(pc, "curl", "-sg", "-m2", "-w", "\n%{http_code} %{redirect_url}", url)
        body, _, told = done.stdout.rpartition("\n")
        status, _, target = told.partition(" ")
        return f"-> {target}" if status == "302" else body if status == "200" else ""

    def name_server(self, pc: str, last: int = 53) -> bool:
        """Whether the server answers UDP on port 53."""
        script = (
            "import socket,sys; s=socket.socket(type=socket.SOCK_DGRAM); s.settimeout(1);"
            "s.sendto(b'?',(sys.argv[1],53)); s.recv(9)"
        )
        return self.try_(pc, sys.executable, "-c", script, self.address(last)).returncode == 0

    def reaches(self, pc: str) -> set[str]:
        """All that a PC reaches, in words. Asked all at once, since what is cut off is found by waiting."""
        asked: dict[str, Callable[[], Any]] = {"dns": lambda: self.name_server(pc)}
        for version, mark in ((4, ""), (6, "6")):
            asked[f"ping{mark}"] = partial(self.ping, pc, self.address(1, version))
            asked[f"http{mark}"] = partial(self.http, pc, self.address(1, version))
            asked[f"treatment{mark}"] = partial(self.http, pc, self.address(7, version), 8443)
        with ThreadPoolExecutor(len(asked)) as pool:
            said = dict(zip(asked, pool.map(lambda ask: ask(), asked.values()), strict=True))
        return {self._word(name, answer) for name, answer in said.items() if answer}

    def _word(self, name: str, answer: Any) -> str:
        if name.startswith("http"):
            return name.replace("http", "page" if answer == f"-> {self.page}" else str(answer))
        return name

    @property
    def settings(self) -> dict[str, Any]:
        """Of the driver."""
        return {
            "mode": self.layout, "bridge": "br0", "ports": ["p*"] if self.layout == "bridge" else ["br0"],
            "allowed": [f"{self.address(7)} tcp/8443", f"{self.address(7, 6)} tcp/8443"], "dns": [self.address(53)],
            "page": self.page, "namespace": self.ns("gateway"), "keep": str(self.folder / "keep"),
        }  # fmt: skip

    def driver(self, **more: Any) -> Driver:
        """As the agent on the gateway has it."""
        return drivers.make("nftables", self.settings | more, self.folder)

    def down(self) -> None:
        """Take it down."""
        for process in self._processes:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        for name in ("pc1", "pc2", "gateway", "servers"):
            subprocess.run(["ip", "netns", "delete", self.ns(name)], capture_output=True, check=False)


def sets(lab: Lab) -> dict[str, set[str]]:
    """The MACs in each set of the gateway."""
    family = "bridge" if lab.layout == "bridge" else "inet"
    found: dict[str, set[str]] = {}
    for state in ("permit", "deny", "refuse"):
        read = json.loads(lab.run("gateway", "nft", "-j", "list", "set", family, "kanmon", state))["nftables"]
        found[state] = {mac for one in read for mac in one.get("set", {}).get("elem", ())}
    return found
