"""Rules about security holes of packages, and feeds that tell of them, at random: few names, so that many meet."""

from hypothesis import strategies as st

from kanmon.common.facts import Software
from kanmon.feeds.holes import Feed, Hole, Holes, Range, Release, pack
from kanmon.policy import rules_updates as rules

NAMES = ("Alpha", "Beta", "libalpha1", "linux", "scap", "kernel-core", "linux-image-6.1.0-13-amd64")
VERSIONS = ("", "0", "1.0", "1.0~rc1", "1.0-1", "1.0-1+b1", "1:0.9-1", "1.1", "2.0", "6.1.55-1", "6.1.66-1")
CVES = ("CVE-2026-1001", "CVE-2026-1002")
Family = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str]
level = st.sampled_from(["danger", "warning", "caution"])
by = st.sampled_from(["danger", "warning", "caution", "ignored"])
severities = st.builds(rules.SeverityLevels, critical=by, important=by, moderate=by, low=by, unrated=by)
rule = st.builds(
    rules.Vulnerabilities,
    level=level,
    severities=st.none() | severities,
    delay_days=st.sampled_from([0, 0, 10, 60]),
    exclude=st.sets(st.sampled_from([*CVES, "Alpha", "libalpha1", "DSA-1"]), max_size=2).map(sorted).map(tuple),
    without_fix=st.sampled_from(["ignored", "judged"]),
    ubuntu_pro=st.booleans(),
)
alone = st.builds(rules.SecurityUpdates, vulnerabilities=rule)
hole = st.builds(
    Hole,
    id=st.sampled_from(["DSA-1", "DEBIAN-CVE-2026-1001", "USN-1"]),
    cves=st.sets(st.sampled_from(CVES), max_size=2).map(sorted).map(tuple),
    severity=st.integers(0, 4),
    published=st.sampled_from(["", "2026-01-13", "2026-11-10", "2026-11-19"]),
)
often_none = st.sampled_from(["", "", "", *VERSIONS])
FAMILIES = (
    (("Alpha", "libalpha1"), ("1.0-1", "1.0-1+b1", "1.0-1+b2", "1:0.9-1", "1.1"), ("", "Alpha", "Alpha 1.0-1"), "deb"),
    (
        ("linux", "linux-image-6.1.0-13-amd64", "linux-image-6.1.0-15-amd64", "linux-image-6.1.0-13-cloud-amd64"),
        ("6.1.55-1", "6.1.66-1", "6.1.66-1+b1"),
        ("", "linux", "linux-signed-amd64 6.1.55+1", "linux-signed-amd64 6.1.66-1+1", "linux-signed"),
        "deb",
    ),
    (("kernel-core", "kernel", "Alpha"), ("5.14.0-1.el9", "5.14.0-2.el9", "0:5.14.0-2.el9", "5.14"), ("",), "rpm"),
    (NAMES, VERSIONS, ("", "Alpha"), "deb"),
    (NAMES, VERSIONS, ("", "Alpha"), "rpm"),
)
"""Names, versions and sources that meet: two packages of one source, kernels side by side, and a mixture."""
_RELEASES_OF = {"deb": ("Debian:12", "Ubuntu:22.04", "Ubuntu:Pro:22.04"), "rpm": ("AlmaLinux:9",)}


def worlds(family: Family) -> st.SearchStrategy[tuple[Holes, st.SearchStrategy[Software]]]:
    """Feeds that tell of packages of a family, and packages of it."""
    names, versions, sources, scheme = family
    bound = st.sampled_from(versions)
    ranges = st.lists(
        st.builds(
            Range,
            hole=st.integers(0, 1),
            introduced=often_none,
            fixed=bound | st.sampled_from(["", *versions]),
            last=often_none | bound,
        ),
        min_size=1,
        max_size=2,
    )
    release = st.builds(
        Release,
        holes=st.lists(hole, min_size=2, max_size=2),
        packages=st.dictionaries(st.sampled_from(names), ranges, min_size=1, max_size=4),
        built=st.dictionaries(st.sampled_from(names), st.sampled_from(names), max_size=2),
        binaries=st.dictionaries(st.sampled_from(names), ranges, max_size=2),
    )
    of = st.sampled_from(_RELEASES_OF[scheme])
    feed = st.builds(
        Feed,
        name=st.just("generated"),
        dated=st.just("2026-11-19"),
        covers=st.sets(of, max_size=3).map(sorted).map(tuple),
        releases=st.dictionaries(of, release.map(pack), min_size=1, max_size=3),
    )
    packages = st.builds(
        Software,
        name=st.sampled_from(names),
        version=bound,
        scheme=st.sampled_from([scheme] * 5 + ["other"]),
        source=st.sampled_from(sources),
    )
    return st.builds(Holes, id=st.just(1), feeds=st.lists(feed, max_size=2).map(tuple)).map(
        lambda made: (made, packages)
    )


world = st.sampled_from(FAMILIES).flatmap(worlds)
holes = world.map(lambda made: made[0])
SAMPLE = Holes(
    1,
    (
        Feed(
            "sample",
            "2026-11-19",
            ("Debian:12",),
            {
                "Debian:12": pack(
                    Release(
                        [Hole(f"DSA-{place}", (f"CVE-2026-{place}",), place, "2026-10-01") for place in range(5)],
                        {"Alpha": [Range(place, fixed="1.1") for place in range(5)], "scap": [Range(4, last="1.0")]},
                    )
                ),
                "Ubuntu:22.04": pack(Release([Hole("USN-1", (), 3)], {"Beta": [Range(0, fixed="2.0")]})),
            },
        ),
    ),
)
"""Feeds that are always the same, for tests that are about other rules as well."""
