"""Packages with security holes as a user sees them: what is found, in which version it is mended, and what is unknown."""

from typing import Any

import pytest
from pyroaring import BitMap

from kanmon.common.facts import Agent, Fact, Os, Software, Told
from kanmon.feeds.holes import Feed, Hole, Holes, Range, Release, pack
from kanmon.feeds.patches import Knowledge
from kanmon.judgment.explain import Row, explain
from kanmon.judgment.findings import decode_set
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import Level
from kanmon.judgment.reference import judge_one
from kanmon.policy.rules import load
from tests.judgment.generate import TODAY
from tests.judgment.test_two_judges_say_the_same import Numbers, built

OPENSSL = Hole("DEBIAN-CVE-2026-1", ("CVE-2026-1",), 4, "2026-11-10")
MORE = tuple(Hole(f"DEBIAN-CVE-2026-{one}", (f"CVE-2026-{one}",), 2, "2026-10-01") for one in range(2, 6))
BASH = Hole("DEBIAN-CVE-2026-9", ("CVE-2026-9",), 3, "2026-10-01")
TOLD = Release(
    [OPENSSL, *MORE, BASH],
    {
        "openssl": [Range(0, fixed="3.0.17-2"), *(Range(place, fixed="3.0.17-1") for place in range(1, 5))],
        "bash": [Range(5)],
        "linux": [Range(1, fixed="6.1.66-1")],
    },
    {},
    {"openssl": [Range(0, fixed="3.0.17-2")]},
)
FEEDS = (Feed("osv Debian:12", "2026-11-18", ("Debian:12",), {"Debian:12": pack(TOLD)}),)
DEBIAN, UBUNTU = Os("linux", "Debian GNU/Linux", "12.5"), Os("linux", "Ubuntu", "22.04")
GOOD = Software("dpkg", "1.21.22", scheme="deb", source="dpkg")
LIBSSL = Software("libssl3", "3.0.16-1", scheme="deb", source="openssl")
BOTH = "{severities: {critical: danger, important: warning, moderate: caution, low: ignored, unrated: ignored}}"


def judged(rule: str, *facts: Fact, holes: Any = FEEDS, language: str = "en") -> tuple[Level, list[Row]]:
    text = f"{{kind: judgment, name: x, security_updates: {{judge: true, vulnerabilities: {rule}}}}}"
    policy: Any = load(text)
    known = Knowledge(holes=Holes(1 if holes else 0, holes))
    held = [Agent("test", "1"), *facts]
    index = built({1: (frozenset(held), {})}, numbers := Numbers())
    judgement = index.judge(compile(policy, TODAY, knowledge=known), BitMap([1]))
    verdict = judge_one(policy, held, {}, TODAY, knowledge=known)
    assert verdict.level == judgement.levels[0]
    findings = decode_set(judgement.sets[judgement.set_of[0]])
    by_number: Any = {number: fact for fact, number in numbers.of.items()}
    said = explain(policy, "x", findings, by_number, held, {}, TODAY, language, knowledge=known)
    return Level(judgement.levels[0]), list(said[0].rows) if said else []


def test_a_package_with_holes_is_named_with_the_version_that_mends_it() -> None:
    level, (row,) = judged("{}", DEBIAN, Told("software"), GOOD, LIBSSL)
    assert level == Level.DANGER
    assert row.found == (
        "1 package with security holes: "
        "openssl 3.0.16-1 (critical, CVE-2026-1, CVE-2026-2, CVE-2026-3 and 2 more, mended in 3.0.17-2)"
    )
    assert row.wanted == "no package with a known hole, as known on 2026-11-18"
    assert row.mend.startswith("Update openssl to 3.0.17-2 or a later version")
    assert row.short == "packages with security holes"
    _, (japanese,) = judged("{}", DEBIAN, Told("software"), GOOD, LIBSSL, language="ja")
    assert "3.0.17-2 で修正" in japanese.found


def test_a_mended_package_is_safe() -> None:
    level, (row,) = judged("{}", DEBIAN, Told("software"), GOOD, LIBSSL._replace(version="3.0.17-2"))
    assert (level, row.found) == (Level.SAFE, "none known")


def test_each_severity_has_its_level() -> None:
    level, rows = judged(BOTH, DEBIAN, Told("software"), LIBSSL._replace(version="3.0.16-9"))
    assert level == Level.DANGER
    assert [(row.condition.rpartition(".")[2], row.outcome) for row in rows] == [
        ("critical", "failed"), ("moderate", "failed"), ("important", "passed"),
    ]  # fmt: skip
    assert judged(BOTH, DEBIAN, Told("software"), LIBSSL._replace(version="3.0.17-1"))[0] == Level.DANGER
    assert judged(BOTH.replace("danger", "ignored"), DEBIAN, Told("software"), LIBSSL)[0] == Level.CAUTION


@pytest.mark.parametrize(
    ("rule", "level"),
    [
        ("{delay_days: 10}", Level.DANGER),
        ("{delay_days: 11}", Level.SAFE),
        ("{exclude: [CVE-2026-1]}", Level.SAFE),
        ("{exclude: [DEBIAN-CVE-2026-1]}", Level.SAFE),
        ("{exclude: [openssl]}", Level.SAFE),
        ("{exclude: [libssl3]}", Level.SAFE),
        ("{exclude: [CVE-2026-2]}", Level.DANGER),
    ],
)
def test_what_counts_is_said_by_the_policy(rule: str, level: Level) -> None:
    assert judged(rule, DEBIAN, Told("software"), LIBSSL._replace(version="3.0.17-1"))[0] == level


def test_a_hole_without_a_fix_counts_only_where_it_is_asked_for() -> None:
    bash = Software("bash", "5.2.15-2+b8", scheme="deb", source="bash 5.2.15-2")
    assert judged("{}", DEBIAN, Told("software"), bash)[0] == Level.SAFE
    level, (row,) = judged("{without_fix: judged, level: warning}", DEBIAN, Told("software"), bash)
    assert level == Level.WARNING
    assert "bash 5.2.15-2 (important, CVE-2026-9, a version that mends all is not told)" in row.found
    assert row.mend == "Update the packages (apt, dnf or zypper), or remove those that are not needed."


def test_of_kernels_side_by_side_the_newest_counts() -> None:
    def image(abi: int, version: str) -> Software:
        return Software(
            f"linux-image-6.1.0-{abi}-amd64", version, scheme="deb", source=f"linux-signed-amd64 {version}+1"
        )

    old, new = image(13, "6.1.55-1"), image(15, "6.1.66-1")
    cloud = Software("linux-image-6.1.0-13-cloud-amd64", "6.1.55-1", scheme="deb", source="linux-signed-amd64 6.1.55+1")
    level, (row,) = judged("{}", DEBIAN, Told("software"), old)
    assert level == Level.DANGER
    assert "linux 6.1.55-1 (moderate, CVE-2026-2, mended in 6.1.66-1)" in row.found
    assert judged("{}", DEBIAN, Told("software"), old, new)[0] == Level.SAFE
    assert judged("{}", DEBIAN, Told("software"), cloud, new)[0] == Level.DANGER


def test_the_versions_of_a_binary_go_before_those_of_its_source_where_the_source_is_not_told() -> None:
    other = Release(
        [OPENSSL],
        {"gcc-defaults": [Range(0, fixed="1.204")]},
        {"cpp": "gcc-defaults"},
        {"cpp": [Range(0, fixed="4:12")]},
    )
    feeds = (Feed("f", "2026-11-18", ("Debian:12",), {"Debian:12": pack(other)}),)
    mended, holed = (Software("cpp", version, scheme="deb") for version in ("4:12", "4:11"))
    assert judged("{}", DEBIAN, Told("software"), mended, holes=feeds)[0] == Level.SAFE
    assert judged("{}", DEBIAN, Told("software"), holed, holes=feeds)[0] == Level.DANGER


def test_fixes_for_subscribers_count_where_they_are_asked_for() -> None:
    feeds = (
        Feed("a", "2026-11-18", ("Ubuntu:22.04",), {"Ubuntu:22.04": pack(Release())}),
        Feed("b", "2026-11-18", ("Ubuntu:Pro:22.04",), {"Ubuntu:Pro:22.04": pack(TOLD)}),
    )
    assert judged("{}", UBUNTU, Told("software"), LIBSSL, holes=feeds)[0] == Level.SAFE
    assert judged("{ubuntu_pro: true}", UBUNTU, Told("software"), LIBSSL, holes=feeds)[0] == Level.DANGER


@pytest.mark.parametrize(
    ("facts", "feeds", "found"),
    [
        ([DEBIAN, Told("software"), GOOD], (), "no vulnerability feed was imported"),
        ([UBUNTU, Told("software"), GOOD], FEEDS, "no vulnerability feed tells all holes of Ubuntu:22.04"),
        (
            [Os("linux", "Fedora Linux", "40"), Told("software"), GOOD],
            FEEDS,
            "Fedora Linux 40: the distribution or its",
        ),
        ([DEBIAN], FEEDS, "not in the inventory"),
        ([DEBIAN, Told("software"), Software("x", "1")], FEEDS, "the inventory tells no package of the kind deb"),
        ([Told("software"), GOOD], FEEDS, ""),
    ],
)
def test_what_cannot_be_told_is_unknown_with_a_sentence(facts: list[Fact], feeds: Any, found: str) -> None:
    level, (row,) = judged("{}", *facts, holes=feeds)
    assert (level, row.outcome) == (Level.UNKNOWN, "unknown")
    assert found in row.found, row.found


def test_a_hole_is_found_also_where_not_all_holes_are_known() -> None:
    some = (Feed("mine", "2026-11-18", (), {"Debian:12": pack(TOLD)}),)
    assert judged("{}", DEBIAN, Told("software"), GOOD, LIBSSL, holes=some)[0] == Level.DANGER
    assert judged("{}", DEBIAN, Told("software"), GOOD, holes=some)[0] == Level.UNKNOWN


def test_a_windows_pc_is_not_asked() -> None:
    level, (row,) = judged("{}", Os("windows", "Windows 11 Pro", "10.0"), Told("software"), LIBSSL)
    assert (level, row.outcome, row.found) == (Level.NOT_APPLICABLE, "not_applicable", "no Linux")
