"""A real PC at a real switch: dangerous it reaches the remediation page only, mended it is back, and both are verified.

Times are printed: from the moment at which the inventory is sent to the first question that is answered so.
"""

import time

from tests.agent.loop.office import ALL, NOTHING, QUARANTINE, Office


def test_it_is_cut_off_mended_and_back(office: Office) -> None:
    office.report()
    office.sign_in()
    office.until_it_reaches(ALL, "signed in and safe")
    office.until_verified("permit")
    began = time.monotonic()
    office.report(antivirus=[])
    office.until_it_reaches(QUARANTINE, "bad inventory -> only the remediation page (wanted: 5 s)", began)
    order = office.until_verified("deny")
    assert order["acknowledged_at"] <= order["verified_at"]
    began = time.monotonic()
    office.report()
    office.until_it_reaches(ALL, "mended -> back (wanted: 10 s)", began)
    office.until_verified("permit")
    (row,) = office.manager.json("network", "list")
    assert (row["state"], row["seen"]["network"], row["seen"]["wrong_since"]) == ("permit", "corporate", None)
    assert office.manager.json("network", "unmanaged") == []


def test_who_sends_no_inventory_reaches_nothing_until_it_does(office: Office) -> None:
    office.sign_in()
    office.until_it_reaches(NOTHING, "unregistered")
    office.report()
    office.until_it_reaches(ALL, "registered")
