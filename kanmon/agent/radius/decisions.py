"""What this folder asks of the connection control list."""

from typing import Literal, NamedTuple, Protocol

from kanmon.wire import Network as Network

State = Literal["permit", "deny", "refuse", "unregistered"]
NETWORKS: tuple[Network, ...] = ("corporate", "quarantine", "unauthenticated", "refused")


class Decision(NamedTuple):
    """What holds for a MAC address, and the network that it leads to."""

    state: State
    network: Network


class Decisions(Protocol):
    """The connection control list, as far as RADIUS is concerned. It is asked at every authentication."""

    def decide(self, mac: str) -> Decision:
        """What holds for ``mac`` (aa:bb:cc:dd:ee:ff). It never waits: thousands ask a second."""
