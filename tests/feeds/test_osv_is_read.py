"""OSV records of several distributions become holes of releases; what can't be used is passed over, or refused."""

import bz2
import gzip
import io
import json
import zipfile
from typing import Any

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Os, Software
from kanmon.feeds import osv_formats
from kanmon.feeds.holes import Feed, Hole, Holes, Range, Release, hits, unpack
from kanmon.feeds.osv_formats import ReadOsv, read, slimmed
from kanmon.feeds.osv_record import Affected, Record, Score, by_vector, severity
from kanmon.feeds.releases import release_of, release_of_ecosystem
from tests.feeds.osv_records import DEBIAN, HIGH, affected, record, span, zipped


def taken(body: bytes, name: str = "all.zip", covers: tuple[str, ...] = ()) -> ReadOsv:
    return read(io.BytesIO(body), name, covers)


def told(release: str, *records: dict[str, Any]) -> Release:
    return unpack(taken(zipped(*records)).told.releases[release])


def found(release: str, records: tuple[dict[str, Any], ...], *programs: Software) -> dict[str, list[str]]:
    """Package -> ids of the holes that it has."""
    feed = taken(zipped(*records))
    holes = Holes(1, (Feed(feed.name, "", feed.told.covers, feed.told.releases),))
    return {one.name: sorted({hit.hole.id for hit in hits(holes, release, one)}) for one in programs}


def deb(name: str, version: str, source: str = "") -> Software:
    return Software(name, version, scheme="deb", source=source)


def rpm(name: str, version: str) -> Software:
    return Software(name, version, scheme="rpm")


def test_a_zip_covers_the_release_that_all_of_its_records_name() -> None:
    feed = taken(zipped(*DEBIAN))
    assert (feed.name, feed.format, feed.told.covers) == ("osv Debian:12", "zip", ("Debian:12",))
    assert (feed.records, feed.used, feed.withdrawn, feed.told.holes) == (5, 4, 1, 4)
    assert feed.told.dated == "2026-11-18"
    assert list(feed.told.releases) == ["Debian:12"]  # of Debian 13 one hole is known, and not all


def test_a_zip_of_a_whole_distribution_covers_every_release_that_it_names() -> None:
    other = record("DEBIAN-CVE-2026-1", affected("Debian:11", "bash", ranges=span(fixed="5.2-1")))
    feed = taken(zipped(*DEBIAN, other))
    assert (feed.name, feed.told.covers) == ("osv Debian", ("Debian:11", "Debian:12", "Debian:13"))


@pytest.mark.parametrize("packed", [bytes, gzip.compress, bz2.compress])
def test_a_list_covers_nothing_unless_it_is_said(packed: Any) -> None:
    lines = packed("\n".join(json.dumps(one) for one in DEBIAN).encode())
    feed = taken(lines, "mine.jsonl")
    assert (feed.name, feed.told.covers, sorted(feed.told.releases)) == ("osv mine", (), ["Debian:12", "Debian:13"])
    said = taken(lines, "mine.jsonl", ("Debian:12",))
    assert (said.told.covers, list(said.told.releases)) == (("Debian:12",), ["Debian:12"])


@pytest.mark.parametrize("indent", [None, 2])
def test_one_record_and_an_array_are_read(indent: int | None) -> None:
    assert taken(json.dumps(DEBIAN[0], indent=indent).encode(), "one.json").records == 1
    assert taken(json.dumps(list(DEBIAN), indent=indent).encode(), "all.json").records == 5


def test_sources_are_known_by_what_the_inventory_tells_else_by_name() -> None:
    openssl, gcc = ["DEBIAN-CVE-2026-1001"], ["DEBIAN-CVE-2026-1002"]
    assert found(
        "Debian:12", DEBIAN,
        deb("libssl3", "3.0.17-1~deb12u1", "openssl"), deb("openssl", "3.0.17-1~deb12u1"),
        deb("cpp", "4:12.2.0-3", "gcc-defaults 1.203"), deb("bash", "5.2.15-2+b8", "bash 5.2.15-2"),
        deb("libgcrypt20", "1.10.1-3+b1"),
    ) == {
        "libssl3": openssl, "openssl": openssl, "cpp": gcc, "bash": ["DEBIAN-CVE-2026-1003"],
        "libgcrypt20": ["DSA-6001-1"],
    }  # fmt: skip
    mended = found(
        "Debian:12", DEBIAN, deb("libssl3", "3.0.17-1~deb12u2", "openssl"), deb("openssl", "3.0.17-1~deb12u3"),
        deb("cpp", "4:12.2.0-3", "gcc-defaults 1.204"), deb("libgcrypt20", "1.8.0-1"), deb("coreutils", "9.1-1"),
    )  # fmt: skip
    assert set(map(tuple, mended.values())) == {()}
    assert found("Debian:12", DEBIAN, deb("libssl3", "3.0.17-1~deb12u1")) == {"libssl3": []}  # its source is not told


def test_ubuntu_tells_what_a_source_makes_and_in_which_version() -> None:
    usn = record(
        "USN-7001-1",
        affected("Ubuntu:22.04:LTS", "gcc-defaults", ranges=span(fixed="1.193ubuntu2"), ecosystem_specific={"binaries": [
            {"binary_name": "cpp", "binary_version": "4:11.2.0-1ubuntu2"},
            {"binary_name": "gcc-doc", "binary_version": "1.193ubuntu2"},
        ]}),
        affected("Ubuntu:Pro:22.04:LTS", "vips", ranges=span(fixed="8.12.1-1ubuntu0.1~esm1")),
        severity=[*HIGH, {"type": "Ubuntu", "score": "medium"}],
    )  # fmt: skip
    old = record(
        "USN-7000-1",
        affected("Ubuntu:22.04:LTS", "curl", ranges=span(fixed="7.81.0-1ubuntu1.20"),
                 ecosystem_specific={"binaries": [{"libcurl4": "7.81.0-1ubuntu1.20"}]}),
        affected("Ubuntu:Pro:22.04:LTS", "curl", ranges=span(fixed="7.81.0-1ubuntu1.20")),
    )  # fmt: skip
    here = told("Ubuntu:22.04", usn, old)
    assert here.built == {"gcc-doc": "gcc-defaults", "libcurl4": "curl"}
    assert here.binaries == {"cpp": [Range(0, "", "4:11.2.0-1ubuntu2", "")]}
    assert here.holes[0] == Hole("USN-7001-1", (), 2, "2026-09-01")
    assert found(
        "Ubuntu:22.04", (usn, old), deb("cpp", "4:11.2.0-1ubuntu1"), deb("libcurl4", "7.81.0-1ubuntu1.19"),
        deb("libcurl4t64", "7.81.0-1ubuntu1.19"), deb("gcc-doc", "1.193ubuntu2"),
    ) == {"cpp": ["USN-7001-1"], "libcurl4": ["USN-7000-1"], "libcurl4t64": [], "gcc-doc": []}  # fmt: skip


def test_rpm_distributions_name_installed_packages_with_epochs() -> None:
    alma = record(
        "ALSA-2026:6001", affected("AlmaLinux:9", "openssl-libs", ranges=span(fixed="1:3.0.7-28.el9_4")),
        summary="Important: openssl security update", related=["CVE-2026-2001", "RHSA-2026:6001"],
    )  # fmt: skip
    module = record(
        "ALSA-2026:6002", affected("AlmaLinux:9", "nodejs", ranges=span(fixed="1:20.15.1-1.module_el9.4.0+1"))
    )
    assert told("AlmaLinux:9", alma, module).holes[0] == Hole("ALSA-2026:6001", ("CVE-2026-2001",), 3, "2026-09-01")
    assert found(
        "AlmaLinux:9", (alma, module), rpm("openssl-libs", "1:3.0.7-27.el9"), rpm("openssl", "1:3.0.7-27.el9"),
        rpm("nodejs", "1:20.9.0-1.module_el9.3.0+1"),
    ) == {"openssl-libs": ["ALSA-2026:6001"], "openssl": [], "nodejs": ["ALSA-2026:6002"]}  # fmt: skip
    stream = rpm("nodejs", "1:18.20.4-1.module_el9.4.0+2")  # another stream, which is mended for itself
    assert found("AlmaLinux:9", (alma, module), rpm("openssl-libs", "1:3.0.7-28.el9_4"), stream) == {
        "openssl-libs": [], "nodejs": [],
    }  # fmt: skip


def test_suse_names_a_source_and_what_it_makes_in_modules_of_one_service_pack() -> None:
    suse = record(
        "SUSE-SU-2026:0001-1",
        *(
            affected(f"SUSE:Linux Enterprise {product} 15 SP5", "curl", ranges=span(fixed="8.0.1-150400.5.44.1"),
                     ecosystem_specific={"binaries": [{"libcurl4": "8.0.1-150400.5.44.1"}]})
            for product in ("Server", "Module for Basesystem", "Server for SAP Applications")
        ),
        affected("openSUSE:Leap 15.5", "curl", ranges=span(fixed="8.0.1-150400.5.44.1"),
                 ecosystem_specific={"binaries": [{"curl": "8.0.1-150400.5.44.1"}]}),
    )  # fmt: skip
    assert told("SUSE:15.5", suse).packages == {"libcurl4": [Range(0, "", "8.0.1-150400.5.44.1", "")]}
    assert list(told("openSUSE:15.5", suse).packages) == ["curl"]


def test_ranges_are_read_in_the_order_of_versions_and_lists_where_there_is_none() -> None:
    events = [{"fixed": "1.5"}, {"introduced": "2.0"}, {"introduced": "0"}, {"fixed": "2.3~rc1"}, {"introduced": "3.0"}]
    many = record("DSA-1", affected("Debian:12", "a", ranges=[{"type": "ECOSYSTEM", "events": events}]))
    listed = record("DSA-2", affected("Debian:12", "b", ranges=[], versions=["1.0-1", "1.0-2"]))
    commits = record("DSA-3", affected("Debian:12", "c", ranges=[{"type": "GIT", "events": [{"introduced": "0"}]}]))
    here = told("Debian:12", many, listed, commits)
    assert here.packages["a"] == [Range(0, "", "1.5"), Range(0, "2.0", "2.3~rc1"), Range(0, "3.0")]
    assert here.packages["b"] == [Range(1, "1.0-1", "", "1.0-1"), Range(1, "1.0-2", "", "1.0-2")]
    assert here.packages["c"] == []


@pytest.mark.parametrize(
    ("kind", "vector", "wanted"),
    [
        ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 4),
        ("CVSS_V3", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 3),
        ("CVSS_V3", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N", 0),
        ("CVSS_V4", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", 3),
        ("CVSS_V2", "AV:N/AC:M/Au:N/C:P/I:N/A:N", 2),
        ("CVSS_V3", "nonsense", 0),
    ],
)
def test_a_cvss_vector_has_the_severity_of_its_score(kind: str, vector: str, wanted: int) -> None:
    assert by_vector(kind, vector) == wanted


def test_the_word_of_a_distribution_goes_before_cvss() -> None:
    scored = Record("X", severity=[Score("CVSS_V3", HIGH[0]["score"])])
    assert severity(scored, Affected()) == 4
    assert severity(scored, Affected(ecosystem_specific={"urgency": "low**"})) == 1
    assert severity(scored, Affected(ecosystem_specific={"urgency": "not yet assigned", "severity": 7})) == 4
    assert severity(Record("X", summary="Moderate: curl security update"), Affected()) == 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"hello", "neither a zip nor JSON"),
        (b'{"hello": 1}', "missing required field `id`"),
        (b'[{"id": 1}]', "Expected `str`, got `int`"),
        (b'{"id": "x"', "can't be read"),
        (b"PK\x03\x04broken", "can't be read"),
        (json.dumps(record("GHSA-1", affected("PyPI", "requests"))).encode(), "none of 1 records"),
        (zipped(DEBIAN[-1]), "none of 1 records"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        taken(body, "file")


def test_a_member_that_is_broken_is_named() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("DSA-1.json", '{"id": "DSA-1", "affected": 3}')
    with pytest.raises(Refused, match=r"DSA-1\.json: Expected `array \| null`"):
        taken(made.getvalue())


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osv_formats, "MOST_RECORD_BYTES", 400)
    with pytest.raises(Refused, match="The feed is larger than"):
        taken(zipped(DEBIAN[0]))
    with pytest.raises(Refused, match="The feed is larger than"):
        taken(json.dumps(DEBIAN[0]).encode(), "one.json")


def test_a_zip_without_what_is_not_read_says_the_same() -> None:
    listed = record(
        "DSA-2", affected("Debian:12", "b", ranges=[], versions=["1.0-1"], database_specific={"x": "y" * 500})
    )
    usn = record(
        "USN-1", affected("Debian:12", "curl", ranges=span(fixed="2"), versions=["1"], ecosystem_specific={
            "binaries": [{"binary_name": "libcurl4", "binary_version": "3"}], "availability": "none"}),
    )  # fmt: skip
    whole = zipped(*DEBIAN, listed, usn)
    slim = slimmed(io.BytesIO(whole), "all.zip")
    assert slim == slimmed(io.BytesIO(whole), "all.zip")
    assert taken(slim) == taken(whole)
    with zipfile.ZipFile(io.BytesIO(slim)) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist())
    assert b"availability" not in text
    assert b"A hole." not in text
    assert b"yyy" not in text


@pytest.mark.parametrize(
    ("os", "release"),
    [
        (Os("linux", "Debian GNU/Linux", "12.5"), "Debian:12"),
        (Os("linux", "Debian", "12"), "Debian:12"),
        (Os("linux", "Ubuntu", "22.04.3"), "Ubuntu:22.04"),
        (Os("linux", "AlmaLinux", "9.3"), "AlmaLinux:9"),
        (Os("linux", "Rocky Linux", "9.3"), "Rocky Linux:9"),
        (Os("linux", "SUSE Linux Enterprise Server", "15.5"), "SUSE:15.5"),
        (Os("linux", "SLES SUSE", "15-SP5"), "SUSE:15.5"),
        (Os("linux", "SUSE Linux Enterprise Server", "15"), None),  # of which service pack is not told
        (Os("linux", "openSUSE Leap", "15.5"), "openSUSE:15.5"),
        (Os("linux", "openSUSE Tumbleweed", "20261101"), "openSUSE:Tumbleweed"),
        (Os("linux", "Debian GNU/Linux", ""), None),
        (Os("linux", "Fedora Linux", "40"), None),
        (Os("windows", "Debian", "12"), None),
    ],
)
def test_names_of_releases_as_agents_give_them(os: Os, release: str | None) -> None:
    assert release_of(os) == release


@pytest.mark.parametrize(
    ("ecosystem", "release"),
    [
        ("Debian:12", "Debian:12"), ("Debian", None), ("Ubuntu:24.04:LTS", "Ubuntu:24.04"),
        ("Ubuntu:25.10", "Ubuntu:25.10"), ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04"),
        ("Ubuntu:Pro:FIPS:22.04:LTS", None), ("Rocky Linux:9", "Rocky Linux:9"), ("openSUSE:Tumbleweed", "openSUSE:Tumbleweed"),
        ("SUSE:Linux Enterprise Server 12 SP5-LTSS", None), ("SUSE:Linux Enterprise Server 15", "SUSE:15.0"),
        ("Alpine:v3.23", None), ("npm", None),
    ],
)  # fmt: skip
def test_names_of_releases_as_osv_gives_them(ecosystem: str, release: str | None) -> None:
    assert release_of_ecosystem(ecosystem) == release
