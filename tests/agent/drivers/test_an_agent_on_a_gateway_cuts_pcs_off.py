"""The real agent with the driver nftables, beside real PCs: its list decides, also after kill -9, until it goes."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.drivers.benches import missing
from tests.agent.drivers.lab import MACS, Lab
from tests.agent.processes import AgentProcess
from tests.conftest import until

PC1, PC2 = MACS.values()
ALL = {"ping", "ping6", "corporate", "corporate6", "treatment", "treatment6", "dns"}
QUARANTINE = {"page", "page6", "treatment", "treatment6", "dns"}
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")
if missing():
    warnings.warn(missing(), stacklevel=1)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab("bridge", tmp_path)
    try:
        yield made.up()
    finally:
        made.down()


@pytest.fixture
def agent(lab: Lab, tmp_path: Path) -> Iterator[AgentProcess]:
    settings = {"agent": {"drivers": ["nftables"], "reconcile_seconds": 5}, "drivers.nftables": lab.settings}
    made = AgentProcess(tmp_path / "home", settings=settings)
    made.run("networks", "--unregistered", "refused")
    yield made
    made.stop()


def take(agent: AgentProcess, **states: str) -> None:
    """Import a list, as a person does."""
    file = agent.home / "list.json"
    file.write_text(json.dumps([{"mac": MACS[pc], "state": state} for pc, state in states.items()]))
    agent.run("import", str(file))


def test_its_list_decides_who_reaches_what_also_after_it_was_killed(lab: Lab, agent: AgentProcess) -> None:
    take(agent, pc1="permit", pc2="permit")
    agent.start()
    until(lambda: lab.reaches("pc1") == lab.reaches("pc2") == ALL, 60)
    take(agent, pc1="deny")
    until(lambda: lab.reaches("pc1") == QUARANTINE, 60)
    agent.kill()
    assert lab.reaches("pc2") == ALL
    assert lab.reaches("pc1") == QUARANTINE - {"page", "page6"}  # cut off as before; the redirect is the agent's own
    take(agent, pc1="permit", pc2="refuse")  # while it is away
    agent.start()
    until(lambda: lab.reaches("pc1") == ALL and lab.reaches("pc2") == set(), 60)


def test_what_somebody_flushes_it_makes_anew_at_once(lab: Lab, agent: AgentProcess) -> None:
    agent.settings["agent"]["reconcile_seconds"] = 3600
    agent.configure()
    take(agent, pc1="deny", pc2="permit")
    agent.start()
    until(lambda: lab.reaches("pc1") == QUARANTINE, 60)
    lab.run("gateway", "nft", "flush", "ruleset")
    until(lambda: lab.reaches("pc1") == QUARANTINE, 60)
    assert lab.reaches("pc2") == ALL


def test_it_says_how_its_device_is_and_goes_without_leaving_anything(lab: Lab, agent: AgentProcess) -> None:
    take(agent, pc1="deny")
    agent.start()
    until(lambda: lab.reaches("pc1") == QUARANTINE, 60)
    assert json.loads(agent.run("devices", "--json")) == [{"driver": "nftables", "id": "", "health": "well"}]
    assert "KNM8002-E" in agent.run("devices", "--remove", "nftables", code=8)
    assert "KNM8300-E" in agent.run("devices", "--remove", "magic", code=1)
    agent.stop()
    agent.run("devices", "--remove", "nftables")
    assert lab.run("gateway", "nft", "list", "ruleset") == ""
    assert lab.reaches("pc1") == ALL
