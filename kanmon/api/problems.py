"""Refusals as problem details (RFC 9457): every answer of the API that is no success has this shape."""

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from kanmon.common import messages
from kanmon.common.errors import Refused

CONTENT_TYPE = "application/problem+json"
PATH = "/api/"
Answer = Callable[[HttpRequest], HttpResponse]
TITLES_JA = {
    400: "要求を実行できません",
    401: "認証が必要です",
    403: "権限がありません",
    404: "見つかりません",
    405: "使用できないメソッドです",
    409: "現在の状態と矛盾します",
    413: "本文が大きすぎます",
    415: "対応していない種類の本文です",
    422: "要求の内容に誤りがあります",
    429: "呼び出しが多すぎます",
    500: "Manager の不具合です",
    503: "現在は応答できません",
}
IDS = {404: "KNM7300-E", 405: "KNM7301-E", 413: "KNM7302-E", 415: "KNM7303-E", 429: "KNM7304-E", 500: "KNM7305-E"}
BOUNDS = ("max_length", "min_length", "le", "lt", "ge", "gt")
SIGNS = {"le": "<=", "lt": "<", "ge": ">=", "gt": ">", "max_length": "length <=", "min_length": "length >="}
TYPES = {"int": "integer", "bool": "boolean", "list": "array", "dict": "object", "model": "object", "none": "null"}


def spoken(request: HttpRequest) -> str:
    """The caller's language: parameter ``language``, else Accept-Language, else English."""
    given = request.GET.get("language") or translation.get_language() or "en"
    return "ja" if given[:2] == "ja" else "en"


def problem(request: HttpRequest, status: int, message_id: str, params: dict[str, Any], **more: Any) -> HttpResponse:
    """A refusal in the caller's language: what it is, and how to mend it."""
    language = spoken(request)
    title = TITLES_JA.get(status, "") if language == "ja" else ""
    body = {
        "type": f"urn:kanmon:message:{message_id}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": messages.text(message_id, params, language),
        "id": message_id,
        "how": messages.remedy(message_id, language),
    }
    return JsonResponse(body | more, status=status, content_type=CONTENT_TYPE)


def refused(request: HttpRequest, said: Refused) -> HttpResponse:
    """A refusal of the domain."""
    return problem(request, said.status, said.message_id, said.params)


def invalid(request: HttpRequest, errors: list[dict[str, Any]]) -> HttpResponse:
    """Fields of the wrong shape: 422, each with its place and its sentence."""
    language = spoken(request)
    found = [_field(error, language) for error in errors]
    said = "; ".join(one["detail"] for one in found)
    return problem(request, 422, "KNM6013-E", {"problem": said}, errors=found)


def _field(error: dict[str, Any], language: str) -> dict[str, Any]:
    source, *loc = error["loc"]
    path = [str(one) for one in (loc[1:] if source == "body" else loc[-1:])]
    field = ".".join(path)[:200] or str(source)
    message_id, params = _what(error)
    told = {"in": source, "field": field, "id": message_id}
    if source == "body":
        told["pointer"] = "#" + "".join("/" + one.replace("~", "~0").replace("/", "~1") for one in path)
    return told | {"detail": messages.text(message_id, {"field": field, **params}, language)}


def _what(error: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind, given = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "KNM7310-E", {}
    if kind == "extra_forbidden":
        return "KNM7311-E", {}
    bounds = [f"{SIGNS[name]} {given[name]}" for name in BOUNDS if name in given]
    if bounds:
        return "KNM7312-E", {"bound": ", ".join(bounds)}
    if kind in ("literal_error", "enum"):
        return "KNM7313-E", {"wanted": given.get("expected", "-")}
    first = kind.partition("_")[0]
    return "KNM7314-E", {"wanted": given.get("pattern") or TYPES.get(first, first)}


def always(get_response: Answer) -> Answer:
    """Whatever refuses a call of the API, Django included, says it as a problem."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        api = request.path.startswith(PATH)
        if not api or response.status_code < 400 or response.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        told = problem(request, response.status_code, *_of_status(request, response))
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response.headers:
                told[name] = response[name]
        told.cookies = response.cookies
        return told

    return middleware


def too_large(request: HttpRequest) -> HttpResponse:
    """413."""
    return problem(request, 413, "KNM7302-E", {"most": _most()})


def _most() -> str:
    return f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MiB"


def _of_status(request: HttpRequest, response: HttpResponse) -> tuple[str, dict[str, Any]]:
    given = {
        "path": request.path[:200], "method": request.method, "allowed": response.get("Allow", "-"), "most": _most(),
        "found": request.content_type[:100], "wanted": "application/json", "status": response.status_code,
    }  # fmt: skip
    return IDS.get(response.status_code, "KNM7307-E"), given


def read_json(request: HttpRequest) -> Any:
    """The body of a request as JSON. Raises Refused KNM7303-E (415), KNM7308-E, KNM7309-E."""
    kind = request.content_type or ""
    if kind != "application/json":
        raise Refused("KNM7303-E", status=415, found=kind[:100] or "-", wanted="application/json")
    try:
        value = json.loads(request.body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as why:
        raise Refused("KNM7308-E", problem=str(why)[:200] or type(why).__name__) from None
    check_texts(_texts(value))
    return value


def check_texts(texts: Iterator[str]) -> None:
    """Raises Refused KNM7309-E for a text that no database keeps."""
    for one in texts:
        if "\0" in one:
            raise Refused("KNM7309-E", found="U+0000")
        if not one.isascii():
            half = next((sign for sign in one if "\ud800" <= sign <= "\udfff"), "")
            if half:
                raise Refused("KNM7309-E", found=f"U+{ord(half):04X}")


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, names of fields included."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
