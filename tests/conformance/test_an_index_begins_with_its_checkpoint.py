"""The index that a node has kept is used by its next start, and only when it is still true."""

import logging
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kanmon.common import clock, config
from kanmon.inventory.models import FactRow, Pc, PcColumns, PcFacts
from kanmon.journal import eras
from kanmon.journal.models import Change, Term
from kanmon.judgment import checkpoint, warm_start
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.index import Index
from kanmon.policy import versions
from tests.conformance.test_stages import arrive, bad, levels, work_off
from tests.conformance.work import crash, leader
from tests.conftest import pc_json

USED, BUILT = "The index begins with its checkpoint", "The index is built from the database"


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    config.forget()
    versions.install_builtin()
    caplog.set_level(logging.INFO, "kanmon.judgment")


def record(*bodies: dict[str, Any]) -> None:
    """They come in, are recorded and judged."""
    arrive(*bodies)
    lead = leader()
    work_off(lead)
    crash(lead)


def start_again() -> None:
    """A process that knows nothing but its disk and the database; it only follows, as a standby does."""
    ENGINE.__init__()  # type: ignore[misc]
    ENGINE.catch_up()


def inside(index: Index) -> dict[str, Any]:
    """All that an index holds of PCs."""
    held = {fact: list(pcs) for fact in index.held_facts() if (pcs := index.holders(fact))}
    columns = {}
    for name in index.column_names():
        texts, packed = index.column(name).dump()
        column = index.column(name)
        values = np.frombuffer(packed, np.int32 if column.text else np.float64).tolist()
        known = [texts[int(value)] if column.text else value for value in values]
        columns[name] = {pc: value for pc, value in enumerate(known) if value == value and value != ""}
    return {"pcs": list(index.pcs), "holders": held, "columns": columns}


def from_the_database() -> dict[str, Any]:
    """What an index holds that is built anew."""
    warm_start.path().unlink(missing_ok=True)
    start_again()
    return inside(ENGINE.index)


def kept() -> Path:
    """A fleet of four, judged, and the checkpoint of its index."""
    record(pc_json(1), pc_json(2), bad(3), pc_json(4))
    assert warm_start.save(ENGINE)
    return warm_start.path()


def test_a_start_uses_it_and_follows_what_has_changed_since(caplog: pytest.LogCaptureFixture) -> None:
    kept()
    later = {"reported_at": (clock.now() + timedelta(seconds=60)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    record(bad(2, **later), pc_json(5), pc_json(3, **later))
    start_again()
    assert USED in caplog.text
    found = inside(ENGINE.index)
    assert set(found["pcs"]) == {1, 2, 3, 4, 5}
    assert found == from_the_database()
    record(bad(6))
    assert levels()["pc-0002"] == levels()["pc-0006"] == "danger"
    assert levels()["pc-0003"] == levels()["pc-0005"] == "safe"


def test_it_is_not_written_again_when_nothing_has_changed() -> None:
    kept()
    assert not warm_start.save(ENGINE)
    start_again()
    assert not warm_start.save(ENGINE)
    record(pc_json(7))
    assert warm_start.save(ENGINE)


def test_changes_that_come_while_it_is_written_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bitmap a block, and between the blocks a PC changes, one comes, and the index takes it over."""
    record(pc_json(1), pc_json(2), bad(3))
    monkeypatch.setattr(checkpoint, "_FACTS", 1)
    asked = {"blocks": 0}

    def between() -> bool:
        asked["blocks"] += 1
        if asked["blocks"] in (4, 9, 14):
            later = {"reported_at": (clock.now() + timedelta(seconds=asked["blocks"])).strftime("%Y-%m-%dT%H:%M:%SZ")}
            record((bad if asked["blocks"] == 9 else pc_json)(2, **later), pc_json(10 + asked["blocks"]))
        return True

    assert warm_start.save(ENGINE, go_on=between)
    assert asked["blocks"] > 14
    start_again()
    assert inside(ENGINE.index) == from_the_database()


def test_judging_goes_on_while_it_is_written() -> None:
    """Whoever writes holds the index for a block, never for the whole file."""
    record(pc_json(1))
    free: list[bool] = []

    def between() -> bool:
        other = threading.Thread(
            target=lambda: free.append(ENGINE.lock.acquire(timeout=30) and not ENGINE.lock.release())
        )
        other.start()
        other.join(40)
        return True

    assert warm_start.save(ENGINE, go_on=between)
    assert free
    assert all(free)


def refused(caplog: pytest.LogCaptureFixture) -> None:
    """The next start builds the index from the database, says so, and throws the file away."""
    caplog.clear()
    start_again()
    assert BUILT in caplog.text
    assert USED not in caplog.text
    assert not warm_start.path().exists()
    found = inside(ENGINE.index)
    assert found == from_the_database()


def test_that_of_another_version_is_thrown_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept()
    monkeypatch.setattr(warm_start, "__version__", "99.0")
    refused(caplog)


def test_that_of_a_database_before_its_restore_is_thrown_away(caplog: pytest.LogCaptureFixture) -> None:
    """A restore begins a new era of terms, on both kinds of database."""
    kept()
    term = Term.objects.get(shard=0).term
    Term.objects.filter(shard=0).update(term=eras.new_era(term, clock.now().timestamp()))
    refused(caplog)


def test_that_of_a_database_that_was_put_back_by_copying_is_thrown_away(caplog: pytest.LogCaptureFixture) -> None:
    """Its position is there again, but it is another change."""
    kept()
    newest = Change.objects.order_by("-seq").first()
    assert newest is not None
    Change.objects.filter(seq=newest.seq).update(at=newest.at + timedelta(seconds=1))
    refused(caplog)


def test_that_of_a_database_that_is_older_is_thrown_away(caplog: pytest.LogCaptureFixture) -> None:
    kept()
    newest = Change.objects.order_by("-seq").values_list("seq", flat=True).first()
    Change.objects.filter(seq=newest).delete()
    refused(caplog)


def test_another_timeline_of_the_database_throws_it_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A standby database that was promoted may lack the newest changes."""
    kept()
    told = warm_start.lease.Identity("7300000000000000001", 2)
    monkeypatch.setattr(warm_start.lease, "identity", lambda: told)
    refused(caplog)


def test_a_fact_that_was_deleted_throws_it_away(caplog: pytest.LogCaptureFixture) -> None:
    kept()
    fact = FactRow.objects.order_by("id").first()
    assert fact is not None
    fact.delete()
    refused(caplog)


def test_a_fact_that_has_another_number_throws_it_away(caplog: pytest.LogCaptureFixture) -> None:
    kept()
    first, second = FactRow.objects.order_by("id")[:2]
    FactRow.objects.filter(id=first.id).update(digest=b"0" * 16)
    FactRow.objects.filter(id=second.id).update(digest=first.digest)
    refused(caplog)


def test_a_pc_that_the_database_has_not_throws_it_away(caplog: pytest.LogCaptureFixture) -> None:
    kept()
    PcFacts.objects.filter(pc=4).delete()
    PcColumns.objects.filter(pc=4).delete()
    Pc.objects.filter(id=4).delete()
    refused(caplog)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.7, 0.98, 0.999])
def test_a_torn_file_is_thrown_away(part: float, caplog: pytest.LogCaptureFixture) -> None:
    file = kept()
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * part)])
    refused(caplog)


@pytest.mark.parametrize("part", [0.0, 0.01, 0.2, 0.5, 0.9, 0.999])
def test_a_file_with_a_wrong_bit_is_thrown_away(part: float, caplog: pytest.LogCaptureFixture) -> None:
    file = kept()
    data = bytearray(file.read_bytes())
    data[int(len(data) * part)] ^= 16
    file.write_bytes(bytes(data))
    refused(caplog)


def test_one_that_can_not_be_finished_leaves_the_one_before(caplog: pytest.LogCaptureFixture) -> None:
    file = kept()
    before = file.read_bytes()
    record(pc_json(8))
    turns = iter([True, True, True, False])
    assert not warm_start.save(ENGINE, go_on=lambda: next(turns))
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir() if "checkpoint" in one.name] == [file.name]
    start_again()
    assert USED in caplog.text
    assert inside(ENGINE.index) == from_the_database()


def test_a_disk_that_is_full_is_said_and_nothing_else_happens(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(pc_json(1))
    folder = config.home() / "full"
    folder.write_bytes(b"")  # where a folder is wanted
    monkeypatch.setattr(warm_start, "path", lambda: folder / "index.checkpoint")
    assert not warm_start.save(ENGINE)
    assert "could not be written" in caplog.text
    record(bad(2))
    assert levels()["pc-0002"] == "danger"


def test_nothing_is_kept_of_an_index_whose_database_has_become_another() -> None:
    """The database failed over while this node was following it."""
    record(pc_json(1))
    term = Term.objects.get(shard=0).term
    Term.objects.filter(shard=0).update(term=eras.new_era(term, clock.now().timestamp()))
    assert not warm_start.save(ENGINE)
    assert not warm_start.path().exists()
