"""Results of outside checks are added to the PC that they are about, stay with it, and are judged."""

import json
from typing import Any

import pytest

from kanmon.common.facts import Check, Fact, Service
from kanmon.intake import formats
from kanmon.intake.models import Receipt, Refusal
from kanmon.intake.report import Report, content_digest, encode
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
from tests.intake.test_lynis_reports import BODY as LYNIS
from tests.intake.test_scap import BODY


@pytest.fixture(autouse=True)
def _set_up() -> None:
    versions.install_builtin()


def scan(lead: Leadership, body: bytes = BODY, source: str = "import") -> Receipt:
    report = formats.read(body)
    assert isinstance(report, Report)
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


def of_source(source: str) -> dict[str, str]:
    """Rule -> result, of one source."""
    return {one.rule: one.result for one in facts() if type(one) is Check and one.source == source}


def log(*results: tuple[str, bool], at: int = 1795168800, host: str = "pc-0004", **more: Any) -> bytes:
    """Lines as osqueryd writes them for the pack of policies."""
    lines = [
        {"name": f"pack/policies/{name}", "action": "snapshot", "snapshot": [{"1": "1"}] if passed else [],
         "hostIdentifier": host, "unixTime": at, **more}
        for name, passed in results
    ]  # fmt: skip
    return "\n".join(json.dumps(one) for one in lines).encode()


def test_results_of_one_program_leave_those_of_others() -> None:
    lead = leader()
    inventory(lead, "simulation", host="pc-0004", reported_at=at(-60))
    scan(lead)
    scan(lead, LYNIS.replace(b"F0:1f:af:00:00:12", b"").replace(b"f0:1f:af:00:00:12", b"f0:1f:af:00:00:04"))
    scan(lead, log(("Firewall on", True), ("Screen lock", False)))
    assert of_source("osquery") == {"Firewall on": "pass", "Screen lock": "fail"}
    assert of_source("lynis")["hardening_index"] == "informational"
    assert len(of_source("scap")) == len(WANTED)
    scan(lead, BODY.replace(b">fail<", b">pass<").replace(b"08:00:05", b"09:00:05"))
    assert set(of_source("scap").values()) == {"pass", "notapplicable"}
    assert of_source("lynis")
    assert of_source("osquery")
    inventory(lead, "simulation", host="pc-0004", services=[{"name": "new", "running": True}], reported_at=at(-20))
    assert of_source("lynis")
    assert of_source("osquery")


def test_a_log_replaces_the_results_that_it_names() -> None:
    lead = leader()
    inventory(lead, "simulation", host="pc-0004")
    scan(lead, log(("Firewall on", True), ("Screen lock", False)))
    scan(lead, log(("Screen lock", True), at=1795168900))
    assert of_source("osquery") == {"Firewall on": "pass", "Screen lock": "pass"}
    failing = {
        "timestamp": "2026-11-20T11:00:00Z",
        "policy": {"name": "Firewall on"},
        "hosts": [{"hostname": "PC-0004"}],
    }
    scan(lead, json.dumps(failing).encode())
    assert of_source("osquery") == {"Firewall on": "fail", "Screen lock": "pass"}
    scan(lead, log(("Firewall on", True), at=1795172500))
    scan(lead, json.dumps({**failing, "timestamp": "2026-11-20T11:30:00Z"}).encode())
    assert of_source("osquery") == {"Firewall on": "fail", "Screen lock": "pass"}


def test_a_log_finds_its_pc_by_uuid() -> None:
    lead = leader()
    uuid = "4c4c4544-0042-3510-8052-b4c04f4a3432"
    arrive(pc_json(4, identity={"uuid": uuid}), source="simulation")
    arrive(pc_json(5), source="simulation")
    work_off(lead)
    assert scan(lead, log(("Firewall on", False), host=uuid)).state == "recorded"
    (packed,) = [row.packed for row in PcFacts.objects.filter(pc=Pc.objects.get(uuid=uuid).id)]
    assert Check("osquery", "Firewall on", "fail") in facts_of(unpack(bytes(packed))).values()


def test_results_that_come_together_with_the_first_inventory_find_their_pc() -> None:
    lead = leader()
    arrive(pc_json(4, host="pc-0004"), source="import")
    assert scan(lead, log(("Firewall on", False), host="PC-0004")).state == "recorded"
    assert of_source("osquery") == {"Firewall on": "fail"}


def test_an_inventory_of_fleet_replaces_what_osquery_said_and_leaves_the_rest() -> None:
    lead = leader()
    mac = "f0:1f:af:00:00:04"
    host = {
        "hostname": "pc-0004",
        "osquery_version": "5.12.1",
        "primary_mac": mac,
        "detail_updated_at": "2026-11-20T10:00:00Z",
    }
    scan_of_fleet(lead, {**host, "policies": [{"name": "Firewall on", "response": "fail"}]})
    scan(lead)
    scan(lead, log(("Screen lock", False)))
    assert of_source("osquery") == {"Firewall on": "fail", "Screen lock": "fail"}
    scan_of_fleet(lead, {**host, "policies": [{"name": "Firewall on", "response": "pass"}],
                         "detail_updated_at": "2026-11-20T12:00:00Z"})  # fmt: skip
    assert of_source("osquery") == {"Firewall on": "pass"}
    assert len(of_source("scap")) == len(WANTED)
    scan_of_fleet(lead, {**host, "detail_updated_at": "2026-11-20T13:00:00Z"})
    assert of_source("osquery") == {"Firewall on": "pass"}
    assert len(of_source("scap")) == len(WANTED)


def scan_of_fleet(lead: Leadership, host: dict[str, Any]) -> None:
    assert scan(lead, json.dumps({"host": host}).encode()).state == "recorded"
