"""Results of outside checks are added to the PC that they are about, stay with it, and are judged."""

import pytest

from kanmon.common.facts import Check, Fact, Service
from kanmon.intake.models import Receipt, Refusal
from kanmon.intake.report import content_digest, encode
from kanmon.intake.store import Arrival, store, utc
from kanmon.intake.tokens import builtin
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import Pc, PcBody, PcColumns, PcFacts
from kanmon.inventory.packing import unpack
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from tests.conformance.test_stages import arrive, at, work_off
from tests.conformance.work import leader
from tests.conftest import pc_json
from tests.intake.test_scap import BODY, read


@pytest.fixture(autouse=True)
def _set_up() -> None:
    versions.install_builtin()


def scan(lead: Leadership, body: bytes = BODY, source: str = "import") -> Receipt:
    report = read(body)
    arrival = Arrival(
        builtin(source).id, report.device_key, report.format, utc(report.reported_at), body[-16:],
        content_digest(report), body, encode(report), encode(report), lambda told: None,
        report.partial and not report.supplement,
    )  # fmt: skip
    with transaction():
        assert store([arrival]) == ["changed"]
    work_off(lead)
    return Receipt.objects.order_by("-id")[0]


def facts() -> list[Fact]:
    """The facts of the one PC."""
    return list(facts_of(unpack(bytes(PcFacts.objects.get().packed))).values())


def checks() -> set[tuple[str, str]]:
    """(end of the rule's name, result) of the one PC."""
    return {(one.rule.rpartition("_")[2], one.result) for one in facts() if type(one) is Check}


def inventory(lead: Leadership, source: str, **changes: object) -> None:
    arrive(pc_json(4, identity={"macs": ["f0:1f:af:00:00:04"]}, **changes), source=source)
    work_off(lead)


WANTED = {("permissions", "pass"), ("root", "fail"), ("tmp", "notapplicable")}


def test_a_scan_is_added_and_the_next_inventory_leaves_it() -> None:
    lead = leader()
    inventory(lead, "simulation", reported_at=at(-60))
    before = (PcColumns.objects.get().packed, PcBody.objects.get().body, Pc.objects.get().reported_at)
    assert scan(lead).state == "recorded"
    assert checks() == WANTED
    assert (PcColumns.objects.get().packed, PcBody.objects.get().body, Pc.objects.get().reported_at) == before
    inventory(lead, "simulation", services=[{"name": "new", "running": True}], reported_at=at(-20))
    assert Service("new", True) in facts()
    assert checks() == WANTED
    scan(lead, BODY.replace(b">fail<", b">pass<").replace(b"08:00:05", b"09:00:05"))
    assert checks() == WANTED - {("root", "fail")} | {("root", "pass")}
    own = [{"source": "osquery", "rule": "own_disk", "result": "fail"}]
    inventory(lead, "simulation", checks=own, reported_at=at(-10))
    assert checks() == {("disk", "fail")}


def test_a_scan_of_a_pc_that_nobody_knows_is_set_aside_and_taken_in_later() -> None:
    lead = leader()
    assert scan(lead).state == "rejected"
    assert not Pc.objects.exists()
    assert Refusal.objects.get().message_id == "KNM1250-E"
    inventory(lead, "simulation")
    assert scan(lead).state == "recorded"
    assert checks() == WANTED


def test_a_scan_without_addresses_goes_by_the_host_when_only_one_has_it() -> None:
    lead = leader()
    nameless = BODY.replace(b"F0:1F:AF:00:00:04", b"")
    inventory(lead, "simulation", host="pc-0004")
    assert scan(lead, nameless).state == "recorded"
    assert checks() == WANTED


def test_a_scan_without_addresses_is_set_aside_when_two_pcs_have_its_host_name() -> None:
    lead = leader()
    for number in (4, 5):
        arrive(pc_json(number, host="pc-0004"), source="simulation")
    work_off(lead)
    assert scan(lead, BODY.replace(b"F0:1F:AF:00:00:04", b"")).state in ("suspected", "rejected")
    assert not any(
        type(one) is Check for row in PcFacts.objects.all() for one in facts_of(unpack(bytes(row.packed))).values()
    )


def test_passed_of_a_stranger_does_not_make_a_pc_safe() -> None:
    lead = leader()
    inventory(lead, "import")
    receipt = scan(lead, source="simulation")
    assert receipt.state == "suspected"
    assert receipt.reasons[0][0] == "KNM1111-W"
    assert checks() == set()
