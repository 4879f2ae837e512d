"""The RADIUS part of the agent as a process that can be killed: ``python -m tests.agent.radius.one_agent FOLDER PORT``.

``FOLDER/decisions.json`` (MAC -> state and network) is read at each question, ``FOLDER/setup.json`` at the start; what was
seen is added to ``FOLDER/seen.jsonl``.
"""

import json
import logging
import sys
from pathlib import Path

import msgspec
import uvicorn

from kanmon.agent import log
from kanmon.agent.radius import parts, secret, setup
from kanmon.agent.radius.decisions import Decision
from kanmon.agent.radius.endpoints import RadiusApplication
from kanmon.agent.radius.nas import NasTable
from kanmon.agent.radius.sessions import Sessions
from kanmon.agent.radius.tables import Tables
from kanmon.wire import Seen


class FromFile:
    """A connection control list that a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def decide(self, mac: str) -> Decision:
        told = json.loads(self.path.read_text())
        return Decision(*told.get(mac, ("unregistered", "unauthenticated")))


def main() -> None:
    log.speak("laboratory", "en")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    tables = Tables(folder / parts.FILE)
    table = NasTable(tables, secret.key(parts.key_path(folder)))
    chosen = setup.read(json.loads((folder / "setup.json").read_text()))
    with open(folder / "seen.jsonl", "ab", buffering=0) as told:

        def seen(one: Seen) -> None:
            told.write(msgspec.json.encode(one) + b"\n")

        application = RadiusApplication(
            FromFile(folder / "decisions.json"), Sessions(tables), setup=lambda: chosen, profiles=table.profiles,
            password=secret.password(parts.password_path(folder)), seen=seen,
        )  # fmt: skip
        uvicorn.run(application, host="127.0.0.1", port=port, access_log=False, lifespan="off", log_level="warning",
                    timeout_keep_alive=75)  # fmt: skip


if __name__ == "__main__":
    main()
