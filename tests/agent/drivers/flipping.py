"""A process that brings PCs from one state to the next, on and on, until it is killed. Their MACs come on its input."""

import sys
from itertools import cycle
from pathlib import Path

from kanmon.agent import drivers
from kanmon.agent.drivers.base import Change


def main(folder: str, layout: str, namespace: str) -> None:
    """One line of output before each change."""
    macs = sys.stdin.readline().split()
    settings = {"mode": layout, "bridge": "br0", "ports": ["p*"], "namespace": namespace}
    driver = drivers.make("nftables", settings, Path(folder))
    for state in cycle(("deny", "refuse", "permit")):
        print(state, flush=True)
        driver.apply([Change(mac, state) for mac in macs])  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
