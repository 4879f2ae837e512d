"""The agent's settings: one table, read from ``agent.toml`` in its own home and the environment.

The home is ``KANMON_AGENT_HOME``, else ``~/.kanmon-agent``: settings, database, ``secrets/``, ``log/``, ``run/``. Bounds,
environment variables (``KANMON_LINK_MANAGERS``) and refusals are as for the Manager (``common.config``).
"""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kanmon.common import config
from kanmon.common.config import Setting
from kanmon.common.errors import Refused

FILE = "agent.toml"
URL = r"https://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "agent.listen", "127.0.0.1:8089", "address:port", "Where RADIUS servers of this machine ask. Loopback only."
    ),
    Setting(
        "agent.drivers",
        [],
        "names",
        "How the network is changed. A driver's own settings are in [drivers.NAME].",
        form=r"[a-z][a-z0-9_]*",
    ),
    Setting("agent.language", "en", "language", "Language of the agent log and of answers.", choices=("en", "ja")),
    Setting(
        "agent.shared_disk",
        False,
        "yes/no",
        "The home is on a disk that cluster software mounts on one machine at a time: write so that moving it is safe.",
    ),
    Setting(
        "agent.reconcile_seconds",
        60,
        "seconds",
        "How often the network is compared with the list, and brought to it where it differs.",
        5,
        3600,
    ),
    Setting(
        "agent.retry_seconds",
        10,
        "seconds",
        "How soon an order that a driver could not carry out is tried again.",
        1,
        3600,
    ),
    Setting("agent.look_seconds", 5, "seconds", "How often drivers are asked which PCs they have seen.", 1, 3600),
    Setting("agent.log_file_bytes", 20 * 2**20, "bytes", "Size at which a new agent log begins.", 4096, 2**30),
    Setting("agent.log_keep_files", 10, "files", "How many older agent logs are kept.", 1, 1000),
    Setting(
        "link.managers",
        [],
        "URLs",
        "Where Managers listen for agents (https://host:port), asked in turn. Empty: those of the invitation.",
        form=URL,
    ),
    Setting("link.wait_seconds", 25, "seconds", "How long a Manager may keep a call waiting for orders.", 1, 300),
    Setting("link.connect_seconds", 5, "seconds", "Longest wait for a connection to a Manager.", 1, 60),
    Setting(
        "link.retry_seconds",
        1,
        "seconds",
        "Pause after no Manager has answered; it doubles up to 5 seconds, and stays when it is longer. Each pause is cut by up"
        " to 40 % at random: 100 agents that wait for a Manager make about 25 short calls a second in all.",
        1,
        30,
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


PARTS = ("drivers", "radius")  # sections that their own folder reads and checks


class Settings:
    """The values in force. ``settings["link.managers"]``; KeyError for a name that is not in the table.

    ``parts``: the sections of ``PARTS`` as they stand in the file, those that are there.
    """

    def __init__(self, values: Mapping[str, config.Value], parts: Mapping[str, Any]) -> None:
        self.values, self.parts = values, parts

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value


def home() -> Path:
    """The folder of this agent."""
    return Path(os.environ.get("KANMON_AGENT_HOME") or Path.home() / ".kanmon-agent").absolute()


def read(root: Path) -> Settings:
    """All settings of the home ``root``. Raises Refused with a sentence that names the place."""
    path = root / FILE
    values = config.read_table(path, BY_NAME, PARTS)
    tree = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in PARTS:
        if not isinstance(tree.get(name, {}), dict):
            raise Refused("KNM6003-E", path=str(path), name=name, near=f"[{name}]")
    return Settings(values, {name: tree[name] for name in PARTS if name in tree})


def check_url(url: str) -> None:
    """Raises Refused KNM6001-E when ``url`` is no address of a Manager."""
    config.convert(BY_NAME["link.managers"], url, "--manager")


def as_toml() -> str:
    """agent.toml with every setting, commented out: its reason, its unit, its default."""
    lines = [
        "# Settings of the Kanmon agent; a line counts once its # is taken away. Environment variables win:",
        "# KANMON_LINK_MANAGERS for managers in [link].",
    ]
    section = ""
    for setting in sorted(SETTINGS, key=lambda one: one.name.partition(".")[0]):
        head, _, name = setting.name.partition(".")
        if head != section:
            lines += ["", f"[{head}]"]
            section = head
        unit = f" ({setting.unit})" if setting.unit else ""
        lines += [f"# {setting.reason}{unit}", f"# {name} = {json.dumps(setting.default)}"]
    return "\n".join(lines) + "\n"
