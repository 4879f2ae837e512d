"""Who writes: the name of this node and the term that it last held (0 before the first)."""

from contextvars import ContextVar
from dataclasses import dataclass, field

from kanmon.common import config


@dataclass
class Here:
    """This process in the journal's words."""

    node: str = field(default_factory=config.node)
    term: int = 0


HERE = Here()
REQUEST_ADDRESS: ContextVar[str] = ContextVar("REQUEST_ADDRESS", default="")
"""From where the request comes that is being answered; entries that are written meanwhile carry it."""
