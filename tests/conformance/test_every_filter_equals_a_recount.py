"""Each condition of a search gives what a plain recount over rows gives; on every database."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kanmon.accounts import scope
from kanmon.common import clock
from kanmon.common.facts import Os, Software
from kanmon.console.read import keep
from kanmon.console.search_words import WORDS
from kanmon.inventory import groups
from kanmon.inventory.models import Pc, PcColumns, PcFacts
from kanmon.inventory.packing import unpack_columns
from kanmon.journal.writing import transaction
from kanmon.judgment.condition import STALE_ID
from kanmon.judgment.findings import decode_set
from kanmon.judgment.levels import Level
from kanmon.judgment.models import FindingSet, PcState
from kanmon.judgment.why import facts_of_pc
from kanmon.network.models import Entry, Sighting
from kanmon.policy import versions
from kanmon.search import kept
from kanmon.search.asked import of_query
from kanmon.search.failing import most_failed
from kanmon.search.find import choices, find
from kanmon.search.roster import ROSTER
from kanmon.search.table import FILTERS, READ
from tests.conformance.test_stages import arrive, bad, work_off
from tests.conformance.work import crash, leader
from tests.conftest import pc_json

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # the invented company is shared with the tests of the console

PCS = 60


@pytest.fixture(autouse=True)
def _nothing_is_kept(database: str) -> None:
    keep.forget()
    scope.forget()


@pytest.fixture
def company(database: str) -> None:
    leadership = leader()
    crash(leadership)
    sample.fill(PCS, term=leadership.term)
    with transaction():
        Pc.objects.filter(id=4).update(managed=False, retired_at=clock.now(), retired_by="hanako")
        Pc.objects.filter(id__in=(5, 6)).update(managed=False)
        PcState.objects.filter(pc__in=(4, 5)).delete()
        Pc.objects.filter(id__in=(7, 8)).update(last_seen_at=clock.now() - timedelta(days=40))


class Plain:
    """One PC with all that its rows say of it."""

    def __init__(self, pc: Pc) -> None:
        self.pc = pc
        self.state = PcState.objects.filter(pc=pc.id).first() or PcState(pc=pc.id)
        row = FindingSet.objects.filter(id=self.state.finding_set or 0).first()
        self.findings = decode_set(bytes(row.body)) if row else ()
        self.facts = list(facts_of_pc(pc.id)[0].values()) if PcFacts.objects.filter(pc=pc.id).exists() else []
        columns = PcColumns.objects.filter(pc=pc.id).first()
        self.columns = unpack_columns(bytes(columns.packed)) if columns else {}
        self.ordered = set(Entry.objects.filter(pc=pc.id).values_list("state", flat=True)) - {""}
        macs = Entry.objects.filter(pc=pc.id).values_list("mac", flat=True)
        self.wrong = Sighting.objects.filter(mac__in=list(macs)).exclude(wrong_since=None).exists()

    @property
    def words(self) -> list[str]:
        own = [self.pc.host, self.pc.user, self.pc.serial, self.pc.asset_number]
        return [str(one).lower() for one in (*own, self.columns.get("ip", ""), self.columns.get("mac", ""))]

    def fails(self, condition: str) -> bool:
        return any((one.condition, one.outcome) == (condition, "failed") for one in self.findings)

    def has(self, cls: type, meant: Callable[[str], bool]) -> bool:
        return any(
            isinstance(one, cls) and meant((one.name or one.family).lower() if cls is Os else one.name.lower())
            for one in self.facts
        )  # type: ignore[attr-defined]

    def network(self) -> str:
        return next((one for one in ("refuse", "deny", "permit") if one in self.ordered), "unregistered")


RECOUNT: dict[str, Callable[[Plain, str], bool]] = {
    "q": lambda one, value: all(any(word in text for text in one.words) for word in value.lower().split()),
    "level": lambda one, value: Level(one.state.level).word == value,
    "item": lambda one, value: Level(getattr(one.state, value.split(":")[0])).word == value.split(":")[1],
    "condition": lambda one, value: one.fails(value),
    "group": lambda one, value: f"{one.pc.group.path}/".startswith(f"{value}/"),
    "os": lambda one, value: one.has(Os, lambda name: name == value.lower()),
    "software": lambda one, value: one.has(Software, lambda name: value.lower() in name),
    "title": lambda one, value: one.has(Software, lambda name: name == value.lower()),
    "network": lambda one, value: one.wrong if value == "wrong" else one.network() == value,
    "seen": lambda one, value: one.pc.last_seen_at < clock.now() - timedelta(days=int(value)),
    "stale": lambda one, _value: one.fails(STALE_ID),
    "waived": lambda one, _value: any(finding.outcome == "waived" for finding in one.findings),
    "managed": lambda one, value: one.pc.retired_at is not None if value == "removed" else one.pc.managed == (value == "yes"),
}  # fmt: skip
TYPED = {
    "q": ("tyo", "SK-2024-1001", "kato 10.20", "00-1b-8b-4e-00-07", "10.20.0.1", "no such pc"),
    "software": ("chrome", "micro", "%", "no such program"),
    "title": ("Google Chrome", "google"),
}


def plain() -> list[Plain]:
    return [Plain(pc) for pc in Pc.objects.select_related("group").order_by("id")]


def recount(rows: list[Plain], name: str, value: str) -> list[int]:
    if name == "q" and "-" in value and value.count("-") == 5:
        value = value.replace("-", ":")
    meant = [one for one in rows if RECOUNT[name](one, value)]
    return [one.pc.id for one in meant if one.pc.retired_at is None or (name, value) == ("managed", "removed")]


def found(query: str, only: Any = None) -> list[int]:
    return list(find(of_query(query, READ), only).pcs)


def test_each_condition_and_each_of_its_choices_equals_a_recount(company: None) -> None:
    rows, tried = plain(), 0
    assert set(RECOUNT) == set(FILTERS) == set(WORDS), "each condition has its words and its recount"
    for name, one in FILTERS.items():
        offered = choices(name, of_query("", READ))
        assert one.choices is None or offered, f"{name} has nothing to choose in the sample"
        values = dict(offered) | dict.fromkeys(TYPED.get(name, ()))
        for value, count in values.items():
            expected = recount(rows, name, value)
            assert found(urlencode({name: value})) == expected, (name, value)
            assert count in (None, len(expected)), (name, value)
            assert WORDS[name].say(value)
            tried += bool(expected)
    assert tried > 50


def test_failing_conditions_are_counted_as_a_list_of_each_counts_them(company: None) -> None:
    rows = [one for one in plain() if one.pc.retired_at is None]
    counted: dict[str, list[Level]] = {}
    for one in rows:
        for finding in one.findings:
            if finding.outcome == "failed":
                counted.setdefault(finding.condition, []).append(finding.level)
    failing = most_failed(1000)
    assert {one.condition: (one.pcs, one.level) for one in failing} == {
        condition: (len(levels), max(levels)) for condition, levels in counted.items()
    }
    assert [one.pcs for one in failing] == sorted((one.pcs for one in failing), reverse=True)
    assert most_failed(3) == failing[:3]
    only = frozenset(one.pc.group_id for one in rows if one.pc.group.path.startswith("/Head office"))
    some = most_failed(1000, only)
    assert some
    assert all(len(found(urlencode({"condition": one.condition}), only)) == one.pcs for one in some)


def test_conditions_together_equal_a_recount_too(company: None) -> None:
    rows = plain()
    a, b = set(recount(rows, "level", "danger")), set(recount(rows, "level", "warning"))
    mine = set(recount(rows, "group", "/Head office"))
    old = set(recount(rows, "seen", "14"))
    assert found("level=danger&level=warning&group=/Head+office") == sorted((a | b) & mine)
    assert found("level=danger&seen=14") == sorted(a & old)
    only = frozenset(pc.group_id for pc in (one.pc for one in rows) if pc.group.path.startswith("/Head office"))
    assert found("level=danger", only) == sorted(a & mine)
    assert {one.value: one.pcs for one in choices("level", of_query("group=/Head+office", READ))}["danger"] == len(
        a & mine
    )
    nobody = find(of_query("level=danger&q=no-such-pc", READ))
    assert (list(nobody.pcs), nobody.narrowest, nobody.without) == ([], "q", len(a))


def test_sets_follow_what_is_recorded_judged_moved_and_ordered() -> None:
    lead = leader()
    versions.install_builtin()
    before = len(found(""))
    arrive(bad(901), pc_json(902))
    work_off(lead)
    first, second = (Pc.objects.get(host=f"pc-{number:04d}").id for number in (901, 902))
    assert ROSTER.loaded
    assert found("q=pc-0901") == [first]
    assert len(found("")) == before + 2
    assert first in found("level=danger")
    assert second in found("level=safe")
    with transaction():
        groups.put([second], groups.create("/Osaka branch/Sales"))
    assert second in found("group=/Osaka+branch")
    with transaction():
        Entry.objects.create(mac="02:00:00:00:00:01", pc=second, state="refuse", body=b"{}")
    kept.forget()
    assert second in found("network=refuse")
    arrive(pc_json(901, reported_at="2027-01-05T00:00:00+00:00"))
    work_off(lead)
    assert first in found("level=safe"), "it has been mended"
    crash(lead)
