"""Show one message: a process of its own, so that the end of the client does not end it half-way.

    python -m kanmon.client.shower FOLDER ID auto|mine|log

It holds the lock that the client gave it until the file has been moved to ``shown``; a client that starts anew waits for that,
and then knows. Exit status: 0 shown, 3 nobody was there, 1 it could not be.
"""

import json
import sys
from pathlib import Path

from kanmon.client import sessions
from kanmon.client.inbox import move_to_shown
from kanmon.client.machine import Machine

SHOWN, FAILED, NOBODY = 0, 1, 3


def show(machine: Machine, title: str, text: str, where: str) -> bool:
    """Show it on each desktop, else on terminals; ``where`` "log": on stdout. Whether anybody can have seen it."""
    if where == "log":
        print(f"{title}\n{text}", flush=True)
        return True
    shown = [sessions.notify(one, title, text) for one in sessions.desktops(machine, mine=where == "mine")]
    return any(shown) or (where == "auto" and sessions.write_to_terminals(machine, title, text))


def main(folder: Path, id: str, where: str) -> int:
    """Show message ``id`` of the inbox ``folder``."""
    try:
        told = json.loads((folder / "accepted" / id).read_text("utf-8"))
        title, text = str(told.get("title") or ""), str(told.get("text") or "")
    except FileNotFoundError:
        return SHOWN if (folder / "shown" / id).exists() else FAILED
    except (OSError, ValueError, AttributeError):
        return FAILED
    if not show(Machine(), title, text, where):
        return NOBODY
    move_to_shown(folder, id)
    return SHOWN


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
