"""The tables: switches with sealed secrets, sessions that are bounded."""

import os
import stat
from pathlib import Path

import pytest
from msgspec import structs

from kanmon.agent.radius import secret
from kanmon.agent.radius.nas import Nas, NasTable
from kanmon.agent.radius.request import Request
from kanmon.agent.radius.sessions import Answered, Sessions
from kanmon.agent.radius.tables import Tables
from kanmon.common.errors import Refused

SECRET = "correct-horse-battery"
MAC = "02:00:00:00:00:01"


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path / "radius.sqlite3")


@pytest.fixture
def table(tables: Tables, tmp_path: Path) -> NasTable:
    return NasTable(tables, secret.key(tmp_path / "secrets" / "nas-key"))


def test_a_switch_is_kept_with_its_secret_sealed(table: NasTable, tmp_path: Path) -> None:
    table.add(Nas("sw1", "10.0.0.1", SECRET, coa_secret="another-secret-of-it"))
    table.add(Nas("sw1", "10.0.0.1", SECRET + "2", profile="cisco", coa=True, coa_secret="another-secret-of-it"))
    kept = table.get("sw1")
    assert kept is not None
    assert (kept.secret, kept.dynamic_secret, kept.profile) == (SECRET + "2", "another-secret-of-it", "cisco")
    assert SECRET not in repr(kept)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
            assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0 or path.name.endswith(("-wal", "-shm")), path


def test_a_secret_is_bound_to_its_switch_and_to_the_key(table: NasTable, tables: Tables, tmp_path: Path) -> None:
    table.add(Nas("sw1", "10.0.0.1", SECRET))
    table.add(Nas("sw2", "10.0.0.2", SECRET))
    with tables.transaction() as connection:
        connection.execute("UPDATE radius_nas SET secret = (SELECT secret FROM radius_nas WHERE name = 'sw1')")
    with pytest.raises(Refused, match="not sealed"):
        table.get("sw2")
    with pytest.raises(Refused, match="not sealed"):
        NasTable(tables, secret.key(tmp_path / "other-key")).get("sw1")


@pytest.mark.parametrize(
    ("nas", "word"),
    [
        (Nas("a b", "10.0.0.1", SECRET), "name"),
        (Nas("a", "10.0.0.1/24", SECRET), "host bits"),
        (Nas("a", "switch.example", SECRET), "switch.example"),
        (Nas("a", "0.0.0.0/0", SECRET), "every address"),
        (Nas("a", "10.0.0.1", "short"), "16 to 128"),
        (Nas("a", "10.0.0.1", SECRET + '"x'), "quote"),
        (Nas("a", "10.0.0.1", SECRET + "\n"), "space"),
        (Nas("a", "10.0.0.1", SECRET, coa_secret="short"), "16 to 128"),
        (Nas("a", "10.0.0.1", SECRET, coa_port=0), "port"),
        (Nas("a", "10.0.0.1", SECRET, coa_address="x"), "x"),
    ],
)
def test_a_switch_that_cannot_be_is_refused_without_its_secret(table: NasTable, nas: Nas, word: str) -> None:
    with pytest.raises(Refused, match=word) as refused:
        table.add(nas)
    assert refused.value.message_id == "KNM8204-E"
    assert SECRET not in str(refused.value)


def test_two_switches_have_no_one_address_and_an_unknown_one_is_told(table: NasTable) -> None:
    table.add(Nas("sw1", "10.0.0.1/32", SECRET))
    with pytest.raises(Refused, match="Another switch"):
        table.add(Nas("sw2", "10.0.0.1", SECRET))
    with pytest.raises(Refused, match="no switch sw3"):
        table.remove("sw3")
    table.remove("sw1")
    assert table.all() == []


def asked(mac: str = MAC, nas: str = "sw1", session: str = "A1", status: str = "", class_: str = "") -> Request:
    return Request(mac=mac, nas=nas, nas_address="10.0.0.1", session=session, status=status, class_=class_)


def test_sessions_are_bounded_and_open_ones_stay_the_longest(tables: Tables) -> None:
    now = [1000.0]
    sessions = Sessions(tables, most=50, now=lambda: now[0])
    for number in range(2100):
        now[0] += 1
        mac = f"02:00:00:00:{number // 256:02x}:{number % 256:02x}"
        sessions.answered([Answered(asked(mac), "corporate", number % 50 == 0)])
    assert sessions.count() <= 50 + 1000
    assert sum(1 for _ in sessions.open()) >= 40


def test_the_class_of_a_session_says_its_network_whatever_was_decided_since(tables: Tables) -> None:
    sessions = Sessions(tables)
    sessions.answered([Answered(asked(), "corporate", True, 600)])
    assert sessions.accounted(asked(status="Start", class_="kanmon:quarantine")) == "quarantine"
    assert sessions.accounted(asked(status="Interim-Update")) == "quarantine"
    assert sessions.accounted(asked(mac="02:00:00:00:00:09", status="Start")) == "unknown"
    assert sessions.of(MAC)[0].ends_at is not None


def test_a_switch_that_forgets_ends_its_own_sessions_only(tables: Tables) -> None:
    sessions = Sessions(tables)
    for nas in ("sw1", "sw2"):
        sessions.accounted(asked(nas=nas, status="Start"))
    assert sessions.restarted("sw1", "10.0.0.9") == 0  # another one of the same prefix
    assert sessions.restarted("sw1", "10.0.0.1") == 1
    assert [(one.nas, one.state) for one in sorted(sessions.of(MAC))] == [("sw1", "ended"), ("sw2", "open")]


def test_what_a_switch_says_late_does_not_end_a_newer_session(tables: Tables) -> None:
    now = [1000.0]
    sessions = Sessions(tables, now=lambda: now[0])
    sessions.accounted(asked(status="Start"))
    old = sessions.of(MAC)[0]
    now[0] += 1
    sessions.accounted(asked(session="A2", status="Start"))
    sessions.ended(old)
    sessions.accounted(asked(session="A1", status="Stop"))
    assert sessions.of(MAC)[0].state == "open"


def test_a_start_that_is_sent_again_does_not_bring_an_old_session_back(tables: Tables) -> None:
    now = [1000.0]
    sessions = Sessions(tables, now=lambda: now[0])
    sessions.accounted(asked(status="Start", class_="kanmon:corporate"))
    now[0] += 10
    sessions.ended(sessions.of(MAC)[0])
    again = structs.replace(asked(status="Start", class_="kanmon:corporate"), event_at=1000.0)
    sessions.accounted(again)
    assert sessions.of(MAC)[0].state == "ended"
    sessions.answered([Answered(asked(session="A2"), "quarantine", True)])
    sessions.accounted(again)
    assert (sessions.of(MAC)[0].session, sessions.of(MAC)[0].network) == ("A2", "quarantine")
    sessions.accounted(structs.replace(asked(session="A3", status="Start"), event_at=1011.0))
    assert sessions.of(MAC)[0].session == "A3"


def test_a_session_of_which_nothing_is_heard_counts_no_more(tables: Tables) -> None:
    now = [1000.0]
    sessions = Sessions(tables, now=lambda: now[0])
    sessions.accounted(asked(status="Start"))
    sessions.answered([Answered(asked(mac="02:00:00:00:00:02"), "corporate", True, 9000)])
    now[0] += 4000
    assert [one.mac for one in sessions.open(3600)] == ["02:00:00:00:00:02"]
