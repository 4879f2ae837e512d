"""FreeRADIUS and the agent in the laboratory, both started, killed and started again as a test wants."""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kanmon.agent.radius import configuration, parts, secret, setup
from kanmon.agent.radius.nas import Nas, NasTable
from kanmon.agent.radius.tables import Tables
from tests.agent.radius import certificates
from tests.agent.radius.lab import DAS_PORT, DAS_SECRET, SECRET, Laboratory, Running
from tests.conftest import ROOT, until

AGENT_PORT = 8099
SETUP: dict[str, Any] = {
    "networks": {
        "corporate": {"vlan": "10", "session_seconds": 3600},
        "quarantine": {"vlan": "20", "filter_id": "quarantine", "session_seconds": 300},
    }
}


@dataclass
class Server:
    """The RADIUS server's machine: a home of the agent, a folder of FreeRADIUS."""

    lab: Laboratory
    setup: dict[str, Any] = field(default_factory=lambda: dict(SETUP))
    switches: tuple[Nas, ...] = ()
    agent: Running | None = None
    radius: Running | None = None
    users: str = 'pc01 Cleartext-Password := "pw01"\n'

    def __post_init__(self) -> None:
        self.home = self.lab.folder / "agent"
        self.make_home()
        self.raddb = self.lab.folder / "raddb"
        self.raddb.mkdir()
        (self.raddb / "users").write_text(self.users)
        self.certs = certificates.make(self.lab.folder / "certs", "pc02")
        self.tables = Tables(self.home / parts.FILE)
        self.table = NasTable(self.tables, secret.key(parts.key_path(self.home)))
        for one in self.switches or (LOOPBACK, SWITCH):
            self.table.add(one)

    def make_home(self) -> None:
        """The agent's."""
        (self.home / "secrets").mkdir(parents=True)
        (self.home / "decisions.json").write_text("{}")

    def decide(self, mac: str, state: str, network: str) -> None:
        """From now on this holds for ``mac``."""
        path = self.home / "decisions.json"
        told = json.loads(path.read_text()) | {mac: [state, network]}
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(told))
        draft.replace(path)

    def write(self) -> list[Path]:
        """FreeRADIUS's folder, as ``kanmon agent freeradius`` writes it."""
        run = self.lab.folder / "run"
        run.mkdir(exist_ok=True)
        layout = configuration.Layout(
            folder=self.raddb, agent=f"http://127.0.0.1:{AGENT_PORT}", certs=self.certs, log_folder=run, run_folder=run,
            log_destination="stdout", user="",
        )  # fmt: skip
        password = secret.password(parts.password_path(self.home))
        return configuration.write(layout, setup.read(self.setup), self.table.all(), password)

    def start(self) -> "Server":
        """Both."""
        self.write()
        self.start_agent()
        self.start_radius()
        return self

    def start_agent(self) -> None:
        """The agent; it answers when this returns."""
        (self.home / "setup.json").write_text(json.dumps(self.setup))
        self.agent = self.lab.start(
            "rad", sys.executable, "-m", "tests.agent.radius.one_agent", str(self.home), str(AGENT_PORT),
            environment={"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        until(lambda: f":{AGENT_PORT} " in self.lab.run("rad", "ss", "-ltn"), 60)

    def kill_agent(self) -> None:
        """As a crash does."""
        assert self.agent is not None
        self.agent.stop(hard=True)

    def start_radius(self) -> None:
        """FreeRADIUS; it listens when this returns."""
        self.radius = self.lab.start("rad", "freeradius", "-d", str(self.raddb), "-f")
        running = self.radius
        until(lambda: "Ready to process requests" in running.said() or running.process.poll() is not None, 60)
        assert running.process.poll() is None, running.said()

    def seen(self) -> list[dict[str, Any]]:
        """All that the agent has seen."""
        path = self.home / "seen.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def sessions(self) -> Mapping[str, Mapping[str, Any]]:
        """The sessions by MAC; one that is not there has nothing."""
        found: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(str))
        return found | {row["mac"]: dict(row) for row in self.tables.rows("SELECT * FROM radius_session")}

    def bypass(self, mac: str, user: str = "", password: str = "", **more: str) -> str:
        """What FreeRADIUS answers to a switch that asks for a PC without 802.1X."""
        spelled = mac.replace(":", "-").upper()
        given = {
            "User-Name": user or spelled, "User-Password": password or spelled, "Calling-Station-Id": spelled,
            "Service-Type": "Call-Check", "NAS-Port-Type": "Ethernet", "Message-Authenticator": "0x00",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }  # fmt: skip
        text = ", ".join(f"{name} = {_quoted(value)}" for name, value in given.items() if value)
        return self.lab.run(
            "rad", "radclient", "-x", "-r", "1", "-t", "8", "127.0.0.1", "auth", SECRET, text=text, check=False
        )

    def account(self, status: str, mac: str = "", **more: str) -> str:
        """What FreeRADIUS answers to accounting."""
        given = {"Acct-Status-Type": status, "Calling-Station-Id": mac} | {
            name.replace("_", "-"): value for name, value in more.items()
        }
        text = ", ".join(f"{name} = {_quoted(value)}" for name, value in given.items() if value)
        return self.lab.run(
            "rad", "radclient", "-x", "-r", "1", "-t", "5", "127.0.0.1", "acct", SECRET, text=text, check=False
        )


def _quoted(value: str) -> str:
    return value if value.startswith("0x") else f'"{value}"'


LOOPBACK = Nas("loopback", "127.0.0.1", SECRET, disconnect=False)
SWITCH = Nas("sw1", "10.88.0.11", SECRET, coa_port=DAS_PORT, coa_secret=DAS_SECRET)
