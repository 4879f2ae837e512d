"""A Manager is killed while it imports a feed; the next one does it. Of several files each is told by itself."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import ManagerProcess, until
from tests.feeds.osv_records import affected, record, span, zipped

FEED = """update,product,hole,released,severity,title,replaces
KB5093998,Windows 11 Version 23H2 for x64-based Systems,CVE-2026-1,2026-06-09,critical,Kernel hole,KB5082052
"""


def imported_though_killed(manager: ManagerProcess, feed: str, file: Path) -> Any:
    """Import ``file`` by ``kanmon feed`` and kill the Manager before it commits; the feeds after the next one did it."""
    manager.start(fault="feed_stored:1=kill")
    command = threading.Thread(target=manager.run, args=("feed", feed, str(file)))
    command.start()
    until(manager.ended)
    manager.start()
    command.join()  # it has waited for the Manager that came back
    until(lambda: [row["state"] for row in manager.json("operations", "--kind", "feed")] == ["finished"])
    (imported,) = manager.json("operations", "--kind", "feed")
    assert imported["attempt"] == 2
    (again,) = manager.json("feed", feed, str(file))
    assert again["changed"] is False
    return manager.json("feed", "list")


def test_a_feed_of_patches_is_imported_once_though_the_manager_is_killed(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(FEED)
    told = imported_though_killed(make_manager(), "patches", file)
    assert (told["patch_knowledge"], [one["name"] for one in told["feeds"]]) == (1, ["own"])
    assert told["feeds"][0]["updates"] == 2


def test_a_feed_of_vulnerabilities_is_imported_once_though_the_manager_is_killed(
    make_manager: Callable[..., ManagerProcess], tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(zipped(record("DSA-1", affected("Debian:12", "bash", ranges=span(fixed="1")))))
    told = imported_though_killed(make_manager(), "vulnerabilities", file)
    assert [one["covers"] for one in told["vulnerabilities"]] == [["Debian:12"]]


def test_each_of_several_files_is_told_by_itself_and_by_the_exit_code(manager: ManagerProcess, tmp_path: Path) -> None:
    good, bad, absent = tmp_path / "own.csv", tmp_path / "bad.csv", tmp_path / "absent.csv"
    good.write_text(FEED)
    bad.write_text("hello")
    for feed, problem in (("patches", "is no patch feed that is known here"), ("vulnerabilities", "is no OSV feed")):
        refused = manager.run("feed", feed, str(bad), str(bad), check=False)
        assert (refused.returncode, refused.stdout.count(f"{bad}: failed. ")) == (6, 2)
        assert problem in refused.stdout
    some = manager.run("feed", "patches", str(bad), str(good), check=False)
    assert some.returncode == 7
    first, second = some.stdout.splitlines()
    assert first.startswith(f"{bad}: failed. ")
    assert second == f"{good}: imported, feed own of 2026-06-09, 2 updates"
    known = manager.run("feed", "patches", str(good))
    assert known.stdout == f"{good}: known already, feed own of 2026-06-09, 2 updates\n"
    unread = manager.run("feed", "vulnerabilities", str(absent), check=False)
    assert (unread.returncode, unread.stdout) == (1, "")
    assert unread.stderr.startswith("KNM6006-E ")
