"""A Manager that systemd has started says when it serves, that it lives, and that it stops."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ManagerProcess


def test_ready_alive_stopping(make_manager: Callable[..., ManagerProcess], tmp_path: Path) -> None:
    manager = make_manager()
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(60)
        os.environ |= {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "600000"}
        try:
            manager.start()
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        said = [systemd.recv(4096).decode().splitlines() for _ in range(4)]
        assert said[0][0] == "READY=1"
        assert said[1:] == [["WATCHDOG=1"]] * 3
        manager.stop()
        while (last := systemd.recv(4096).decode()) == "WATCHDOG=1":
            pass
        assert last == "STOPPING=1"
