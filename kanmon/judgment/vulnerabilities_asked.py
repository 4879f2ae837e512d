"""``Part.vulnerable``: has a package of a PC's Linux a security hole that counts? For many PCs at once, and for one.

Each distinct package of the dictionary is looked up once for each release of Linux that the fleet has; what is kept
are the few that have holes. Which of these count is asked once for each condition, and the PCs that fail are the
holders of the ones that do. Of kernels, of which several are installed side by side, the newest one speaks: they are
gone through from the newest to the oldest, and a PC that has spoken is asked no more.

No hole was found is only *passed* where a feed tells all holes of the release and the inventory tells packages of its
kind; else it is unknown. Another OS than Linux is not asked.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice

from pyroaring import BitMap

from kanmon.common.facts import CODE_OF, Fact, Os, Software
from kanmon.feeds.holes import Hit, kernel
from kanmon.feeds.releases import scheme_of
from kanmon.feeds.vulnerable import Vulnerable
from kanmon.judgment.condition import Outcome
from kanmon.judgment.holders import of_any
from kanmon.policy.version_order import key_by

Spoke = list[tuple[Outcome, list[int], BitMap]]
_ORDER = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
_OS, _SOFTWARE = CODE_OF[Os], CODE_OF[Software]
_MOST_KEPT = 1_000
_NONE = BitMap()


@dataclass(slots=True)
class _Looked:
    """The packages of the dictionary that have holes on one release, of the first ``seen``."""

    seen: int = 0
    hits: dict[int, tuple[Software, list[Hit]]] = field(default_factory=dict)


@dataclass(slots=True)
class _Counted:
    """Of these the ones that have holes that count, of the first ``seen`` packages; kernels apart."""

    seen: int = -1
    failing: list[int] = field(default_factory=list)
    kernels: set[int] = field(default_factory=set)


class VulnerabilitiesAsked:
    """The distinct operating systems and packages of an index. They only grow."""

    def __init__(
        self, dictionary: Mapping[int, list[tuple[int, Fact]]], holders: Mapping[int, BitMap], told: Mapping[int, int]
    ) -> None:
        self._dictionary, self._holders, self._told = dictionary, holders, told
        self._systems: list[tuple[int, Os]] = []
        self._packages: dict[str, list[int]] = {"deb": [], "rpm": []}
        self._kernels: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._ranks: dict[tuple[str, str], list[list[int]]] = {}
        self._seen = 0
        self._holes = 0
        self._looked: dict[tuple[str, ...], _Looked] = {}
        self._counted: OrderedDict[tuple[Hashable, str], _Counted] = OrderedDict()

    def answer(self, key: Hashable, asked: Vulnerable, scope: BitMap) -> tuple[dict[Outcome, BitMap], Spoke]:
        """The PCs of ``scope`` by outcome, and the operating systems that spoke. ``key``: equal for equal questions."""
        self._learn(asked)
        spoke: Spoke = []
        releases: dict[str, list[tuple[int, BitMap]]] = {}
        for number, os in self._systems:
            where = self._holders.get(number, _NONE) & scope
            if not where:
                continue
            release = asked.told(os)
            if release is not None:
                releases.setdefault(release, []).append((number, where))
            else:
                spoke.append((Outcome.UNKNOWN if os.family == "linux" else Outcome.NOT_APPLICABLE, [number], where))
        for release, systems in releases.items():
            spoke += self._release(key, asked, release, systems)
        of = {outcome: BitMap() for outcome in Outcome}
        for outcome, _, where in spoke:
            of[outcome] |= where
        left = scope
        for outcome in _ORDER:
            of[outcome] &= left
            left = left - of[outcome]
        of[Outcome.UNKNOWN] |= left  # no operating system told
        return of, spoke

    def _learn(self, asked: Vulnerable) -> None:
        if asked.holes.id != self._holes:
            self._holes = asked.holes.id
            self._looked.clear()
            self._counted.clear()
        for number, fact in islice(self._dictionary[_OS], len(self._systems), None):
            assert isinstance(fact, Os)
            self._systems.append((number, fact))
        fresh = False
        for number, fact in islice(self._dictionary[_SOFTWARE], self._seen, None):
            assert isinstance(fact, Software)
            if fact.scheme in self._packages:
                self._packages[fact.scheme].append(number)
                if group := kernel(fact):
                    fresh = True
                    self._kernels.setdefault((fact.scheme, group), []).append((fact.version, number))
        self._seen = len(self._dictionary[_SOFTWARE])
        if fresh:
            for (scheme, group), versions in self._kernels.items():
                self._ranks[scheme, group] = _ranks(versions, scheme)

    def _release(
        self, key: Hashable, asked: Vulnerable, release: str, systems: list[tuple[int, BitMap]]
    ) -> Iterator[tuple[Outcome, list[int], BitMap]]:  # fmt: skip
        every = BitMap.union(_NONE, *(where for _, where in systems))
        counted = self._counting(key, asked, release)
        failed = self._any(counted.failing, every)
        failed |= self._by_kernels(release, counted.kernels, every - failed)
        known = _NONE
        if asked.covers(release):
            known = self._with_packages(
                release, (every - failed) & self._holders.get(self._told.get(_SOFTWARE, -1), _NONE)
            )
        for number, where in systems:
            for outcome, cut in (
                (Outcome.FAIL, where & failed),
                (Outcome.PASS, (where & known) - failed),
                (Outcome.UNKNOWN, where - failed - known),
            ):
                if cut:
                    yield outcome, [number], cut

    def _counting(self, key: Hashable, asked: Vulnerable, release: str) -> _Counted:
        looked = self._look(asked, release)
        counted = self._counted.setdefault((key, release), _Counted())
        self._counted.move_to_end((key, release))
        if len(self._counted) > _MOST_KEPT:
            self._counted.popitem(last=False)
        if counted.seen != looked.seen:
            counting = {
                number: bool(kernel(program))
                for number, (program, hits) in looked.hits.items()
                if any(asked.counts(hit, program) for hit in hits)
            }
            counted.failing = [number for number, is_kernel in counting.items() if not is_kernel]
            counted.kernels = {number for number, is_kernel in counting.items() if is_kernel}
            counted.seen = looked.seen
        return counted

    def _look(self, asked: Vulnerable, release: str) -> _Looked:
        looked = self._looked.setdefault(asked.asked(release), _Looked())
        programs = self._dictionary[_SOFTWARE]
        found: dict[tuple[str, str, str, str], list[Hit]] = {}  # packages of one source and version have the same holes
        for number, fact in islice(programs, looked.seen, None):
            assert isinstance(fact, Software)
            alike = fact.scheme, fact.source, "" if fact.source and fact.scheme == "deb" else fact.name, fact.version
            if alike not in found:
                found[alike] = asked.found(release, fact)
            if hits := found[alike]:
                looked.hits[number] = fact, hits
        looked.seen = len(programs)
        return looked

    def _by_kernels(self, release: str, failing: set[int], left: BitMap) -> BitMap:
        """The PCs of which the newest of their kernels of some kind has a hole."""
        found = BitMap()
        if not failing:
            return found
        for (scheme, _), ranks in self._ranks.items():
            if scheme != scheme_of(release):
                continue
            asked = left
            for numbers in ranks:
                if not asked:
                    break
                found |= self._any([number for number in numbers if number in failing], asked)
                asked = asked - self._any(numbers, asked)
        return found

    def _with_packages(self, release: str, left: BitMap) -> BitMap:
        """The PCs of ``left`` that tell any package of the kind of the release."""
        without = left
        for number in self._packages[scheme_of(release)]:
            if not without:
                break
            if number in self._holders:
                without = without - self._holders[number]
        return left - without

    def _any(self, facts: list[int], scope: BitMap) -> BitMap:
        return of_any([self._holders[fact] for fact in facts if fact in self._holders], scope)


def _ranks(versions: list[tuple[str, int]], scheme: str) -> list[list[int]]:
    """Kernels by version, the newest first; those of the same version together."""
    by = key_by(scheme)
    ordered = sorted(versions, key=lambda one: by(one[0]), reverse=True)
    return [[number for _, number in alike] for _, alike in groupby(ordered, key=lambda one: by(one[0]))]


def of_one(asked: Vulnerable, systems: Collection[Os], programs: Collection[Software], told: bool) -> Outcome:
    """The same for one PC."""
    outcomes: set[Outcome] = set()
    for os in systems:
        release = asked.told(os)
        if release is None:
            outcomes.add(Outcome.UNKNOWN if os.family == "linux" else Outcome.NOT_APPLICABLE)
        elif asked.flawed([os], programs):
            outcomes.add(Outcome.FAIL)
        else:
            packages = any(one.scheme == scheme_of(release) for one in programs)
            outcomes.add(Outcome.PASS if told and packages and asked.covers(release) else Outcome.UNKNOWN)
    return next((one for one in _ORDER if one in outcomes), Outcome.UNKNOWN)
