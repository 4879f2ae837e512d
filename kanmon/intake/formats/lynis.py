"""The report of lynis (``lynis-report.dat``) -> a Report of ``Check`` facts.

Lines of ``name=value``; a name with ``[]`` can be there several times. lynis says what it warns of and what it suggests, by
test: ``warning[]=LOGG-2138|klogd is not running...|details|solution|``. A test that was executed and says
neither has passed. So each executed test gives two results, under the profiles ``warning`` and ``suggestion``. A test
that does not fit the machine was skipped: not applicable. ``hardening_index`` is no test: it is informational, with
the number as its title.

A report that lynis did not finish lacks tests that would have warned, so it is refused.
"""

import re
from collections import defaultdict

from kanmon.common.errors import Refused
from kanmon.common.facts import Check
from kanmon.intake.formats.windows_text import MAX_TEXT_BYTES
from kanmon.intake.identity import clean_macs
from kanmon.intake.report import Report, build
from kanmon.intake.text import clean, number

SOURCE = "lynis"
MAX_RESULTS = 10_000
PROFILES = ("warning", "suggestion")
INDEX = "hardening_index"

_TEST = re.compile(r"[A-Z][A-Z0-9_]{1,15}-[A-Z0-9]{2,12}")
_SEEN = re.compile(rb"^(?:# Lynis Report|report_version_major=|lynis_version=|hardening_index=)", re.MULTILINE)


def seems(body: bytes) -> bool:
    """Whether ``body`` looks like such a report."""
    return _SEEN.search(body[:4096]) is not None


def read(body: bytes) -> Report:
    """The results in ``body``. Raises Refused when the audit did not end, or the machine is not named."""
    if len(body) > MAX_TEXT_BYTES:
        raise Refused("KNM1156-E", status=413, size=len(body), limit=MAX_TEXT_BYTES)
    told: dict[str, list[str]] = defaultdict(list)
    for line in body.decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            told[name.strip()].append(value.strip())
    if "true" not in told["finish"]:
        raise Refused("KNM1253-E")
    host = clean(_last(told, "hostname")).partition(".")[0]
    macs = clean_macs(told["network_mac_address[]"])
    if not (host or macs):
        raise Refused("KNM1017-E", field="hostname")
    results = _results(told)
    if not results:
        raise Refused("KNM1254-E")
    if len(results) > MAX_RESULTS:
        raise Refused("KNM1251-E", status=413, limit=MAX_RESULTS)
    return build(
        format="lynis",
        device_key="lynis:" + (host.casefold() or " ".join(macs))[:240],
        host=host,
        macs=macs,
        columns={},
        facts=results,
        told=["check"],
        partial=True,
    )


def _last(told: dict[str, list[str]], name: str) -> str:
    return told[name][-1] if told[name] else ""


def _tests(told: dict[str, list[str]], name: str) -> list[str]:
    return [one for one in _last(told, name).split("|") if _TEST.fullmatch(one)]


def _results(told: dict[str, list[str]]) -> list[Check]:
    found: list[Check] = []
    for profile in PROFILES:
        said: dict[str, str] = {}
        for value in told[f"{profile}[]"]:
            test, _, rest = value.partition("|")
            if clean(test):
                said.setdefault(clean(test), clean(rest.partition("|")[0]))
        found += [Check(SOURCE, test, "fail", text, "", profile) for test, text in said.items()]
        passed = dict.fromkeys(test for test in _tests(told, "tests_executed") if test not in said)
        found += [Check(SOURCE, test, "pass", "", "", profile) for test in passed]
        skipped = dict.fromkeys(one for one in _tests(told, "tests_skipped") if one not in said and one not in passed)
        found += [Check(SOURCE, test, "notapplicable", "", "", profile) for test in skipped]
    if found and (index := number(_last(told, INDEX))) is not None:
        found.append(Check(SOURCE, INDEX, "informational", str(index)))
    return found
