"""``kanmon setup``: makes the home without questions. Running it again changes nothing that is there."""

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from kanmon.backup import interrupted
from kanmon.common import clock, config
from kanmon.common.errors import Refused

MIGRATION_LOCK = 0x6B616E6D6F6E  # any number that nobody else uses: "kanmon"


def _toml() -> str:
    """kanmon.toml with every setting, commented out: its reason, its unit, its default."""
    lines = [
        "# Settings of Kanmon; a line counts once its # is taken away. Environment variables win:",
        "# KANMON_MAIL_SERVER for server in [mail]. `kanmon check` shows the values in force and their source.",
    ]
    sections: dict[str, list[config.Setting]] = {}
    for setting in config.SETTINGS:
        sections.setdefault(setting.name.partition(".")[0], []).append(setting)
    for section, settings in sections.items():
        lines += ["", f"[{section}]"]
        for setting in settings:
            unit = f" ({setting.unit})" if setting.unit else ""
            name = setting.name.partition(".")[2]
            lines += [f"# {setting.reason}{unit}", f"# {name} = {json.dumps(setting.default)}"]
    return "\n".join(lines) + "\n"


def make(home: Path) -> None:
    """Folders, secrets and a commented kanmon.toml. Existing files are left as they are."""
    from kanmon.sealing import authority, keys

    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "secrets").mkdir(mode=0o700, exist_ok=True)
    for name, mode in (("log", 0o750), ("run", 0o700)):
        (config.node_folder(home) / name).mkdir(mode=mode, parents=True, exist_ok=True)
    write_once(home / "kanmon.toml", _toml(), 0o640)
    write_once(home / "secrets" / "signing-key", secrets.token_urlsafe(64), 0o600)
    write_once(home / "secrets" / "data-key", keys.new_key(), 0o600)
    if not (home / "secrets" / "agent-ca.crt").exists():
        key, certificate = authority.make(clock.now())
        write_once(home / "secrets" / "agent-ca.key", key.decode(), 0o600)
        write_once(home / "secrets" / "agent-ca.crt", certificate.decode(), 0o600)


def write_once(path: Path, text: str, mode: int) -> None:
    """A new file, on the disk when this returns; one that is there already is left as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def require(home: Path) -> None:
    """Raises Refused KNM6004-E when ``home`` is not set up, KNM4229-E when a restore of it was interrupted."""
    interrupted.refuse(home)
    if not (home / "secrets" / "signing-key").exists():
        raise Refused("KNM6004-E", home=str(home))


def start_django(*, pooled: bool = False) -> None:
    """Django, ready to use, with the settings of this home. ``pooled``: PostgreSQL connections come from a pool."""
    if pooled:
        os.environ["KANMON_POOLED"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanmon.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the database forward to this version; only forward, and only when something is missing.

    On PostgreSQL nodes that start together do it one after the other. Built-in policies are part of it.
    """
    from django.db import connection

    with contextlib.ExitStack() as stack:
        if connection.vendor == "postgresql":
            cursor = stack.enter_context(connection.cursor())
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            stack.callback(lambda: connection.cursor().execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK]))
        _migrate()
    if connection.vendor == "sqlite":
        os.chmod(config.home() / "kanmon.sqlite3", 0o600)


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from kanmon.policy import versions
    from kanmon.sealing import store

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    versions.install_builtin()
    store.check()


def adopt(home: Path, files: Mapping[str, str], database_url: str) -> None:
    """Make the home of a second node: the cluster's secrets, and where its database is.

    Raises Refused KNM4155-E when the home has other secrets; they are left as they are.
    """
    (home / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in files.items():
        write_once(home / "secrets" / name, text, 0o600)
        if (home / "secrets" / name).read_text("ascii") != text:
            raise Refused("KNM4155-E", path=str(home / "secrets" / name))
    lines = _toml().replace('# url = ""', f"url = {json.dumps(database_url)}")
    write_once(home / "kanmon.toml", lines, 0o600)  # the database's password may be in it


def setup(home: Path) -> None:
    """All of it: files, database, built-in policies."""
    interrupted.refuse(home)
    make(home)
    config.forget()
    config.read(home)
    start_django()
    migrate()
