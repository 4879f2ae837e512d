"""*Check again now* and a real FusionInventory agent that listens: it sends at once when it trusts the Manager's address."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kanmon.portal import again
from tests.conftest import until
from tests.postgresql import free_port


@contextmanager
def agent(log: Path, *options: str) -> Iterator[int]:
    """The agent as a daemon with a port of its own."""
    if shutil.which("fusioninventory-agent") is None:
        pytest.fail("fusioninventory-agent is missing: install the package fusioninventory-agent")
    port = free_port()
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [
                "fusioninventory-agent", "--daemon", "--no-fork", "--debug", f"--httpd-port={port}", "--httpd-ip=127.0.0.1",
                *options,
            ],
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until(lambda: b"http server" in log.read_bytes().lower() or process.poll() is not None, 60)
        assert process.poll() is None, log.read_text()
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize(
    "options",
    [["--server=http://127.0.0.1:1/intake"], ["--server=http://192.0.2.1:1/intake", "--httpd-trust=127.0.0.1"]],
    ids=["its server", "named"],
)
def test_an_agent_that_trusts_us_sends_now(tmp_path: Path, options: list[str]) -> None:
    log = tmp_path / "agent.log"
    with agent(log, *options) as port:
        assert until(lambda: asyncio.run(again.wake("127.0.0.1", port)), 60)
        until(lambda: "rescheduling next contact" in log.read_text())


def test_one_that_does_not_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "agent.log"
    with agent(log, "--server=http://192.0.2.1:1/intake") as port:
        until(lambda: (asyncio.run(again.wake("127.0.0.1", port)), "GET request /now" in log.read_text())[1], 60)
        assert asyncio.run(again.wake("127.0.0.1", port)) is False
        assert "rescheduling next contact" not in log.read_text()
