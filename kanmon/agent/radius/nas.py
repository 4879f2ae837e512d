"""The switches: who they are, what they can, and the secret that each shares with FreeRADIUS.

NAS, network access server, is RADIUS's word for a switch, an access point or a gateway that asks.
"""

import ipaddress
import re
import sqlite3
from typing import NamedTuple, NoReturn

from kanmon.agent.radius import secret as secrets
from kanmon.agent.radius.tables import Tables
from kanmon.common import clock
from kanmon.common.errors import Refused

MOST = 10_000
FRESH_SECONDS = 2.0
COA_PORT = 3799  # RFC 5176 section 2.1
SECRET_LEAST, SECRET_MOST = 16, 128  # RFC 2865 section 3 wants 16 octets; FreeRADIUS and switches take 128 at most
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_SECRET = re.compile(r"[!-~]+")  # what a configuration of every switch can hold
_UNQUOTABLE = set("\"'\\`$%{}#")


class Nas(NamedTuple):
    """A switch, or all switches of a network with one secret.

    ``network`` is an address or prefix. ``coa``, ``disconnect``: what it takes (RFC 5176) at ``coa_port`` of
    ``coa_address`` (empty: the address that it asks from). ``coa_secret``: where it wants another one there.
    ``unsigned``: it sends requests without Message-Authenticator (RFC 3579 section 3.2), as old ones do for MAC bypass.
    """

    name: str
    network: str
    secret: str
    profile: str = "standard"
    coa: bool = False
    disconnect: bool = True
    coa_port: int = COA_PORT
    coa_address: str = ""
    coa_secret: str = ""
    unsigned: bool = False

    def __repr__(self) -> str:
        """Without secrets: this may get into a log."""
        return f"Nas({self.name!r}, {self.network!r})"

    @property
    def dynamic_secret(self) -> str:
        """What signs Disconnect and CoA."""
        return self.coa_secret or self.secret


class NasTable:
    """The switches in the agent's database; secrets are sealed under ``key``."""

    def __init__(self, tables: Tables, key: bytes) -> None:
        self._tables, self._key = tables, key
        self._profiles: dict[str, str] = {}
        self._profiles_until = 0.0

    def add(self, nas: Nas) -> None:
        """Add a switch, or change the one of this name. Raises Refused KNM8204-E to KNM8206-E."""
        checked = check(nas)
        sealed = secrets.seal(self._key, f"nas/{nas.name}", nas.secret)
        coa = secrets.seal(self._key, f"nas/{nas.name}/coa", nas.coa_secret) if nas.coa_secret else None
        values = checked._replace(secret="", coa_secret="")._asdict() | {"secret": sealed, "coa_secret": coa}
        blanks = ", ".join(f":{name}" for name in Nas._fields)
        changes = ", ".join(f"{name} = excluded.{name}" for name in Nas._fields if name != "name")
        with self._tables.transaction() as connection:
            count = connection.execute("SELECT count(*) FROM radius_nas WHERE name != ?", (nas.name,)).fetchone()[0]
            if count >= MOST:
                raise Refused("KNM8205-E", most=MOST)
            try:
                connection.execute(
                    f"INSERT INTO radius_nas ({', '.join(Nas._fields)}) VALUES ({blanks})"
                    f" ON CONFLICT (name) DO UPDATE SET {changes}",
                    values,
                )
            except sqlite3.IntegrityError:
                raise Refused("KNM8206-E", network=checked.network) from None
        self._tables.flush()

    def remove(self, name: str) -> None:
        """Forget a switch. Raises Refused KNM8207-E when there is none."""
        with self._tables.transaction() as connection:
            if not connection.execute("DELETE FROM radius_nas WHERE name = ?", (name,)).rowcount:
                raise Refused("KNM8207-E", status=404, name=name)
        self._tables.flush()

    def get(self, name: str) -> Nas | None:
        """The switch of this name."""
        rows = self._tables.rows(f"SELECT {', '.join(Nas._fields)} FROM radius_nas WHERE name = ?", name)
        return self._nas(rows[0]) if rows else None

    def all(self) -> list[Nas]:
        """All of them, by name."""
        rows = self._tables.rows(f"SELECT {', '.join(Nas._fields)} FROM radius_nas ORDER BY name")
        return [self._nas(row) for row in rows]

    def profiles(self) -> dict[str, str]:
        """The profile of each switch by name, at most ``FRESH_SECONDS`` old; no secret is opened for it."""
        if clock.monotonic() > self._profiles_until:
            rows = self._tables.rows("SELECT name, profile FROM radius_nas")
            self._profiles = {row["name"]: row["profile"] for row in rows}
            self._profiles_until = clock.monotonic() + FRESH_SECONDS
        return self._profiles

    def _nas(self, row: sqlite3.Row) -> Nas:
        values = dict(row)
        name = values["name"]
        for flag in ("coa", "disconnect", "unsigned"):
            values[flag] = bool(values[flag])
        values["secret"] = secrets.unseal(self._key, f"nas/{name}", values["secret"])
        sealed = values["coa_secret"]
        values["coa_secret"] = "" if sealed is None else secrets.unseal(self._key, f"nas/{name}/coa", sealed)
        return Nas(**values)


def check(nas: Nas) -> Nas:
    """The switch with its addresses in their usual form. Raises Refused KNM8204-E, never with the secret in it."""
    if not _NAME.fullmatch(nas.name):
        _wrong(nas, "a name is of letters, digits, dots, dashes and underscores, 63 at most")
    try:
        network = ipaddress.ip_network(nas.network, strict=True)
        at = str(ipaddress.ip_address(nas.coa_address)) if nas.coa_address else ""
    except ValueError as problem:
        _wrong(nas, str(problem))
    if network.prefixlen == 0:
        _wrong(nas, "a prefix of length 0 would let every address ask")
    for kind, one in (("secret", nas.secret), ("secret for CoA", nas.coa_secret)):
        if (one or kind == "secret") and not (SECRET_LEAST <= len(one) <= SECRET_MOST):
            _wrong(nas, f"the {kind} is not of {SECRET_LEAST} to {SECRET_MOST} characters")
        if one and (not _SECRET.fullmatch(one) or set(one) & _UNQUOTABLE):
            _wrong(nas, f"the {kind} holds a space, a quote or one of \\ ` $ % {{ }} #, which configurations trip over")
    if not _NAME.fullmatch(nas.profile):
        _wrong(nas, "the profile is no name")
    if not 1 <= nas.coa_port <= 65535:
        _wrong(nas, "the port is not between 1 and 65535")
    host = network.prefixlen == network.max_prefixlen
    return nas._replace(network=str(network.network_address) if host else str(network), coa_address=at)


def _wrong(nas: Nas, why: str) -> NoReturn:
    raise Refused("KNM8204-E", name=nas.name, why=why)
