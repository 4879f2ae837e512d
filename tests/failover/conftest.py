"""Those who tell the stories of the campaign."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.failover.plan import Campaign, Tellers


@pytest.fixture(scope="session")
def tellers() -> Iterator[Tellers]:
    """A few slots, in a folder that PostgreSQL's user may enter."""
    with tempfile.TemporaryDirectory(prefix="kanmon-campaign-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        made = Tellers(Path(folder))
        yield made
        made.close()


@pytest.fixture(scope="session")
def campaign(tellers: Tellers) -> Campaign:
    """All stories, queued."""
    return Campaign(tellers)
