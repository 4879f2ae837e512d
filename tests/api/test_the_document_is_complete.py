"""The OpenAPI document knows every route, what it asks and answers; real answers are as it says."""

import copy
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.db import transaction

from kanmon.api.answers import ANSWERS
from kanmon.api.routes import api
from kanmon.inventory.models import Pc
from kanmon.journal import record
from kanmon.journal.models import Takeover
from tests.api.conftest import Call

sys.path.append(str(Path(__file__).parents[1] / "console"))

from permission_table import ANYBODY, API

POLICY = "kind: judgment\nname: By test\nprohibited_software:\n  judge: true\n"
TOKEN = {"name": "made by test"}
WAIVER = {"condition": "antivirus.engine", "reason": "r", "approver": "a", "expires": "2030-01-01"}
CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "/groups", {"path": "/New/below"}),
    ("POST", "/groups/move", {"path": "/New/below", "to": "/New/moved"}),
    ("POST", "/groups/members", {"path": "/New/moved", "pcs": ["{pc}"]}),
    ("POST", "/groups", {"path": "/Empty"}),
    ("POST", "/groups/delete", {"path": "/Empty"}),
    ("POST", "/policies/judgment/Default/copy", {"name": "Copied"}),
    ("POST", "/policies/judgment/Copied/rollback", {"version": 1}),
    ("DELETE", "/policies/judgment/Copied", None),
    ("POST", "/policies", {"text": POLICY}),
    ("GET", "/policies/judgment/By test/lists/prohibited", None),
    ("POST", "/policies/plan", {"files": {"by.yaml": POLICY.replace("By test", "Other")}}),
    ("POST", "/policies/apply", {"files": {"by.yaml": POLICY.replace("By test", "Other")}}),
    ("POST", "/policies/apply", {"files": {"by.yaml": POLICY.replace("By test", "Other")}}),
    ("POST", "/assignments", {"policy": "By test", "pcs": ["{pc}"]}),
    ("POST", "/assignments", {"policy": "By test", "group": "/New"}),
    ("GET", "/assignments", None),
    ("POST", "/waivers", {**WAIVER, "pcs": ["{pc}"]}),
    ("POST", "/waivers", {**WAIVER, "group": "/New"}),
    ("GET", "/waivers", None),
    ("DELETE", "/waivers/1", None),
    ("GET", "/waivers?expired=true", None),
    ("POST", "/schedules", {"name": "nightly", "cron": "0 3 * * *", "groups": ["/New"]}),
    ("GET", "/schedules", None),
    ("DELETE", "/schedules/nightly", None),
    ("POST", "/sources", TOKEN),
    ("DELETE", "/sources/made by test", None),
    ("POST", "/tokens", TOKEN),
    ("DELETE", "/tokens/made by test", None),
    ("POST", "/people", {"name": "made-by-test", "role": "viewer"}),
    ("GET", "/people", None),
    ("POST", "/people/made-by-test", {"role": "auditor"}),
    ("POST", "/people/made-by-test/link", None),
    ("POST", "/people/made-by-test/disable", None),
    ("POST", "/people/made-by-test/enable", None),
    ("POST", "/statistics", {}),
    ("POST", "/settings", {"settings": {"network.verify_seconds": 90}}),
    ("POST", "/settings", {"settings": {"network.verify_seconds": None, "mail.server": "127.0.0.1:1"}}),
    ("POST", "/settings/test-mail", {"address": "me@example.org"}),
    ("POST", "/mail-groups", {"text": "group,address\nhelp,help@example.org\n"}),
    ("GET", "/mail-groups", None),
    ("POST", "/mail-users", {"text": "user,address\nsato,sato@example.org\n"}),
    ("GET", "/mail-users", None),
    ("POST", "/mail-groups/remove", {"name": "help"}),
    ("POST", "/mail-users/remove", {"name": "sato"}),
    ("POST", "/judgments", {"pcs": ["{pc}"]}),
    ("POST", "/pcs/manage", {"wanted": "disable", "pcs": ["{pc}"], "reason": "r"}),
    ("POST", "/actions", {"pcs": ["{pc}"]}),
    ("POST", "/waiting", {"decision": "decline", "all": True}),
    ("POST", "/messages", {"pcs": ["{pc}"], "title": "t", "text": "x"}),
    ("POST", "/network/orders", {"wanted": "permit", "mac": ["00:1b:8b:4e:00:fe"], "reason": "r"}),
    ("POST", "/network/setup", {}),
    ("GET", "/network/setup", None),
    ("POST", "/hold", {"held": True}),
    ("GET", "/hold", None),
    ("POST", "/hold", {"held": False}),
    ("POST", "/operations/{waits}/hold", {"because": "b"}),
    ("POST", "/operations/{waits}/release", {"because": "b"}),
    ("POST", "/operations/{waits}/cancel", {"because": "b"}),
    ("GET", "/operations/{waits}", None),
    ("POST", "/failovers/{term}/acknowledge", {}),
    ("POST", "/failovers/acknowledge", {}),
    ("GET", "/pcs/{pc}?as_of=2026-11-22", None),
    ("GET", "/pcs?removed=true", None),
]


@cache
def document() -> dict[str, Any]:
    """As it is told."""
    found: dict[str, Any] = api.get_openapi_schema()
    return found


def closed(schema: Any) -> Any:
    """The same, where no object has a field that is not named."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(one) for name, one in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        made.setdefault("additionalProperties", False)
    return made


@cache
def closed_components() -> dict[str, Any]:
    """All shapes, closed but for those whose other fields say what was changed."""
    shapes = copy.deepcopy(document()["components"]["schemas"])
    return {name: one if name in ("Changed", "Rejudged") else closed(one) for name, one in shapes.items()}


def of(method: str, path: str) -> str:
    """The line of the document that an address falls under."""
    bare = path.partition("?")[0].strip("/").split("/")
    fits = []
    for one in document()["paths"]:
        words = one.removeprefix("/api/v1/").split("/")
        if len(words) == len(bare) and all(a == b or a.startswith("{") for a, b in zip(words, bare, strict=True)):
            fits.append((sum(word.startswith("{") for word in words), one))
    return f"{method} {min(fits)[1].removeprefix('/api/v1')}"


def wrong_with(line: str, answer: Any) -> str:
    """What is not as the document says."""
    method, path = line.split(" ")
    told = document()["paths"]["/api/v1" + path][method.lower()]["responses"]["200"]["content"]
    kind, described = next(iter(told.items()))
    if not answer.headers["Content-Type"].startswith(kind):
        return f"{line}: {answer.headers['Content-Type']}"
    if kind != "application/json":
        return ""
    schema = closed(described["schema"]) | {"components": {"schemas": closed_components()}}
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(answer.json()))
    return "; ".join(f"{line}: {one.json_path}: {one.message[:300]}" for one in errors[:3])


def test_every_route_is_in_it_with_all_that_a_caller_needs() -> None:
    told = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": one
        for path, methods in document()["paths"].items()
        for method, one in methods.items()
    }
    routes = {
        f"{method} {prefix}{path}"
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for one in view.operations
        if one.include_in_schema
        for method in one.methods
    }
    assert told.keys() == routes
    assert told.keys() == ANSWERS.keys(), "an endpoint that is new needs a line in kanmon/api/answers"
    assert document()["openapi"].startswith("3.1")
    names = [one["operationId"] for one in told.values()]
    assert len(names) == len(set(names))
    for line, one in told.items():
        verb, limited = API[line]
        asks = one["x-kanmon-permission"]
        assert asks["verbs"] == [] if verb == ANYBODY else verb in asks["verbs"], line
        assert verb == ANYBODY or asks["limited"] == limited, line
        assert one["summary"], line
        assert {"200", "default"} <= one["responses"].keys(), line
        for given in one.get("parameters", ()):
            schema = given["schema"]
            if schema.get("type") == "integer":
                assert {"minimum", "maximum"} <= schema.keys(), (line, given["name"])
    for name, shape in document()["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(shape)
        assert shape.get("title") or shape.get("type"), name


@pytest.mark.django_db
def test_real_answers_are_as_it_says(call: Call) -> None:
    pc = Pc.objects.order_by("id")[0].asset_number
    with transaction.atomic():
        waits = record.begin("judge", requester="test", subject="all")
    values = {
        "name": "Default",
        "pc": pc,
        "id": str(waits.id),
        "number": "1",
        "term": str(Takeover.objects.latest("term").term),
        "kind": "judgment",
    }
    values |= {"cls": "software", "waits": str(waits.id), "which": "prohibited"}
    wrong, seen = [], set()
    gets = [line for line in ANSWERS if line.startswith("GET ")]
    asked: list[tuple[str, str, Any]] = []
    for line in gets:
        path = line.removeprefix("GET ").replace("/pcs/{name}", "/pcs/{pc}").replace("{cls}/{name}", "{cls}/name")
        path += "?group=/Osaka branch" if path == "/groups/members" else ""
        path += "?group=judgment" if path == "/failovers/{term}/operations" else ""
        asked.append(("GET", path, None))
    for number, (method, path, body) in enumerate([*asked, *CHANGES]):
        path = path.replace("{", "%(").replace("}", ")s") % values
        if isinstance(body, dict):
            body = {name: [pc] if name == "pcs" else pc if name == "pc" else one for name, one in body.items()}
        answer = call(method, path, body)
        line = of(method, path)
        if answer.status_code == 200:
            seen.add(line)
            wrong += [said] if (said := wrong_with(line, answer)) else []
        elif number >= len(asked):
            wrong.append(f"{line}: {answer.status_code} {answer.content[:200]!r}")
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 0.75 * len(ANSWERS), sorted(ANSWERS.keys() - seen)


@pytest.mark.django_db
def test_it_is_shown_at_its_address(call: Call) -> None:
    answer = call("GET", "/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Kanmon"
