"""The file: made once, for its owner alone, and any change to it is noticed and said."""

import json
import os
import resource
import signal
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kanmon.backup.check import open_backup
from kanmon.backup.make import require_space
from kanmon.backup.package import PART
from kanmon.common.errors import Refused
from tests.backup.places import Place

Change = Callable[[str, bytes], bytes | None]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("made")
    webhook = {"targets": ["siem=https://siem.example.test/in/5ecret-path"]}
    return Place(folder / "home", {"webhook": webhook, "action": {"collect_seconds": 0}}).filled()


@pytest.fixture(scope="module")
def made(place: Place) -> Path:
    path = place.home.parent / "made.zip"
    place.run("backup", "--to", str(path))
    return path


def rewritten(made: Path, to: Path, change: Change, more: dict[str, bytes] | None = None) -> Path:
    """The same backup, member by member through ``change``; None leaves a member out."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in (more or {}).items():
            new.writestr(name, data)
    return to


def said(path: Path) -> str:
    """What ``path`` is refused with, by whatever opens it."""
    with pytest.raises(Refused) as refused:
        open_backup(path).close()
    return f"{refused.value.message_id} {refused.value}"


def test_check_and_restore_refuse_it_in_the_same_words(place: Place, made: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.zip"
    torn.write_bytes(made.read_bytes()[:-30])
    checked = place.kanmon("backup", "check", str(torn))
    restored = place.kanmon("restore", str(torn), "--replace")
    for done in (checked, restored):
        assert (done.returncode, done.stderr.strip()) == (1, said(torn))
    assert not (place.home / "restore.json").exists(), "nothing was begun"


def test_it_is_one_file_for_its_owner_alone_and_can_be_looked_into(place: Place, made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    with zipfile.ZipFile(made) as file:
        assert file.namelist()[-1] == "manifest.json", "what tells that it is whole is written last"
        manifest = json.loads(file.read("manifest.json"))
        pcs = [json.loads(line) for line in file.read("tables/pc.jsonl").splitlines()]
    table = next(table for table in manifest["tables"] if table["name"] == "pc")
    hosts = [row[[column["name"] for column in table["columns"]].index("host")] for row in pcs]
    assert sorted(hosts) == [f"pc-{number:04d}" for number in range(6)]
    assert (table["rows"], manifest["database"]) == (6, "sqlite")
    told = json.loads(place.run("backup", "check", str(made), "--json").stdout)
    assert told["tables"]["pc"] == 6
    noted = place.rows("SELECT detail FROM entry WHERE event = 'backup_made'")
    assert json.loads(noted[0][0])["fingerprint"] == told["fingerprint"], "a file can be compared with what was made"


def test_every_table_is_in_it_or_left_out_on_purpose(place: Place, made: Path) -> None:
    from kanmon.backup.tables import LEFT_OUT

    told = json.loads(place.run("backup", "check", str(made), "--json").stdout)
    assert set(told["tables"]) == set(place.tables()) - set(LEFT_OUT)


def test_it_is_never_written_over_another_file(place: Place, made: Path) -> None:
    before = made.read_bytes()
    refused = place.kanmon("backup", "--to", str(made))
    assert refused.returncode == 1
    assert "KNM4222-E" in refused.stderr
    assert made.read_bytes() == before


def test_secrets_are_in_it_only_when_they_are_asked_for(place: Place, made: Path, tmp_path: Path) -> None:
    place.run("backup", "--to", str(tmp_path / "with.zip"), "--with-secrets")
    key = (place.home / "secrets" / "signing-key").read_bytes()
    for path, wanted in ((made, False), (tmp_path / "with.zip", True)):
        with zipfile.ZipFile(path) as file:
            content = {name: file.read(name) for name in file.namelist()}
        assert any(key in data for data in content.values()) is wanted
        assert any(b"5ecret-path" in data for data in content.values()) is wanted
        assert b"collect_seconds = 0" in content["kanmon.toml"], "the other settings are there"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_no_backup(made: Path, tmp_path: Path, share: float) -> None:
    torn = tmp_path / "torn.zip"
    data = made.read_bytes()
    torn.write_bytes(data[: int(len(data) * share)])
    assert "KNM4224-E" in said(torn)


def test_a_file_that_is_something_else_is_no_backup(made: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a backup")
    assert "KNM4224-E" in said(tmp_path / "text")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme.txt", "hello")
    assert "manifest" in said(tmp_path / "other.zip")
    assert "KNM6006-E" in said(tmp_path / "missing.zip")


def _another_host(name: str, data: bytes) -> bytes:
    return data.replace(b'"pc-0003"', b'"pc-0666"') if name == "tables/pc.jsonl" else data


def _a_row_less(name: str, data: bytes) -> bytes:
    return data[: data.rindex(b"\n", 0, -1) + 1] if name == "tables/verdict.jsonl" else data


def _no_verdicts(name: str, data: bytes) -> bytes | None:
    return None if name == "tables/verdict.jsonl" else data


def _other_settings(name: str, data: bytes) -> bytes:
    return b'[mail]\nserver = "evil.example.test"\n' if name == "kanmon.toml" else data


@pytest.mark.parametrize(
    ("change", "member"),
    [
        (_another_host, "tables/pc.jsonl"), (_a_row_less, "tables/verdict.jsonl"),
        (_no_verdicts, "tables/verdict.jsonl"), (_other_settings, "kanmon.toml"),
    ],
)  # fmt: skip
def test_a_member_that_was_changed_is_named(made: Path, tmp_path: Path, change: Change, member: str) -> None:
    sentence = said(rewritten(made, tmp_path / "changed.zip", change))
    assert "KNM4225-E" in sentence
    assert member in sentence


def test_a_flipped_bit_is_noticed_in_every_member(made: Path, tmp_path: Path) -> None:
    data = made.read_bytes()
    with zipfile.ZipFile(made) as file:
        members = [one for one in file.infolist() if one.file_size > 50]
    assert {"tables/fact.jsonl", "kanmon.toml", "manifest.json"} <= {one.filename for one in members}
    for number, member in enumerate(members):
        header = member.header_offset
        name, extra = struct.unpack("<HH", data[header + 26 : header + 30])
        where = header + 30 + name + extra + member.compress_size // 2
        flipped = tmp_path / f"{number}.zip"
        flipped.write_bytes(data[:where] + bytes([data[where] ^ 0x10]) + data[where + 1 :])
        sentence = said(flipped)
        assert sentence[:9] in ("KNM4225-E", "KNM4224-E"), member.filename
        assert member.filename == "manifest.json" or member.filename in sentence


def test_a_member_that_leads_elsewhere_is_refused(made: Path, tmp_path: Path) -> None:
    def escape(name: str, data: bytes) -> bytes:
        if name != "manifest.json":
            return data
        manifest = json.loads(data)
        manifest["files"].append({"name": "secrets/../../outside", "bytes": 4, "sha256": "0" * 64})
        return json.dumps(manifest).encode()

    sentence = said(rewritten(made, tmp_path / "leads.zip", escape, {"secrets/../../outside": b"evil"}))
    assert "secrets/../../outside" in sentence
    more = rewritten(made, tmp_path / "more.zip", lambda name, data: data, {"extra": b"x"})
    assert "extra" in said(more)


def newer(manifest: dict[str, Any]) -> None:
    manifest["kanmon_backup"] = 2


def later_tables(manifest: dict[str, Any]) -> None:
    manifest["migrations"].append(["journal", "9999_of_the_future"])


@pytest.mark.parametrize("change", [newer, later_tables])
def test_a_backup_of_a_newer_version_is_refused_by_its_version(
    place: Place, made: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    def with_manifest(name: str, data: bytes) -> bytes:
        if name != "manifest.json":
            return data
        manifest = json.loads(data) | {"version": "7.8.9"}
        change(manifest)
        return json.dumps(manifest).encode()

    refused = place.kanmon("restore", str(rewritten(made, tmp_path / "newer.zip", with_manifest)), "--replace")
    assert refused.returncode == 1
    assert "KNM4226-E" in refused.stderr
    assert "7.8.9" in refused.stderr
    assert place.json("status")["pcs"] == 6


@pytest.mark.parametrize("point", ["backup_table:5", "backup_before_manifest", "backup_before_name"])
def test_killed_while_it_is_made_it_leaves_nothing_that_looks_whole(place: Place, tmp_path: Path, point: str) -> None:
    killed = place.kanmon("backup", "--to", str(tmp_path / "torn.zip"), fault=f"{point}=kill")
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [f".torn.zip{PART}"]
    place.run("backup", "--to", str(tmp_path / "next.zip"))
    assert [path.name for path in tmp_path.iterdir()] == ["next.zip"], "the next one tidies up"


def test_a_disk_that_takes_no_more_is_said_and_nothing_is_left(place: Place, tmp_path: Path) -> None:
    most = 33_000  # SQLite's shared memory is a file of 32 KiB
    large = place.home / "secrets" / "large"
    large.write_bytes(os.urandom(2 * most))

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    full = place.kanmon("backup", "--with-secrets", "--to", str(tmp_path / "full.zip"), preexec_fn=small_files)
    large.unlink()
    assert full.returncode == 1, full
    assert "KNM4239-E" in full.stderr
    assert list(tmp_path.iterdir()) == []
    nowhere = place.kanmon("backup", "--to", str(tmp_path / "no" / "such" / "folder.zip"))
    assert "KNM4239-E" in nowhere.stderr


def test_a_folder_without_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"has [\d,.]+ MiB free; up to 1,000,000,000\.0 MiB are needed"):
        require_space(tmp_path, 10**9 * 2**20)


def test_what_is_asked_of_a_home_without_database_is_refused(tmp_path: Path) -> None:
    nothing = Place(tmp_path / "nothing")
    assert "KNM6004-E" in nothing.kanmon("backup", "--to", str(tmp_path)).stderr
    assert list(tmp_path.iterdir()) == []
    assert os.listdir(tmp_path) == []
