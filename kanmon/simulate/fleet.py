"""One PC of the fleet: who it is never changes, what is on it changes from round to round.

In each round some PCs change (``changed`` percent of them, by chance): programs are brought up to date, one
comes or goes, and one time in eight protection and settings are drawn anew, so that levels change, too. The others
report the same with another time and other free space. Definitions of antivirus products follow ``day``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from kanmon.simulate import states
from kanmon.simulate.draw import mix, random_of
from kanmon.simulate.places import Place, place
from kanmon.simulate.programs import shelf, unwelcome
from kanmon.simulate.systems import System, system, updated

AGENT = {"name": "Kanmon simulation", "version": "1"}
_IDENTITY, _STATES, _PROGRAMS, _CHANGES, _MOMENT = range(5)  # what a drawn number is for
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet by its ``seed``. ``changed`` percent of the PCs change in each round; ``day`` is the last known day."""

    seed: int
    changed: float
    day: date

    def pc(self, number: int, round: int, at: datetime) -> bytes:
        """The inventory of PC ``number`` (from 1) in ``round`` (from 0), reported in the hour before ``at``."""
        random = random_of(self.seed, _IDENTITY, number)
        which = system(random)
        where = place(self.seed, number, random, which.server)
        changes = self._changes(number, round)
        redrawn = max((change for change in changes if mix(self.seed, _CHANGES, number, change) % 8 == 0), default=0)
        state = random_of(self.seed, _STATES, number, redrawn)
        told: dict[str, Any] = {
            "kanmon": 1, "agent": AGENT, "device_id": f"simulation-{self.seed}-{number}",
            "reported_at": at - timedelta(seconds=1 + mix(self.seed, number) % 3600), "host": where.host,
            "identity": {"serial": where.serial, "uuid": where.uuid, "macs": where.macs},
            "asset_number": f"SIM{self.seed}-{number:07d}", "group": where.group,
            "hardware": {"manufacturer": where.manufacturer, "model": where.model, "chassis": where.chassis},
            "columns": self._columns(number, round, where, at), **updated(which, state),
            "antivirus": states.antivirus(which, state, self.day), "settings": states.settings(which, state),
            "accounts": states.accounts(which, state, self.day), "firewall": states.firewall(which, state),
            "drives": states.drives(which, state), "services": states.services(which.linux, state.randrange(40)),
        }  # fmt: skip
        if not which.linux:
            told["shares"] = states.shares(which, state)
        told["software"] = self._software(number, which, changes)
        return _encoder.encode(told)

    def _changes(self, number: int, round: int) -> list[int]:
        """The rounds, from 1 to ``round``, in which this PC changed."""
        limit = self.changed / 100 * 2**64
        return [one for one in range(1, round + 1) if mix(self.seed, _CHANGES, one, number) < limit]

    def _software(self, number: int, which: System, changes: list[int]) -> msgspec.Raw:
        stock = shelf(which.linux)
        random = random_of(self.seed, _PROGRAMS, number)
        taste = random.uniform(16, 34) if which.server else random.uniform(16, 54)
        titles, behind = stock.choose(np.random.default_rng(random.getrandbits(64)), taste)
        pieces = [] if which.linux else unwelcome(random)
        for change in changes:
            drawn = mix(self.seed, _PROGRAMS, number, change)
            for turn in range(3):  # three programs are updated, or were set back when they are the newest
                at = (drawn >> 16 * turn) % len(behind)
                behind[at] = behind[at] - 1 if behind[at] else 1
        listed = stock.listed(titles, behind)
        for change in changes[-5:]:  # and one that came or went
            drawn = mix(self.seed, _PROGRAMS, number, change, 1)
            if drawn & 1:
                listed[drawn % len(listed)] = stock.pieces[drawn % len(stock.pieces)]
        return msgspec.Raw(b"[" + b",".join(listed + pieces) + b"]")

    def _columns(self, number: int, round: int, where: Place, at: datetime) -> dict[str, Any]:
        """Sizes and times: free space and boot differ in each round."""
        drawn, moment = mix(self.seed, _IDENTITY, number, 9), mix(self.seed, _MOMENT, number, round)
        disk = (238_000, 476_000, 953_000)[drawn % 3]
        told: dict[str, Any] = {
            "domain": "corp.example", "ip": where.ip, "memory_mb": (8192, 16384, 16384, 32768)[drawn >> 8 & 3],
            "disk_total_mb": disk, "disk_free_mb": disk // 4 + moment % (disk // 2),
            "boot_at": int(at.timestamp()) - 3600 - (moment >> 20) % 600_000,
        }  # fmt: skip
        return told | ({"user": where.user} if where.user else {})


def pcs(
    count: int, seed: int, *, round: int = 0, changed: float = 5, at: datetime | None = None, day: date | None = None,
    first: int = 1, step: int = 1,
) -> Iterator[bytes]:  # fmt: skip
    """The inventories of PCs ``first``, ``first + step``... up to ``count``, so that several can share the work.

    Without ``at`` the reports are of 2025-12-01; without ``day`` that of ``at`` is the day of definitions.
    """
    at = at or datetime(2025, 12, 1, 9, tzinfo=UTC)
    fleet = Fleet(seed, changed, day or at.date())
    for number in range(first, count + 1, step):
        yield fleet.pc(number, round, at)
