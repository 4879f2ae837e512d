"""Tell stories of kills again: ``python -m tests.agent.loop --seed 7 --seconds 60``."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.agent.loop.kills import Story


def main() -> int:
    """1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--stories", type=int, default=1, help="so many seeds from --seed on")
    parser.add_argument("--keep", default="", help="a folder for the homes, which stay")
    words = parser.parse_args()
    wrong = 0
    for seed in range(words.seed, words.seed + words.stories):
        with tempfile.TemporaryDirectory(prefix="kanmon-") as folder:
            story = Story(seed, Path(words.keep or folder) / str(seed))
            found = story.tell(words.seconds)
            print(f"seed {seed}: {story.summary()}", *found, sep="\n  ", flush=True)
            wrong += len(found)
    return 1 if wrong else 0


sys.exit(main())
