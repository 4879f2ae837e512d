"""Schemathesis: what the OpenAPI document allows, and what it does not, is sent to every operation, in this process.

No answer is a fault (5xx), and every answer is as the document says. ``KANMON_CAMPAIGN=1`` looks for longer.
"""

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from kanmon.accounts import tokens
from kanmon.inventory.models import Pc
from tests.conftest import CAMPAIGN

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 300 if CAMPAIGN else 3
ALL_OF_IT = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not CAMPAIGN,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


def real(path: str) -> dict[str, Any]:
    """Names of things that are there, for the parameters in a path."""
    pc = Pc.objects.order_by("id")[0].asset_number
    values: dict[str, Any] = {"name": pc if path.startswith(("/api/v1/pcs", "/api/v1/clients")) else "Default"}
    values |= {"id": 1, "number": 1, "term": "1", "kind": "judgment", "cls": "software", "which": "prohibited"}
    return {name: value for name, value in values.items() if f"{{{name}}}" in path}


@pytest.mark.timeout(7200 if CAMPAIGN else 300)
def test_no_answer_is_a_fault_or_undescribed(company: None) -> None:
    headers = {"Authorization": f"Bearer {tokens.create('caller', 'administrator', 'test')}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    wrong: dict[str, str] = {}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        names = real(operation.path)
        for mode, more in (
            (GenerationMode.POSITIVE, {"path_parameters": names} if names else {}),
            (GenerationMode.NEGATIVE, {}),
        ):

            @ALL_OF_IT
            @given(case=operation.as_strategy(generation_mode=mode, **more))
            def send(case: Any) -> None:
                nonlocal asked
                asked += 1
                with transaction.atomic():
                    answer = case.call(headers=headers)
                    transaction.set_rollback(True)
                try:
                    case.validate_response(answer, checks=CHECKS)
                except FailureGroup as failures:
                    said = "; ".join(f"{one.title}: {one.message[:400]}" for one in failures.exceptions)
                    body = str(case.body)[:200]
                    wrong.setdefault(
                        f"{case.method} {case.formatted_path}"[:200], f"{case.query} {body} {answer.status_code} {said}"
                    )

            try:
                send()
            except Unsatisfiable:  # nothing that can be wrong
                continue
    assert not wrong, "\n\n".join(f"{name}: {said}" for name, said in wrong.items())
    assert asked > 500
