"""The frame of every page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of every page: which node answers, and the counts beside the navigation."""

    node: str = ""
    role: str = ""  # active, standby, none
    active: str = ""  # the node that works; empty when none does
    term: str = ""
    pcs: int = 0
    suspected: int = 0
    refused: int = 0
    in_doubt: int = 0
    network_waiting: int = 0
