"""A fleet as packed facts, made by arrays: 300 titles, 150 updates and 40 settings and the like on each PC.

Titles follow Zipf's law as in ``kanmon.simulate``; each is there in up to eight versions. Updates are those of one of
six systems, a few of the newest missing. No two PCs are alike. All are Windows and tell about everything, so that
the same rules can be put to DuckDB without a word about what is not known.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kanmon.common import facts as f

TITLES, VERSIONS, SYSTEMS, UPDATES, TASTE = 4_000, 8, 6, 153, 57.0
CHUNK = 5_000
SWITCHES = [name for name, kind in f.SETTINGS.items() if kind is bool]


def dictionary() -> list[f.Fact]:
    """All records; the place in the list is the number of the fact, from 1."""
    return [*_always(), *_switches(), *_updates(), *_programs()]


def _always() -> list[f.Fact]:
    services = [f.Service(f"service-{one}", True, "automatic") for one in range(10)]
    return [f.Agent("bench", "1"), f.Os("windows", "Windows 11 Pro"), f.Hardware("Maker", "Model"),
            f.Share("ADMIN$", True), f.Share("C$", True), f.Account("Guest", False, guest=True),
            *services, *(f.Told(cls) for cls in f.TOLD_CLASSES)]  # fmt: skip


def _switches() -> list[f.Fact]:
    """Pairs (good, bad); a PC has one of each pair."""
    pairs: list[tuple[f.Fact, f.Fact]] = [(f.Setting(name, True), f.Setting(name, False)) for name in SWITCHES]
    pairs += [
        (f.Firewall(name, True, False), f.Firewall(name, False, False)) for name in ("domain", "private", "public")
    ]
    pairs += [(f.Drive("C:", True, True), f.Drive("C:", True, False))]
    pairs += [
        tuple(f.Antivirus("Defender", "4.18", "1.1", "1.441", f"2026-11-{day:02}", True, True) for day in (19, 2))
    ]  # type: ignore[list-item]
    return [one for pair in pairs for one in pair]


def _updates() -> list[f.Fact]:
    return [f.Patch(f"KB{5_000_000 + system * 1000 + one}") for system in range(SYSTEMS) for one in range(UPDATES)]


def _programs() -> list[f.Fact]:
    return [
        f.Software(f"Maker {title % 300} Program {title}", f"{title % 20}.{version}.{title % 7}", f"Maker {title % 300}",
                   "x64", "windows")
        for title in range(TITLES) for version in range(VERSIONS)
    ]  # fmt: skip


def packed(count: int) -> Iterator[tuple[int, bytes]]:
    """Number and packed facts of each PC, from 1."""
    for first in range(1, count + 1, CHUNK):
        size = min(CHUNK, count + 1 - first)
        rows, facts = chunk(first, size)
        ends = np.cumsum(np.bincount(rows, minlength=size)) * 4
        data, start = facts.astype("<u4").tobytes(), 0
        for place, end in enumerate(ends.tolist()):
            yield first + place, data[start:end]
            start = end


def chunk(first: int, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row (from 0) and fact of each pair of the PCs from ``first`` on, in order of both."""
    random = np.random.default_rng(first)
    always, switches = len(_always()), len(_switches()) // 2
    base = 1 + always
    parts = [_all_of(size, 1 + np.arange(always))]
    bad = random.random((size, switches)) < np.linspace(0.002, 0.06, switches)
    parts.append((np.repeat(np.arange(size), switches), (base + 2 * np.arange(switches) + bad).ravel()))
    base += 2 * switches
    system, behind = random.integers(0, SYSTEMS, size), np.minimum(random.geometric(0.4, size) - 1, 20)
    has = np.arange(UPDATES) < (UPDATES - behind)[:, None]
    row, update = np.nonzero(has)
    parts.append((row, base + system[row] * UPDATES + update))
    base += SYSTEMS * UPDATES
    chance = np.minimum(1, TASTE / np.arange(1, TITLES + 1)).astype(np.float32)
    row, title = np.nonzero(random.random((size, TITLES), dtype=np.float32) < chance)
    late = np.minimum(random.geometric(0.6, len(row)) - 1, VERSIONS - 1)
    parts.append((row, base + title * VERSIONS + VERSIONS - 1 - late))
    keys = np.concatenate([row.astype(np.int64) << 32 | fact for row, fact in parts])
    keys.sort()
    return keys >> 32, keys & 0xFFFFFFFF


def _all_of(size: int, facts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.repeat(np.arange(size), len(facts)), np.tile(facts, size)
