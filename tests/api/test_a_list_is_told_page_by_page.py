"""Every list of the API goes page by page: nobody is told twice, and nobody who stays is left out."""

import base64
import json
from typing import Any

import pytest

from kanmon.accounts import tokens
from kanmon.action.models import UserMessage
from kanmon.api.routes import api
from kanmon.inventory import groups
from kanmon.inventory.models import Pc
from kanmon.judgment.models import Verdict
from tests.api.conftest import Call

OF_A_THING = ["/pcs/{pc}/history", "/policies/judgment/Default/versions", "/groups/members?group=/Osaka branch"]


def lists() -> list[str]:
    """The addresses that have a cursor of their own making, without those that name a thing."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        given = {one["name"]: one for one in methods.get("get", {}).get("parameters", ())}
        needed = [one for one in given.values() if one.get("required")]
        if "cursor" in given and not needed and not path.endswith((".csv", "/history")):
            found.append(path.removeprefix("/api/v1"))
    return found


def rows_of(answer: Any) -> list[Any]:
    """What a list answers with, or the list in it."""
    assert answer.status_code == 200, answer.content
    told = answer.json()
    return told["rows"] if isinstance(told, dict) else told


def pages(call: Call, path: str, limit: int) -> list[Any]:
    """All rows of a list, ``limit`` a page."""
    found: list[Any] = []
    cursor = ""
    sign = "&" if "?" in path else "?"
    for _ in range(200):
        answer = call("GET", f"{path}{sign}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        rows = rows_of(answer)
        assert len(rows) <= limit
        found += rows
        cursor = answer.headers.get("X-Kanmon-Next", "")
        if not cursor:
            assert "Link" not in answer.headers
            return found
        assert f"cursor={cursor}" in answer.headers["Link"]
        assert answer.headers["Link"].endswith('>; rel="next"')
    raise AssertionError(f"{path}: no end")


def test_pages_together_are_the_whole_list(call: Call) -> None:
    pc = Pc.objects.filter(id__in=Verdict.objects.values("pc")).order_by("id")[0]
    for name in "abc":
        tokens.create(f"token {name}", "viewer", "test")
        at = pc.last_seen_at
        UserMessage.objects.create(operation=ord(name), pc=pc.id, title=name, text=name, made_at=at, expires_at=at)
    long = 0
    for path in [*lists(), *(one.format(pc=pc.asset_number) for one in OF_A_THING)]:
        whole = rows_of(call("GET", path + ("&" if "?" in path else "?") + "limit=1000"))
        for limit in (1, 3):
            assert [json.dumps(one) for one in pages(call, path, limit)] == [json.dumps(one) for one in whole], path
        long += len(whole) > 3
    assert long >= 8, "too little in the lists to say anything"


def test_who_comes_and_goes_meanwhile_repeats_and_loses_nobody(call: Call) -> None:
    before = [row["number"] for row in rows_of(call("GET", "/pcs"))]
    first = call("GET", "/pcs?limit=5")
    gone = rows_of(first)[-1]["number"], before[10]
    Pc.objects.filter(id__in=gone).update(retired_at=Pc.objects.get(id=gone[0]).last_seen_at)
    rest = call("GET", f"/pcs?limit=100&cursor={first.headers['X-Kanmon-Next']}")
    assert [row["number"] for row in rows_of(rest)] == [one for one in before[5:] if one not in gone]
    paths = [row["path"] for row in rows_of(call("GET", "/groups"))]
    first = call("GET", "/groups?limit=2")
    groups.create("/A group before all others")
    groups.create(paths[-1] + "/below")
    rest = call("GET", f"/groups?limit=100&cursor={first.headers['X-Kanmon-Next']}")
    assert [row["path"] for row in rows_of(rest)] == [*paths[2:], paths[-1] + "/below"]


@pytest.mark.parametrize("other", ["/pcs?search=pc&", "/pcs?removed=true&", "/operations?", "/groups?"])
def test_a_cursor_goes_on_with_its_own_query_only(call: Call, other: str) -> None:
    cursor = call("GET", "/pcs?limit=2").headers["X-Kanmon-Next"]
    assert rows_of(call("GET", f"/pcs?limit=7&cursor={cursor}")), "the size of a page may change"
    answer = call("GET", f"{other}cursor={cursor}")
    assert (answer.status_code, answer.json()["id"]) == (400, "KNM7306-E")


def test_a_made_up_cursor_is_refused(call: Call) -> None:
    mark = json.loads(base64.urlsafe_b64decode(call("GET", "/pcs?limit=2").headers["X-Kanmon-Next"] + "=="))[0]
    for key in ([], ["x"], [1, 2], [True], [None], [2**70], [1.5], {}, 5):
        said = json.dumps([mark, *key] if isinstance(key, list) else key)
        cursor = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        answer = call("GET", f"/pcs?cursor={cursor}")
        assert (answer.status_code, answer.json()["id"]) == (400, "KNM7306-E"), key
    for nonsense in ("x", "%FF", "....", "W10"):
        assert call("GET", f"/pcs?cursor={nonsense}").json()["id"] == "KNM7306-E"


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "99999999999999999999", "many"])
def test_the_size_of_a_page_is_bounded(call: Call, limit: str) -> None:
    answer = call("GET", f"/pcs?limit={limit}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")
