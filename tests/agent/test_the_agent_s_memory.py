"""The agent's database: what is kept, for how long, and that several processes may use it."""

import multiprocessing
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanmon.agent import schema, sightings, whole_list
from kanmon.agent.store import Store, Told
from kanmon.common import clock
from kanmon.common.errors import Refused
from kanmon.wire import Entry, Order, Piece, Seen, digest
from tests.agent.strategies import AT, MACS, order, orders

MAC = MACS[0]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_only_its_owner_can_read_it(store: Store, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / schema.FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(("shared_disk", "mode", "synchronous"), [(False, "wal", 2), (True, "delete", 3)])
def test_what_is_committed_is_on_the_disk(tmp_path: Path, shared_disk: bool, mode: str, synchronous: int) -> None:
    connection = Store(tmp_path, shared_disk=shared_disk).connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)
    assert connection.execute("PRAGMA synchronous").fetchone() == (synchronous,)


def test_tables_go_forward_and_never_back(tmp_path: Path) -> None:
    connection = schema.connect(tmp_path)
    schema.migrate(connection, "part", ["CREATE TABLE one (a); INSERT INTO one VALUES ('x;y');"])
    schema.migrate(connection, "part", ["never run again", "CREATE TABLE two (b); CREATE INDEX i ON two (b);"])
    assert connection.execute("SELECT a FROM one").fetchall() == [("x;y",)]
    connection.execute("SELECT b FROM two")
    with pytest.raises(Refused, match="newer Kanmon"):
        schema.migrate(connection, "part", ["one step"])


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    connection = schema.connect(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(connection, "part", ["CREATE TABLE one (a); CREATE TABLE one (a);"])
    schema.migrate(connection, "part", ["CREATE TABLE one (a);"])


def test_what_is_no_database_is_refused_with_its_path(tmp_path: Path) -> None:
    (tmp_path / schema.FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(Refused, match=str(tmp_path)):
        Store(tmp_path)


def _read(folder: Path) -> None:
    Store(folder).close()


def test_another_process_that_comes_and_goes_loses_nothing(store: Store, tmp_path: Path) -> None:
    second = Store(tmp_path)  # a second connection of this process, made while the first is open
    store.take([order(version=1)])
    process = multiprocessing.get_context("spawn").Process(target=_read, args=[tmp_path])
    process.start()
    process.join()
    store.take([order("permit", version=2)])
    second.close()
    assert Store(tmp_path).entry(MAC) == store.entry(MAC)
    assert store.entry(MAC).policy.state == "permit"


def test_an_order_and_its_open_answer_are_one(store: Store) -> None:
    assert store.take([order(version=1), order("permit", mac=MACS[1], version=1)]) == 2
    assert len(store.open_orders()) == 2
    assert store.to_tell() == ()
    store.answer([Told(one.order, "done", "") for one in store.open_orders()])
    assert {one.result for one in store.to_tell()} == {"done"}
    assert store.open_orders() == []


def test_a_stale_order_is_answered_with_the_highest_term(store: Store) -> None:
    store.hear_term(7)
    assert store.take([order(term=6)]) == 0
    (answer,) = store.to_tell()
    assert (answer.result, answer.term) == ("stale", 7)
    assert store.entry(MAC) is None
    assert not store.hear_term(6)


def test_a_stale_order_is_decided_anew_when_the_new_leader_gives_it(store: Store) -> None:
    store.hear_term(7)
    store.take([order(term=6)])
    assert store.take([order(term=7, id="01-6-1")]) == 1


def test_an_answer_stays_until_it_is_confirmed_and_seven_days_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.take([order()])
    store.answer([Told(one.order, "done", "") for one in store.open_orders()])
    told = {one.order: one for one in store.to_tell()}
    store.told(told, [])
    assert not store.anything_to_tell()
    assert len(store.to_tell()) == 1  # told, and not confirmed
    store.told(told, told)
    assert store.to_tell() == ()
    store.prune()
    store.take([order()])  # it comes again: the kept answer is told again
    assert len(store.to_tell()) == 1
    store.told(told, told)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=8))
    assert store.prune() == 1


def test_a_confirmation_of_what_has_changed_since_does_not_count(store: Store) -> None:
    store.take([order()])
    store.answer([Told("01-1-1", "failed", "no cable")])
    sent = {one.order: one for one in store.to_tell()}
    store.answer([Told("01-1-1", "done", "")])
    store.told(sent, sent)
    assert [one.result for one in store.to_tell()] == ["done"]


def test_an_answer_for_good_is_not_changed_any_more(store: Store) -> None:
    store.take([order()])
    store.answer([Told("01-1-1", "done", "")])
    store.answer([Told("01-1-1", "failed", "late")])
    assert [one.result for one in store.to_tell()] == ["done"]


def test_an_empty_entry_refuses_older_orders_and_is_forgotten_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.take([order(version=1), order("remove", "person", version=3)])
    assert store.digest() == (digest([]), 0)
    store.take([order("deny", version=2)])
    assert store.entry(MAC).empty
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    store.prune()
    assert store.entry(MAC) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_orders=orders(), size=st.integers(1, 3))
def test_a_whole_list_in_any_pieces_makes_the_digests_equal(
    tmp_path_factory: pytest.TempPathFactory, given_orders: list[Order], size: int
) -> None:
    theirs, mine = (Store(tmp_path_factory.mktemp(name)) for name in ("theirs", "mine"))
    theirs.take(given_orders)
    mine.take(given_orders[::2])
    full = [entry for entry in theirs.entries()[1] if not entry.empty]
    parts = [tuple(full[at : at + size]) for at in range(0, len(full), size)] or [()]
    for number, part in enumerate(parts, 1):
        whole_list.take(mine, Piece(id="x", number=number, of=len(parts), entries=part))
    assert mine.digest() == theirs.digest()
    assert whole_list.staged(mine) is None


def test_a_piece_out_of_turn_is_passed_over(store: Store) -> None:
    entry = Entry(mac=MAC)
    whole_list.take(store, Piece(id="x", number=1, of=3, entries=(entry,)))
    assert whole_list.take(store, Piece(id="x", number=3, of=3)) is None
    assert whole_list.take(store, Piece(id="y", number=2, of=3)) is None
    assert whole_list.staged(store) == whole_list.Staged("x", 1, 0)


def _seen(mac: str, minutes: float, network: str = "corporate") -> Seen:
    return Seen(mac=mac, at=AT + timedelta(minutes=minutes), network=network)


def test_a_pc_at_the_same_place_is_told_again_after_minutes_and_one_that_moved_at_once(store: Store) -> None:
    assert sightings.keep(store, [_seen(MAC, 0)]) == 1
    number, told = sightings.to_tell(store)
    sightings.told(store, number)
    assert told == (_seen(MAC, 0),)
    assert sightings.keep(store, [_seen(MAC, 1)]) == 0
    assert sightings.keep(store, [_seen(MAC, 2, "quarantine")]) == 1
    assert sightings.keep(store, [_seen(MAC, 1)]) == 0  # late
    assert sightings.keep(store, [_seen(MAC, 8, "quarantine")]) == 1


def test_a_pc_is_told_of_again_when_an_order_for_it_was_carried_out(store: Store) -> None:
    def seen(seconds: float) -> Seen:
        return Seen(mac=MAC, at=answered_at + timedelta(seconds=seconds), network="corporate")

    store.take([order("permit", mac=MAC)])
    store.answer([Told(store.open_orders()[0].order, "done", "")])
    answered_at = store.to_tell()[0].at
    assert [sightings.keep(store, [seen(at)]) for at in (-2, -1, 1, 2)] == [1, 0, 1, 0]


def test_sightings_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "MOST_MACS", 3)
    sightings.keep(store, [_seen(f"02:00:00:00:09:{number:02x}", 0) for number in range(6)])
    assert [one.mac[-2:] for one in sightings.to_tell(store)[1]] == ["03", "04", "05"]
