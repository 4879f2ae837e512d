"""``Part.latest``: are all updates in that a PC's Windows needs? Answered for many PCs at once, and for one.

PCs are taken by platform, found from the distinct operating systems of the dictionary. Of a platform's PCs those that
satisfy a requirement are the holders of any update that is enough, and those whose build is; they are left for the
next requirement, until none is left or none is asked. So the cost is that of a few unions of bitmaps a platform, and
an update that a fleet lacks ends the work early: requirements come newest first.

A PC whose inventory does not tell its updates is judged by its build as far as builds are known: above all of them it
passes, below any it fails, else it is unknown. A Windows that the feeds do not know is unknown, any other OS not asked.
"""

from collections.abc import Collection, Mapping
from itertools import islice

from pyroaring import BitMap

from kanmon.common.facts import CODE_OF, Fact, Os, Patch
from kanmon.feeds.latest import Latest, Requirement
from kanmon.feeds.patches import built
from kanmon.feeds.platforms import build_of, platform_of
from kanmon.judgment.condition import Outcome
from kanmon.judgment.holders import of_any

Spoke = list[tuple[Outcome, list[int], BitMap]]
_ORDER = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
_OS, _PATCH = CODE_OF[Os], CODE_OF[Patch]


class UpdatesAsked:
    """The distinct operating systems and updates of an index, by platform and id. They only grow."""

    def __init__(
        self, dictionary: Mapping[int, list[tuple[int, Fact]]], holders: Mapping[int, BitMap], told: Mapping[int, int]
    ) -> None:
        self._dictionary, self._holders, self._told = dictionary, holders, told
        self._systems: list[tuple[int, bool, str | None, tuple[int, int | None]]] = []
        self._updates: dict[str, int] = {}

    def answer(self, latest: Latest, scope: BitMap) -> tuple[dict[Outcome, BitMap], Spoke]:
        """The PCs of ``scope`` by outcome, and the operating systems that spoke."""
        self._learn()
        of = {outcome: BitMap() for outcome in Outcome}
        spoke: Spoke = []
        known: dict[str, list[tuple[int, tuple[int, int | None], BitMap]]] = {}
        for number, windows, key, build in self._systems:
            where = self._holders.get(number, _NONE) & scope
            if not where:
                continue
            if key is not None and key in latest.knowledge.platforms:
                known.setdefault(key, []).append((number, build, where))
            else:
                spoke.append((Outcome.UNKNOWN if windows else Outcome.NOT_APPLICABLE, [number], where))
        for key, systems in known.items():
            spoke += self._platform(latest, key, systems)
        for outcome, _, where in spoke:
            of[outcome] |= where
        left = scope
        for outcome in _ORDER:
            of[outcome] &= left
            left = left - of[outcome]
        of[Outcome.UNKNOWN] |= left  # no operating system told
        return of, spoke

    def _learn(self) -> None:
        systems = self._dictionary[_OS]
        for number, fact in islice(systems, len(self._systems), None):
            assert isinstance(fact, Os)
            self._systems.append((number, fact.family == "windows", platform_of(fact), build_of(fact)))
        patches = self._dictionary[_PATCH]
        for number, fact in islice(patches, len(self._updates), None):
            self._updates[str(fact[0])] = number

    def _platform(self, latest: Latest, key: str, systems: list[tuple[int, tuple[int, int | None], BitMap]]) -> Spoke:
        told = self._holders.get(self._told.get(_PATCH, -1), _NONE)
        spoke: Spoke = []
        for number, build, where in systems:  # of those that do not tell their updates, the build decides
            if untold := where - told:
                spoke.append((by_build(latest.every(key), build), [number], untold))
        left = BitMap.union(_NONE, *(where for _, _, where in systems)) & told
        for one in latest.requirements(key):
            if not left:
                break
            left = self._satisfied(one, systems, left)
        for number, _, where in systems:
            asked = where & told
            if failed := asked - left:
                spoke.append((Outcome.FAIL, [number], failed))
            if passed := asked & left:
                spoke.append((Outcome.PASS, [number], passed))
        return spoke

    def _satisfied(
        self, one: Requirement, systems: list[tuple[int, tuple[int, int | None], BitMap]], left: BitMap
    ) -> BitMap:
        held = [self._holders.get(self._updates[id], _NONE) for id in one.ids & self._updates.keys()]
        builds = dict(one.builds)
        held += [where for _, build, where in systems if builds and built(build, builds)]
        return of_any(held, left)


_NONE = BitMap()


def by_build(requirements: Collection[Requirement], build: tuple[int, int | None]) -> Outcome:
    """What the build alone tells of a PC whose updates are not told."""
    answers = {built(build, dict(one.builds)) for one in requirements}
    return Outcome.FAIL if False in answers else Outcome.UNKNOWN if None in answers else Outcome.PASS


def of_one(latest: Latest, systems: Collection[Os], installed: Collection[str], told: bool) -> Outcome:
    """The same for one PC."""
    outcomes: set[Outcome] = set()
    builds: dict[str, list[tuple[int, int | None]]] = {}
    for os in systems:
        key = latest.platform(os)
        if key is not None:
            builds.setdefault(key, []).append(build_of(os))
        else:
            outcomes.add(Outcome.UNKNOWN if os.family == "windows" else Outcome.NOT_APPLICABLE)
    held = set(installed)
    for key, of_key in builds.items():
        if told:
            enough = all(
                one.ids & held or any(built(build, dict(one.builds)) for build in of_key)
                for one in latest.requirements(key)
            )
            outcomes.add(Outcome.PASS if enough else Outcome.FAIL)
        else:
            outcomes |= {by_build(latest.every(key), build) for build in of_key}
    return next((one for one in _ORDER if one in outcomes), Outcome.UNKNOWN)
