"""Whatever changes something takes a key, and is done once for it."""

from django.apps import apps

from kanmon.api.document import KEY
from kanmon.api.routes import api
from kanmon.inventory.models import Pc
from tests.api.conftest import Call
from tests.api.test_the_document_is_complete import CHANGES, of

NOT_COUNTED = ("audit", "django_session", "entry")  # that it was asked again is told


def counts() -> dict[str, int]:
    """Rows by table."""
    tables = (one for one in apps.get_models() if not one._meta.db_table.startswith(NOT_COUNTED))
    return {one._meta.db_table: one._default_manager.count() for one in tables}


def test_the_second_time_nothing_is_done(call: Call) -> None:
    pc = Pc.objects.order_by("id")[0].asset_number
    paths = api.get_openapi_schema()["paths"]
    twice = 0
    for number, (method, path, body) in enumerate(CHANGES):
        line = of(method, path)
        told = paths["/api/v1" + line.partition(" ")[2]][method.lower()]
        if KEY not in told.get("parameters", []) or "{waits}" in path or "{term}" in path:
            continue
        if isinstance(body, dict):
            body = {name: [pc] if name == "pcs" else pc if name == "pc" else one for name, one in body.items()}
        key = {"Idempotency-Key": f"key {number}"}
        first = call(method, path, body, **key)
        before = counts()
        second = call(method, path, body, **key)
        assert (first.status_code, second.status_code) == (200, 200), (line, first.content, second.content)
        assert counts() == before, line
        for name in ("id", "operation", "change"):
            assert first.json().get(name) == second.json().get(name), (line, name)
        twice += 1
    assert twice > 25
