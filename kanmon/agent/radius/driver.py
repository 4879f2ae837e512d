"""The driver ``radius``: sessions that are in another network than the list says are changed at their switch.

Who has no session needs nothing: the list is asked when the PC connects. A switch that says nothing is not asked again
for the rest of the same call, so that one that is off does not hold up the others.
"""

import asyncio
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from kanmon import wire
from kanmon.agent import config
from kanmon.agent.drivers import base
from kanmon.agent.drivers.base import Applied, Change, Drift, Entry
from kanmon.agent.radius import dynamic, parts, setup
from kanmon.agent.radius.change import Told, change
from kanmon.agent.radius.decisions import Network
from kanmon.agent.radius.nas import Nas
from kanmon.agent.radius.sessions import Session, Sessions
from kanmon.common import fault
from kanmon.common.errors import Refused
from kanmon.ordering import FixedDevices
from kanmon.wire import Health, Seen

NAME = "radius"
_STATE = {"corporate": "permit", "quarantine": "deny", "refused": "refuse", "unauthenticated": "unregistered"}
_SILENT = ("KNM8222-W", "KNM8223-W", "KNM8224-W")


class _Settings(msgspec.Struct, forbid_unknown_fields=True):
    """None: what there is stands in [radius]."""


class RadiusDriver:
    """See the module. ``local``: the section [radius] of agent.toml."""

    name = NAME

    def __init__(self, home: Path, local: Mapping[str, Any], waits: tuple[float, ...] = dynamic.WAITS) -> None:
        self._home, self._waits = home, waits
        self._told = wire.Setup()
        self._setups = parts.Setups(local, lambda: self._told)
        self._fixed = FixedDevices(self._told)
        tables = parts.tables(home)
        self._sessions, self._table = Sessions(tables), parts.nas_table(home, tables)
        self._troubles: dict[str, Told] = {}  # by switch
        self._lock = threading.Lock()

    def whole(self, entries: Collection[Entry], setup: wire.Setup) -> None:
        """Change every open session that is not where the list says. What a switch refuses is drift, and health."""
        base.bounded(self.name, entries)
        self._told, self._fixed = setup, FixedDevices(setup)
        self._change([(session, wanted) for session, wanted in self._differing(entries)])

    def apply(self, changes: Sequence[Change]) -> list[Applied]:
        """Change the sessions of these PCs. Done: no session is left in another network."""
        newest = base.newest(changes)
        wanted: list[tuple[Session, Network]] = []
        for mac, one in newest.items():
            network = self._wanted(mac, one.state)
            accepted = self._setups().networks[network].accept
            for session in self._sessions.of(mac):
                if session.state == "open" and session.network != network:
                    wanted.append((session, network))
                elif session.state == "rejected" and accepted:
                    wanted.append((session, network))  # ends the time for which a switch holds a port after a reject
        failed: dict[str, str] = {}
        for session, told in zip([one for one, _ in wanted], self._change(wanted), strict=True):
            if session.state == "open" and told.result in ("waits", "failed"):
                failed[session.mac] = f"{told.message_id} {told.sentence()}"
        return [Applied(mac, "failed" if mac in failed else "done", failed.get(mac, "")[:1000]) for mac in newest]

    def seen(self) -> list[Seen]:
        """Nothing: FreeRADIUS tells it to the application, which tells the agent."""
        return []

    def drift(self, entries: Collection[Entry]) -> list[Drift]:
        """Open sessions that are in another network than the list says."""
        base.bounded(self.name, entries)
        found = [
            Drift(session.mac, _STATE[wanted], _STATE.get(session.network, session.network))
            for session, wanted in self._differing(entries)
        ]
        return sorted(found, key=lambda one: one.mac)[: base.DRIFT_MOST]

    def health(self) -> Health:
        """The first switch, by name, that could not be told."""
        with self._lock:
            if not self._troubles:
                return base.well(self.name)
            told = self._troubles[min(self._troubles)]
        return base.unwell(self.name, told.said, told.tried)

    def remove(self) -> None:
        """Nothing was made at any switch."""

    def _wanted(self, mac: str, state: wire.State | None) -> Network:
        return "corporate" if mac in self._fixed else base.network(state, self._told)

    def _differing(self, entries: Iterable[Entry]) -> list[tuple[Session, Network]]:
        states = {one.mac: one.state for one in entries}
        found = []
        for session in self._sessions.open(float(self._setups().seen_seconds)):
            wanted = self._wanted(session.mac, states.get(session.mac))
            if session.network == "unknown" and states.get(session.mac) not in ("deny", "refuse"):
                continue  # perhaps another RADIUS server let it in, and only tells us: no reason to cut it off
            if session.network != wanted:
                found.append((session, wanted))
        return found

    def _change(self, wanted: Sequence[tuple[Session, Network]]) -> list[Told]:
        """What the switches say, in the same order."""
        if not wanted:
            return []
        names = {session.nas for session, _ in wanted}
        switches = {name: self._table.get(name) for name in names}

        async def together() -> list[Told]:
            turn = asyncio.Semaphore(dynamic.AT_ONCE)
            given_up: dict[tuple[str, str], Told] = {}

            async def one(session: Session, network: Network) -> Told:
                async with turn:
                    return await self._one(switches[session.nas], session, network, given_up)

            return await asyncio.gather(*(one(session, network) for session, network in wanted))

        fault.point("driver_changing")
        return asyncio.run(together())

    async def _one(
        self, nas: Nas | None, session: Session, network: Network, given_up: dict[tuple[str, str], Told]
    ) -> Told:
        where = session.nas, session.nas_address
        if nas is None:
            told = Told("failed", "KNM8227-E", {"nas": session.nas, "mac": session.mac})
        elif where in given_up:
            told = given_up[where]
            params = {**told.params, "mac": session.mac}
            return told._replace(params=params, tried=(Refused("KNM8228-W", nas=nas.name),))
        else:
            told = await change(nas, session, network, self._setups(), self._waits)
            fault.point("driver_changed")
        if told.result in ("ended", "none"):
            self._sessions.ended(session)
        elif told.result == "moved":
            self._moved(nas, session, network)
        self._remember(session.nas, told)
        if told.silent:
            given_up[where] = told
        return told

    def _moved(self, nas: Nas | None, session: Session, network: Network) -> None:
        """A switch that asks anew is answered by the list; one that was told the attributes has them now."""
        if nas is not None and self._setups().profiles[nas.profile].coa_sets:
            self._sessions.moved(session, network)

    def _remember(self, nas: str, told: Told) -> None:
        with self._lock:
            if told.result in ("waits", "failed"):
                self._troubles[nas] = told
            else:
                self._troubles.pop(nas, None)


def make(settings: Mapping[str, Any], home: Path) -> RadiusDriver:
    """The driver. Raises Refused KNM8301-E for a setting: it has none, all stand in [radius]."""
    base.read_settings(NAME, settings, _Settings)
    local = config.read(home).parts.get("radius")
    if local is None:
        raise Refused("KNM8229-E")
    return RadiusDriver(home, local)


def check(settings: Mapping[str, Any], home: Path) -> None:
    """Raises Refused KNM8301-E, KNM8229-E (there is no section [radius]), KNM8200-E (what is wrong in it)."""
    base.read_settings(NAME, settings, _Settings)
    local = config.read(home).parts.get("radius")
    if local is None:
        raise Refused("KNM8229-E")
    setup.read(local)
