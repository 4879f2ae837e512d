"""Restore: everything as it was, into an empty home or in the place of another database, on both kinds of database."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.backup.places import Place, peak_bytes
from tests.conftest import CAMPAIGN, pc_json, until

Make = Callable[..., Place]
# told anew after a restore: who leads, who is there, what is held, and how far it was followed
TOLD_ANEW = {"term", "lease", "node", "hold", "takeover", "entry", "seal", "audit_follower", "invitation"}
NOT_IN_IT = {"django_session", "django_migrations"}


def backup(place: Place, *more: str) -> Path:
    """A backup of ``place`` beside it."""
    path = place.home.parent / f"of-{place.home.name}.zip"
    place.run("backup", "--to", str(path), *more)
    return path


def same(place: Place, other: Place) -> None:
    """All that was in ``other`` is in ``place``, and nothing else."""
    before, after = other.content(), place.content()
    assert set(before) == set(after)
    for table in sorted(set(before) - TOLD_ANEW - NOT_IN_IT):
        assert after[table] == before[table], table
    for table in sorted({"takeover", "entry"}):
        assert len(after[table]) > len(before[table])
    old = place.rows("SELECT count(*) FROM entry WHERE seq < (SELECT max(seq) FROM entry WHERE event = 'restored')")
    assert old[0][0] == len(before["entry"]) - 1, "all but the one that tells of the backup, which is not in itself"


def works_on(place: Place) -> None:
    """It takes reports in and judges them, and its log tells each thing once."""
    place.start()
    token = place.token("afterwards")
    assert place.post(json.dumps(pc_json(77, antivirus=[])).encode(), token)[0] == 200
    until(lambda: any(row["host"] == "pc-0077" and row["level"] == "danger" for row in place.json("pcs")), 60)
    place.stop()
    lines = place.log().splitlines()
    assert len(lines) == len(set(lines))
    assert sum("KNM4230-W" in line for line in lines) == 1
    assert json.loads(place.run("audit", "verify", "--json").stdout)["problems"] == []


def test_into_an_empty_home(make_place: Make, kind: str) -> None:
    old, new = make_place(kind, 6), make_place(kind)
    path = backup(old, "--with-secrets")
    told = new.run("restore", str(path))
    assert "KNM4238-W" in told.stdout, "what was revoked since is valid again, and this is said"
    same(new, old)
    for name in ("signing-key", "data-key", "agent-ca.key"):
        assert (new.home / "secrets" / name).read_bytes() == (old.home / "secrets" / name).read_bytes()
        assert (new.home / "secrets" / name).stat().st_mode & 0o777 == 0o600
    works_on(new)


def test_from_sqlite_into_postgresql(make_place: Make) -> None:
    old, new = make_place("sqlite", 6), make_place("postgresql")
    new.run("restore", str(backup(old, "--with-secrets")))
    hosts = "SELECT host FROM pc ORDER BY id"
    assert new.rows(hosts) == old.rows(hosts)
    for table in sorted(set(old.tables()) - TOLD_ANEW - NOT_IN_IT):
        assert new.rows(f'SELECT count(*) FROM "{table}"') == old.rows(f'SELECT count(*) FROM "{table}"'), table
    levels = [(row["host"], row["level"], row["judged_at"]) for row in old.json("pcs")]
    assert [(row["host"], row["level"], row["judged_at"]) for row in new.json("pcs")] == levels
    works_on(new)


def test_from_postgresql_into_sqlite_is_refused_in_a_sentence(make_place: Make) -> None:
    old, new = make_place("postgresql").setup(), make_place("sqlite")
    refused = new.run("restore", str(backup(old)), check=False)
    assert refused.returncode == 1
    assert "KNM4244-E" in refused.stderr
    assert not (new.home / "kanmon.sqlite3").exists()


def test_a_home_that_is_in_use_is_refused(make_place: Make, kind: str) -> None:
    place = make_place(kind, 2)
    path = backup(place)
    place.start()
    refused = place.run("restore", str(path), "--replace", check=False)
    assert refused.returncode != 0
    assert "KNM4006-E" in refused.stderr
    if kind == "postgresql":  # from the home of another node
        other = Place(place.home.parent / "other", database=place.database)
        refused = other.run("restore", str(path), "--replace", check=False)
        assert "KNM4228-E" in refused.stderr
        assert "kanmon-lease" in refused.stderr
    assert place.ready()
    assert len(place.json("pcs")) == 2


def test_a_database_with_contents_is_replaced_only_when_it_is_said(make_place: Make, kind: str) -> None:
    old, new = make_place(kind, 4), make_place(kind, 1)
    path = backup(old)
    refused = new.run("restore", str(path), check=False)
    assert refused.returncode == 1
    assert "KNM4227-E" in refused.stderr
    assert len(new.json("pcs")) == 1
    given = new.rows("SELECT max(id) FROM operation")[0][0]
    told = new.run("restore", str(path), "--replace")
    assert len(new.json("pcs")) == 4
    if kind == "sqlite":
        aside = next(new.home.glob("kanmon.sqlite3.before-restore-*"))
        assert str(aside) in told.stdout
        with closing(sqlite3.connect(aside)) as database:
            assert database.execute("SELECT host FROM pc").fetchall() == [("pc-0000",)]
    works_on(new)
    assert new.rows("SELECT max(id) FROM operation")[0][0] > given


def test_the_log_goes_on_where_it_was(make_place: Make, kind: str) -> None:
    place = make_place(kind, 2)
    path = backup(place)
    place.start()
    assert place.post(json.dumps(pc_json(5, antivirus=[])).encode(), place.token("more"))[0] == 200
    until(place.idle, 60)
    place.stop()
    before = place.log()
    place.run("restore", str(path), "--replace")
    after = place.log()
    assert after.startswith(before), "what was done in the time that is lost stands there still"
    assert "KNM4230-W" in after.removeprefix(before).splitlines()[0], "and nothing is told again"
    works_on(place)
    numbers = [line.rpartition("#")[2].rpartition(".")[2] for line in place.log().splitlines()]
    assert len(numbers) == len(set(numbers)), "no number is given to two lines"


def test_a_database_that_is_broken_is_no_obstacle(make_place: Make) -> None:
    place = make_place("sqlite", 2)
    path = backup(place)
    broken = b"not a database any more" * 4000
    (place.home / "kanmon.sqlite3").write_bytes(broken)
    assert "KNM4227-E" in place.run("restore", str(path), check=False).stderr, "it is still somebody's"
    place.run("restore", str(path), "--replace")
    assert next(place.home.glob("*.before-restore-*")).read_bytes() == broken
    assert len(place.json("pcs")) == 2


def test_a_shared_disk_is_backed_up_while_its_manager_serves(make_place: Make) -> None:
    place = make_place("sqlite", 2, database={"shared_disk": True})
    place.start()
    path = backup(place)
    assert place.post(json.dumps(pc_json(5)).encode(), place.token("more"))[0] == 200
    until(place.idle, 60)
    place.stop()
    assert [one.name for one in path.parent.iterdir() if "part" in one.name] == []
    place.run("restore", str(path), "--replace")
    assert len(place.json("pcs")) == 2
    works_on(place)


def test_a_home_that_was_only_set_up_needs_no_replace(make_place: Make, kind: str) -> None:
    old, new = make_place(kind, 2), make_place(kind)
    new.setup()
    new.start()
    new.stop()
    new.run("restore", str(backup(old)))
    assert len(new.json("pcs")) == 2


def test_settings_of_its_own_are_kept_and_those_of_the_backup_lie_beside(make_place: Make) -> None:
    old = make_place("sqlite", action={"collect_seconds": 7}, webhook={"targets": ["a=https://a.example.test/5ecret"]})
    old.setup()
    path = backup(old)
    new, bare = make_place("sqlite", action={"collect_seconds": 9}).setup(), make_place("sqlite")
    told = new.run("restore", str(path))
    assert "KNM4236-W" in told.stdout
    settings = {row["name"]: row["value"] for row in new.json("check")["settings"]}
    assert settings["action.collect_seconds"] == 9
    assert "collect_seconds = 7" in (new.home / "kanmon.toml.from-backup").read_text()
    told = bare.run("restore", str(path))
    assert "KNM4247-W" in told.stdout
    assert "webhook.targets" in told.stdout
    settings = {row["name"]: row["value"] for row in bare.json("check")["settings"]}
    assert (settings["action.collect_seconds"], settings["webhook.targets"]) == (7, [])


PUT = "from kanmon import home; home.start_django(); from kanmon.sealing import store; store.put('smtp', 'pa55')"
GET = "from kanmon import home; home.start_django(); from kanmon.sealing import store; print(store.get('smtp'))"


def python(place: Place, text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", text], env=place.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_sealed_secrets_want_the_key_that_opens_them(make_place: Make, kind: str) -> None:
    old = make_place(kind)
    old.setup()
    python(old, PUT)
    with_key = backup(old, "--with-secrets")
    without = old.home.parent / "without.zip"
    old.run("backup", "--to", str(without))
    first, second, third = make_place(kind), make_place(kind), make_place(kind)
    refused = first.run("restore", str(without), check=False)
    assert refused.returncode == 1
    assert "KNM4246-E" in refused.stderr
    first.run("restore", str(without), "--forget-secrets")
    assert python(first, GET) == "None"
    second.run("restore", str(with_key))
    assert python(second, GET) == "pa55"
    (third.home / "secrets").mkdir(parents=True)
    (third.home / "secrets" / "data-key").write_bytes((old.home / "secrets" / "data-key").read_bytes())
    third.run("restore", str(without))
    assert python(third, GET) == "pa55"


OLDER = """
from kanmon import home
home.start_django()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
MigrationExecutor(connection).migrate([("journal", "0003_nodes_and_holds"), ("accounts", "0001_initial"),
    ("policy", "0001_initial"), ("intake", "0001_initial"), ("inventory", "0001_initial"),
    ("judgment", "0001_initial"), ("action", "0001_initial")])
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO pc_group (name, path) VALUES ('', '/')")
    cursor.execute("INSERT INTO pc (id, asset_number, host, \\"user\\", group_id, source, serial, uuid, managed,"
        " first_seen_at, last_seen_at, reported_at, format) VALUES (1, 'PC1', 'from-long-ago', '', 1, 1, '', '', true,"
        " '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '')")
    cursor.execute("INSERT INTO term (shard, term, node, system_identifier, timeline) VALUES (0, 3, 'old', '', 0)")
"""


def test_a_backup_of_an_older_version_is_brought_forward(make_place: Make, kind: str) -> None:
    old, new = make_place(kind), make_place(kind)
    (old.home / "secrets").mkdir(parents=True)
    (old.home / "secrets" / "signing-key").write_text("k")
    python(old, OLDER)
    assert "audit" not in old.tables()
    new.run("restore", str(backup(old)))
    assert [row["host"] for row in new.json("pcs")] == ["from-long-ago"]
    assert set(new.tables()) >= {"audit", "secret"}
    works_on(new)


def test_one_time_links_that_may_have_been_used_are_worth_nothing_afterwards(make_place: Make) -> None:
    old, new = make_place("sqlite").setup(), make_place("sqlite")
    old.start()
    old.stop()
    assert old.rows("SELECT count(*) FROM invitation WHERE used_at IS NULL") == [(1,)]
    new.run("restore", str(backup(old)))
    assert new.rows("SELECT count(*) FROM invitation WHERE used_at IS NULL") == [(0,)]


FILL = """
from kanmon import home
home.start_django()
import os
from django.db import connection
with connection.cursor() as cursor:
    for n in range(1, 2561):
        cursor.execute("INSERT INTO pc_body (pc, format, received_at, body) VALUES (%s, %s, %s, %s)",
                       [n, "x", "2026-01-01 00:00:00", os.urandom(2**16)])
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"] if CAMPAIGN else ["postgresql"])
def test_memory_does_not_grow_with_the_database(make_place: Make, kind: str) -> None:
    place, target = make_place(kind, 0), make_place(kind)
    small, big, large = place.home.parent / "small.zip", place.home.parent / "big.zip", 2560 * 2**16
    to_write = peak_bytes(["backup", "--to", str(small)], place.environment)
    to_read = peak_bytes(["restore", str(small)], target.environment)
    python(place, FILL)
    most = 96 * 2**20  # 64 MiB of it is SQLite's cache
    assert peak_bytes(["backup", "--to", str(big)], place.environment) < to_write + most
    assert big.stat().st_size > large, "it did not become small by packing"
    assert peak_bytes(["restore", str(big)], target.environment) < to_read + most
    assert target.rows("SELECT count(*), sum(length(body)) FROM pc_body") == [(2560, large)]
