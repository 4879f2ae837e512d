"""A number of the overview is that of the list behind it."""

import html
import re
from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts import scope
from kanmon.accounts.models import User
from kanmon.console.read import keep
from kanmon.inventory.models import Pc

pytestmark = pytest.mark.django_db
FAILED = re.compile(r'href="(/pcs\?condition=[^"]+)">([^<]+).*?k-strong">([\d,]+)</td>')


@pytest.fixture(autouse=True)
def company(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    scope.forget()
    sample.fill(40)
    Pc.objects.filter(id__in=(3, 4)).update(managed=False)


@pytest.mark.parametrize("groups", [(), ("/Head office",)])
def test_the_most_failed_conditions_lead_to_exactly_those_pcs(groups: tuple[str, ...]) -> None:
    client = Client()
    person = User.objects.create_user("hanako", role="viewer", groups_only=scope.ids_of(groups))
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    told = FAILED.findall(client.get("/").content.decode())
    assert len(told) == 7
    for address, title, count in told:
        page = client.get(html.unescape(address)).content.decode()
        number = re.search(r'k-num k-strong me-2">([\d,]+) PCs?<', page)
        assert number is not None, title
        assert number[1] == count, title
        assert f"<span>Fails</span> <b>{title}</b>" in page
