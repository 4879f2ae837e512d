"""The card of waivers on the page of a PC."""

from datetime import timedelta
from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts.models import User
from kanmon.common import zone
from kanmon.console.read import keep
from kanmon.inventory.models import Pc
from kanmon.policy import waivers

pytestmark = pytest.mark.django_db


def test_the_page_of_a_pc_lists_its_waivers_and_those_of_its_group_but_no_ended_ones(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    sample.fill(12)
    client = Client()
    client.force_login(
        User.objects.create_user("a", role="viewer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pc = Pc.objects.get(id=5)
    assert 'id="waivers"' not in client.get("/pcs/5").content.decode()

    def waive(place: waivers.Place, condition: str, reason: str) -> Any:
        wanted = waivers.Wanted(condition, reason, "Ito <M>", zone.today() + timedelta(days=72))
        return waivers.add(place, wanted, "hanako")

    waive(waivers.Place("pc", 5), "pc_settings.automatic_logon", "Line terminal")
    waive(waivers.Place("group", pc.group_id), "antivirus.definitions", "Closed network")
    waivers.end(waive(waivers.Place("pc", 5), "antivirus.product", "Over"), "hanako")
    waive(waivers.Place("pc", 6), "antivirus.engine", "Of another PC")
    page = client.get("/pcs/5").content.decode()
    for text in ("Line terminal", "Closed network", "Approved by Ito &lt;M&gt;", "in 72 days", "for its group"):
        assert text in page, text
    assert "Over" not in page.split('id="waivers"')[1].split("</section>")[0]
    assert "Of another PC" not in page
    assert "72 日" in client.get("/pcs/5", headers={"Accept-Language": "ja"}).content.decode()
