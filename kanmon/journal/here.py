"""Who writes: the name of this node and the term that it last held (0 before the first)."""

import os
import socket
from dataclasses import dataclass


@dataclass
class Here:
    """This process in the journal's words."""

    node: str = os.environ.get("KANMON_NODE") or socket.gethostname()
    term: int = 0


HERE = Here()
