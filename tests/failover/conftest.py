"""Those who tell the stories of the campaign."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.failover.plan import Campaign, Tellers


@pytest.fixture(scope="session")
def tellers() -> Iterator[Tellers]:
    """A few slots, in a folder that PostgreSQL's user may enter."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers and mounts are not left behind
    with tempfile.TemporaryDirectory(prefix="kanmon-campaign-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        made = Tellers(Path(folder))
        yield made
        made.close()
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def campaign(tellers: Tellers) -> Campaign:
    """All stories, queued."""
    return Campaign(tellers)
