"""Where PostgreSQL's programs are, and who runs a server of the tests."""

import os
import pwd
from pathlib import Path

BINARIES = "initdb and postgres of PostgreSQL 15 or later: install postgresql (Debian), postgresql-server (RHEL)"


def binaries() -> Path:
    """The folder with initdb and postgres. Fails with the package to install."""
    places = [Path(one) for one in os.environ.get("PATH", "").split(":") if one]
    versions = [one for one in Path("/usr/lib/postgresql").glob("*/bin") if one.parent.name.isdigit()]
    places += [*sorted(versions, key=lambda one: -int(one.parent.name)), Path("/usr/pgsql-15/bin")]
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise AssertionError(f"These tests need {BINARIES}. None of {', '.join(map(str, places))} has them.")


def server_user() -> str | None:
    """PostgreSQL does not run as root: who runs it then. None: whoever runs the tests."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
