"""A Manager's end and an agent's process, each in a folder of its own; both are ended with the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.ledger import Ledger
from tests.agent.manager_end import ManagerEnd
from tests.agent.processes import AgentProcess
from tests.postgresql import free_port


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "authority")


@pytest.fixture
def managers(ledger: Ledger) -> Iterator[Callable[..., ManagerEnd]]:
    made: list[ManagerEnd] = []

    def make(term: int = 1, port: int = 0, **more: Any) -> ManagerEnd:
        made.append(ManagerEnd(ledger, port or free_port(), term, **more).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def manager(managers: Callable[..., ManagerEnd]) -> ManagerEnd:
    return managers()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[AgentProcess]:
    made = AgentProcess(tmp_path / "agent")
    yield made
    made.kill()


@pytest.fixture
def enrolled(agent: AgentProcess, manager: ManagerEnd, ledger: Ledger) -> AgentProcess:
    """An agent that has a certificate and knows the address of ``manager``."""
    agent.enrol(ledger.invite("gateway-1", manager.url))
    return agent
