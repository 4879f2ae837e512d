"""Make kanmon/apiclient/shapes.py and operations.py from the OpenAPI document. A test fails when they are stale."""

import os
import sys
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
HERE = ROOT / "kanmon" / "apiclient"
HEAD = '"""{what} Made by tools/make_client.py: not to be changed by hand."""\n\n'
TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WIDTH = 116


def document() -> dict[str, Any]:
    """The OpenAPI document of this source."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanmon.settings")
    import django

    django.setup()
    from kanmon.api.routes import api

    found: dict[str, Any] = api.get_openapi_schema()
    return found


def type_of(schema: dict[str, Any], before: str = "") -> str:
    """The Python type of a schema; ``before``: before the names of shapes."""
    if "$ref" in schema:
        return before + schema["$ref"].rsplit("/", 1)[1]
    if "const" in schema or "enum" in schema:
        return f"Literal[{', '.join(map(_quoted, schema.get('enum', [schema.get('const')])))}]"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(type_of(one, before) for one in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}), before)}]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {type_of(more, before) if isinstance(more, dict) else 'Any'}]"
    return TYPES.get(str(kind), "Any")


def _quoted(value: Any) -> str:
    return '"' + str(value) + '"'


def shapes(told: dict[str, Any]) -> Iterator[str]:
    """A class for each shape."""
    yield HEAD.format(what="Shapes of bodies and answers.")
    yield "from __future__ import annotations\n\nfrom typing import Any, Literal, NotRequired, TypedDict\n"
    for name, schema in sorted(told["components"]["schemas"].items()):
        if "properties" not in schema:
            yield f"\n{name} = {type_of(schema)}\n"
            continue
        wanted = schema.get("required", [])
        fields = {
            one: type_of(each) if one in wanted else f"NotRequired[{type_of(each)}]"
            for one, each in schema["properties"].items()
        }
        if any(iskeyword(one) for one in fields):
            rows = "".join(f'        "{one}": {each!r},\n' for one, each in fields.items())
            yield f'\n{name} = TypedDict(\n    "{name}",\n    {{\n{rows}    }},\n)\n'
        else:
            rows = "".join(f"    {one}: {each}\n" for one, each in fields.items())
            yield f'\n\nclass {name}(TypedDict):\n    """{_first(schema.get("description", name))}"""\n\n{rows}'


def _first(text: str) -> str:
    """The first sentence, on one line."""
    said = " ".join(text.split()).partition(". ")[0].rstrip(".") + "."
    return said.replace("\\", "\\\\").replace('"', "'")


def operations(told: dict[str, Any]) -> Iterator[str]:
    """A method for each operation."""
    yield HEAD.format(what="A method for each operation of the API.")
    yield "from collections.abc import Iterator, Sequence\nfrom typing import Any, Literal\n\n"
    yield "from kanmon.apiclient import shapes\nfrom kanmon.apiclient.transport import Transport, _segment\n\n\n"
    yield 'class Operations(Transport):\n    """Named by method and path; what stands in braces there is given first."""\n'
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            yield _method(method.upper(), path.removeprefix("/api/v1"), one)


def _method(method: str, path: str, one: dict[str, Any]) -> str:
    given = {where: [each for each in one.get("parameters", []) if each["in"] == where] for where in ("path", "query")}
    success = one["responses"]["200"]
    content = next(iter(success.get("content", {"": {"schema": {}}}).values()))["schema"]
    paged = "headers" in success and content.get("type") == "array"
    answer = "str" if "application/json" not in success.get("content", {}) else type_of(content, "shapes.")
    words = ["self"] + [f"{each['name']}: {type_of(each['schema'])}" for each in given["path"]]
    body = next(iter(one.get("requestBody", {}).get("content", {}).items()), None)
    if body:
        words.append("body: " + ("bytes" if body[0] != "application/json" else type_of(body[1]["schema"], "shapes.")))
    query = [each for each in given["query"] if not (paged and each["name"] == "cursor")]
    more = [_keyword(each) for each in query] + ([] if method == "GET" else ["key: str | None = None"])
    words += ["*", *more] if more else []
    answers = f"Iterator[{answer.removeprefix('list[')[:-1]}]" if paged else answer
    address = 'f"' + path.replace("{", "{_segment(").replace("}", ")}") + '"' if "{" in path else f'"{path}"'
    asked = "{" + ", ".join(f'"{each["name"]}": {each["name"]}' for each in query) + "}"
    if paged:
        call = f"self._pages({address}, {asked})"
    else:
        rest = [asked if query else "None", "body" if body else "None", "key"] if method != "GET" else [asked]
        call = f"self._call({', '.join([_quoted(method), address, *(rest if query or method != 'GET' else [])])})"
    said = _first(one["description"])
    text = f'    def {one["operationId"]}({", ".join(words)}) -> {answers}:\n        """{said}"""\n'
    return f"\n{text}        {'answer: ' + answers + ' = ' if not paged else 'return '}{call}\n" + (
        "" if paged else "        return answer\n"
    )


def _keyword(one: dict[str, Any]) -> str:
    kind = type_of(one["schema"], "shapes.").replace("list[", "Sequence[")
    kind = kind if one.get("required") or "None" in kind else f"{kind} | None"
    return f"{one['name']}: {kind}" + ("" if one.get("required") else " = None")


def made() -> dict[Path, str]:
    """File -> its text, before it is formatted."""
    told = document()
    return {HERE / "shapes.py": "".join(shapes(told)), HERE / "operations.py": "".join(operations(told))}


def formatted(text: str) -> str:
    """As ruff writes it."""
    import subprocess

    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff), "format", "--stdin-filename", str(HERE / "made.py"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def main() -> None:
    """Write them."""
    for path, text in made().items():
        path.write_text(formatted(text), "utf-8")


if __name__ == "__main__":
    main()
