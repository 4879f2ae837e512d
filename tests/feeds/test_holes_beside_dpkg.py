"""The packages of this machine, judged beside dpkg itself: by its own sources, and its own order of versions."""

import io
import random
import shutil
import subprocess

import pytest

from kanmon.client.packages import _DPKG, from_dpkg
from kanmon.common.facts import Software
from kanmon.feeds.holes import Feed, Holes, hits
from kanmon.feeds.osv_formats import read
from tests.feeds.osv_records import affected, record, span, zipped

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-query") is None, reason="NO REAL PACKAGES COMPARED: dpkg-query is not installed"
)


def query(form: str) -> str:
    return subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout


def test_the_packages_of_this_machine_have_the_holes_that_dpkg_says() -> None:
    chance = random.Random(7)
    rows = [line.split() for line in query("${source:Package} ${source:Version} ${db:Status-Status}\n").splitlines()]
    sources = sorted({(source, version) for source, version, status in rows if status == "installed"})
    ends = ("", "~", "+b1", ".1", "-0", "a")
    fixed = {source: version + chance.choice(ends) for source, version in sources}
    fixed |= {source: chance.choice(sources)[1] for source, _ in sources[::3]}
    records = [
        record(f"DSA-{number}", affected("Debian:12", source, ranges=span(fixed=fixed[source])))
        for number, source in enumerate(sorted(fixed))
    ]
    told = read(io.BytesIO(zipped(*records)), "all.zip").told
    holes = Holes(1, (Feed("x", told.dated, told.covers, told.releases),))
    programs = [
        Software(one.name, one.version, one.publisher, one.arch, "deb", one.source) for one in from_dpkg(query(_DPKG))
    ]
    ours = {hit.package for one in programs for hit in hits(holes, "Debian:12", one)}
    script = 'while read -r name a b; do dpkg --compare-versions "$a" lt "$b" && echo "$name"; done; true'
    lines = "".join(f"{source} {version} {fixed[source]}\n" for source, version in sources)
    said = subprocess.run(["bash", "-c", script], input=lines, capture_output=True, text=True, check=True)
    assert ours == set(said.stdout.split())
    assert 0 < len(ours) < len(fixed)
