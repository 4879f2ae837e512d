"""Each person chooses the columns of the PC list."""

import re
from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts import scope
from kanmon.accounts.models import User
from kanmon.console import list_columns
from kanmon.console.read import keep
from kanmon.inventory.models import Pc, PcColumns
from kanmon.inventory.packing import unpack_columns
from kanmon.network.models import Entry

HEADS = re.compile(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)<')


@pytest.fixture
def company(settings: Any, db: None) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    scope.forget()
    sample.fill(24)


def person(name: str) -> Client:
    client = Client()
    client.force_login(
        User.objects.create_user(name, role="viewer"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def heads(client: Client, address: str = "/pcs") -> list[str]:
    return HEADS.findall(client.get(address).content.decode())


def test_only_columns_that_there_are_are_kept_each_once_and_in_their_order() -> None:
    given = ["judged", "os", "os", "password", "level", 7, None]
    assert list_columns.known(given) == ("level", "os", "judged")
    assert list_columns.of(User(pc_columns=[])) == ()
    assert list_columns.of(User(pc_columns={"os": 1})) == list_columns.of(User()) == list_columns.USUAL


def test_chosen_columns_are_shown_to_who_has_chosen_them(company: None) -> None:
    mine, other = person("hanako"), person("taro")
    usual = heads(mine)
    every = {"column": [*list_columns.WORDS, "password"], "next": "/pcs?q=a"}
    answer = mine.post("/pcs/columns", every)
    assert (answer.status_code, answer["Location"]) == (302, "/pcs?q=a")
    assert User.objects.get(username="hanako").pc_columns == list(list_columns.WORDS)
    assert set(usual) < set(heads(mine))
    assert {"Network state", "Operating system", "IP address", "MAC address", "Serial", "Asset number"} <= set(
        heads(mine)
    )
    assert heads(other) == usual
    mine.post("/pcs/columns", {"column": ["asset", "level"]})
    assert heads(mine) == ["PC", "Level", "Asset number"]
    mine.post("/pcs/columns", {})
    assert heads(mine) == ["PC"], "its name is always there"
    mine.post("/pcs/columns", {"usual": "yes", "column": ["os"]})
    assert heads(mine) == usual
    assert User.objects.get(username="hanako").pc_columns is None


def test_a_column_has_what_is_known_of_the_pc(company: None) -> None:
    client = person("hanako")
    client.post("/pcs/columns", {"column": ["network", "os", "address", "mac", "serial", "asset"]})
    entry = Entry.objects.filter(state="deny", pc__in=Pc.objects.values("id")).first()
    assert entry is not None
    pc = Pc.objects.get(id=entry.pc)
    page = client.get("/pcs", {"q": pc.serial}).content.decode()
    row = re.search(rf">{pc.host}</a>.*?</tr>", page, re.DOTALL)
    assert row is not None
    columns = unpack_columns(bytes(PcColumns.objects.get(pc=pc.id).packed))
    for text in ("Cut off", "Windows", columns["ip"], columns["mac"], pc.serial, pc.asset_number):
        assert f"{text}" in row[0], text


def test_the_menu_has_each_column_ticked_or_not_and_needs_no_script(company: None) -> None:
    client = person("hanako")
    client.post("/pcs/columns", {"column": ["level", "os"]})
    page = client.get("/pcs?level=danger").content.decode()
    menu = page[page.index('action="/pcs/columns"') :].split("</form>")[0]
    ticked = re.findall(r'name="column" value="(\w+)"( checked)?>', menu)
    assert [name for name, _ in ticked] == list(list_columns.WORDS)
    assert [name for name, on in ticked if on] == ["level", "os"]
    assert 'name="next" value="/pcs?level=danger"' in menu
