"""Tell one story of the campaign: ``python -m tests.failover --seed 7 --database sqlite --fault kill``."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.failover.power_story import tell_power_cuts
from tests.failover.slot import Slot
from tests.failover.story import ROUNDS, tell


def main() -> int:
    """1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--fault", default="kill")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--defect", default="", help="plant this defect")
    parser.add_argument("--stories", type=int, default=1, help="so many seeds from --seed on")
    words = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="kanmon-") as folder:
        slot = Slot(Path(folder))
        try:
            for seed in range(words.seed, words.seed + words.stories):
                began = time.monotonic()
                if words.fault in ("power", "power_shared"):
                    told = tell_power_cuts(slot, seed, words.fault == "power_shared", defect=words.defect)
                else:
                    told = tell(slot, seed, words.database, words.fault, words.rounds, words.defect)
                print(told.problems(), f"\n  {time.monotonic() - began:.1f} s; {', '.join(told.hits)}")
                print(told.found.summary(), flush=True)
                wrong += len(told.found.wrong)
        finally:
            slot.close()
    return 1 if wrong else 0


sys.exit(main())
