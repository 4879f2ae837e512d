"""The editor of policies, without a browser: the draft stays between pages, and saving is one version, once."""

import json
from typing import Any

import pytest
import sample
from django.test import Client
from test_answers import signed_in

from kanmon.accounts.models import Role
from kanmon.common import clock
from kanmon.console.policy_form.sending import sent
from kanmon.console.read import keep
from kanmon.journal.models import Operation
from kanmon.policy import drafts, versions
from kanmon.policy.models import PolicyDraft, PolicyVersion

pytestmark = pytest.mark.django_db
EDIT, PANEL = "/policies/edit/judgment/{}/Default", "/policies/effect/judgment/{}/Default"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _company(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    keep.forget()
    versions.rules.cache_clear()  # another database has other versions of the same number
    sample.fill(24)


@pytest.fixture
def person() -> Client:
    return signed_in(Role.SECURITY_ADMINISTRATOR)


def form(client: Client, item: str, query: str = "") -> dict[str, str]:
    """What a browser would send of this page, as it was shown."""
    page = client.get(EDIT.format(item) + query)
    assert page.status_code == 200
    editor = page.context["editor"]
    return {**sent(list(editor.nodes)), "shape": str(editor.shape), "open": editor.open, "form_key": KEY}


def newest() -> PolicyVersion:
    return versions.version("judgment", "Default")


def test_what_is_typed_stays_on_the_server_between_pages_and_is_saved_once(person: Client) -> None:
    before = newest().number
    fields = form(person, "antivirus") | {"antivirus.definitions_max_age_days": "3", "do": "go:pc_settings"}
    answer = person.post(EDIT.format("antivirus"), fields)
    assert answer.headers["Location"] == EDIT.format("pc_settings")
    page = person.get(EDIT.format("antivirus")).content.decode()
    assert 'value="3"' in page
    assert "draft, 1 change" in page
    assert newest().number == before
    fields = form(person, "general") | {"do": "save", "reason": "Audit finding"}
    for said in (f"saved as version {before + 1}", "Nothing was done twice"):
        assert said in person.post(EDIT.format("general"), fields, follow=True).content.decode()
    made = newest()
    assert (made.number, made.author, made.comment) == (before + 1, "a-security_administrator", "Audit finding")
    assert versions.rules(made.id).antivirus.definitions_max_age_days == 3
    assert not PolicyDraft.objects.exists()
    change = Operation.objects.get(subject="Judgment policy Default: edited")
    assert Operation.objects.filter(parent=change.id, kind="judge").count() == 1


def test_a_draft_is_of_one_person_and_is_forgotten_when_it_is_discarded(person: Client) -> None:
    fields = form(person, "antivirus") | {"antivirus.level": "caution", "do": "keep:"}
    person.post(EDIT.format("antivirus"), fields)
    other = signed_in(Role.ADMINISTRATOR)
    assert "draft, 1 change" not in other.get(EDIT.format("antivirus")).content.decode()
    assert "draft, 1 change" in person.get(EDIT.format("antivirus")).content.decode()
    assert person.post(EDIT.format("antivirus"), {"do": "discard:", "form_key": KEY}).status_code == 302
    assert not PolicyDraft.objects.exists()


def test_what_is_wrong_is_told_at_its_field_and_is_not_saved(person: Client) -> None:
    before = newest().number
    fields = form(person, "antivirus") | {"antivirus.definitions_max_age_days": "soon", "do": "save", "reason": "x"}
    page = person.post(EDIT.format("antivirus"), fields, follow=True).content.decode()
    assert "KNM5083-E" in page
    assert "A whole number is wanted, &quot;soon&quot; is given." in page
    assert 'value="soon"' in page
    fields = form(person, "antivirus") | {"antivirus.definitions_max_age_days": "4", "do": "save", "reason": " "}
    assert "KNM5081-E" in person.post(EDIT.format("antivirus"), fields, follow=True).content.decode()
    assert newest().number == before


def test_somebody_else_has_saved_meanwhile_nothing_is_lost_and_both_are_told(person: Client) -> None:
    person.post(EDIT.format("antivirus"), form(person, "antivirus") | {"antivirus.level": "caution", "do": "keep:"})
    other = signed_in(Role.ADMINISTRATOR)
    theirs = form(other, "general") | {"comment": "theirs", "do": "save", "reason": "r", "form_key": "b" * 32}
    other.post(EDIT.format("general"), theirs)
    saved = newest().number
    mine = form(person, "antivirus") | {"do": "save", "reason": "mine"}
    page = person.post(EDIT.format("antivirus"), mine, follow=True).content.decode()
    assert "KNM5080-E" in page
    assert "theirs" in page
    assert newest().number == saved
    person.post(EDIT.format("antivirus"), form(person, "antivirus") | {"do": "onto:"})
    mine = form(person, "antivirus") | {"do": "save", "reason": "mine", "form_key": "c" * 32}
    assert person.post(EDIT.format("antivirus"), mine).status_code == 302
    made = versions.rules(newest().id)
    assert (newest().number, made.comment, made.antivirus.level) == (saved + 1, "theirs", "caution")


def test_rows_are_added_filled_in_moved_and_removed_without_a_script(person: Client) -> None:
    path = "prohibited_software.programs"
    count = len(versions.rules(newest().id).prohibited_software.programs)
    answer = person.post(
        EDIT.format("prohibited_software"), form(person, "prohibited_software") | {"do": f"add:{path}"}
    )
    assert f"open=prohibited_software.programs%5B{count}%5D" in answer.headers["Location"]
    query = "?" + answer.headers["Location"].partition("?")[2]
    fields = form(person, "prohibited_software", query)
    assert "This must have a value." in person.get(answer.headers["Location"]).content.decode()
    fields |= {f"{path}[{count}].name": "Winny*", "do": f"up:{path}[{count}]"}
    person.post(EDIT.format("prohibited_software"), fields)
    kept = drafts.document(PolicyDraft.objects.get())["prohibited_software"]["programs"]
    assert [one["name"] for one in kept].index("Winny*") == max(0, count - 1)
    old = fields | {"do": f"remove:{path}[0]"}  # a window of before: its rows are others
    assert "KNM5082-E" not in (
        page := person.post(EDIT.format("prohibited_software"), old, follow=True).content.decode()
    )
    assert "changed in another window" in page
    fields = form(person, "prohibited_software") | {"do": f"remove:{path}[{max(0, count - 1)}]"}
    person.post(EDIT.format("prohibited_software"), fields)
    kept = drafts.document(PolicyDraft.objects.get())["prohibited_software"].get("programs", [])
    assert "Winny*" not in [one["name"] for one in kept]


def test_beside_the_form_the_effect_appears_and_the_draft_is_kept(person: Client) -> None:
    fields = form(person, "antivirus") | {"antivirus.level": "caution", "antivirus.definitions_max_age_days": "0"}
    page = person.post(PANEL.format("antivirus"), fields).content.decode()
    assert 'class="k-matrix"' in page
    assert "PCs would change" in page
    assert 'id="n-f-antivirus-level" hx-swap-oob="true"><span class="k-tag k-tag-accent k-was">was Danger' in page
    assert "draft, 2 changes" in page
    wrong = person.post(
        PANEL.format("antivirus"), fields | {"antivirus.definitions_max_age_days": "-1"}
    ).content.decode()
    assert "Something in the draft is wrong" in wrong
    assert "k-matrix" not in wrong


def test_the_text_is_taken_as_an_import_takes_it(person: Client) -> None:
    page = person.get(EDIT.format("text"))
    text = page.context["editor"].text
    sent = {"form_key": KEY, "shape": "0", "do": "keep:"}
    refused = person.post(EDIT.format("text"), sent | {"text": text.replace("level: danger", "level: dnager", 1)})
    assert refused.status_code == 400
    assert "Nearest: &quot;danger&quot;" in refused.content.decode()
    assert "dnager" in refused.content.decode()
    assert not PolicyDraft.objects.exists()
    other = person.post(EDIT.format("text"), sent | {"text": text.replace("name: Default", "name: Other", 1)})
    assert "KNM5084-E" in other.content.decode() or "another policy" in other.content.decode()
    person.post(EDIT.format("text"), sent | {"text": text.replace("level: danger", "level: caution", 1)})
    assert json.loads(PolicyDraft.objects.get().body)["name"] == "Default"


def test_drafts_are_bounded_and_old_ones_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_OF_A_PERSON", 2)
    for name in ("a", "b", "c"):
        made = versions.copy("judgment", "Default", name, "x")
        drafts.keep("x", made, {"kind": "judgment", "name": name}, 0)
    assert sorted(PolicyDraft.objects.values_list("policy__name", flat=True)) == ["b", "c"]
    later = clock.now() + drafts.timedelta(days=drafts.KEPT_DAYS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert drafts.find("x", PolicyDraft.objects.all()[0].policy_id) is None


def test_a_read_only_policy_is_not_edited_and_nonsense_is_answered_in_order(person: Client) -> None:
    assert person.get("/policies/edit/judgment/antivirus/Initial").status_code == 409
    assert person.get("/policies/edit/judgment/nothing/Default").status_code == 404
    assert person.get("/policies/edit/other/antivirus/Default").status_code == 404
    assert person.get(EDIT.format("antivirus") + "?open=x[9].y&from=99999").status_code == 200
    for do in (
        "burn:",
        "add:name",
        "remove:antivirus.products[99]",
        "go:nowhere",
        "up:prohibited_software.programs[0]",
    ):
        assert person.post(EDIT.format("antivirus"), {"do": do, "form_key": KEY, "shape": "0"}).status_code == 400, do
