"""An office for each test of this folder; said loudly where it can't be built."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.drivers.benches import missing as nft_missing
from tests.agent.loop.office import Office
from tests.agent.radius.lab import laboratory, missing
from tests.conftest import ManagerProcess
from tests.postgresql import free_port


@pytest.fixture
def make_office(
    tmp_path: Path, make_manager: Callable[..., ManagerProcess], capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Office]]:
    """Makes the office; what is given is the Manager's setup of networks. In the end it says how long what took."""
    if why := missing() or nft_missing():
        warnings.warn(f"Network control was not tested with a real network. {why}", stacklevel=1)
        pytest.skip(why)
    with laboratory(tmp_path) as lab:
        made: list[Office] = []

        def make(**setup: Any) -> Office:
            manager = make_manager(agents={"listen": f"127.0.0.1:{free_port()}"}, action={"collect_seconds": 0})
            made.append(Office(lab, manager, **setup))
            return made[-1]

        yield make
        for one in made:
            one.close()
            with capsys.disabled():
                print("", *one.told, sep="\n  ", flush=True)


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    """One that works, with no PC signed in."""
    return make_office().start()
