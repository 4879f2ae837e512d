"""Every address of the console and of the API, for every role and limit: what is not allowed is refused, without a trace.

What is expected stands in ``permission_table.py`` alone. An address that is new fails until it has a line there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sample
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver
from ninja import Schema
from permission_table import ANYBODY, API, CONSOLE, ITSELF, ROLES

from kanmon.accounts import scope, tokens
from kanmon.accounts.models import User
from kanmon.api.routes import api
from kanmon.console.read import keep
from kanmon.inventory.models import Group, Pc
from kanmon.urls import urlpatterns

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
KEY = "0123456789abcdef0123456789abcdef"
MINE, OTHER = "/Osaka branch", "/Head office"
UNCOUNTED = ("audit", "django_session", "session_use")  # a refusal is told in the audit


class Asked(NamedTuple):
    """A request, the line of the table that it falls under, and whether it names a PC."""

    method: str
    path: str
    body: Any
    line: tuple[str, str]
    names_pc: bool


class Actor(NamedTuple):
    """Who asks: a role ("" for nobody), and the limit: None, or of which group."""

    role: str
    limit: str | None

    def expects(self, asked: Asked) -> set[int] | None:
        """The answers that refuse; None when it is allowed."""
        verb, limited = asked.line
        if verb == ANYBODY:
            return None
        if not self.role:
            return {302, 401}
        if verb != ITSELF and verb not in ROLES[self.role]:
            return {403}
        if self.limit is not None and limited == "refused":
            return {403}
        if self.limit == OTHER and limited == "narrowed" and asked.names_pc:
            return {404}
        return None


ACTORS = [Actor("", None), *(Actor(role, limit) for role in ROLES for limit in (None, MINE, OTHER))]


@pytest.fixture
def company(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pc:
    """The invented company, and a PC of the group ``MINE``."""
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setenv("KANMON_HOME", str(tmp_path))
    keep.forget()
    scope.forget()
    sample.fill(24)
    return Pc.objects.filter(group=Group.objects.get(path=MINE)).order_by("id")[0]


def flat(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Address and name of every pattern but those of the API."""
    for one in patterns:
        if isinstance(one, URLResolver):
            if str(one.pattern) != "api/v1/":
                yield from flat(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern), str(one.name)


def console(pc: Pc) -> list[Asked]:
    """GET and POST of every address of the console."""
    mac = f"00:1b:8b:4e:00:{pc.id:02x}"
    values = {"number": str(pc.id), "term": "1", "mac": mac, "kind": "judgment", "name": "Default", "key": "0" * 32}
    values |= {"token": "no-such-link", "verb": "judge", "switch": "hold", "group": "interrupted", "item": "antivirus"}
    values |= {"section": "network", "session": "1", "what": "software"}
    found = []
    for pattern, name in flat(urlpatterns):
        assert name in CONSOLE, f"{name} ({pattern}) has no line in permission_table.CONSOLE"
        given = {"redo": "redo"} | values
        if name == "decide_operation":
            given |= {"verb": "redo"}
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m, given=given: given[m[1]], pattern)  # type: ignore[misc]
        query = {
            "bulk": f"?do=judge&pc={pc.id}",
            "waiver_ask": f"?pc={pc.id}&condition=antivirus.engine",
            "history": f"?pc={pc.asset_number}",
            "history_csv": f"?pc={pc.asset_number}",
        }
        form = {
            "form_key": KEY,
            "pc": str(pc.id),
            "wanted": "refuse",
            "reason": "test",
            "decision": "approve",
            "do": "judge",
        }
        pcs = name.startswith(("pc_", "network_device", "history")) or name in (
            "pc",
            "bulk",
            "bulk_order",
            "network_order",
            "waiver_ask",
            "waiver_give",
        )
        found.append(Asked("GET", path + query.get(name, ""), None, CONSOLE[name], pcs))
        found.append(Asked("POST", path, form, CONSOLE[name], pcs))
    return found


def sample_of(schema: dict[str, Any], all_of_them: dict[str, Any], pc: Pc, name: str = "") -> Any:
    """The smallest value that a schema of the OpenAPI document takes."""
    if "$ref" in schema:
        return sample_of(all_of_them[schema["$ref"].rsplit("/", 1)[1]], all_of_them, pc)
    if "anyOf" in schema:
        return sample_of(schema["anyOf"][0], all_of_them, pc, name)
    if "enum" in schema or "const" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type")
    if kind == "object":
        wanted = {*schema.get("required", ()), *({"pcs"} & schema.get("properties", {}).keys())}
        more = {"x": sample_of(schema["additionalProperties"], all_of_them, pc)} if schema.get("minProperties") else {}
        return more | {one: sample_of(schema["properties"][one], all_of_them, pc, one) for one in sorted(wanted)}
    if kind == "array":
        return [sample_of(schema["items"], all_of_them, pc, name)]
    if kind in ("integer", "number"):
        return max(1, int(schema.get("minimum", 1)))
    if kind == "boolean":
        return False
    if schema.get("format") in ("date", "date-time"):
        return "2030-01-01" + "T00:00:00Z" * (schema["format"] == "date-time")
    return (
        pc.asset_number
        if name in ("pc", "pcs", "host")
        else "antivirus.engine"
        if name == "condition"
        else "x" * schema.get("minLength", 1)
    )


def endpoints(pc: Pc) -> list[Asked]:
    """Every operation of the OpenAPI document, and those that are left out of it."""
    document = api.get_openapi_schema()
    schemas = document["components"]["schemas"]
    found = []
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            found.append((method.upper(), path.removeprefix("/api/v1"), told))
    found += [("GET", "/openapi.json", {}), ("GET", "/", {}), ("GET", "/pcs/manage", {})]
    asked = []
    for method, path, told in found:
        assert f"{method} {path}" in API, f"{method} {path} has no line in permission_table.API"
        is_pc = path.startswith("/pcs/{name}")
        values = {"name": pc.asset_number if is_pc else "x", "id": "1", "number": "1", "term": "1", "kind": "judgment"}
        values |= {"cls": "software", "which": "mandatory_software"}
        content = told.get("requestBody", {}).get("content", {})
        body = sample_of(next(iter(content.values()))["schema"], schemas, pc) if content else None
        for given in told.get("parameters", ()):
            if given["in"] == "query" and given.get("required"):
                values[given["name"]] = str(sample_of(given["schema"], schemas, pc))
        query = "&".join(
            f"{g['name']}={values[g['name']]}"
            for g in told.get("parameters", ())
            if g["in"] == "query" and g.get("required")
        )
        address = "/api/v1" + re.sub(r"{(\w+)}", lambda m, values=values: values[m[1]], path)  # type: ignore[misc]
        names_pc = is_pc or (isinstance(body, dict) and "pcs" in body)
        asked.append(Asked(method, address + ("?" + query if query else ""), body, API[f"{method} {path}"], names_pc))
    unknown = set(API) - {f"{method} {path}" for method, path, _ in found}
    assert not unknown, f"lines of permission_table.API that nothing answers to: {unknown}"
    return asked


def counts() -> dict[str, int]:
    """Rows of every table but the audit's and the sessions'."""
    return {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.db_table.startswith(UNCOUNTED)
    }


def walk(asked: list[Asked], actor: Actor, send: Any) -> list[str]:
    """What is wrong with the answers that ``actor`` gets."""
    wrong = []
    refused = [one for one in asked if actor.expects(one) is not None]
    before = counts()
    for one in refused:
        answer = send(one)
        expected = actor.expects(one) or set()
        signs_in = answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
        if answer.status_code not in expected | {405} or (answer.status_code == 302 and not signs_in):
            wrong.append(f"{actor}: {one.method} {one.path}: {answer.status_code}, expected {sorted(expected)}")
    after = counts()
    if before != after:
        wrong.append(
            f"{actor}: refused requests left a trace: {[name for name in after if after[name] != before[name]]}"
        )
    for one in asked:
        if actor.expects(one) is None and one.path != "/account/logout/":
            with transaction.atomic():
                answer = send(one)
                transaction.set_rollback(True)
            to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
            if answer.status_code in (401, 403) or answer.status_code >= 500 or (to_sign_in and one.line[0] != ANYBODY):
                wrong.append(f"{actor}: {one.method} {one.path}: {answer.status_code}, but it is allowed")
    return wrong


def test_every_page_is_for_those_who_may_and_nobody_else(company: Pc) -> None:
    asked = console(company)
    unknown = set(CONSOLE) - {name for _path, name in flat(urlpatterns)}
    assert not unknown, f"lines of permission_table.CONSOLE that nothing answers to: {unknown}"
    wrong = []
    for actor in ACTORS:
        client = Client(raise_request_exception=False)
        if actor.role:
            limit = scope.ids_of([actor.limit]) if actor.limit else None
            name = f"{actor.role}{actor.limit or ''}".replace("/", "-").replace(" ", "")
            person = User.objects.create_user(name, password="correct horse", role=actor.role, groups_only=limit)
            client.force_login(person, backend=BACKEND)

        def send(one: Asked, client: Client = client) -> Any:
            return client.get(one.path) if one.method == "GET" else client.post(one.path, one.body)

        wrong += walk(asked, actor, send)
    assert not wrong, "\n".join(wrong)


def test_every_endpoint_is_for_those_who_may_and_nobody_else(company: Pc) -> None:
    asked = endpoints(company)
    wrong = []
    for actor in ACTORS:
        headers = {}
        if actor.role:
            limit = scope.ids_of([actor.limit]) if actor.limit else None
            headers = {"Authorization": f"Bearer {tokens.create(str(actor), actor.role, 'test', limit)}"}

        def send(one: Asked, headers: dict[str, str] = headers) -> Any:
            client = Client(raise_request_exception=False)
            given = {} if one.body is None else {"data": json.dumps(one.body), "content_type": "application/json"}
            return getattr(client, one.method.lower())(one.path, headers=headers, **given)

        wrong += walk(asked, actor, send)
    assert not wrong, "\n".join(wrong)


def test_no_two_shapes_of_the_document_share_a_name() -> None:
    shapes = [one for one in Schema.__subclasses__() if one.__module__.startswith("kanmon.api")]
    shapes += [below for one in shapes for below in one.__subclasses__()]
    names = [one.__name__ for one in set(shapes)]
    assert sorted(names) == sorted(set(names))
