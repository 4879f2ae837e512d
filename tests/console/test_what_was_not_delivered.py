"""Orders on the page of an operation: what was not done can be redone, what was told can be sent once more."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from test_answers import KEY, signed_in

from kanmon.accounts.models import Role
from kanmon.console.read import keep
from kanmon.journal import record
from kanmon.journal.here import HERE
from kanmon.journal.models import Operation
from kanmon.journal.writing import transaction
from tests.action.orders import command, webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(settings: Any) -> Client:
    keep.forget()
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    return signed_in(Role.SECURITY_ADMINISTRATOR)


def ended(operation: Operation, result: str, **intent: str) -> Operation:
    with transaction():
        claimed = record.claim(operation.id, HERE.term, {})
        assert claimed is not None
        record.note(claimed, "intent", intent)
        record.finish(claimed, {"result": result, "sentence": "It ended."}, {})
    return operation


def page(client: Client, operation: Operation) -> str:
    return client.get(f"/operations/{operation.id}").content.decode()


def test_what_was_told_can_be_sent_once_more(administrator: Client) -> None:
    operation = ended(webhook(), "success")
    assert "Send once more" in page(administrator, operation)
    done = administrator.post(f"/operations/{operation.id}/replay", {"form_key": KEY, "because": "lost"}, follow=True)
    assert done.status_code == 200
    again = Operation.objects.get(redo_of=operation.id)
    assert (again.requester, again.state) == ("replay", "waiting")
    shown = page(administrator, operation)
    assert f"/operations/{again.id}" in shown
    assert f"/operations/{operation.id}/replay" not in shown


def test_what_was_not_executed_can_be_redone(administrator: Client) -> None:
    operation = ended(webhook(), "not_executed")
    assert f"/operations/{operation.id}/redo" in page(administrator, operation)
    administrator.post(f"/operations/{operation.id}/redo", {"form_key": KEY})
    assert Operation.objects.get(redo_of=operation.id).requester == "redo"


def test_what_a_command_wrote_is_shown(administrator: Client, tmp_path: Path) -> None:
    (tmp_path / "output.txt").write_text("ticket <4711> made\n")
    operation = ended(command("act"), "success", node="here", folder=str(tmp_path))
    shown = page(administrator, operation)
    assert "Output of the command" in shown
    assert "ticket &lt;4711&gt; made" in shown
    assert f"/operations/{operation.id}/replay" not in shown, "a command is not run twice by a mistake"
    assert "Output of the command" not in page(
        administrator, ended(command("act"), "success", node="there", folder="/nowhere")
    )
