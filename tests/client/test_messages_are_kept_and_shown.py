"""The client's folder, its showing process, and terminals."""

import json
import os
import pty
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kanmon.client import sessions
from kanmon.client.call import Caller
from kanmon.client.identity import _USER_PROCESS, _UTMP_RECORD
from kanmon.client.inbox import Inbox
from kanmon.client.machine import Machine
from kanmon.common.errors import Refused


def message(id: str, seconds: float = 3600, **more: str) -> dict[str, object]:
    return {"id": id, "title": f"Title {id}", "text": "Text", "expires": time.time() + seconds, **more}


def show(inbox: Inbox, id: str, where: str = "log") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kanmon.client.shower", str(inbox.folder), id, where]
    empty = {"PATH": "/nowhere", "KANMON_TEST": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=empty, check=False)


def test_a_message_is_accepted_once_shown_once_and_remembered_until_it_expires(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    assert inbox.accept(message("10-1"))
    assert inbox.accept(message("9-1"))
    assert not inbox.accept(message("9-1"))
    for bad in ("", "../x", "a/b", "x" * 65, "a\n"):
        assert not inbox.accept(message(bad))
    assert inbox.waiting() == ["9-1", "10-1"], "the oldest first"
    shown = show(inbox, "9-1")
    assert (shown.returncode, shown.stdout) == (0, "Title 9-1\nText\n")
    assert (inbox.waiting(), inbox.was_shown()) == (["10-1"], ["9-1"])
    assert not inbox.accept(message("9-1")), "given again, it is known"
    again = show(inbox, "9-1")
    assert (again.returncode, again.stdout) == (0, ""), "asked again, it is not shown again"
    assert show(inbox, "10-1", "mine").returncode == 3, "nobody is there"
    assert inbox.waiting() == ["10-1"]
    inbox.accept(message("11-1", -1))
    (tmp_path / "inbox" / "accepted" / "12-1").write_text("{broken")
    inbox.tidy()
    assert inbox.waiting() == ["10-1"]


def test_the_folder_is_one_client_s_and_nobody_else_reads_it(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    with pytest.raises(Refused, match="Another client listens"):
        Inbox(tmp_path / "inbox")
    inbox.close()
    Inbox(tmp_path / "inbox").close()
    token = inbox.token(Machine())
    assert token == inbox.token(Machine())
    assert (tmp_path / "inbox" / "token").stat().st_mode & 0o077 == 0
    assert (tmp_path / "inbox").stat().st_mode & 0o077 == 0
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="can't be used"):
        Inbox(tmp_path / "file")


def test_a_copied_disk_does_not_bring_the_secret_with_it(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    boards = []
    for number in (1, 2):
        folder = tmp_path / f"machine-{number}" / "etc"
        folder.mkdir(parents=True)
        (folder / "machine-id").write_text(f"{number:032x}")
        boards.append(Machine(str(folder.parent)))
    first = inbox.token(boards[0])
    assert inbox.token(boards[1]) != first
    (tmp_path / "inbox" / "token").write_text("spoilt")
    assert inbox.token(boards[0]).startswith("knc_")


def test_terminals_of_who_has_signed_in_get_it_without_control_characters(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    line = os.ttyname(theirs).removeprefix("/dev/")
    records = [(_USER_PROCESS, line), (_USER_PROCESS, "../etc/passwd"), (5, "tty1")]
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "utmp").write_bytes(
        b"".join(
            _UTMP_RECORD.pack(
                kind, 1, name.encode(), b"", b"hanako", b"", *([0] * (len(_UTMP_RECORD.unpack(bytes(384))) - 6))
            )
            for kind, name in records
        )
    )
    assert sessions.write_to_terminals(Machine(str(tmp_path)), "Title", "one\ntwo\x1b[2Jthree")
    told = os.read(ours, 4096).decode()
    assert "Title" in told
    assert "one\r\n" in told.replace("\r\r", "\r")
    assert "\x1b" not in told
    os.close(theirs)
    os.close(ours)
    assert not sessions.write_to_terminals(Machine(str(tmp_path / "empty")), "Title", "x"), "nobody is there"


def test_a_notification_is_text_whatever_stands_in_it(tmp_path: Path) -> None:
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nfor one in "$@"; do printf "%s\\n" "$one"; done > "{tmp_path}/seen"\n')
    program.chmod(0o755)
    desktop = sessions.Desktop(None, {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert sessions.notify(desktop, "--help", "<b>&</b>; $(id)")
    seen = (tmp_path / "seen").read_text().splitlines()
    assert seen[-3:] == ["--", "--help", "&lt;b&gt;&amp;&lt;/b&gt;; $(id)"]
    assert not sessions.notify(sessions.Desktop(None, {"PATH": str(tmp_path / "empty")}), "T", "x")


@pytest.mark.parametrize("server", ["http://kanmon.example.com", "ftp://localhost", "kanmon.example.com"])
def test_a_token_goes_over_tls_or_stays_here(server: str) -> None:
    with pytest.raises(Refused) as refused:
        Caller(server)
    assert refused.value.message_id == "KNM1044-E"
    assert json.dumps(refused.value.params)


def test_a_connection_is_kept_and_made_anew_when_the_other_side_has_let_go_of_it() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        for answers in (2, 1):  # then it closes
            line, _ = server.accept()
            with line:
                for number in range(answers):
                    asked.append(_request(line))
                    body = json.dumps({"call": len(asked)}).encode()
                    status = b"503 Busy\r\nRetry-After: 7" if len(asked) == 3 else b"200 OK"
                    line.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
                    assert number < answers

    thread = threading.Thread(target=serve)
    thread.start()
    caller = Caller(f"http://127.0.0.1:{server.getsockname()[1]}/at")
    assert [caller.post("/client/v1/poll", "secret", {"done": 0}, 1.0).said["call"] for _ in range(2)] == [1, 2]
    third = caller.post("/client/v1/poll", "secret", {"done": 0}, 1.0)
    thread.join(30)
    server.close()
    assert (third.status, third.said, third.after_seconds) == (503, {"call": 3}, 7.0)
    assert asked[0].startswith(b"POST /at/client/v1/poll HTTP/1.1\r\n")
    assert b"Authorization: Bearer secret\r\n" in asked[0]
    with pytest.raises(OSError, match=r".+"):
        caller.post("/client/v1/poll", "secret", {"done": 0}, 1.0)


def _request(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b'{"done": 0}'):
        said += line.recv(4096)
    return said
