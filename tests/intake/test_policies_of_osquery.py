"""Policies of osquery come in as results of checks: from Fleet, from a log of osqueryd, beside tables."""

import json
from typing import Any

import pytest

from kanmon.common.errors import Refused
from kanmon.common.facts import Account, Agent, Check, Drive, Hardware, Os, Software
from kanmon.intake import formats
from kanmon.intake.formats import fleet_json, osquery_log
from kanmon.intake.report import Report, decode, encode
from tests.intake.test_real_inventories import ROOT

UUID = "4c4c4544-0042-3510-8052-b4c04f4a3432"
# As Fleet's API describes a host; names and numbers are made up.
HOST: dict[str, Any] = {
    "id": 7, "detail_updated_at": "2026-11-20T10:00:00Z", "seen_time": "2026-11-20T10:05:00Z", "hostname": "lab-7",
    "computer_name": "LAB-7", "uuid": UUID.upper(), "platform": "windows", "osquery_version": "5.12.1",
    "os_version": "Windows 11 Pro 23H2 10.0.22631.4460", "build": "", "memory": 17179869184, "cpu_type": "x86_64",
    "hardware_vendor": "Example Computers", "hardware_model": "Model 9", "hardware_serial": "5CG1234XYZ",
    "primary_ip": "192.0.2.17", "primary_mac": "f0:1f:af:00:00:07", "disk_encryption_enabled": True,
    "users": [
        {"uid": 500, "username": "Administrator", "type": "local", "groupname": "None", "shell": "cmd.exe"},
        {"uid": 501, "username": "Guest", "type": "local", "groupname": "None", "shell": "cmd.exe"},
        {"uid": 18, "username": "SYSTEM", "type": "special", "groupname": "", "shell": ""},
    ],
    "software": [
        {"id": 1, "name": "7-Zip", "version": "24.07", "source": "programs", "vendor": "Igor Pavlov"},
        {"id": 2, "name": "requests", "version": "2.32", "source": "python_packages"},
    ],
    "policies": [
        {"id": 1, "name": "SMBv1 server disabled (Windows)", "query": "SELECT 1 ...", "response": "pass", "critical": False},
        {"id": 2, "name": "Screen lock enabled (Windows)", "query": "SELECT 1 ...", "response": "fail", "critical": True},
        {"id": 3, "name": "Antivirus healthy (Windows)", "query": "SELECT 1 ...", "response": ""},
    ],
}  # fmt: skip
PASSED = Check("osquery", "SMBv1 server disabled (Windows)", "pass")


def read(message: Any) -> Report:
    report = formats.read(message if isinstance(message, bytes) else json.dumps(message).encode())
    assert isinstance(report, Report)
    assert decode(encode(report)) == report
    return report


def of(report: Report, record: type) -> list[Any]:
    return [fact for fact in report.facts if type(fact) is record]


@pytest.mark.parametrize(
    "message",
    [{"host": HOST}, {"apiVersion": "v1", "kind": "host", "spec": HOST}, {"hosts": [HOST]}],
    ids=["API", "fleetctl", "a list of one"],
)
def test_a_host_of_fleet_is_an_inventory_with_its_policies(message: Any) -> None:
    report = read(message)
    assert (report.format, report.host, report.serial, report.uuid) == ("fleet", "LAB-7", "5CG1234XYZ", UUID)
    assert (report.macs, report.columns["ip"], report.columns["memory_mb"]) == (
        ("f0:1f:af:00:00:07",),
        "192.0.2.17",
        16384,
    )
    assert report.reported_at == 1795168800
    assert not report.partial
    assert of(report, Agent) == [Agent("osquery", "5.12.1")]
    assert of(report, Os) == [Os("windows", "Windows 11 Pro", "10.0", "22631.4460", "", "x86_64")]
    assert of(report, Hardware) == [Hardware("Example Computers", "Model 9")]
    assert of(report, Software) == [Software("7-Zip", "24.07", "Igor Pavlov", "", "windows")]
    assert of(report, Drive) == [Drive("C:", True, True)]
    assert of(report, Account) == [Account("Administrator", administrator=True), Account("Guest", guest=True)]
    assert set(of(report, Check)) == {
        PASSED,
        Check("osquery", "Screen lock enabled (Windows)", "fail", "", "critical"),
        Check("osquery", "Antivirus healthy (Windows)", "unknown"),
    }
    assert report.told == {"software", "account", "drive", "check"}


def test_what_fleet_was_not_asked_for_is_not_told() -> None:
    report = read(
        {"host": {"hostname": "lab-7", "platform": "ubuntu", "os_version": "Ubuntu 22.04.3 LTS", "policies": []}}
    )
    assert report.told == {"check"}
    assert of(report, Os) == [Os("linux", "Ubuntu", "22.04.3", "", "", "")]
    assert of(report, Agent) == []
    assert read({"host": {"hostname": "lab-7", "disk_encryption_enabled": None}}).told == set()


def test_the_names_of_fleets_own_policies_come_through_as_they_are() -> None:
    path = ROOT / "fleet" / "standard-query-library.yml"
    if not path.exists():
        pytest.skip(f"NO REAL POLICY NAMES TESTED: there are none in {ROOT}")
    import yaml

    documents = yaml.safe_load_all(path.read_text("utf-8"))
    names = [one["spec"]["name"] for one in documents if one and one["kind"] == "policy"]
    assert len(names) >= 40
    report = read({"host": {"hostname": "x", "policies": [{"name": one, "response": "fail"} for one in names]}})
    assert {one.rule for one in of(report, Check)} == {" ".join(one.split()) for one in names}


WEBHOOK = {
    "timestamp": "2026-11-20T11:00:00Z",
    "policy": {"id": 2, "name": "Screen lock enabled (Windows)", "query": "SELECT 1 ...", "critical": True},
    "hosts": [{"id": 7, "hostname": "lab-7", "display_name": "LAB-7", "url": "https://fleet.example.test/hosts/7"}],
}


def test_the_webhook_of_a_failing_policy_tells_this_one_result() -> None:
    report = read(WEBHOOK)
    assert (report.format, report.host, report.supplement, report.reported_at) == (
        "osquery_results", "lab-7", True, 1795172400,
    )  # fmt: skip
    assert of(report, Check) == [Check("osquery", "Screen lock enabled (Windows)", "fail", "", "critical")]
    assert formats.is_part(json.dumps(WEBHOOK).encode())
    assert not formats.is_part(json.dumps({"host": HOST}).encode())


def line(name: str = "pack/policies/Firewall on", **fields: Any) -> dict[str, Any]:
    return {"name": name, "hostIdentifier": "lab-7", "calendarTime": "Fri Nov 20 10:00:00 2026 UTC",
            "unixTime": 1795168800, "epoch": 0, "counter": 0, **fields}  # fmt: skip


def snapshot(rows: list[Any], name: str = "pack/policies/Firewall on", **fields: Any) -> dict[str, Any]:
    return line(name, snapshot=rows, action="snapshot", **fields)


def log(*lines: dict[str, Any]) -> Report:
    return read("\n".join(json.dumps(one) for one in lines).encode() + b"\n")


def results(*lines: dict[str, Any]) -> dict[str, str]:
    return {one.rule: one.result for one in of(log(*lines), Check)}


ONE = {"1": "1"}


def test_a_snapshot_with_a_row_passes_and_one_without_fails() -> None:
    report = log(
        snapshot([ONE], "pack/policies/Firewall on"),
        snapshot([], "pack_policies_Screen lock_enabled (Windows)", unixTime="1795168900"),
        snapshot([{"pid": "1"}], "pack/inventory/processes"),
        snapshot([{"pid": "1"}], "processes"),
    )
    assert set(of(report, Check)) == {
        Check("osquery", "Firewall on", "pass"),
        Check("osquery", "Screen lock_enabled (Windows)", "fail"),
    }
    assert (report.host, report.reported_at, report.supplement, report.told) == ("lab-7", 1795168900, True, {"check"})


def event(action: str, row: dict[str, str], counter: int = 3) -> dict[str, Any]:
    return line(columns=row, action=action, counter=counter)


def batch(added: Any, removed: Any, counter: int = 3) -> dict[str, Any]:
    return line(diffResults={"added": added, "removed": removed}, counter=str(counter))


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        ([event("added", ONE)], "pass"),
        ([event("removed", ONE)], "fail"),
        ([event("added", ONE), event("removed", ONE)], "fail"),
        ([event("removed", ONE), event("added", ONE)], "pass"),
        ([event("removed", {"name": "a"})], "unknown"),  # there may be others
        ([event("added", {"name": "a"}, 0), event("added", {"name": "b"}, 0), event("removed", {"name": "a"})], "pass"),
        ([event("added", {"name": "a"}, 0), event("removed", {"name": "a"})], "fail"),
        ([batch([ONE], [])], "pass"),
        ([batch("", [ONE])], "fail"),
        ([batch([{"name": "a"}], [{"name": "b"}])], "pass"),
        ([event("added", ONE), snapshot([])], "fail"),
    ],
)
def test_a_differential_log_is_followed_row_by_row(lines: list[dict[str, Any]], result: str) -> None:
    assert results(*lines) == {"Firewall on": result}


def test_the_host_is_named_by_a_uuid_or_by_decorations() -> None:
    report = log(snapshot([], hostIdentifier=UUID.upper()))
    assert (report.host, report.uuid) == ("", UUID)
    report = log(snapshot([], hostIdentifier=UUID, decorations={"hostname": "lab-7.example.test", "host_uuid": UUID}))
    assert (report.host, report.uuid) == ("lab-7", UUID)


def test_answers_to_policies_can_stand_beside_tables() -> None:
    tables = {"system_info": [{"hostname": "lab-7"}]}
    report = read({"osquery": tables, "policies": {"Firewall on": [ONE], "Screen lock": []}})
    assert set(of(report, Check)) == {Check("osquery", "Firewall on", "pass"), Check("osquery", "Screen lock", "fail")}
    assert report.told == {"check"}
    assert read({"osquery": tables}).told == set()


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        ({"hosts": []}, "KNM1157-E"),
        ({"hosts": [HOST, HOST]}, "KNM1157-E"),
        ({**WEBHOOK, "hosts": [*WEBHOOK["hosts"], {"hostname": "lab-8"}]}, "KNM1157-E"),  # type: ignore[misc]
        ({"host": {}}, "KNM1017-E"),
        ({"host": {"hostname": "x"}, "hosts": 1}, "KNM1021-E"),
        ({"osquery": {"system_info": [{"hostname": "x"}]}, "policies": []}, "KNM1021-E"),
        (json.dumps(snapshot([], "processes")).encode(), "KNM1158-E"),
        (json.dumps(snapshot([])).encode() + b"\n" + json.dumps(snapshot([], hostIdentifier="lab-8")).encode(), "KNM1159-E"),
        (json.dumps(snapshot([], hostIdentifier="")).encode(), "KNM1017-E"),
        (json.dumps(snapshot([])).encode() + b"\n{", "KNM1020-E"),
        (json.dumps(snapshot([])).encode() + b'\n{"name": 1}', "KNM1021-E"),
    ],
)  # fmt: skip
def test_what_is_not_one_pc_or_broken_is_refused_with_a_sentence(body: Any, message_id: str) -> None:
    with pytest.raises(Refused) as refused:
        formats.read(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert refused.value.message_id == message_id
    assert refused.value.sentence("ja")


def test_the_number_of_policies_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osquery_log, "MAX_RESULTS", 1)
    monkeypatch.setattr(fleet_json, "MAX_RESULTS", 1)
    for body in (
        {"host": HOST},
        "\n".join(json.dumps(snapshot([], f"pack/policies/{one}")) for one in "ab").encode(),
    ):
        with pytest.raises(Refused, match="check results"):
            formats.read(body if isinstance(body, bytes) else json.dumps(body).encode())
