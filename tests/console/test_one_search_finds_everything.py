"""The search over everything: how names fit, and what each role and limit finds."""

from typing import Any

import pytest
import sample
from django.test import Client

from kanmon.accounts import scope
from kanmon.accounts.models import User
from kanmon.console.read import keep
from kanmon.console.read.everywhere import everywhere
from kanmon.console.shown.everywhere import Hit, best, plain, rank
from kanmon.inventory.models import Pc


@pytest.mark.parametrize(
    ("wanted", "name", "expected"),
    [
        ("mail", "mail", 0), ("mail", "mail.server", 1), ("server", "mail.server", 2), ("erv", "mail.server", 3),
        ("ngy", "/Nagoya", -1), ("nagoya", "/Nagoya/Sales", 2), ("ﾎﾟﾘｼｰ", "ポリシー", 0), ("ＰＣ", "pcs", 1),
    ],
)  # fmt: skip
def test_a_name_fits_wholly_from_its_beginning_from_a_words_or_anywhere(wanted: str, name: str, expected: int) -> None:
    assert rank(plain(wanted), [name]) == expected


def test_the_best_come_first_and_equals_stay_in_order() -> None:
    names = ["a mail", "mail b", "mail a", "post", "mail"]
    things = [(Hit(name, "/"), [name]) for name in names]
    assert [hit.words for hit in best("mail", things, 3)] == ["mail", "mail b", "mail a"]
    assert best("nothing", things, 3) == []


@pytest.fixture
def company(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    scope.forget()
    sample.fill(24)


def found(text: str, role: str = "administrator", *paths: str) -> dict[str, list[str]]:
    """By the words of a section: what stands in it."""
    user, _ = User.objects.get_or_create(
        username=f"{role}{paths}", defaults={"role": role, "groups_only": scope.ids_of(paths)}
    )
    return {section.words: [hit.words for hit in section.hits] for section in everywhere(text, user)}


@pytest.mark.django_db
def test_everything_is_found_by_name_in_either_language(company: None) -> None:
    pc = Pc.objects.order_by("host").first()
    assert pc is not None
    assert found(pc.host.lower())["PCs"] == [pc.host]
    assert found("defau")["Policies"][0] == "Default"
    assert "/Head office" in found("head o")["Groups"]
    assert found("mail.server")["Settings"][0] == "mail.server"
    assert "mail.server" in found("SMTP サーバー")["Settings"], "what it means, in Japanese"
    assert found("監査記録")["Pages"] == found("audit log")["Pages"] == ["Audit log"]
    assert found("no-such-thing") == found(" ") == found("\u202e") == {}


@pytest.mark.django_db
def test_what_one_may_not_see_is_not_found(company: None) -> None:
    assert "Settings" not in found("mail.server", "viewer")
    assert "Pages" not in found("audit log", "viewer")
    limited = found("o", "administrator", "/Head office")
    inside = set(Pc.objects.filter(group__path__startswith="/Head office").values_list("host", flat=True))
    assert set(limited["PCs"]) <= inside
    assert all(path.startswith("/Head office") for path in limited["Groups"])
    assert "Settings" not in limited
    outside = Pc.objects.exclude(group__path__startswith="/Head office").first()
    assert outside is not None
    assert "PCs" not in found(outside.host, "administrator", "/Head office")


@pytest.mark.django_db
def test_one_hit_is_where_one_gets_and_names_do_no_harm(company: None, client: Client) -> None:
    user = User.objects.create_user("v", role="viewer")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pc = Pc.objects.order_by("host").first()
    assert pc is not None
    answer = client.get("/find", {"q": pc.host})
    assert (answer.status_code, answer["Location"]) == (302, f"/pcs/{pc.id}")
    for address in ("/find", "/find/hits"):
        text = client.get(address, {"q": "<script>x\x00"}).content.decode()
        assert "<script>x" not in text
        assert "&lt;script&gt;x" in text
