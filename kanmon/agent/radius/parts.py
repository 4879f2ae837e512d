"""Puts this folder's parts together for the agent's process: the application that it mounts, and what the driver shares.

In the home: ``radius.sqlite3`` (switches, sessions), ``secrets/nas-key`` (seals the secrets of switches),
``secrets/freeradius`` (the password of FreeRADIUS). In agent.toml the section ``[radius]``: see ``setup``.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kanmon import wire
from kanmon.agent import config, log
from kanmon.agent.book import Book
from kanmon.agent.radius import secret, setup
from kanmon.agent.radius.decisions import Decision
from kanmon.agent.radius.endpoints import RadiusApplication
from kanmon.agent.radius.nas import NasTable
from kanmon.agent.radius.sessions import Sessions
from kanmon.agent.radius.setup import Setup
from kanmon.agent.radius.tables import Tables
from kanmon.common.errors import Refused

FILE = "radius.sqlite3"


def key_path(home: Path) -> Path:
    """Where the key is that seals the secrets of the switches."""
    return home / "secrets" / "nas-key"


def password_path(home: Path) -> Path:
    """Where the password is with which FreeRADIUS calls."""
    return home / "secrets" / "freeradius"


def tables(home: Path) -> Tables:
    """The database of this folder in the agent's home."""
    return Tables(home / FILE, shared_disk=bool(config.read(home)["agent.shared_disk"]))


def nas_table(home: Path, opened: Tables) -> NasTable:
    """The switches."""
    return NasTable(opened, secret.key(key_path(home)))


class Setups:
    """What holds now: agent.toml, and over it the part ``radius`` of what the Manager told.

    ``told`` gives the Manager's; one that can't be used is told once in the log, and the one before goes on.
    """

    def __init__(self, local: Mapping[str, Any], told: Callable[[], wire.Setup]) -> None:
        self._local, self._told = local, told
        self._last: wire.Setup | None = None
        self._merged = setup.read(local)

    def __call__(self) -> Setup:
        """The setup."""
        told = self._told()
        if told is not self._last:
            self._last = told
            try:
                self._merged = setup.read(self._local, told.parts.get("radius", {}))
            except Refused as problem:
                log.say(problem.message_id, **problem.params)
        return self._merged


class FromBook:
    """The connection control list, as this folder asks it."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def decide(self, mac: str) -> Decision:
        """What holds for ``mac``. Raises Refused KNM8571-W as long as no list is known: as if no agent were there."""
        if self._book.waits:
            raise Refused("KNM8571-W", status=503)
        holds = self._book.holds(mac)
        return Decision(holds.state, holds.network)


def application(book: Book, local: Mapping[str, Any], home: Path) -> RadiusApplication:
    """What the agent serves below /radius. ``local``: the section [radius] of agent.toml. Raises Refused."""
    opened = tables(home)
    if not password_path(home).exists():
        secret.password(password_path(home))
    return RadiusApplication(
        FromBook(book), Sessions(opened), setup=Setups(local, lambda: book.setup),
        profiles=nas_table(home, opened).profiles, password=secret.password(password_path(home)), seen=book.saw,
    )  # fmt: skip
