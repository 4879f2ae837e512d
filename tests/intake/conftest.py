"""Where the inputs of these tests lie."""

from pathlib import Path

import pytest

OWN = Path(__file__).parent / "data"


@pytest.fixture
def own():
    """Reads one of our own small inventories."""
    return lambda name: (OWN / name).read_bytes()
