"""A real PC is where it belongs, whatever a person, a crash or a pulled cable does: asked by ping and HTTP from inside it."""

import contextlib
import time
from collections.abc import Callable

import pytest

from tests.agent.loop.office import AFTER_AWAY_SECONDS, ALL, MAC, NOTHING, QUARANTINE, Office
from tests.conftest import until

BAD = {"antivirus": []}
CUT_OFF_WITHOUT_REDIRECT = QUARANTINE - {"page"}  # the redirect is the agent's own


@pytest.fixture
def signed_in(office: Office) -> Office:
    """Safe, and in the corporate network."""
    office.report()
    office.sign_in()
    office.until_it_reaches(ALL, "signed in and safe")
    return office


def test_refused_in_emergency_it_reaches_nothing_until_that_is_lifted(signed_in: Office) -> None:
    began = time.monotonic()
    signed_in.manager.run("network", "refuse", "--host", "pc-0001", "--reason", "stolen")
    signed_in.until_it_reaches(NOTHING, "refused", began)
    signed_in.report(**BAD)
    signed_in.until_ordered("deny")  # mended before that is decided, it would have been permitted all the time
    signed_in.report()
    signed_in.until_verified("permit")  # by policy: it stands below the refusal
    assert signed_in.reaches() == NOTHING
    began = time.monotonic()
    signed_in.manager.run("network", "lift", "--mac", MAC)
    signed_in.until_it_reaches(ALL, "lifted", began)
    signed_in.until_verified("lift")


def test_a_fixed_device_is_never_cut_off(make_office: Callable[..., Office]) -> None:
    office = make_office(fixed=[{"mac": MAC[:8], "note": "printers"}]).start()
    office.sign_in()
    office.until_it_reaches(ALL, "fixed, without inventory")
    office.report(**BAD)
    until(lambda: [one["progress"] for one in office.orders()] == ["fixed"], 30)
    assert office.reaches() == ALL
    until(lambda: office.pc.is_let_in or office.pc.reconnect(), 90, 3)  # the switch takes it in, too


def test_the_agent_is_killed_and_started_again(signed_in: Office) -> None:
    signed_in.server.kill_agent()
    signed_in.report(**BAD)
    until(signed_in.manager.idle)
    assert signed_in.reaches() == ALL, "nobody is there who could cut it off"
    signed_in.server.start_agent()
    signed_in.until_it_reaches(QUARANTINE, "the agent is back", None, AFTER_AWAY_SECONDS)
    signed_in.server.kill_agent()
    assert signed_in.reaches() == CUT_OFF_WITHOUT_REDIRECT, "its rules stand without it"
    signed_in.report()
    signed_in.server.start_agent()
    signed_in.until_it_reaches(ALL, "the agent is back again", None, AFTER_AWAY_SECONDS)
    signed_in.until_verified("permit")


@pytest.mark.parametrize("fault", ["before_commit:12=kill", "network_written:1=kill"])
def test_the_manager_is_killed_in_the_middle_of_a_denial(signed_in: Office, fault: str) -> None:
    signed_in.manager.kill()
    signed_in.manager.start(fault=fault, wait=False)  # a duty of the hour may reach the fault before it is ready
    until(lambda: signed_in.manager.ready() or signed_in.manager.ended(), 60)
    with contextlib.suppress(OSError):  # it may be gone before it answers
        signed_in.manager.post(signed_in.inventory(**BAD), signed_in.token)
    until(signed_in.manager.ended, 60)
    signed_in.manager.start()
    signed_in.report(**BAD)
    signed_in.until_it_reaches(QUARANTINE, f"the Manager is back after {fault}", None, AFTER_AWAY_SECONDS)
    order = signed_in.until_verified("deny")
    assert [one["wanted"] for one in signed_in.orders()] == ["deny", "permit"], "once"
    assert order["progress"] == "verified"


def test_freeradius_is_killed_and_started_again(signed_in: Office) -> None:
    assert signed_in.server.radius is not None
    signed_in.server.radius.stop(hard=True)
    signed_in.report(**BAD)
    signed_in.until_it_reaches(QUARANTINE, "without FreeRADIUS")
    signed_in.report()
    signed_in.server.start_radius()
    signed_in.until_it_reaches(ALL, "FreeRADIUS is back")
    until(lambda: signed_in.pc.is_let_in or signed_in.pc.reconnect(), 90, 3)
    until(lambda: signed_in.server.sessions()[MAC]["network"] == "corporate", 30)


def test_the_cable_between_agent_and_manager_is_pulled(signed_in: Office) -> None:
    signed_in.passage.shut()
    signed_in.report(**BAD)
    until(signed_in.manager.idle)
    assert signed_in.reaches() == ALL
    signed_in.passage.open()
    signed_in.until_it_reaches(QUARANTINE, "plugged in again", None, AFTER_AWAY_SECONDS)
