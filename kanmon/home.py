"""``kanmon setup``: makes the home without questions. Running it again changes nothing that is there."""

import contextlib
import json
import os
import secrets
from pathlib import Path

from kanmon.common import config
from kanmon.common.errors import Refused

MIGRATION_LOCK = 0x6B616E6D6F6E  # any number that nobody else uses: "kanmon"


def _toml() -> str:
    """kanmon.toml with every setting, commented out: its reason, its unit, its default."""
    lines = [
        "# Settings of Kanmon; a line counts once its # is taken away. Environment variables win:",
        "# KANMON_MAIL_SERVER for server in [mail]. `kanmon check` shows the values in force and their source.",
    ]
    section = ""
    for setting in config.SETTINGS:
        group, _, name = setting.name.partition(".")
        if group != section:
            section = group
            lines += ["", f"[{group}]"]
        unit = f" ({setting.unit})" if setting.unit else ""
        lines += [f"# {setting.reason}{unit}", f"# {name} = {json.dumps(setting.default)}"]
    return "\n".join(lines) + "\n"


def make(home: Path) -> None:
    """Folders, secrets and a commented kanmon.toml. Existing files are left as they are."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "secrets").mkdir(mode=0o700, exist_ok=True)
    for name, mode in (("log", 0o750), ("run", 0o700)):
        (config.node_folder(home) / name).mkdir(mode=mode, parents=True, exist_ok=True)
    _write_once(home / "kanmon.toml", _toml(), 0o640)
    _write_once(home / "secrets" / "signing-key", secrets.token_urlsafe(64), 0o600)


def _write_once(path: Path, text: str, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def require(home: Path) -> None:
    """Raises Refused KNM6004-E when ``home`` is not set up."""
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

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    versions.install_builtin()


def setup(home: Path) -> None:
    """All of it: files, database, built-in policies."""
    make(home)
    config.forget()
    config.read(home)
    start_django()
    migrate()
