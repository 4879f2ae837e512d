"""Devices for the drivers' suite: one for each driver, with ways to look at it and to spoil it past the driver."""

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from kanmon.agent import drivers
from kanmon.agent.drivers.base import Driver
from tests.conftest import ROOT

EXAMPLE = ROOT / "deploy" / "agent" / "example-driver"
STATES = ("permit", "deny", "refuse")
_NUMBERS = count()


def missing() -> str:
    """Why no gateway can be made here, or ""."""
    if os.geteuid() != 0:
        return "NOT TESTED: nftables needs root to make network namespaces"
    absent = [one for one in ("nft", "ip", "ping") if shutil.which(one, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    return (
        f"NOT TESTED: nftables needs {', '.join(absent)} (packages nftables, iproute2, iputils-ping)" if absent else ""
    )


def command(*words: str, given: str = "") -> str:
    """The output of a command, which must succeed."""
    done = subprocess.run(words, input=given, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}{done.stdout}"
    return done.stdout


class Bench(ABC):
    """One device. ``atomic``: a change is all or nothing even when the driver is killed in it."""

    kind: str
    atomic = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Of agent.toml."""

    def driver(self) -> Driver:
        """As a process that has just started has it."""
        return drivers.make(self.kind, self.settings, self.folder)

    def killed(self, fault: str, changes: Mapping[str, str | None], *, whole: bool = False) -> None:
        """Another process carries ``changes`` out and kills itself at ``fault``."""
        work = {
            "kind": self.kind,
            "settings": self.settings,
            "home": str(self.folder),
            "changes": changes,
            "whole": whole,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.agent.drivers.work"], input=json.dumps(work), text=True, capture_output=True,
            env={**os.environ, "KANMON_FAULT": f"{fault}=kill"}, cwd=ROOT, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == -9, f"it was not killed: {done.returncode} {done.stderr}{done.stdout}"

    @abstractmethod
    def has(self) -> dict[str, str]:
        """State by MAC, as the device itself tells it."""

    @abstractmethod
    def spoil(self, mac: str, state: str) -> None:
        """A person puts a PC into a state, past the driver."""

    @abstractmethod
    def empty(self) -> None:
        """The device forgets everything."""

    def close(self) -> None:  # noqa: B027 (most have nothing to take down)
        """Take it down."""


class SimulatedBench(Bench):
    kind = "simulated"
    settings: dict[str, Any] = {}  # type: ignore[assignment]

    @property
    def file(self) -> Path:
        return self.folder / "simulated.json"

    def has(self) -> dict[str, str]:
        return dict(json.loads(self.file.read_text())["entries"]) if self.file.exists() else {}

    def spoil(self, mac: str, state: str) -> None:
        read = json.loads(self.file.read_text())
        read["entries"][mac] = state
        self.file.write_text(json.dumps(read))

    def empty(self) -> None:
        self.file.unlink()


class CommandBench(Bench):
    """The example of the documentation, and a copy of it that nobody else can change."""

    kind = "command"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = Path(os.path.realpath(folder)) / "programs" / "example-driver"
        self.program.parent.mkdir(mode=0o755)
        shutil.copy(EXAMPLE, self.program)
        self.program.chmod(0o755)

    @property
    def file(self) -> Path:
        return self.folder / "device.json"

    @property
    def settings(self) -> dict[str, Any]:
        return {"program": str(self.program), "arguments": [str(self.file)]}

    def has(self) -> dict[str, str]:
        return dict(json.loads(self.file.read_text())["entries"]) if self.file.exists() else {}

    def spoil(self, mac: str, state: str) -> None:
        read = json.loads(self.file.read_text())
        read["entries"][mac] = state
        self.file.write_text(json.dumps(read))

    def empty(self) -> None:
        self.file.unlink()


class NftablesBench(Bench):
    """A namespace with a bridge, and somebody else's tables in it."""

    kind = "nftables"
    others = (
        "add table bridge theirs\nadd set bridge theirs permit { type ether_addr; }\nadd chain bridge theirs kept\n"
    )
    mode = "bridge"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.namespace = f"kt{os.getpid()}-{next(_NUMBERS)}"
        command("ip", "netns", "add", self.namespace)
        command("nsenter", f"--net=/run/netns/{self.namespace}", "ip", "link", "add", "br0", "type", "bridge")
        self.nft("-f", "-", given=self.others)

    def nft(self, *words: str, given: str = "") -> str:
        return command("nsenter", f"--net=/run/netns/{self.namespace}", "nft", *words, given=given)

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "mode": self.mode, "bridge": "br0", "ports": ["p*"], "allowed": ["192.0.2.7 tcp/8443", "2001:db8::/64"],
            "dns": ["192.0.2.53"], "page": "https://192.0.2.7:8443/pc", "namespace": self.namespace,
            "keep": str(self.folder / "keep"),
        }  # fmt: skip

    @property
    def family(self) -> str:
        return "bridge" if self.mode == "bridge" else "inet"

    def has(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if f"table {self.family} kanmon" not in self.nft("list", "tables"):
            return found
        for state in STATES:
            for one in json.loads(self.nft("-j", "list", "set", self.family, "kanmon", state))["nftables"]:
                for mac in one.get("set", {}).get("elem", ()):
                    assert mac not in found, f"{mac} is in two sets"
                    found[mac] = state
        return found

    def spoil(self, mac: str, state: str) -> None:
        had = self.has().get(mac)
        lines = [f"delete element {self.family} kanmon {had} {{ {mac} }}"] if had else []
        self.nft("-f", "-", given="\n".join([*lines, f"add element {self.family} kanmon {state} {{ {mac} }}", ""]))

    def empty(self) -> None:
        self.nft("flush", "ruleset")
        self.nft("-f", "-", given=self.others)

    def close(self) -> None:
        assert "table bridge theirs" in self.nft("list", "ruleset"), "somebody else's table is gone"
        command("ip", "netns", "delete", self.namespace)


class RoutedBench(NftablesBench):
    mode = "routed"


BENCHES: dict[str, type[Bench]] = {
    "simulated": SimulatedBench,
    "command": CommandBench,
    "nftables, bridge": NftablesBench,
    "nftables, routed": RoutedBench,
}
