"""The OpenAPI document: from the endpoints and their parameters, ``answers``, and what each endpoint asks of its caller."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from kanmon.api.answers import ANSWERS

REFERENCE = "#/components/schemas/{model}"
NOT_JSON = {"/feeds/patches", "/feeds/vulnerabilities"}  # their body is a file
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A name of your own for this change: sent again with it, it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]+$"},
}  # fmt: skip
READING = {
    "/what-if",
    "/what-if/pcs",
    "/what-if/pcs.csv",
    "/policies/plan",
    "/mail-preview",
}  # POST, yet nothing changes
AGAIN = {"/nodes/{name}/drain", "/nodes/{name}/undrain", "/cluster/join", "/network/links"}  # twice is as once
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "id", "how"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "id": {"type": "string", "pattern": "^KNM[0-9]{4}-[EWI]$"},
        "how": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
REFUSAL = {
    "description": "It was not done; the sentence says why, and how to mend it.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def complete(document: dict[str, Any], endpoints: dict[str, Callable[..., Any]], prefix: str) -> dict[str, Any]:
    """``document`` with answers, refusals, permissions and names. ``endpoints``: "GET /pcs" -> its function."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    added = _answers()[1] | {"Problem": PROBLEM}
    if twice := schemas.keys() & added.keys():
        raise ValueError(f"shapes of bodies and of answers share a name: {sorted(twice)}")
    schemas |= added
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in document["paths"].items():
        short = path.removeprefix(prefix)
        for method, told in methods.items():
            _operation(told, method, short, endpoints[f"{method.upper()} {short}"])
    return document


def _operation(told: dict[str, Any], method: str, path: str, function: Callable[..., Any]) -> None:
    said = " ".join(inspect.getdoc(function).split()) if function.__doc__ else ""  # type: ignore[union-attr]
    verbs, limited = permission(function)
    told["operationId"] = name_of(method, path)
    told["summary"] = said.partition(". ")[0].rstrip(".")
    told["description"] = said
    told["tags"] = [path.strip("/").partition("/")[0].partition(".")[0]]
    told["x-kanmon-permission"] = {"verbs": verbs, "limited": limited}
    told["security"] = [{"token": []}] if verbs else []
    told["responses"] = {"200": _success(method, path, told), "default": REFUSAL}
    if method != "get" and path not in READING | AGAIN:
        told["parameters"] = [*told.get("parameters", []), KEY]
    if path in NOT_JSON:
        file = {"schema": {"type": "string", "format": "binary"}}
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": file}}
    if (method, path) == ("post", "/network/setup"):
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}


def _success(method: str, path: str, told: dict[str, Any]) -> dict[str, Any]:
    answer = ANSWERS.get(f"{method.upper()} {path}")
    if answer is None:
        return {"description": "OK"}
    if isinstance(answer, str):
        content: dict[str, Any] = {answer: {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": _answers()[0][f"{method.upper()} {path}"]}}
    success = {"description": "OK", "content": content}
    pages = any(one["name"] == "cursor" for one in told.get("parameters", []))
    if pages and not path.startswith(("/history", "/pcs/{name}/timeline")):
        said = {"description": "Where the list goes on; absent at its end.", "schema": {"type": "string"}}
        success["headers"] = {"X-Kanmon-Next": said, "Link": said}
    return success


@cache
def _answers() -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of each answer, and those that they refer to."""
    wanted = [(name, "serialization", TypeAdapter(one)) for name, one in ANSWERS.items() if not isinstance(one, str)]
    found, all_of_them = TypeAdapter.json_schemas(wanted, ref_template=REFERENCE)  # type: ignore[arg-type]
    return {str(name): schema for (name, _), schema in found.items()}, all_of_them.get("$defs", {})


def name_of(method: str, path: str) -> str:
    """The name of an operation: the method and the words of the path; what stands in braces is named by "of_"."""
    words = path.replace(".", "_").replace("-", "_").strip("/").split("/")
    return "_".join([method, *("of_" + one.strip("{}") if one.startswith("{") else one for one in words)])


@cache
def permission(function: Callable[..., Any]) -> tuple[list[str], str]:
    """The verbs of which the endpoint asks one, and what it is to limited callers, as its ``need`` says."""
    for call in _needs(function, 3):
        said = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        limited = [one for one in said if one in ("refused", "open", "narrowed")]
        return sorted(set(said) - set(limited)), limited[0] if limited else "refused"
    return [], "open"


def _needs(function: Callable[..., Any], depth: int) -> Iterator[ast.Call]:
    """Calls of ``need`` in a function, or in those of its module that it calls."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    for one in calls:
        if one.func.id == "need":  # type: ignore[attr-defined]
            yield one
    for one in calls if depth else ():
        other = function.__globals__.get(one.func.id)  # type: ignore[attr-defined]
        if inspect.isfunction(other) and other.__module__ == function.__module__:
            yield from _needs(other, depth - 1)
