"""The Manager log for people: written from the entries, so that log and journal can't disagree.

Each line ends with "#" and the entry's number. After a crash the tailer reads the last whole line, cuts a
torn one off, and goes on with the next entry: no line is missing and none stands twice, however the
process ended. A line is
``2026-11-22 20:15:03.120Z KNM2001-I mgr-a Judgment started: ... #123``.
"""

import logging
import os
import re
import threading
from pathlib import Path

from django.db import close_old_connections, connection

from kanmon.common import config, fault, messages
from kanmon.journal import changes
from kanmon.journal.models import Entry
from kanmon.journal.writing import call_session

log = logging.getLogger("kanmon.log")
_LAST = re.compile(rb"#(?:(\d+)\.)?(\d+)\n\Z")
_PAUSE_SECONDS = 0.2


def last_position(path: Path) -> changes.Position:
    """Where the log has got to. Cuts a torn last line off."""
    for candidate in (path, path.with_name(path.name + ".1")):
        if not candidate.exists() or not candidate.stat().st_size:
            continue
        with open(candidate, "r+b") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 65536))
            start = file.tell()
            tail = file.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            if len(whole) != len(tail):
                file.truncate(start + len(whole))
            found = _LAST.search(whole)
            if found:
                return int(found[1] or 0), int(found[2])
    return changes.START


def line(entry: Entry, language: str, position: changes.Position) -> str | None:
    """The line of an entry, or None when it is not for the log."""
    message_id = entry.detail.get("id")
    if not message_id:
        return None
    at = entry.at.strftime("%Y-%m-%d %H:%M:%S.") + f"{entry.at.microsecond // 1000:03d}Z"
    try:
        text = messages.text(message_id, entry.detail, language)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):  # of another version: shown as it is
        text = str(entry.detail)
    text = "".join(c if c.isprintable() else " " for c in text).rstrip()
    place = f"{position[0]}.{position[1]}" if position[0] else str(position[1])
    return f"{at} {message_id} {entry.node} {text} #{place}\n"


class Tailer(threading.Thread):
    """Writes ``manager.log`` while the process lives."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="log-tailer", daemon=True)
        self.path = path
        self.language = str(config.get("server.language"))
        self.stopping = threading.Event()
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._position: changes.Position | None = None

    def run(self) -> None:
        call_session("kanmon-log")
        while not self.stopping.wait(_PAUSE_SECONDS):
            try:
                self.write_new()
            except Exception:
                log.exception("the Manager log could not be written")
                connection.close()  # the database may have ended it
        connection.close()

    def stop(self) -> None:
        """End the thread and write what is still missing."""
        self.stopping.set()
        if self.is_alive():
            self.join(5)
        close_old_connections()
        self.write_new()

    def _from_log(self) -> changes.Position:
        """Where the log has got to. One that tells of a time before the newest restore goes on after what the backup
        held: all of that stands in it, or the part that is missing is known by number (backup/load.py, era.py).
        """
        position = last_position(self.path)
        restored = Entry.objects.filter(operation=None, event="restored").order_by("-seq").first()
        if restored is not None and position > changes.START and position[1] < restored.seq:
            return (int(position[1] >= restored.detail.get("newest", 0)), position[1])
        return min(position, changes.newest(table="entry"))

    def write_new(self) -> None:
        """Write the lines of all entries that are not in the log yet.

        Where the log has got to is read from it at the first call, when the lease is ours (a second Manager that
        is about to be refused must not touch it), and after a line could not be written in full.
        """
        while True:
            position = self._from_log() if self._position is None else self._position
            places = list(changes.follow("entry", position, 2000))
            if not places:
                self._position = position
                return
            rows = Entry.objects.in_bulk([seq for _, seq in places])
            lines = [text for place, seq in places if seq in rows and (text := line(rows[seq], self.language, place))]
            self._position = None
            if lines:
                self._rotate()
                fault.point("before_log")
                with open(self.path, "a", encoding="utf-8", errors="replace") as file:
                    file.write("".join(lines))
                fault.point("after_log")
            self._position = places[-1][0]

    def _rotate(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < config.get("log.file_bytes"):
            return
        for number in range(config.get("log.keep_files") - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                older.replace(self.path.with_name(f"{self.path.name}.{number + 1}"))
        self.path.replace(self.path.with_name(self.path.name + ".1"))
