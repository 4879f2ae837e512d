"""Operating systems and their updates, by patch level: how many months a PC is behind."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from kanmon.simulate.draw import Weighted, words

_MONTHS = words("2025-01 2025-02 2025-03 2025-04 2025-05 2025-06 2025-07 2025-08 2025-09 2025-10 2025-11")


@dataclass(frozen=True)
class System:
    """An operating system. ``updates``: number and build revision of each month's cumulative update."""

    family: str
    name: str
    version: str
    build: str
    arch: str = "x86_64"
    server: bool = False
    updates: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = field(default=())

    @property
    def linux(self) -> bool:
        """Whether it is a Linux."""
        return self.family == "linux"


def _windows(name: str, build: str, updates: str, others: str, server: bool = False) -> System:
    pairs = tuple((f"KB{kb}", revision) for kb, revision in (one.split(":") for one in updates.split()))
    return System("windows", name, "10.0", build, "64-bit", server, pairs, tuple(f"KB{kb}" for kb in others.split()))


_24H2 = (
    "5050009:2894 5051987:3194 5053598:3476 5055523:3775 5058411:4061 5060842:4349 5062553:4652 5063878:4946"
    " 5065426:6584 5066835:6899 5068861:7171"
)
_23H2 = (
    "5050021:4751 5051989:4890 5053602:5039 5055528:5189 5058405:5335 5060999:5472 5062552:5624 5063875:5768"
    " 5065431:5909 5066793:6060 5068865:6199"
)
_22H2 = (
    "5049981:5371 5051974:5487 5053606:5608 5055518:5737 5058379:5854 5060533:5965 5062554:6093 5063709:6216"
    " 5065429:6332 5066791:6456 5068781:6575"
)
_2022 = (
    "5049983:3091 5051979:3207 5053603:3328 5055526:3453 5058385:3692 5060526:3807 5062572:3932 5063880:4052"
    " 5065432:4171 5066782:4294 5068787:4405"
)
_2019 = (
    "5050008:6775 5052000:6893 5053596:7009 5055519:7136 5058392:7314 5060531:7434 5062557:7558 5063877:7678"
    " 5065428:7792 5066586:7919 5068791:8027"
)
_SYSTEMS = Weighted(
    [
        (46, _windows("Microsoft Windows 11 Pro", "26100", _24H2, "5054156 5059502 5064401 5067931")),
        (12, _windows("Microsoft Windows 11 Enterprise", "22631", _23H2, "5027397 5054979 5064400 5067035")),
        (24, _windows("Microsoft Windows 10 Pro", "19045", _22H2, "5015684 5054977 5055999 5066130 5001716")),
        (6, _windows("Microsoft Windows Server 2022 Standard", "20348", _2022, "5054986 5064402", True)),
        (4, _windows("Microsoft Windows Server 2019 Standard", "17763", _2019, "5054980 5065962 4589208", True)),
        (3, System("linux", "Ubuntu 24.04.3 LTS", "24.04", "6.8.0-87-generic")),
        (2, System("linux", "Debian GNU/Linux 12 (bookworm)", "12", "6.1.0-41-amd64", server=True)),
        (3, System("linux", "Ubuntu 22.04.5 LTS", "22.04", "5.15.0-161-generic", server=True)),
    ]
)
_BEHIND = Weighted([(70, 0), (21, 0), (3.6, 1), (2, 2), (1.4, 3), (1, 5), (0.6, 8), (0.4, 10)])
_LINUX_WAITING = ("openssl", "linux-image-amd64", "curl", "libxml2", "sudo", "libgnutls30", "python3", "nginx")


def system(random: Random) -> System:
    """The system of a PC."""
    return _SYSTEMS.pick(random)


def updated(system: System, random: Random) -> dict[str, Any]:
    """Sections ``os``, ``patches`` (Windows only) and ``pending_updates`` of a PC with this system."""
    behind = _BEHIND.pick(random)
    told: dict[str, Any] = {"family": system.family, "name": system.name, "version": system.version}
    waiting: list[dict[str, Any]] = []
    if random.random() < 0.04:
        waiting.append({"name": "Firmware update", "version": "1.12", "security": False})
    if random.random() < 0.008:
        waiting.append({"name": "Vendor driver package", "version": "31.0"})
    if system.linux:
        names = _LINUX_WAITING[:behind]
        waiting += [{"name": name, "version": "+security1", "security": True} for name in names]
        return {"os": {**told, "build": system.build, "arch": system.arch}, "pending_updates": waiting}
    last = len(system.updates) - behind
    waiting += [
        {"name": f"{month} Cumulative Update for {system.name} ({kb})", "version": kb, "security": True}
        for month, (kb, _) in zip(_MONTHS[last:], system.updates[last:], strict=True)
    ][-1:]
    build = f"{system.build}.{system.updates[last - 1][1]}"
    patches = [system.updates[last - 1][0], *system.others[: 2 + random.randrange(3)]]
    if last > 1 and random.random() < 0.5:
        patches.append(system.updates[last - 2][0])
    return {"os": {**told, "build": build, "arch": system.arch}, "patches": patches, "pending_updates": waiting}
