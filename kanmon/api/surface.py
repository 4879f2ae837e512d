"""The API as programs see it: how bodies are read, and how refusals are told."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from kanmon import __version__
from kanmon.api import problems
from kanmon.api.callers import caller
from kanmon.api.document import complete
from kanmon.common.errors import Refused


class Reader(Parser):
    """Bodies are JSON and say so; no text holds what a database can't keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body."""
        return problems.read_json(request)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        """The parameters."""
        problems.check_texts(one for some in data.lists() for one in (some[0], *some[1]))
        return super().parse_querydict(data, list_fields, request)


PREFIX = "/api/v1"


class Api(NinjaAPI):
    """All endpoints are added to this."""

    def get_openapi_schema(self, *given: Any, **named: Any) -> Any:
        """The whole description for tools."""
        found: dict[str, Callable[..., Any]] = {}
        for prefix, router in self._routers:
            for path, view in router.path_operations.items():
                for one in view.operations:
                    found |= {f"{method} {prefix}{path}": one.view_func for method in one.methods}
        return complete(dict(super().get_openapi_schema(*given, **named)), found, PREFIX)


api = Api(title="Kanmon", version=__version__, auth=caller, docs_url=None, urls_namespace="api", parser=Reader())


@api.exception_handler(Refused)
def refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    """A refusal of the domain."""
    return problems.refused(request, problem)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    """No caller: 401."""
    answer = problems.problem(request, 401, "KNM7002-E", {})
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """A body or parameter of the wrong shape: 422 with the places."""
    return problems.invalid(request, problem.errors)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
    """What the parser refused comes wrapped."""
    if isinstance(problem.__cause__, Refused):
        return problems.refused(request, problem.__cause__)
    return problems.problem(request, problem.status_code, "KNM7307-E", {"status": problem.status_code})


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, problem: RequestDataTooBig) -> HttpResponse:
    """More than fits: 413."""
    return problems.too_large(request)
