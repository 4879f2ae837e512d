"""Each condition on updates: failed, passed, unknown, not applicable; and what a person is told of it."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap

from kanmon.common.facts import Agent, Fact, Os, Patch, Software, Told
from kanmon.feeds.patches import EMPTY, Feed, Knowledge, Need, Platform, Update
from kanmon.judgment.explain import Row, explain
from kanmon.judgment.findings import decode_set
from kanmon.judgment.index import Index
from kanmon.judgment.judge import compile
from kanmon.judgment.levels import Level
from kanmon.judgment.reference import judge_one
from tests.judgment.one import rules

TODAY = date(2026, 11, 20)
JUNE, APRIL, NET, ROLLUP, ONLY, MAY = "KB5093998", "KB5082052", "KB5087058", "KB5014012", "KB5013999", "KB5087420"
KNOWN = Knowledge(
    7,
    (Feed("wesng", "2026-11-18", ""),),
    (
        Update(JUNE, "Windows Kernel Elevation of Privilege", "2026-06-09", 4, "MS26-001", 232),
        Update(APRIL, "Windows Shell Spoofing", "2026-04-14", 3, "", 5),
        Update(NET, ".NET Denial of Service", "2026-11-10", 3, "", 1),
        Update(ROLLUP, "Rollup", "2022-05-10", 4, "", 40),
        Update(ONLY, "Security only", "2022-05-10", 4, "", 40),
        Update(MAY),
    ),
    {
        "windows 11 23h2 x64": Platform(
            (Need((0,), 4), Need((1,), 3), Need((2,), 3, ".net framework 4")),
            ((0, (5,)), (5, (1,))), ((0, 22631, 6199), (1, 22631, 5039)),
        ),
        "windows 7 x64 sp1": Platform((Need((3, 4), 4),)),
    },
)  # fmt: skip


def pc11(build: str = "22631.4000") -> Os:
    return Os("windows", "Microsoft Windows 11 Pro", "10.0", build, "", "x86_64")


PC7 = Os("windows", "Windows 7 Enterprise", "6.1", "7601", "Service Pack 1", "x86_64")
LINUX = Os("linux", "Debian GNU/Linux", "12")
ALL = "security_updates: {judge: true, latest: {}}"


def judged(items: str, *facts: Fact, told: str = "patch", known: Knowledge = KNOWN) -> tuple[Level, list[Row]]:
    """Level and rows of one PC, after both judges have said the same."""
    policy = rules(items)
    held = [Agent("test", "1"), *facts, *(Told(cls) for cls in told.split())]
    index = Index()
    index.learn(enumerate(held))
    index.apply(1, np.arange(len(held), dtype=np.uint32), np.zeros(0, np.uint32))
    judgement = index.judge(compile(policy, TODAY, knowledge=known), BitMap([1]))
    findings = decode_set(judgement.sets[judgement.set_of[0]])
    verdict = judge_one(policy, held, {}, TODAY, knowledge=known)
    assert (verdict.level, verdict.findings) == (judgement.levels[0], {one[:3] for one in findings})
    said = explain(policy, "test", findings, dict(enumerate(held)), held, {}, TODAY, knowledge=known)
    return Level(judgement.levels[0]), [row for one in said for row in one.rows]


CASES: list[tuple[str, list[Any], str, str]] = [
    # latest: found by number, by a chain, by build; the PC's updates told or not
    (ALL, [pc11(), Patch(JUNE), Patch(NET)], "patch", "safe"),  # June replaces May, May replaces April
    (ALL, [pc11(), Patch(MAY), Patch(NET)], "patch", "danger"),
    (ALL, [pc11("22631.6199"), Patch(NET)], "patch", "safe"),
    (ALL, [pc11("22631.6198"), Patch(NET)], "patch", "danger"),
    (ALL, [pc11("22631.6198")], "", "danger"),  # its updates are not told, its build is too old
    (ALL, [pc11("22631.6199")], "", "unknown"),  # of .NET the build says nothing
    (ALL, [pc11("22631")], "", "unknown"),
    (ALL, [PC7, Patch(ONLY)], "patch", "safe"),  # the security-only update closes the same holes as the rollup
    (ALL, [PC7], "patch", "danger"),
    (ALL, [Os("windows", "Microsoft Windows 11 Pro", "10.0", "26100.1", "", "x86_64")], "patch", "unknown"),
    (ALL, [Os("windows", "Windows ME", "4.9")], "patch", "unknown"),
    (ALL, [], "patch", "unknown"),
    (ALL, [LINUX], "patch", "not_applicable"),
    # exclusions, delay, components, severities
    ("security_updates: {judge: true, latest: {exclude: [KB5087058]}}", [pc11(), Patch(JUNE)], "patch", "safe"),
    ("security_updates: {judge: true, latest: {exclude: [MS26-001]}}", [pc11(), Patch(APRIL), Patch(NET)], "patch", "safe"),
    ("security_updates: {judge: true, latest: {delay_days: 11}}", [pc11(), Patch(JUNE)], "patch", "safe"),
    ("security_updates: {judge: true, latest: {delay_days: 10}}", [pc11(), Patch(JUNE)], "patch", "danger"),
    ("security_updates: {judge: true, latest: {components: windows}}", [pc11(), Patch(JUNE)], "patch", "safe"),
    ("security_updates: {judge: true, latest: {level: caution}}", [pc11(), Patch(JUNE)], "patch", "caution"),
    ("security_updates: {judge: true, latest: {severities: {}}}", [pc11(), Patch(JUNE)], "patch", "warning"),
    ("security_updates: {judge: true, latest: {severities: {}}}", [pc11(), Patch(NET)], "patch", "danger"),
    ("security_updates: {judge: true, latest: {severities: {important: caution}}}", [pc11(), Patch(JUNE)], "patch", "caution"),
    # specified, with supersedence from knowledge, by build, for a product, for a service pack
    ("security_updates: {judge: true, specified: [{kb: KB5082052}]}", [pc11(), Patch(JUNE)], "patch", "safe"),
    ("security_updates: {judge: true, specified: [{kb: KB5082052}]}", [pc11("22631.5039")], "patch", "safe"),
    ("security_updates: {judge: true, specified: [{kb: KB5082052}]}", [pc11("22631.5038")], "patch", "warning"),
    ("security_updates: {judge: true, specified: [{kb: KB5082052}]}", [pc11("22631")], "", "unknown"),
    ("security_updates: {judge: true, specified: [{kb: KB5082052}]}", [LINUX], "patch", "not_applicable"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, product: 'Office*'}]}", [pc11()], "patch software", "not_applicable"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, product: 'Office*'}]}", [pc11(), Software("Office 2016")], "patch software", "warning"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, product: 'Office*', version: {value: '16.1'}}]}", [pc11(), Software("Office 2016", "16.0")], "patch software", "not_applicable"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, product: 'Office*'}]}", [pc11()], "patch", "unknown"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, service_pack: 1}]}", [PC7], "patch", "warning"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, service_pack: 0}]}", [PC7], "patch", "not_applicable"),
    ("security_updates: {judge: true, specified: [{kb: KB1111, service_pack: 1}]}", [], "patch", "unknown"),
    # service packs
    ("security_updates: {judge: true, service_packs: [{os: 'Windows 7*', service_pack: 1}]}", [PC7], "", "safe"),
    ("security_updates: {judge: true, service_packs: [{os: 'Windows 7*', service_pack: 2}]}", [PC7], "", "warning"),
    ("security_updates: {judge: true, service_packs: [{os: 'Windows 7*', service_pack: 1}]}", [pc11()], "", "not_applicable"),
    ("security_updates: {judge: true, service_packs: [{os: 'Windows 7*', service_pack: 1}]}", [], "", "unknown"),
    ("security_updates: {judge: true, product_service_packs: [{product: 'SQL*', version: {value: '15.2'}}]}", [Software("SQL Server", "15.1", scheme="windows")], "software", "warning"),
    ("security_updates: {judge: true, product_service_packs: [{product: 'SQL*', version: {value: '15.2'}}]}", [Software("SQL Server", "15.2", scheme="windows")], "software", "safe"),
    ("security_updates: {judge: true, product_service_packs: [{product: 'SQL*', version: {value: '15.2'}}]}", [Software("SQL Server")], "software", "unknown"),
    ("security_updates: {judge: true, product_service_packs: [{product: 'SQL*', version: {value: '15.2'}}]}", [], "software", "not_applicable"),
]  # fmt: skip


@pytest.mark.parametrize(("items", "facts", "told", "level"), CASES)
def test_each_condition_on_updates(items: str, facts: list[Fact], told: str, level: str) -> None:
    assert judged(items, *facts, told=told)[0].word == level


def test_without_any_feed_nobody_is_safe() -> None:
    level, (row,) = judged(ALL, pc11(), Patch(JUNE), known=EMPTY)
    assert level.word == "unknown"
    assert row.found == "no patch feed was imported"


def test_what_is_missing_is_named_the_worst_and_newest_first() -> None:
    _, (row,) = judged(ALL, pc11())
    assert row.found == (
        "2 updates missing: KB5093998 (critical, 2026-06-09, Windows Kernel Elevation of Privilege and 231 more, "
        "replaces KB5087420), KB5087058 (important, 2026-11-10, .NET Denial of Service)"
    )
    assert row.wanted == "all updates that apply, as known on 2026-11-18"
    assert row.mend.startswith("Install KB5093998")


def test_a_windows_that_the_feeds_do_not_know_is_told_with_a_sentence() -> None:
    _, (row,) = judged(ALL, Os("windows", "Microsoft Windows 11 Pro", "10.0", "26100.1", "", "x86_64"))
    assert row.found == "windows 11 24h2 x64 is in no patch feed"
    _, (row,) = judged(ALL, Os("windows", "Windows ME", "4.9"))
    assert "not known here" in row.found
