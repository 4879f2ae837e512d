"""Before a restore, and before Django: the home's folder, the settings in force, and the lock that keeps Managers out.

A home that has no settings in force gets those of the backup, so that the database is looked for where they say.
"""

import contextlib
import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kanmon import home as homes
from kanmon.backup import files
from kanmon.backup.package import Reader
from kanmon.common import config
from kanmon.common.errors import Refused


@contextlib.contextmanager
def held(home: Path, reader: Reader | None = None) -> Iterator[None]:
    """This process, and no Manager, works on ``home``; Django is ready.

    Raises Refused KNM4006-E (a Manager does), KNM4245-E (it is another user's).
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = home.stat().st_uid
    if owner != os.geteuid():
        raise Refused("KNM4245-E", status=409, home=str(home), owner=_name(owner))
    if reader is not None:
        _adopt_settings(home, reader)
    homes.start_django()
    from kanmon.journal import term

    lock = term.lock_run(config.node_folder(home) / "run")
    try:
        yield
    finally:
        os.close(lock)


def _adopt_settings(home: Path, reader: Reader) -> None:
    settings = next((one for one in reader.manifest.files if one.name == files.SETTINGS), None)
    if settings is None or not files.says_nothing(home / files.SETTINGS):
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / files.SETTINGS).write_bytes(reader.file(settings))
        config.adopt(Path(folder))


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
