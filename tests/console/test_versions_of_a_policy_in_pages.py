"""Versions of a policy in the console: compared, taken back by a draft, copied, saved as a file, deleted."""

from typing import Any

import pytest
import sample
from django.test import Client
from test_answers import signed_in

from kanmon.accounts.models import Role
from kanmon.console.read import keep
from kanmon.policy import assignment, drafts, rules, versions
from kanmon.policy.models import PolicyDraft, PolicyVersion

pytestmark = pytest.mark.django_db
KEY, OTHER = "0123456789abcdef0123456789abcdef", "f" * 32


@pytest.fixture
def person(settings: Any) -> Client:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    versions.rules.cache_clear()  # another database has other versions of the same number
    sample.fill(12)
    return signed_in(Role.SECURITY_ADMINISTRATOR)


def test_two_versions_are_compared_in_words_and_one_is_a_file_that_can_be_imported(person: Client) -> None:
    count = PolicyVersion.objects.filter(policy__name="Default", policy__kind="judgment").count()
    page = person.get("/policies/compare/judgment/Default?old=1").content.decode()
    assert f"From version 1 to version {count}" in page
    assert "definitions at most" in page or "programs" in page.lower()
    assert "They say the same" in person.get("/policies/compare/judgment/Default?old=1&new=1").content.decode()
    answer = person.get("/policies/text/judgment/Default?version=1")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert rules.load(answer.content.decode()).name == "Default"
    assert person.get("/policies/compare/judgment/Default?old=77").status_code == 404
    assert person.get("/policies/compare/other/Default").status_code == 404


def test_going_back_is_a_draft_first(person: Client) -> None:
    before = versions.version("judgment", "Default").number
    answer = person.post("/policies/change/judgment/back/Default", {"form_key": KEY, "version": "1"}, follow=True)
    assert "has the content of version 1" in answer.content.decode()
    assert 'class="k-matrix"' in answer.content.decode()
    draft = PolicyDraft.objects.get()
    assert drafts.document(draft)["antivirus"]["judge"] == "true"
    assert (draft.base.number, versions.version("judgment", "Default").number) == (before, before)


def test_a_policy_is_copied_once_and_deleted_when_it_is_assigned_to_nothing(person: Client) -> None:
    for said in ("was copied to Sales", "Nothing was done twice"):
        fields = {"form_key": KEY, "new": " Sales ", "version": "0"}
        page = person.post("/policies/change/judgment/copy/Default", fields, follow=True)
        assert said in page.content.decode()
    for name in ("", "a/b", "x" * 101, "Sales"):
        fields = {"form_key": name[:1].encode().hex().ljust(32, "a"), "new": name}
        assert person.post("/policies/change/judgment/copy/Default", fields).status_code in (409, 422), name
    assignment.assign(versions.find("judgment", "Sales"), "system", 0)
    page = person.get("/policies/judgment/Sales").content.decode()
    assert "It is assigned to /" in page
    delete = {"form_key": OTHER}
    assert person.post("/policies/change/judgment/delete/Sales", delete).status_code == 409
    assignment.assign(versions.find("judgment", "Default"), "system", 0)
    person.post("/policies/edit/judgment/antivirus/Sales", {"form_key": KEY, "shape": "0", "do": "keep:"})
    assert PolicyDraft.objects.exists()
    delete = {"form_key": "e" * 32}
    assert "was deleted" in person.post("/policies/change/judgment/delete/Sales", delete, follow=True).content.decode()
    assert person.get("/policies/judgment/Sales").status_code == 404
    assert not PolicyDraft.objects.exists()
    assert person.post("/policies/change/judgment/burn/Default", {"form_key": OTHER}).status_code == 400
