"""The laboratory for the tests of this folder; said loudly where it can't be built."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.radius.lab import Laboratory, laboratory, missing


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Laboratory]:
    """An empty laboratory."""
    if why := missing():
        warnings.warn(f"RADIUS was not tested with real programs. {why}", stacklevel=1)
        pytest.skip(why)
    with laboratory(tmp_path) as made:
        yield made
