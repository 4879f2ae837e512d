"""Compares what Kanmon calls missing with what wesng 1.06 said of the same PCs, and says why where they differ.

wesng is an independent program; its answers are in ``expected-missing.tsv``. A reason is only given when the data
show it, by the functions in here; what none of them explains fails the test.
"""

import csv
import functools
import io
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kanmon.common.facts import Os, Patch
from kanmon.feeds.latest import Latest
from kanmon.feeds.patches import Feed, Knowledge, reach
from kanmon.feeds.patches_formats import read
from kanmon.feeds.patches_merge import merge
from kanmon.feeds.platforms import build_of, place, platform_of
from kanmon.intake import formats

DAY = date(2026, 6, 28)  # of the definitions that wesng was run with


class Theirs(NamedTuple):
    """What wesng said of one PC: the product that it looked for, and the updates that it called missing."""

    file: str
    verdict: str
    product: str
    missing: frozenset[str]


class Names(NamedTuple):
    """The product names under which the feed has each update of a platform, and the holes of its Server Core rows."""

    products: dict[tuple[str, str], set[str]]
    core: dict[str, set[str]]
    holes: dict[tuple[str, str], set[str]]


class Compared(NamedTuple):
    """One PC: agreed, and (update, reason) of what only one of both calls missing."""

    file: str
    both: set[str]
    ours: list[tuple[str, str]]
    theirs: list[tuple[str, str]]


def expected(folder: Path) -> Iterator[Theirs]:
    csv.field_size_limit(sys.maxsize)
    with (folder / "expected-missing.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            missing = {word.partition(":")[0] for word in row["missing_kb"].split(",") if word}
            yield Theirs(row["file"], row["verdict"], row["os"], frozenset(map(spelled, missing)))


def spelled(word: str) -> str:
    """ "KBSPSRV3X86SP1" is how wesng prints the service pack SPSRV3X86SP1."""
    return word.removeprefix("KB") if word.startswith("KBSP") else word


@functools.cache
def knowledge_of(archive: Path) -> Knowledge:
    """What the definitions of wesng tell. Takes half a minute, so it is kept."""
    with archive.open("rb") as stream:
        feed = read(stream, archive.name)
    return merge(1, [(Feed(feed.name, feed.dated, ""), feed.body)])


def names_of(archive: Path) -> Names:
    """Read the definitions once more, plainly."""
    names = Names(defaultdict(set), defaultdict(set), defaultdict(set))
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            if name.endswith(".csv"):
                text = io.TextIOWrapper(packed.open(name), "utf-8-sig", "replace")
                for row in csv.DictReader(line for line in text if not line.startswith("#")):
                    _note(names, row)
    return names


def _note(names: Names, row: dict[str, str]) -> None:
    found = place(row["AffectedProduct"], row["AffectedComponent"])
    if found is not None and row["BulletinKB"]:
        kb = row["BulletinKB"] if row["BulletinKB"].startswith("SP") else f"KB{row['BulletinKB']}"
        names.products[found.platform, kb].add(row["AffectedProduct"])
        names.holes[found.platform, kb].add(row["CVE"])
        if "server core" in row["AffectedProduct"].lower():
            names.core[row["CVE"]].add(kb)


def pc(file: Path) -> tuple[Os, set[str]]:
    """The operating system and the updates of a PC, as intake reads its systeminfo."""
    report = formats.read(file.read_bytes())
    systems = [fact for fact in report.facts if isinstance(fact, Os)]
    return systems[0], {fact.kb for fact in report.facts if isinstance(fact, Patch)}


class Comparison:
    """Of one feed with its names."""

    def __init__(self, knowledge: Knowledge, names: Names) -> None:
        self.knowledge, self.names, self.latest = knowledge, names, Latest(knowledge, DAY)

    def compare(self, theirs: Theirs, os: Os, installed: set[str]) -> Compared:
        key = platform_of(os)
        assert key is not None, f"{theirs.file}: {os}"
        ours = {one.update.id for one in self.latest.missing(os, installed)}
        inside = self.latest.inside(key, build_of(os), installed)
        return Compared(
            theirs.file,
            ours & theirs.missing,
            [(id, self._why_ours(id, key, theirs, inside)) for id in sorted(ours - theirs.missing)],
            [(id, self._why_not(id, key, ours, inside)) for id in sorted(theirs.missing - ours)],
        )

    def _why_not(self, id: str, key: str, ours: set[str], inside: set[int]) -> str:
        """Why Kanmon does not call missing what wesng does."""
        platform, number = self.knowledge.platforms[key], self.knowledge.number.get(id)
        if not re.fullmatch(r"KB\d{5,8}|SP[A-Z0-9]+", id):
            return "no update"
        needs = [need for need in platform.needs if number in need.updates]
        if number is None or not needs:
            return "another Windows"
        if number in inside:
            return "in by supersedence"
        by: dict[int, set[int]] = defaultdict(set)
        for newer, older in platform.replaces:
            for one in older:
                by[one].add(newer)
        if ours & {self.knowledge.updates[one].id for one in reach([number], by)}:
            return "a later one is named"
        if all(inside & set(need.updates) for need in needs):
            return "its holes are closed"
        return ""

    def _why_ours(self, id: str, key: str, theirs: Theirs, inside: set[int]) -> str:
        """Why Kanmon calls missing what wesng does not."""
        products = self.names.products[key, id]
        if not any(theirs.product in one for one in products):
            return "spelt differently"
        if "Service Pack" not in theirs.product and not any(
            theirs.product in one and f"{theirs.product} Service Pack" not in one for one in products
        ):
            return "of the service pack"
        number = self.knowledge.number[id]
        open_needs = [
            need
            for need in self.knowledge.platforms[key].needs
            if number in need.updates and not inside & set(need.updates)
        ]
        replaced = any(number in older for _, older in self.knowledge.platforms[key].replaces)
        if open_needs and replaced:
            return "open although a later one exists"
        if open_needs and all(self.names.core[hole] - {id} for hole in self.names.holes[key, id]):
            return "lost among Server Core rows"
        return ""
