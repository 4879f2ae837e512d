"""FreeRADIUS and the whole agent (``kanmon agent run``) with its driver for RADIUS, in the laboratory."""

import os
from typing import Any

import msgspec

from kanmon.agent import by_hand, program
from kanmon.agent.files import Row
from kanmon.agent.store import Store
from kanmon.wire import Seen
from tests.agent.radius.server import AGENT_PORT, Server
from tests.conftest import KANMON, until

SETTINGS = """
[agent]
listen = "127.0.0.1:{port}"
drivers = ["radius"]
retry_seconds = 1
reconcile_seconds = 5
look_seconds = 1

[radius]
"""


class WholeServer(Server):
    """As Server, with the agent's own list and process."""

    def make_home(self) -> None:
        program.make_home(self.home)
        (self.home / "agent.toml").write_text(self.settings())
        self.store = Store(self.home)

    def settings(self) -> str:
        """The agent's."""
        return SETTINGS.format(port=AGENT_PORT) + as_toml(self.setup)

    def decide(self, mac: str, state: str, network: str = "") -> None:
        """By hand, at the agent; a running one takes it over."""
        by_hand.take(self.store, [Row(mac=mac, state=state)])  # type: ignore[arg-type]

    def forget(self, mac: str) -> None:
        """It is in the list no more."""
        by_hand.remove(self.store, [mac])

    def start_agent(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KANMON_")}
        environment = kept | {"KANMON_AGENT_HOME": str(self.home)}
        self.agent = self.lab.start("rad", KANMON, "agent", "run", "--to-stderr", environment=environment)
        agent = self.agent
        until(lambda: "Agent serves" in agent.said() or agent.process.poll() is not None, 60)
        assert agent.process.poll() is None, agent.said()

    def seen(self) -> list[dict[str, Any]]:
        rows = self.store.connection.execute("SELECT body FROM seen ORDER BY number").fetchall()
        return [msgspec.to_builtins(msgspec.json.decode(body, type=Seen)) for (body,) in rows]


def as_toml(setup: dict[str, Any]) -> str:
    lines = [f'{name} = "{value}"' for name, value in setup.items() if isinstance(value, str)]
    for network, told in setup.get("networks", {}).items():
        lines += [f"[radius.networks.{network}]", *(f"{name} = {_value(value)}" for name, value in told.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return msgspec.json.encode(value).decode()
