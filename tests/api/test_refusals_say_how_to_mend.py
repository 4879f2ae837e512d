"""Whatever refuses a call says so in one shape, in the caller's language, with the way out."""

import json
from typing import Any

import pytest
from django.conf import settings as django_settings

from kanmon.api import queries
from kanmon.api.routes import api
from tests.api.conftest import Call

BIG = django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE
FIELDS = {"type", "title", "status", "detail", "id", "how"}
CASES: list[tuple[str, str, Any, dict[str, str], int, str]] = [
    ("GET", "/nothing/here", None, {}, 404, "KNM7300-E"),
    ("GET", "/pcs/no-such-pc", None, {}, 404, "KNM6010-E"),
    ("PUT", "/pcs", {}, {}, 405, "KNM7301-E"),
    ("POST", "/judgments", b" " * (BIG + 1), {}, 413, "KNM7302-E"),
    ("POST", "/network/setup", b" " * (BIG + 1), {}, 413, "KNM7302-E"),
    ("POST", "/judgments", b"all=true", {"content_type": "text/plain"}, 415, "KNM7303-E"),
    ("POST", "/judgments", b"{", {}, 400, "KNM7308-E"),
    ("POST", "/judgments", b"\xff", {}, 400, "KNM7308-E"),
    ("POST", "/judgments", b"[" * 100_000, {}, 400, "KNM7308-E"),
    ("POST", "/judgments", b'{"all": NaN}', {}, 400, "KNM7308-E"),
    ("POST", "/judgments", b'{"pcs": ["\\u0000"]}', {}, 400, "KNM7309-E"),
    ("POST", "/judgments", b'{"pcs": ["\\ud800"]}', {}, 400, "KNM7309-E"),
    ("GET", "/pcs?search=%00", None, {}, 400, "KNM7309-E"),
    ("POST", "/judgments", {"all": "maybe"}, {}, 422, "KNM6013-E"),
    ("POST", "/judgments", {}, {}, 400, "KNM6009-E"),
    ("GET", "/pcs", None, {"Authorization": "Bearer kna_wrong"}, 401, "KNM7002-E"),
]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_refusal_is_a_problem_with_its_sentence(call: Call, language: str) -> None:
    for method, path, body, headers, status, message_id in CASES:
        answer = call(method, path, body, language, **headers)
        told = answer.json()
        assert (answer.status_code, told["id"], told["status"]) == (status, message_id, status), (path, told)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert told.keys() >= FIELDS
        assert told["type"] == f"urn:kanmon:message:{message_id}"
        assert told["detail"]
        assert told["title"].isascii() == (language == "en"), told
        assert told["detail"].isascii() == (language == "en"), told
    assert "GET" in call("PUT", "/pcs", {}).headers["Allow"]


def test_the_parameter_language_goes_before_the_head(call: Call) -> None:
    assert call("GET", "/pcs/no-such-pc?language=en", language="ja").json()["title"] == "Not Found"


def test_a_fault_of_the_manager_is_said_without_its_inside(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(queries, "status", broken)
    answer = call("GET", "/status")
    assert (answer.status_code, answer.json()["id"]) == (500, "KNM7305-E")
    assert "secret" not in answer.content.decode()


def test_a_wrong_field_is_named_with_its_place(call: Call) -> None:
    body = {"pcs": ["PC0000001", 5], "evrything": True, "group": "x"}
    told = call("POST", "/judgments", body).json()
    places = {one["pointer"]: one["id"] for one in told["errors"]}
    assert places == {"#/pcs/1": "KNM7314-E", "#/evrything": "KNM7311-E"}
    assert "evrything is unknown here" in told["detail"]
    assert "evrything は、ここにはない項目です" in call("POST", "/judgments", body, "ja").json()["detail"]
    told = call("POST", "/waivers", {"condition": "", "notice_days": 999}).json()
    said = {one["field"]: one["id"] for one in told["errors"]}
    assert said == {
        "condition": "KNM7312-E", "notice_days": "KNM7312-E", "reason": "KNM7310-E", "approver": "KNM7310-E",
        "expires": "KNM7310-E",
    }  # fmt: skip
    told = call("GET", "/operations?limit=many&language=fr").json()
    assert {one["field"]: (one["in"], one["id"]) for one in told["errors"]} == {"limit": ("query", "KNM7314-E")}


def test_no_body_takes_a_field_that_it_does_not_know() -> None:
    schemas = api.get_openapi_schema()["components"]["schemas"]
    paths = api.get_openapi_schema()["paths"].values()
    text = json.dumps([one.get("requestBody") for methods in paths for one in methods.values()])
    for name, schema in schemas.items():
        if f'schemas/{name}"' in text and schema["type"] == "object" and name != "Wanted":
            assert schema["additionalProperties"] is False, name
