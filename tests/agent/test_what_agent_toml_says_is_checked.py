"""``kanmon agent check`` finds what would keep the agent or a driver from working, and says it in a sentence."""

import json
from pathlib import Path

import pytest

from kanmon.agent import checking, config
from kanmon.agent.drivers import process
from tests.agent.processes import AgentProcess

GATEWAY = '[agent]\ndrivers = ["nftables"]\n[drivers.nftables]\nmode = "bridge"\nbridge = "br0"\nports = ["p*"]\n'


def found(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / config.FILE).write_text(text, "utf-8")
    return [f"{one.message_id} {one}" for one in checking.problems(config.read(tmp_path), tmp_path)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GATEWAY + 'brigde = "br1"\n', "KNM8301-E The settings of driver nftables can't be used: there is no setting brigde;"
         " the nearest is bridge."),
        (GATEWAY + 'redirect_port = 0\n', "KNM8301-E The settings of driver nftables can't be used: redirect_port: 0 is not"),
        (GATEWAY + 'mark = "much"\n', "KNM8301-E The settings of driver nftables can't be used: Expected `int`, got `str`"),
        ('[agent]\ndrivers = ["nftables"]\n', "KNM8301-E The settings of driver nftables can't be used: "),
        ('[agent]\ndrivers = ["nftable"]\n', "KNM8300-E There is no driver nftable. Known are: simulated, command,"),
        ('[drivers]\nsimulated = 3\n', "KNM8301-E The settings of driver simulated can't be used: [drivers.simulated] is no"),
        ('[drivers.simulated]\n', "KNM8582-W The section [drivers.simulated] counts for nothing"),
        ('[agent]\ndrivers = ["simulated"]\n[drivers.simulated]\ncolour = "red"\n', "KNM8301-E The settings of driver"
         " simulated can't be used: there is no setting colour; the nearest is file."),
        ('[agent]\ndrivers = ["command"]\n[drivers.command]\nprogram = "/nowhere/tool"\n', "KNM8320-E "),
        ('[agent]\ndrivers = ["radius"]\n', "KNM8229-E "),
        ('[agent]\ndrivers = ["radius"]\n[radius]\nwhen_gone = "explode"\n', "KNM8200-E "),
        ('[radius]\nseen_seconds = 1\n', "KNM8200-E "),
        ('[agent]\nlisten = "0.0.0.0:8089"\n', "KNM8007-E "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_named(tmp_path: Path, text: str, said: str) -> None:
    (only,) = found(tmp_path, text)
    assert only.startswith(said)


def test_a_tool_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(process, "PATH", str(tmp_path / "bin"))
    assert found(tmp_path, GATEWAY) == [
        f"KNM8581-E Driver nftables needs the program nft, which is in none of {tmp_path / 'bin'}."
    ]
    for name in ("nft", "ip"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    assert found(tmp_path, GATEWAY) == []


def test_all_is_said_at_once_and_nothing_is_made(tmp_path: Path) -> None:
    text = '[agent]\ndrivers = ["simulated", "radius"]\n[drivers.simulated]\nx = 1\n[drivers.other]\n[radius]\n'
    assert [one[:9] for one in found(tmp_path, text)] == ["KNM8301-E", "KNM8300-E"]
    assert [path.name for path in tmp_path.iterdir()] == [config.FILE]


def test_the_command_fails_when_something_is_wrong(agent: AgentProcess) -> None:
    told = json.loads(agent.run("check", "--json"))
    assert told["problems"] == []
    agent.settings["drivers.simulated"] = {"flie": "x"}
    agent.configure()
    said = agent.run("check", code=1)
    assert said.startswith("KNM8301-E The settings of driver simulated can't be used: there is no setting flie;")
