"""A Manager is killed while it imports a patch feed; the next one does it, and PCs are judged by it."""

import threading
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ManagerProcess, until

FEED = """update,product,hole,released,severity,title,replaces
KB5093998,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-1,2026-06-09,critical,Kernel hole,KB5082052
"""


def test_a_feed_is_imported_once_though_the_manager_is_killed(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(FEED)
    manager = make_manager().start(fault="feed_stored:1=kill")
    command = threading.Thread(target=manager.run, args=("feed", "patches", str(file)))
    command.start()
    until(manager.ended)
    manager.start()
    command.join()  # it has waited for the Manager that came back
    until(lambda: [row["state"] for row in manager.json("operations", "--kind", "feed")] == ["finished"])
    (imported,) = manager.json("operations", "--kind", "feed")
    assert imported["attempt"] == 2
    told = manager.json("feed", "list")
    assert (told["patch_knowledge"], [one["name"] for one in told["feeds"]]) == (1, ["own"])
    assert told["feeds"][0]["updates"] == 2
    again = manager.json("feed", "patches", str(file))
    assert again[0]["changed"] is False
