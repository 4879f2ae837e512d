"""The driver: what the list says becomes sets of nft, and what passes becomes sightings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from kanmon.agent.drivers import base, process
from kanmon.agent.drivers.base import STATES, Applied, Change, Drift, Entry
from kanmon.agent.drivers.nftables import rules, settings
from kanmon.agent.drivers.nftables.kept import Kept
from kanmon.agent.drivers.nftables.program import Nft
from kanmon.agent.drivers.nftables.redirect import Redirect
from kanmon.agent.drivers.nftables.settings import NAME, Settings
from kanmon.common import clock, fault
from kanmon.common.errors import Refused
from kanmon.wire import Health, Seen, Setup, State

FAMILIES = ("bridge", "inet")
TOLD_AGAIN = timedelta(seconds=60)  # a PC that goes on sending where it was seen before
TOLD_EACH_TIME = timedelta(seconds=30)  # after a change: its answer is written down later than the first packets pass
SENT_AGAIN = timedelta(seconds=1)  # nft tells whole seconds
TRIES = 3


class Nftables:
    """One gateway."""

    name = NAME

    def __init__(self, told: Settings) -> None:
        self.settings = told
        self._nft = Nft(told)
        self._kept = Kept(Path(told.keep)) if told.keep else None
        self._whole: rules.Whole | None = None  # without MACs
        self._rules: list[Any] = []
        self._told: dict[str, Seen] = {}
        self._changed: dict[str, datetime] = {}  # MACs that were changed lately, and when
        self._made: datetime | None = None  # when the whole was
        self._not_kept: Refused | None = None  # the files are behind, and why
        self._redirect = Redirect(told)
        self._not_redirected: Refused | None = None

    def whole(self, entries: Collection[Entry], setup: Setup) -> None:
        """See ``base``. One transaction, in which the old tables go and the new ones come."""
        base.bounded(NAME, entries)
        reach = settings.reach(self.settings, setup.parts.get(NAME))
        by_mac = {one.mac: one.state for one in entries}
        macs: dict[State, list[str]] = {state: [] for state in STATES}
        for mac, state in by_mac.items():
            macs[state].append(mac)
        hardware = self._hardware(bool(reach.page))
        wanted = rules.Whole(self.settings, reach, setup, macs, hardware)
        self._tell_whole(wanted)
        self._whole = replace(wanted, macs={})
        self._made = clock.now()
        self._changed.clear()
        self._rules = self._present_rules()
        self._send_to(reach.page)

    def _tell_whole(self, wanted: rules.Whole) -> None:
        problem = ""
        for _ in range(TRIES):  # somebody else may remove or make tables between the look and the transaction
            text = rules.whole(replace(wanted, old=self._ours(needed=_families(wanted))))
            fault.point("driver_changing")
            problem = self._nft.tell(text)
            if not problem:
                fault.point("driver_changed")
                self._keep_whole(wanted)
                return
        raise Refused("KNM8311-E", problem=problem)

    def _send_to(self, page: str) -> None:
        """Serve the redirect to ``page``, "" for none. What fails is told by ``health``; ``whole`` tries again."""
        self._not_redirected = None
        if not page:
            self._redirect.stop()
            return
        try:
            self._redirect.start(page)
        except Refused as refused:
            self._not_redirected = refused

    def _hardware(self, wanted: bool) -> str:
        """The MAC of the bridge, which frames to the page are given to."""
        if self.settings.mode != "bridge" or not wanted:
            return ""
        found = self._nft.hardware_address(self.settings.bridge)
        if not found:
            raise Refused("KNM8312-E", bridge=self.settings.bridge)
        return found

    def _ours(self, needed: Collection[str]) -> tuple[str, ...]:
        """Families that have a table of ours. Raises Refused KNM8313-E when one that we need is somebody else's."""
        name, chains = self.settings.table, self._nft.chains()
        ours = tuple(one for one in FAMILIES if rules.OURS in chains.get((one, name), ()))
        others = self._nft.tables() if set(needed) - set(ours) else set()
        for family in needed:
            if family not in ours and (family, name) in others:
                raise Refused("KNM8313-E", family=family, table=name)
        return ours

    def apply(self, changes: Sequence[Change]) -> list[Applied]:
        """See ``base``. One transaction."""
        wanted = base.newest(changes)
        if not wanted:
            return []
        text = rules.change(self.settings, {mac: one.state for mac, one in wanted.items()})
        try:
            fault.point("driver_changing")
            problem = self._nft.tell(text)
            if problem:
                raise Refused("KNM8311-E", problem=problem)
            fault.point("driver_changed")
            self._changed |= dict.fromkeys(wanted, clock.now())
            self._keep(text)
        except Refused as refused:
            return base.failed(wanted, refused)
        return [Applied(mac, "done") for mac in wanted]

    def _keep(self, text: str) -> None:
        """Add a change to the files; when they are behind or many, write them anew. ``health`` tells what fails."""
        if self._kept is None or self._whole is None:
            return
        try:
            if self._not_kept is None and self._kept.change(text):
                return
            self._keep_whole(replace(self._whole, macs={state: self._members(state) for state in STATES}))
        except Refused as refused:
            self._not_kept = refused

    def _keep_whole(self, wanted: rules.Whole) -> None:
        if self._kept is None:
            return
        try:
            self._kept.whole(rules.whole(replace(wanted, old=_families(wanted))))
            self._not_kept = None
        except Refused as refused:
            self._not_kept = refused

    def seen(self) -> list[Seen]:
        """See ``base``. A PC that stays where it was is told again after ``TOLD_AGAIN``, and each time when it was changed lately."""
        now = clock.now()
        self._changed = {mac: at for mac, at in self._changed.items() if now - at < TOLD_EACH_TIME}
        made_lately = self._made is not None and now - self._made < TOLD_EACH_TIME
        newest: dict[str, Seen] = {}
        for network in rules.NETWORKS:
            for (mac, port), at in self._passing(f"seen_{network}", now):
                known = newest.get(mac)
                if known is None or known.at < at:
                    newest[mac] = Seen(
                        mac=mac, at=at, network=network, how="counter", nas=self.settings.bridge, port=port
                    )
        addresses = self._addresses(now)
        found = []
        for mac, one in newest.items():
            ip = addresses.get(mac, "")
            told = self._told.get(mac)
            again = SENT_AGAIN if made_lately or mac in self._changed else TOLD_AGAIN
            if told is None or _differs(told, one, ip) or one.at - told.at > again:
                found.append(msgspec.structs.replace(one, ip=ip))
        self._told = {mac: one for mac, one in self._told.items() if mac in newest} | {one.mac: one for one in found}
        return found

    def _passing(self, name: str, now: datetime) -> list[tuple[tuple[str, str], datetime]]:
        """Elements and when they were last renewed: nft rounds what is left down, so this is never too late."""
        stay, family = self.settings.seen_seconds, self.settings.family
        return [
            ((parts[0], parts[1]), now - timedelta(seconds=max(stay - left, 0)))
            for parts, left in self._nft.passing(family, self.settings.table, name)
        ]

    def _addresses(self, now: datetime) -> dict[str, str]:
        """The newest address of each MAC; one of IPv4 goes before one of IPv6."""
        found: dict[str, str] = {}
        for name in ("addresses6", "addresses4"):
            newest: dict[str, datetime] = {}
            for (mac, ip), at in self._passing(name, now):
                if mac not in newest or newest[mac] < at:
                    newest[mac], found[mac] = at, ip
        return found

    def drift(self, entries: Collection[Entry]) -> list[Drift]:
        """See ``base``. Sets, rules and the bridge's own MAC are looked at."""
        missing = self._missing()
        if missing:
            gone = Drift("", "the rules as the agent made them", f"no table {missing} {self.settings.table}")
            return [gone, *base.differences(entries, {})]
        found: dict[str, list[str]] = {}
        for state in STATES:
            for mac in self._members(state):
                found.setdefault(mac, []).append(state)
        drift = base.differences(entries, {mac: "+".join(states) for mac, states in found.items()})
        if self._whole is None or self._present_rules() != self._rules:
            drift.insert(0, Drift("", "the rules as the agent made them", "other rules"))
        elif self._whole.hardware and self._nft.hardware_address(self.settings.bridge) != self._whole.hardware:
            drift.insert(0, Drift("", self._whole.hardware, f"{self.settings.bridge} has another MAC address"))
        return drift

    def _missing(self) -> str:
        """The family in which our table is not there, else ""."""
        chains = self._nft.chains()
        for family in _families(self._whole) if self._whole else (self.settings.family,):
            if rules.OURS not in chains.get((family, self.settings.table), ()):
                return family
        return ""

    def _members(self, state: State) -> list[str]:
        found = self._nft.elements(self.settings.family, self.settings.table, state)
        return [one for one in found if isinstance(one, str)]

    def _present_rules(self) -> list[Any]:
        chains = self._nft.chains()
        ours = (one for one in FAMILIES if rules.OURS in chains.get((one, self.settings.table), ()))
        return [rule for family in ours for rule in self._nft.rules(family, self.settings.table)]

    def health(self) -> Health:
        """The tables are there, the files are up to date, and the redirect is served."""
        try:
            missing = self._missing()
        except Refused as refused:
            return base.unwell(NAME, refused)
        if missing:
            return base.unwell(NAME, Refused("KNM8314-W", family=missing, table=self.settings.table))
        trouble = self._not_kept or self._not_redirected
        return base.unwell(NAME, trouble) if trouble else base.well(NAME)

    def remove(self) -> None:
        """See ``base``: the tables with our mark, and the files."""
        text = rules.remove(self.settings.table, self._ours(needed=()))
        problem = self._nft.tell(text) if text else ""
        if problem:
            raise Refused("KNM8311-E", problem=problem)
        if self._kept:
            self._kept.remove()
        self._redirect.stop()
        self._whole = None


def _families(wanted: rules.Whole) -> tuple[str, ...]:
    """Those that the rules stand in."""
    return ("inet",) if wanted.settings.family == "inet" else ("bridge", "inet") if wanted.reach.page else ("bridge",)


def _differs(told: Seen, now: Seen, ip: str) -> bool:
    return (told.network, told.port, told.ip) != (now.network, now.port, ip)


def make(told: Mapping[str, Any], home: Path) -> Nftables:
    """The driver. Raises Refused KNM8301-E."""
    return Nftables(settings.read(told))


def check(told: Mapping[str, Any], home: Path) -> None:
    """Raises Refused KNM8301-E, KNM8581-E. Nothing is asked of nft: that is for ``kanmon agent devices``."""
    wanted = settings.read(told)
    process.need(NAME, "nft", *(("ip",) if wanted.mode == "bridge" or wanted.namespace else ()))
