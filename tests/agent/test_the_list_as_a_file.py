"""The connection control list as CSV, NDJSON and JSON, and the commands at the agent."""

import json
from pathlib import Path

import pytest

from kanmon.agent import by_hand, files
from kanmon.agent.book import Book
from kanmon.agent.store import Store
from kanmon.common.errors import Refused
from tests.agent.processes import AgentProcess

CSV = (
    '"mac","ip","host","state","reason"\r\n'
    '"02-00-00-00-00-01","10.0.0.1","desk ""one""","deny","old, very"\r\n'
    '"0200.0000.0002","","経理-02","permit",""\r\n'
    '"020000000003","","","refuse","stolen"\r\n'
)
STATES = {"02:00:00:00:00:01": "deny", "02:00:00:00:00:02": "permit", "02:00:00:00:00:03": "refuse"}


@pytest.fixture
def listed(agent: AgentProcess) -> AgentProcess:
    path = agent.home / "in.csv"
    path.write_text(CSV, "utf-8", newline="")
    assert agent.run("import", str(path)) == "3 of 3 PCs changed\n"
    return agent


def test_csv_is_quoted_throughout_and_ends_its_lines_as_the_original_did(listed: AgentProcess) -> None:
    path = listed.home / "out.csv"
    listed.run("export", str(path))
    lines = path.read_bytes().decode().split("\r\n")
    assert lines[0] == '"mac","ip","host","state","network","why","since","order","reason"'
    assert lines[1].startswith('"02:00:00:00:00:01","10.0.0.1","desk ""one""","deny","quarantine","policy","20')
    assert lines[1].endswith('","","old, very"')
    assert lines[-1] == ""


@pytest.mark.parametrize("name", ["list.csv", "list.ndjson", "list.json"])
def test_an_export_comes_back_as_it_was(listed: AgentProcess, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    listed.run("export", str(path))
    other = AgentProcess(tmp_path / "other")
    assert other.run("import", str(path)) == "3 of 3 PCs changed\n"
    assert other.listed() == STATES
    assert other.run("import", str(path)) == "0 of 3 PCs changed\n"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.csv", '"mac","state"\r\n"02:00:00:00:00:01","maybe"\r\n', "line 2"),
        ("a.csv", '"mac","state"\r\n"02:00:00:00:00","deny"\r\n', "neither a MAC"),
        ("a.csv", '"mac"\r\n', "does not name state"),
        ("a.csv", '"mac","state"\r\n"020000000001","deny"\r\n"02-00-00-00-00-01","deny"\r\n', "is in line 2, too"),
        ("a.json", "{}", "can't be read"),
        ("a.ndjson", '{"mac":"020000000001"}\n', "state"),
        ("a.txt", "", ".txt"),
        ("a.csv", '"mac","state"\r\n"' + "x" * 100_000, "can't be read"),
    ],
)
def test_a_file_that_is_wrong_anywhere_changes_nothing(tmp_path: Path, name: str, text: str, wanted: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8", newline="")
    with pytest.raises(Refused, match=wanted):
        files.read(path)


@pytest.mark.parametrize(
    "text", ["02:00:5e:AB:00:01", "02-00-5E-AB-00-01", "0200.5eab.0001", "02005eab0001", " 02005E-AB0001 "]
)
def test_a_mac_may_be_spelt_in_any_common_way(text: str) -> None:
    assert files.mac_of(text) == "02:00:5e:ab:00:01"


@pytest.mark.parametrize("text", ["", "02:00", "02:00:5e:ab:00:01:02", "02:00:5e:ab:00:0g", "020 05eab0001", "٠" * 12])
def test_what_is_no_mac_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="neither a MAC"):
        files.mac_of(text)


def test_a_pc_that_is_removed_is_not_in_the_list_any_more(listed: AgentProcess) -> None:
    listed.run("remove", "02-00-00-00-00-01")
    assert set(listed.listed()) == set(STATES) - {"02:00:00:00:00:01"}
    assert listed.run("remove", "02-00-00-00-00-01", code=3).startswith("KNM8053-E")
    listed.run("remove", "--all")
    assert listed.listed() == {}


def test_a_host_name_is_no_formula_in_a_spreadsheet_and_comes_back_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    by_hand.take(store, [files.Row("02:00:00:00:00:01", "deny", host="=1+1", reason="-")])
    book = Book()
    book.update(store.entries()[1])
    path = tmp_path / "list.csv"
    path.write_text("".join(files.write("csv", book.listed())), "utf-8", newline="")
    assert '"\'=1+1"' in path.read_text("utf-8")
    assert [(row.host, row.reason) for row in files.read(path)] == [("=1+1", "-")]


def test_fixed_devices_come_from_the_command_and_from_a_file(listed: AgentProcess) -> None:
    path = listed.home / "fixed.txt"
    path.write_text("# printers\n00-1b-a9,printers\n02:00:00:00:00:03\n", "utf-8")
    told = json.loads(listed.run("fixed", "--file", str(path), "--note", "other", "--json"))
    assert told["fixed"] == [
        {"mac": "00:1b:a9", "note": "printers"}, {"mac": "02:00:00:00:00:03", "note": "other"},
    ]  # fmt: skip
    assert listed.listed()["02:00:00:00:00:03"] == "permit"
    listed.run("fixed", "--remove", "02:00:00:00:00:03")
    assert listed.listed() == STATES
    path.write_text("nonsense\n", "utf-8")
    assert listed.run("fixed", "--file", str(path), code=1).startswith("KNM8050-E")


def test_the_networks_for_unregistered_and_refused_are_set_by_command(agent: AgentProcess) -> None:
    told = json.loads(agent.run("networks", "--unregistered", "quarantine", "--refused", "unauthenticated", "--json"))
    assert (told["unregistered"], told["refused"]) == ("quarantine", "unauthenticated")
    assert agent.run("networks", "--refused", "nowhere", code=1).startswith("KNM8054-E")


def test_a_home_that_was_not_made_is_refused(tmp_path: Path, agent: AgentProcess) -> None:
    agent.home = tmp_path / "nowhere"
    assert agent.run("list", code=4).startswith("KNM8006-E")


def test_a_wrong_setting_is_refused_with_its_place(agent: AgentProcess) -> None:
    (agent.home / "agent.toml").write_text('[agent]\nlisten = "0.0.0.0:8089"\n', "utf-8")
    assert agent.run("run", code=1).startswith("KNM8007-E")
    (agent.home / "agent.toml").write_text("[agent]\nlistn = 1\n", "utf-8")
    assert "agent.listen" in agent.run("check", code=1)
    (agent.home / "agent.toml").write_text('[link]\nmanagers = ["http://manager"]\n', "utf-8")
    assert agent.run("check", code=1).startswith("KNM6001-E")


def test_by_hand_a_person_s_word_at_the_agent_replaces_all_that_held(tmp_path: Path) -> None:
    store = Store(tmp_path)
    by_hand.take(store, [files.Row("02:00:00:00:00:01", "refuse")])
    by_hand.take(store, [files.Row("02:00:00:00:00:01", "permit")])
    entry = store.entry("02:00:00:00:00:01")
    assert (entry.emergency.state, entry.policy.state) == (None, "permit")
