"""Events to a real rsyslog by TLS: every field arrives, also when it was away, and when the Manager was killed."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ManagerProcess, pc_json, until
from tests.failover.checker import check_log
from tests.rsyslog import Rsyslog
from tests.syslog import parse_cef

Make = Callable[..., ManagerProcess]
POLICY = "{kind: action, name: Default, danger: {event: {to: %s}}}"


@pytest.fixture
def rsyslog(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rsyslog]:
    """An rsyslog that runs, with GnuTLS unless a test wants OpenSSL."""
    one = Rsyslog(tmp_path / "rsyslog", driver=getattr(request, "param", "gtls")).start()
    yield one
    one.stop()


def start(
    make_manager: Make, rsyslog: Rsyslog, tmp_path: Path, to: str = "siem", fault: str = "", **more: int
) -> ManagerProcess:
    """A Manager whose policy orders events for each PC that becomes dangerous."""
    manager = make_manager(events=rsyslog.settings | more, action={"collect_seconds": 2}).start(fault=fault)
    (tmp_path / "actions.yaml").write_text(POLICY % to)
    manager.run("policy", "import", str(tmp_path / "actions.yaml"))
    return manager


def send_dangerous(manager: ManagerProcess, count: int) -> None:
    """Reports of ``count`` PCs without antivirus."""
    token = manager.token()
    for number in range(count):
        assert manager.post(json.dumps(pc_json(number, antivirus=[])).encode(), token)[0] == 200


def data(event: dict[str, str]) -> dict[str, str]:
    """The structured data of an event."""
    return dict(re.findall(r' (\w+)="([^"]*)"', event["data"]))


def of_event(manager: ManagerProcess) -> dict[str, Any]:
    (row,) = manager.json("operations", "--kind", "event")
    return dict(row)


def test_every_field_arrives_as_cef_and_what_was_lost_is_sent_once_more(
    make_manager: Make, rsyslog: Rsyslog, tmp_path: Path
) -> None:
    manager = start(make_manager, rsyslog, tmp_path)
    send_dangerous(manager, 3)
    until(lambda: len(rsyslog.events) == 4, 180)
    until(manager.idle)
    row = of_event(manager)
    assert row["outcome"]["sentence"] == "siem has read to the end: events about 3 PCs."
    *pcs, run = rsyslog.events
    assert {(one["pri"], one["app"], one["msgid"]) for one in pcs} == {("106", "kanmon", "pc")}
    assert [data(one)["id"].rpartition("_")[2] for one in rsyslog.events] == ["1", "2", "3", "run"]
    head, values = parse_cef(pcs[0]["msg"].lstrip("\ufeff"))
    assert head[4:] == ["pc:danger", "PC judged", "10"]
    assert values["dhost"] == "pc-0000"
    assert values["cs1"] == "danger"
    assert values["cs2"] == "Default version 2"
    assert values["cs3"] == "/"
    assert values["cs4"] == "Debian GNU/Linux 12"
    assert values["cs5"] == "inventory"
    assert "antivirus:danger" in values["cs6"]
    assert "No antivirus product found" in values["reason"]
    assert values["dmac"] == "00:1b:21:00:00:00"
    assert values["request"].endswith("/pcs/1")
    assert (values["cn2"], values["flexString1"]) == (str(row["id"]), "not_judged")
    assert values["externalId"] == data(pcs[0])["id"]
    assert data(run)["run"] == values["cn1"]

    said = manager.run("orders", "replay", str(row["id"]), "--because", "the SIEM was restored").stdout
    assert "is carried out again as operation" in said
    until(lambda: len(rsyslog.events) == 8, 180)
    again = rsyslog.events[4:]
    assert [data(one)["id"] for one in again] == [data(one)["id"] for one in [*pcs, run]]
    assert {data(one)["replay"] for one in again} == {"true"}
    until(lambda: manager.log().count("KNM3249-I") == 2, 180)
    check_log(manager.home)


@pytest.mark.parametrize("rsyslog", ["ossl"], indirect=True)
def test_away_and_back_again_it_gets_everything_as_ocsf(make_manager: Make, rsyslog: Rsyslog, tmp_path: Path) -> None:
    manager = start(make_manager, rsyslog, tmp_path, to="lake")
    rsyslog.stop()
    send_dangerous(manager, 2)
    until(lambda: "KNM4005-W" in manager.log(), 180)
    rsyslog.start()
    until(lambda: len(rsyslog.events) == 3, 180)
    until(manager.idle)
    told = json.loads(rsyslog.events[0]["msg"].lstrip("\ufeff"))
    assert (told["class_uid"], told["device"]["hostname"]) == (2003, "pc-0000")
    assert told["device"]["os"] == {"name": "Debian GNU/Linux", "type_id": 200, "type": "Linux", "version": "12"}
    assert told["unmapped"]["policy"] == "Default"
    assert {data(one)["mayBeRepeat"] for one in rsyslog.events} == {"false"}, "nothing had been sent"
    assert of_event(manager)["attempt"] >= 2


def test_killed_in_the_middle_every_event_arrives_and_repeats_have_the_same_id(
    make_manager: Make, rsyslog: Rsyslog, tmp_path: Path
) -> None:
    manager = start(make_manager, rsyslog, tmp_path, fault="after_effect:2=kill", parcel_pcs=2)
    send_dangerous(manager, 5)
    until(manager.ended, 180)
    until(lambda: len(rsyslog.events) == 4, 180)
    manager.start()
    until(lambda: len(rsyslog.events) == 8, 180)
    until(manager.idle)
    ids = [data(one)["id"].rpartition("_")[2] for one in rsyslog.events]
    assert ids == ["1", "2", "3", "4", "3", "4", "5", "run"], "the first parcel had been committed"
    assert [data(one)["mayBeRepeat"] for one in rsyslog.events] == [*["false"] * 4, *["true"] * 2, *["false"] * 2]
    assert len({data(one)["id"] for one in rsyslog.events}) == 6
    assert of_event(manager)["state"] == "finished"
    check_log(manager.home)
