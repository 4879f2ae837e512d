"""A process that a test kills: it makes a driver and carries changes out. What to do comes as JSON on its input."""

import json
import sys
from pathlib import Path

from kanmon.agent import drivers
from kanmon.agent.drivers.base import Change, Entry
from kanmon.wire import Setup


def main() -> None:
    """Does it. Prints the results."""
    told = json.load(sys.stdin)
    driver = drivers.make(told["kind"], told["settings"], Path(told["home"]))
    if told["whole"]:
        driver.whole([Entry(mac, state) for mac, state in told["changes"].items()], Setup())
    else:
        print([one.result for one in driver.apply([Change(mac, state) for mac, state in told["changes"].items()])])


if __name__ == "__main__":
    main()
