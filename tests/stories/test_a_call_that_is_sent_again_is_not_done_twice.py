"""A program changes something by the API, loses the answer, and sends the call again with its Idempotency-Key."""

import json
import urllib.error
import urllib.request
from typing import Any

from tests.conftest import ManagerProcess


class Caller:
    """A program with an API token."""

    def __init__(self, manager: ManagerProcess, name: str) -> None:
        self.manager = manager
        self.token = manager.run("token", "create", name, "--api", "--role", "administrator").stdout.strip()

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Status and decoded answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.manager.url + "/api/v1" + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as problem:
            return problem.code, json.loads(problem.read())

    def states(self) -> dict[str, str]:
        """State of each source, by name."""
        return {one["name"]: one["state"] for one in self.call("GET", "/sources")[1]}


def test_a_token_is_made_once_and_shown_once_even_when_the_manager_dies_in_between(manager: ManagerProcess) -> None:
    ci = Caller(manager, "ci")
    status, first = ci.call("POST", "/sources", {"name": "osaka"}, "k1")
    assert status == 200
    assert first["token"].startswith("kni_")
    manager.kill()
    manager.start()
    status, again = ci.call("POST", "/sources", {"name": "osaka"}, "k1")
    assert status == 200
    assert again["operation"] == first["operation"]
    assert again["token"] == ""
    assert "was made with this key before" in again["sentence"]
    assert manager.post(b"{}", first["token"])[0] != 401  # the first one is the one that counts
    story = json.dumps(ci.call("GET", f"/operations/{first['operation']}")[1])
    assert "Window operation ended: Source osaka: token made" in story
    assert first["token"] not in story
    assert first["token"] not in manager.log()


def test_a_key_is_its_callers_own_and_stands_for_one_change(manager: ManagerProcess) -> None:
    ci, cron = Caller(manager, "ci"), Caller(manager, "cron")
    assert ci.call("POST", "/sources", {"name": "one"}, "same")[0] == 200
    status, problem = ci.call("POST", "/sources", {"name": "two"}, "same")
    assert (status, problem["id"]) == (422, "KNM7020-E")
    assert cron.call("POST", "/sources", {"name": "three"}, "same")[0] == 200
    assert ci.call("POST", "/judgments", {"all": True}, "same")[0] == 422
    assert ci.call("POST", "/sources", {"name": "four"}, "k" * 129)[1]["id"] == "KNM7021-E"
    assert {"one", "three"} <= set(ci.states())
    assert not {"two", "four"} & set(ci.states())


def test_revoking_is_repeated_without_an_error_by_its_key_and_with_one_without(manager: ManagerProcess) -> None:
    ci = Caller(manager, "ci")
    ci.call("POST", "/sources", {"name": "osaka"})
    answers = [ci.call("DELETE", "/sources/osaka", key="gone") for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert ci.states()["osaka"] == "revoked"
    assert ci.call("DELETE", "/sources/osaka")[0] == 404
