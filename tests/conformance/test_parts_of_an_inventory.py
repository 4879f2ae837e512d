"""A part of an inventory changes what it tells and leaves the rest: facts of other classes, and columns."""

import pytest

from kanmon.common.facts import Agent, Patch, Told
from kanmon.intake import formats
from kanmon.intake.report import content_digest, encode
from kanmon.intake.store import Arrival, utc
from kanmon.intake.tokens import builtin
from kanmon.inventory.dictionary import facts_of
from kanmon.inventory.models import Pc, PcColumns, PcFacts
from kanmon.inventory.packing import unpack, unpack_columns
from kanmon.journal.writing import transaction
from kanmon.policy import versions
from tests.conformance.test_stages import work_off
from tests.conformance.work import leader
from tests.intake.conftest import OWN

PART = "CSName=LAB-EN-01\r\r\nHotFixID=KB5000077\r\r\n"


@pytest.fixture(autouse=True)
def _set_up() -> None:
    versions.install_builtin()


def arrive(body: bytes) -> None:
    from kanmon.intake.store import store

    report = formats.read(body)
    assert not isinstance(report, formats.Prolog | formats.Contact)
    arrival = Arrival(
        builtin("import").id, report.device_key, report.format, utc(report.reported_at), body[-16:],
        content_digest(report), body, encode(report), encode(report), lambda told: None, report.partial,
    )  # fmt: skip
    with transaction():
        assert store([arrival]) == ["changed"]


def test_a_list_of_updates_leaves_everything_else_as_it_was() -> None:
    lead = leader()
    arrive((OWN / "systeminfo" / "en.txt").read_bytes())
    work_off(lead)
    before = unpack_columns(bytes(PcColumns.objects.get().packed))
    arrive(PART.encode())
    work_off(lead)
    pc = Pc.objects.get()
    facts = set(facts_of(unpack(bytes(PcFacts.objects.get(pc=pc.id).packed))).values())
    assert {one for one in facts if type(one) is Patch} == {Patch("KB5000077")}
    assert Told("patch") in facts
    assert Agent("systeminfo", "10.0.22631") in facts
    after = unpack_columns(bytes(PcColumns.objects.get().packed))
    assert {**after, "reported_at": 0} == {**before, "reported_at": 0}
