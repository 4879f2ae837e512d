"""The second judge of packages with security holes: every range of every package of the feeds, one after another.

It shares the order of versions, the names of releases and the words for kernels with the first judge.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from kanmon.common.facts import Os, Software
from kanmon.feeds.holes import Range, Release, kernel
from kanmon.feeds.releases import release_of
from kanmon.judgment.reference_pc import FAIL, NONE, PASS, UNKNOWN, Pc, Row, first
from kanmon.policy.version_order import order

SEVERITY = {"critical": 4, "important": 3, "moderate": 2, "low": 1, "unrated": 0}
ID = "security_updates.vulnerabilities"


def vulnerabilities(rule: Any, pc: Pc) -> Iterator[Row]:
    if rule.severities is None:
        yield ID, packages(rule, None, pc), rule.level
        return
    for word, place in SEVERITY.items():
        if (level := getattr(rule.severities, word)) != "ignored":
            yield f"{ID}.{word}", packages(rule, place, pc), level


def packages(rule: Any, severity: int | None, pc: Pc) -> str:
    return first([system(rule, severity, pc, os) for os in pc.of(Os)], (FAIL, UNKNOWN, PASS, NONE), UNKNOWN)


def system(rule: Any, severity: int | None, pc: Pc, os: Os) -> str:
    if os.family != "linux":
        return NONE
    keys = [release_of(os)]
    if rule.ubuntu_pro and keys[0] and keys[0].startswith("Ubuntu"):
        keys.append("Ubuntu:Pro" + keys[0].removeprefix("Ubuntu"))
    scheme = "deb" if "Debian" in str(keys[0]) or "Ubuntu" in str(keys[0]) else "rpm"
    installed = [one for one in pc.of(Software) if one.scheme == scheme]
    covered = False
    for feed in pc.knowledge.holes.feeds:
        for key in keys:
            covered = covered or key in feed.covers
            for told in pc.knowledge.holes.of(str(key)) if key in feed.releases else ():
                if any(flawed(rule, severity, pc, told, one) for one in installed if counts(one, installed)):
                    return FAIL
    return PASS if covered and installed and pc.told(Software) else UNKNOWN


def counts(program: Software, installed: list[Software]) -> bool:
    """Not a kernel beside which a newer one of its kind is installed."""
    return bool(program.version) and not any(
        kernel(program) and kernel(one) == kernel(program) and order(one.version, program.version, one.scheme) > 0
        for one in installed
    )


def flawed(rule: Any, severity: int | None, pc: Pc, told: Release, program: Software) -> bool:
    return any(
        wanted(rule, severity, pc, told, name, range, program)
        for name, version, range in ranges(told, program)
        if not (range.introduced and order(version, range.introduced, program.scheme) < 0)
        and not (range.fixed and order(version, range.fixed, program.scheme) >= 0)
        and not (range.last and order(version, range.last, program.scheme) > 0)
    )


def ranges(told: Release, program: Software) -> Iterator[tuple[str, str, Range]]:
    """(package of the feed, installed version of it, range) of all that is about ``program``."""
    name, version = program.name, program.version
    of_binary: list[Range] = []
    if program.scheme == "deb" and program.source:
        words = program.source.split(" ", 1)
        name, version = words[0], words[1] if len(words) > 1 else version
    elif program.scheme == "deb":
        of_binary = [range for binary, held in told.binaries.items() if binary == name for range in held]
        name, version = told.built.get(name, name), re.sub(r"\+b[0-9]{1,3}$", "", version)
    if program.scheme == "deb" and re.fullmatch(r"linux-signed(-.*[^-])?", name):
        name = re.sub(r"^linux-signed(-amd64|-arm64|-i386|-armhf)?", "linux", name)
        version = re.sub(r"\+[0-9]{1,3}$", "", version)
    for range in of_binary:
        yield program.name, program.version, range
    for package, held in told.packages.items():
        if package == name:
            for range in held:
                if range.hole not in [one.hole for one in of_binary]:
                    yield package, version, range


def wanted(
    rule: Any, severity: int | None, pc: Pc, told: Release, name: str, range: Range, program: Software
) -> bool:  # fmt: skip
    hole = told.holes[range.hole]
    if severity is not None and hole.severity != severity:
        return False
    if hole.published > (pc.today - timedelta(days=rule.delay_days)).isoformat():
        return False
    if rule.without_fix == "ignored" and range.fixed == range.last == "":
        return False
    out = list(rule.exclude)
    return not (
        hole.id in out or name in out or program.name in out or (hole.cves and all(cve in out for cve in hole.cves))
    )
