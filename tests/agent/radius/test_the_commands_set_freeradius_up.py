"""From nothing to an Access-Accept by the commands alone: agent setup, nas add, freeradius, run."""

import json
import os
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.agent.radius import certificates
from tests.agent.radius.coa_switch import SECRET as COA_SECRET
from tests.agent.radius.coa_switch import CoaSwitch
from tests.agent.radius.lab import SECRET, Laboratory
from tests.conftest import KANMON, until

MAC = "02-00-00-00-00-01"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    kanmon(folder, "agent", "setup")
    return folder


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KANMON_")}
    return kept | {"KANMON_AGENT_HOME": str(home)} | more


def kanmon(home: Path, *words: str, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [KANMON, *words], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
        env=environment(home, KANMON_NAS_SECRET=secret),
    )  # fmt: skip


def test_switches_are_kept_and_listed_without_their_secrets(home: Path) -> None:
    assert kanmon(home, "agent", "nas", "add", "sw1", "10.0.0.1", "--profile", "cisco", "--coa").returncode == 0
    listed = kanmon(home, "agent", "nas", "list", "--json")
    assert SECRET not in listed.stdout
    assert json.loads(listed.stdout)[0] == {
        "name": "sw1", "network": "10.0.0.1", "profile": "cisco", "coa": "yes", "disconnect": "yes",
        "at": "10.0.0.1:3799", "unsigned": "no",
    }  # fmt: skip
    refused = kanmon(home, "agent", "nas", "add", "sw2", "10.0.0.2", secret="short")
    assert refused.stderr.startswith("KNM8204-E The switch sw2 can't be added: the secret is not of 16 to 128")
    assert "no profile nonesuch" in kanmon(home, "agent", "nas", "add", "x", "10.0.0.3", "--profile", "nonesuch").stderr
    assert kanmon(home, "agent", "nas", "remove", "sw1").returncode == 0
    assert kanmon(home, "agent", "nas", "remove", "sw1").stderr.startswith("KNM8207-E")


def test_what_is_missing_is_told_before_anything_is_written(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "raddb"
    assert kanmon(home, "agent", "freeradius", "--out", str(out), "--user", "").stderr.startswith("KNM8215-E")
    kanmon(home, "agent", "nas", "add", "sw1", "10.0.0.1")
    said = kanmon(home, "agent", "freeradius", "--out", str(out), "--user", "")
    assert said.stderr.startswith("KNM8216-E These certificates are missing")
    assert not out.exists()


def test_the_agent_and_freeradius_come_up_by_the_commands(lab: Laboratory, home: Path) -> None:
    (home / "agent.toml").write_text('[radius]\nwhen_gone = "last_known"\n[radius.networks.quarantine]\nvlan = "20"\n')
    (lab.folder / "list.csv").write_text(f'"mac","state"\r\n"{MAC}","deny"\r\n')
    assert kanmon(home, "agent", "import", str(lab.folder / "list.csv")).returncode == 0
    assert kanmon(home, "agent", "nas", "add", "loopback", "127.0.0.1").returncode == 0
    out, certs = lab.folder / "raddb", certificates.make(lab.folder / "certs")
    write = ("agent", "freeradius", "--out", str(out), "--certs", str(certs), "--user", "", "--log-folder",
             str(lab.folder), "--run-folder", str(lab.folder))  # fmt: skip
    said = kanmon(home, *write)
    assert said.returncode == 0, said.stderr
    assert "when the agent is gone: last_known" in said.stdout
    assert "Configuration appears to be OK" in lab.run("rad", "freeradius", "-d", str(out), "-C", "-l", "stdout", "-x")
    for path in out.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o640, path
    (out / "users").write_text("# mine\n")
    assert kanmon(home, *write).returncode == 0
    assert (out / "users").read_text() == "# mine\n"
    agent = lab.start("rad", KANMON, "agent", "run", environment=environment(home))
    until(lambda: "Agent serves" in agent.said() or agent.process.poll() is not None, 60)
    assert agent.process.poll() is None, agent.said()
    radius = lab.start("rad", "freeradius", "-d", str(out), "-f", "-l", "stdout")
    until(lambda: "Ready to process requests" in radius.said(), 60)
    asked = (
        f'User-Name = "{MAC}", Calling-Station-Id = "{MAC}", Service-Type = Call-Check, Message-Authenticator = 0x00'
    )
    answer = lab.run("rad", "radclient", "-x", "-t", "8", "127.0.0.1", "auth", SECRET, text=asked, check=False)
    assert 'Tunnel-Private-Group-Id:0 = "20"' in answer, answer + agent.said() + radius.said()


def test_debians_user_of_freeradius_can_read_it_and_others_cannot(lab: Laboratory, home: Path) -> None:
    kanmon(home, "agent", "nas", "add", "loopback", "127.0.0.1")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        out = folder / "kanmon"
        certs = certificates.make(folder / "certs")
        said = kanmon(home, "agent", "freeradius", "--out", str(out), "--certs", str(certs))
        assert said.returncode == 0, said.stderr
        for path in (out, *out.iterdir()):
            assert (path.owner(), path.group()) == ("root", "freerad"), path
            assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, path
        lab.run("rad", "chgrp", "-R", "freerad", str(certs))
        lab.run("rad", "chmod", "-R", "g+rX", str(certs))
        as_it = ("runuser", "-u", "freerad", "--", "freeradius", "-d", str(out), "-C", "-x", "-l", "stdout")
        assert "Configuration appears to be OK" in lab.run("rad", *as_it)


def test_a_switch_is_tested_without_harm_to_anybody(lab: Laboratory, home: Path) -> None:
    CoaSwitch(lab, 3799)
    kanmon(home, "agent", "nas", "add", "there", "127.0.0.1", secret=COA_SECRET)
    kanmon(home, "agent", "nas", "add", "off", "127.0.0.2")
    env = [f"{name}={value}" for name, value in environment(home).items() if name == "KANMON_AGENT_HOME"]
    assert "sw" not in lab.run("rad", "env", *env, KANMON, "agent", "nas", "test", "there")
    said = lab.run("rad", "env", *env, KANMON, "agent", "nas", "test", "off", check=False)
    assert said.startswith("KNM8223-W Nobody listens for a Disconnect")
