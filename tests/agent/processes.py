"""The agent as a real process, in a home of its own."""

import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import KANMON, as_toml, until
from tests.postgresql import free_port


@dataclass
class AgentProcess:
    """``settings`` go into agent.toml by section; ``environment`` is for faults and clocks."""

    home: Path
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    output: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        quick = {"listen": f"127.0.0.1:{self.port}", "drivers": ["simulated"], "retry_seconds": 1, "look_seconds": 1}
        self.settings["agent"] = quick | self.settings.get("agent", {})
        self.settings["link"] = {"wait_seconds": 5, "retry_seconds": 1} | self.settings.get("link", {})
        self.run("setup")
        self.configure()

    def configure(self, **link: Any) -> None:
        self.settings["link"] |= link
        (self.home / "agent.toml").write_text(as_toml(self.settings), "utf-8")

    def _environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        return os.environ | self.environment | {"KANMON_AGENT_HOME": str(self.home)} | (extra or {})

    def run(self, *arguments: str, code: int = 0, extra: dict[str, str] | None = None) -> str:
        """One command; its stdout, or stderr when it is to be refused."""
        done = subprocess.run(
            [KANMON, "agent", *arguments], capture_output=True, text=True, env=self._environment(extra), timeout=180
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stderr if code else done.stdout

    def enrol(self, token: str, code: int = 0, extra: dict[str, str] | None = None) -> str:
        return self.run("enrol", code=code, extra={"KANMON_AGENT_TOKEN": token} | (extra or {}))

    def start(self, **environment: str) -> "AgentProcess":
        self.output = []
        self.process = subprocess.Popen(
            [KANMON, "agent", "run", "--to-stderr"], env=self._environment(environment), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        threading.Thread(target=self._read, args=[self.process], daemon=True).start()
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        for line in process.stderr:
            self.output.append(line)

    def said(self, message_id: str) -> bool:
        return any(message_id in line for line in self.output)

    def kill(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(20)
            self.process = None

    def ended(self) -> int:
        """The status with which it has ended by itself."""
        assert self.process
        status = self.process.wait(60)
        self.process = None
        return status

    def stop(self) -> int:
        if self.process is None:
            return 0
        self.process.terminate()
        status = self.process.wait(30)
        self.process = None
        return status

    def listed(self) -> dict[str, str]:
        """State by MAC, as the agent's list says."""
        return {row["mac"]: row["state"] for row in json.loads(self.run("list", "--json"))}

    def status(self) -> dict[str, Any]:
        return json.loads(self.run("status", "--json"))

    def network(self) -> dict[str, str]:
        """State by MAC, as the simulated device has it."""
        try:
            return json.loads((self.home / "simulated.json").read_bytes())["entries"]
        except FileNotFoundError:
            return {}

    def until_network(self, wanted: dict[str, str]) -> None:
        until(lambda: self.network() == wanted, 30)
