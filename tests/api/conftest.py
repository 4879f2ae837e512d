"""An invented company, and a caller of the API by token."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kanmon.accounts import scope, tokens
from kanmon.console.read import keep

sys.path.append(str(Path(__file__).parents[1] / "console"))

import sample  # shared with the tests of the console

Call = Callable[..., Any]


@pytest.fixture
def company(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """24 PCs with everything around them."""
    monkeypatch.setenv("KANMON_HOME", str(tmp_path))
    keep.forget()
    scope.forget()
    sample.fill(24)


@pytest.fixture
def call(company: None) -> Call:
    """``call(method, path, body, language=..., headers=...)``: Django's response, to an administrator's token."""
    token = tokens.create("caller", "administrator", "test")
    client = Client(raise_request_exception=False)

    def send(method: str, path: str, body: Any = None, language: str = "", **headers: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", **headers}
        if language:
            headers["Accept-Language"] = language
        data = {} if body is None else {"data": body if isinstance(body, bytes) else json.dumps(body).encode()}
        kind = headers.pop("content_type", "application/json")
        return client.generic(method, "/api/v1" + path, content_type=kind, headers=headers, **data)

    return send
