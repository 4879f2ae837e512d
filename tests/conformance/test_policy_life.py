"""The life of policies on every database: versions, assignments, groups and waivers, and who is judged anew."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kanmon.accounts.models import User
from kanmon.audit.follow import follow
from kanmon.audit.models import AuditRow
from kanmon.common import clock, config
from kanmon.inventory.models import Group, Pc
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.judgment import why
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.models import Verdict
from kanmon.policy import versions, waivers
from kanmon.policy.models import PolicyVersion
from kanmon.policy.waivers import Place
from tests.conformance.test_stages import arrive, bad, levels, work_off
from tests.conformance.work import leader
from tests.conftest import pc_json

STRICT = """
kind: judgment
name: Strict
prohibited_software: {judge: true, programs: [{name: bash, level: danger}]}
"""
MILD = STRICT.replace("danger", "caution")
EMPTY = "{kind: judgment, name: Empty, prohibited_software: {judge: true, programs: [{name: nothing}]}}"


class Api:
    """Calls as the command line makes them; what is refused is raised."""

    def __init__(self, lead: Leadership) -> None:
        self.lead = lead

    def __call__(self, method: str, path: str, body: Any = None, key: str = "", ok: bool = True, **query: Any) -> Any:
        headers = {"X-Kanmon-Local": "hanako"} | ({"Idempotency-Key": key} if key else {})
        sent = json.dumps(body) if body is not None else None
        address = f"/api/v1{path}" + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        answer = Client().generic(method, address, sent or "", content_type="application/json", headers=headers)
        said = json.loads(answer.content)
        assert (answer.status_code < 400) is ok, said
        return said

    def then(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The same, and everything that it began is done."""
        said = self(method, path, body, **more)
        work_off(self.lead)
        return said


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    """Three PCs: two in /Sales, one of them in /Sales/Osaka, one in no group. All safe by Default."""
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    config.forget()
    versions.install_builtin()
    made = Api(leader())
    arrive(pc_json(1, group="/Sales"), pc_json(2, group="/Sales/Osaka"), pc_json(3))
    work_off(made.lead)
    assert set(levels().values()) == {"safe"}
    return made


def judged(operation: int) -> dict[str, Any]:
    """What became of the judgment that an operation began."""
    row = Operation.objects.get(parent=operation, kind="judge")
    assert row.requester == "policy"
    assert row.state == "finished"
    return dict(row.outcome or {})


def test_versions_are_kept_with_author_and_comment_and_come_back(api: Api) -> None:
    first = api("POST", "/policies", {"text": STRICT, "comment": "bash is out"})
    assert (first["version"], first["judgment"]) == (1, None)  # it holds for nobody
    assert api("POST", "/policies", {"text": STRICT})["version"] == 1  # says the same: none
    assert api("POST", "/policies", {"text": MILD})["version"] == 2
    rows = api("GET", "/policies/judgment/Strict/versions")
    assert [(row["version"], row["author"], row["comment"]) for row in rows] == [
        (2, "os:hanako", ""), (1, "os:hanako", "bash is out"),
    ]  # fmt: skip
    text = PolicyVersion.objects.get(policy__name="Strict", number=1).text
    said = api("GET", "/policies/judgment/Strict/diff")
    assert said["differences"] == ["Prohibited software, bash: level Danger -> Caution"]
    said = api("GET", "/policies/judgment/Strict/diff", old=2, new=1, language="ja")
    assert said["differences"] == ["禁止ソフトウェア、bash: レベル 注意 -> 危険"]
    assert api("POST", "/policies/judgment/Strict/rollback", {"version": 1})["version"] == 3
    third = api("GET", "/policies/judgment/Strict")
    assert (third["text"], third["comment"]) == (text, "Back to version 1")
    assert PolicyVersion.objects.get(policy__name="Strict", number=1).text == text


def test_what_cannot_be_is_refused_with_the_nearest_name(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    for method, path, body, sentence in (
        ("GET", "/policies/judgment/Strikt", None, 'There is no judgment policy "Strikt". Nearest: "Strict".'),
        ("GET", "/policies/judgement/Strict", None, 'There is no kind of policy "judgement". Nearest: "judgment".'),
        ("POST", "/policies/judgment/Strict/rollback", {"version": 7}, "no version 7; the newest is 1"),
        ("POST", "/policies/judgment/Strict/copy", {"name": "Default"}, "named Default is there already"),
        ("DELETE", "/policies/judgment/Default", None, "came with Kanmon"),
        ("POST", "/policies", {"text": "{kind: judgment, name: Initial}"}, "Initial is read-only"),
        ("POST", "/assignments", {"policy": "Strict", "group": "/Salse"}, 'no group "/Salse". Nearest: "/Sales".'),
        ("POST", "/assignments", {"policy": "Strict"}, "Exactly one of these is wanted"),
        ("POST", "/assignments", {"policy": "Strict", "pcs": ["nobody"]}, "nobody"),
        ("POST", "/groups/delete", {"path": "/Sales"}, "PCs in it: 1, groups below it: 1"),
        ("POST", "/groups/move", {"path": "/Sales", "to": "/Sales/Osaka/x"}, "which is inside it"),
        ("POST", "/groups", {"path": "/Sales"}, "is there already"),
        ("DELETE", "/waivers/99", None, "no open waiver 99"),
        ("GET", "/policies/judgment/Strict/lists/prohibitted", None, 'Nearest: "prohibited"'),
    ):
        assert sentence in api(method, path, body, ok=False)["detail"]


def test_the_nearest_assignment_wins_and_only_its_pcs_are_judged_anew(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api("POST", "/policies", {"text": EMPTY})
    said = api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    assert levels() == {"pc-0001": "danger", "pc-0002": "danger", "pc-0003": "safe"}
    assert judged(said["operation"])["judged"] == 2
    said = api.then("POST", "/assignments", {"policy": "Empty", "group": "/Sales/Osaka"})
    assert levels() == {"pc-0001": "danger", "pc-0002": "safe", "pc-0003": "safe"}
    assert judged(said["operation"])["judged"] == 1
    api.then("POST", "/assignments", {"policy": "Strict", "pcs": ["pc-0002"]})
    assert levels()["pc-0002"] == "danger"
    rows = [(row["policy"], row.get("group") or row.get("pc") or "/") for row in api("GET", "/assignments")
            if row["kind"] == "judgment"]  # fmt: skip
    number = Pc.objects.get(host="pc-0002").asset_number
    assert rows == [("Default", "/"), ("Strict", "/Sales"), ("Empty", "/Sales/Osaka"), ("Strict", number)]
    api.then("POST", "/assignments", {"pcs": ["pc-0002"]})  # taken away: the group's holds again
    assert levels()["pc-0002"] == "safe"
    assert "itself" in api("POST", "/assignments", {"pcs": ["pc-0002"]}, ok=False)["detail"]


def test_a_new_version_judges_those_for_whom_it_holds(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    said = api.then("POST", "/policies", {"text": MILD})
    assert levels() == {"pc-0001": "caution", "pc-0002": "caution", "pc-0003": "safe"}
    assert judged(said["operation"])["judged"] == 2
    assert api.then("POST", "/policies/judgment/Strict/rollback", {"version": 1})["judgment"]
    assert levels()["pc-0001"] == "danger"


def test_an_assigned_policy_is_not_deleted_and_a_deleted_one_still_explains_its_verdicts(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    assert "assigned 1 times" in api("DELETE", "/policies/judgment/Strict", ok=False)["detail"]
    api("POST", "/assignments", {"group": "/Sales"})
    api("DELETE", "/policies/judgment/Strict")
    assert [row["name"] for row in api("GET", "/policies") if row["kind"] == "judgment"] == ["Default", "Initial"]
    verdict = Verdict.objects.filter(level=400).first()
    assert verdict is not None
    assert versions.label(verdict.policy_version) == "Strict version 1"
    assert versions.rules(verdict.policy_version).name == "Strict"
    assert api("POST", "/policies", {"text": MILD})["version"] == 1  # the name is free again
    work_off(api.lead)


def test_a_copy_is_a_policy_of_its_own(api: Api) -> None:
    api("POST", "/policies/judgment/Initial/copy", {"name": "Branch"})
    api("POST", "/policies", {"text": STRICT.replace("Strict", "Branch")})
    assert len(api("GET", "/policies/judgment/Branch/versions")) == 2
    assert len(api("GET", "/policies/judgment/Initial/versions")) == 1
    assert "copy" in api("GET", "/policies/judgment/Branch/versions")[1]["comment"].lower()


def test_groups_move_with_what_is_below_and_pcs_are_judged_where_they_come_to(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api("POST", "/groups", {"path": "/West/Kobe"})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/West"})
    said = api.then("POST", "/groups/move", {"path": "/Sales/Osaka", "to": "/West/Osaka"})
    assert levels() == {"pc-0001": "safe", "pc-0002": "danger", "pc-0003": "safe"}
    assert judged(said["operation"])["judged"] == 1
    said = api.then("POST", "/groups/members", {"path": "/West/Kobe", "pcs": ["pc-0001", "pc-0003"]})
    assert said["moved"] == 2
    assert set(levels().values()) == {"danger"}
    assert [row["host"] for row in api("GET", "/groups/members", group="/West/Kobe")] == ["pc-0001", "pc-0003"]
    assert api("POST", "/groups/delete", {"path": "/Sales"})["path"] == "/Sales"
    api("POST", "/groups/move", {"path": "/West", "to": "/East/West"})
    paths = list(Group.objects.order_by("path").values_list("path", flat=True))
    assert paths == ["/", "/East", "/East/West", "/East/West/Kobe", "/East/West/Osaka"]
    work_off(api.lead)
    assert set(levels().values()) == {"danger"}


def waive(api: Api, condition: str, days: int = 30, **more: Any) -> Any:
    """Waive a condition until ``days`` from now."""
    expires = (clock.today() + timedelta(days=days)).isoformat()
    order = {"condition": condition, "reason": "needed for tests", "approver": "Y. Ito", "expires": expires, **more}
    return api.then("POST", "/waivers", order)


def test_a_waived_finding_stays_visible_with_its_reason_and_does_not_count(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    said = waive(api, "prohibited_software[bash]", group="/Sales")
    assert judged(said["operation"])["judged"] == 2
    assert levels() == {"pc-0001": "safe", "pc-0002": "safe", "pc-0003": "safe"}
    one = api("GET", "/pcs/pc-0002")
    found = next(item for item in one["items"] if item["item"] == "prohibited_software")["findings"]
    assert [(row["outcome"], row["level"], row["found"]) for row in found] == [
        ("waived", "danger", "bash 5.2.15-2 installed")
    ]
    last = clock.today() + timedelta(days=30)
    assert found[0]["waiver"] == f"Waived until {last}: needed for tests (approved by Y. Ito)"
    japanese = api("GET", "/pcs/pc-0002", language="ja")["items"][2]["findings"][0]["waiver"]
    assert japanese == f"{last} まで適用除外: needed for tests（承認者: Y. Ito）"
    assert why.worst_texts([Verdict.objects.get(pc=2, to_at=None).finding_set], "en") == {
        Verdict.objects.get(pc=2, to_at=None).finding_set: ""
    }
    number = api("GET", "/waivers")[0]["id"]
    api.then("DELETE", f"/waivers/{number}")
    assert levels()["pc-0001"] == "danger"
    assert api("GET", "/waivers") == []
    assert [(row["id"], row["ended_by"]) for row in api("GET", "/waivers", expired="true")] == [(number, "os:hanako")]


def test_a_waiver_of_a_pc_is_nearer_than_that_of_its_group_and_names_a_real_condition(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "system": True})
    waive(api, "prohibited_software[bash]", group="/Sales", reason="the group")
    waive(api, "prohibited_software[bash]", pcs=["pc-0002"], reason="the PC")
    assert "the PC" in api("GET", "/pcs/pc-0002")["items"][2]["findings"][0]["waiver"]
    assert "the group" in api("GET", "/pcs/pc-0001")["items"][2]["findings"][0]["waiver"]
    assert levels()["pc-0003"] == "danger"
    waive(api, "prohibited_software[bash]", system=True)
    assert levels()["pc-0003"] == "safe"
    order = {"reason": "r", "approver": "a", "expires": clock.today().isoformat(), "system": True}
    refused = api("POST", "/waivers", {**order, "condition": "prohibited_software[Bash]"}, ok=False)
    assert 'Nearest: "prohibited_software[bash]"' in refused["detail"]
    assert "inventory.agent" in api("POST", "/waivers", {**order, "condition": "inventory.agent"}, ok=False)["detail"]
    order["condition"] = "prohibited_software[bash]"
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert yesterday in api("POST", "/waivers", {**order, "expires": yesterday}, ok=False)["detail"]
    assert "reason" in api("POST", "/waivers", {**order, "reason": " "}, ok=False)["detail"]


def test_a_waiver_counts_on_its_days_only_and_tells_before_it_ends(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "system": True})
    today, now = clock.today(), clock.now
    begins = (today + timedelta(days=2)).isoformat()
    waive(api, "prohibited_software[bash]", days=20, begins=begins, notice_days=5, group="/Sales")
    assert levels()["pc-0001"] == "danger"  # not yet
    group = Place("group", Group.objects.get(path="/Sales").id)
    day = timedelta(days=1)
    assert waivers.turning(today, today + day) == []
    assert waivers.turning(today, today + 2 * day) == [group]
    assert waivers.turning(today + 2 * day, today + 20 * day) == []
    assert waivers.turning(today + 20 * day, today + 21 * day) == [group]
    assert ENGINE.within(waivers.turning(today, today + 2 * day)) == ENGINE.within([group])
    assert sorted(ENGINE.within([group])) == [1, 2]
    for later, level in ((1, "danger"), (2, "safe"), (20, "safe"), (21, "danger")):
        monkeypatch.setattr(clock, "now", lambda later=later: now() + timedelta(days=later))
        api.then("POST", "/judgments", {"all": True})
        assert levels()["pc-0001"] == level, later
    for later, warned in ((14, False), (15, True), (20, True), (21, False)):
        assert bool(waivers.expiring(today + timedelta(days=later))) is warned


def test_each_change_is_one_operation_for_its_key_and_one_row_of_the_audit(api: Api) -> None:
    work_off(api.lead)
    while follow(api.lead.term):
        pass
    api("POST", "/policies", {"text": STRICT}, key="a")
    said = api.then("POST", "/assignments", {"policy": "Strict", "system": True}, key="b")
    again = api("POST", "/assignments", {"policy": "Strict", "system": True}, key="b")
    assert again == said
    assert Operation.objects.filter(parent=said["operation"], kind="judge").count() == 1
    while follow(api.lead.term):
        pass
    told = AuditRow.objects.filter(actor="os:hanako").exclude(event__startswith="mail").order_by("seq")
    assert list(told.values_list("event", "subject")) == [
        ("change_finished", "Judgment policy Strict: imported"),
        ("change_finished", "Judgment policy Strict: assigned to the whole system"),
    ]


def test_a_list_goes_out_as_csv_and_comes_back_as_a_version(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    text = api("GET", "/policies/judgment/Strict/lists/prohibited")["text"]
    assert text.splitlines()[1].startswith('"bash",')
    assert api("POST", "/policies/judgment/Strict/lists/prohibited", {"text": text})["version"] == 1
    added = text + text.splitlines()[1].replace("bash", "zsh") + "\r\n"
    assert api("POST", "/policies/judgment/Strict/lists/prohibited", {"text": added})["version"] == 2
    assert api("GET", "/policies/judgment/Strict/diff")["differences"] == [
        "Prohibited software: added zsh at any version, level Danger"
    ]
    wrong = added.replace('"danger"', '"dangerous"', 2).replace('"dangerous"', '"danger"', 1)
    refused = api("POST", "/policies/judgment/Strict/lists/prohibited", {"text": wrong}, ok=False)
    assert 'Line 3, prohibited_software.programs[1].level: "dangerous"' in refused["detail"]
    assert 'Nearest: "danger"' in refused["detail"]


def test_a_pc_without_protection_counts_only_for_its_antivirus(api: Api) -> None:
    arrive(bad(4))
    work_off(api.lead)
    assert levels()["pc-0004"] == "danger"
    waive(api, "antivirus.product", pcs=["pc-0004"])
    assert levels()["pc-0004"] == "safe"


def test_the_page_of_a_pc_shows_policies_with_their_places_and_what_is_waived(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    waive(api, "prohibited_software[bash]", group="/Sales")
    person = User.objects.create_user("hanako", password="not asked for", role="viewer")
    browser = Client()
    browser.force_login(person)
    number = Pc.objects.get(host="pc-0002").id
    last = clock.today() + timedelta(days=30)
    page = browser.get(f"/pcs/{number}").content.decode()
    assert f"Waived until {last}: needed for tests (approved by Y. Ito)" in page
    assert "check is waived" in page
    assert "from /Sales" in page
    assert 'class="k-mark k-mark-danger"' not in page
    User.objects.filter(pk=person.pk).update(language="ja")
    page = browser.get(f"/pcs/{number}").content.decode()
    assert f"{last} まで適用除外: needed for tests（承認者: Y. Ito）" in page
    operations = browser.get("/operations").content.decode()
    assert "判定ポリシー Strict を グループ /Sales に割り当て" in operations
    assert "グループ /Sales の prohibited_software[bash] の適用除外" in operations
    assert "変更の影響を受ける PC" in operations


def test_health_warns_of_a_waiver_before_it_ends(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    waive(api, "prohibited_software[bash]", days=15, group="/Sales")
    assert "KNM5070-W" not in [row["id"] for row in api("GET", "/health")["warnings"]]
    waive(api, "prohibited_software[bash]", days=14, group="/Sales")  # in the place of the first
    assert len(api("GET", "/waivers")) == 1
    said = next(row for row in api("GET", "/health")["warnings"] if row["id"] == "KNM5070-W")
    last = clock.today() + timedelta(days=14)
    wanted = f"The waiver of prohibited_software[bash] for group /Sales ends after {last} (14 days left)."
    assert wanted in json.dumps(said)


def test_what_if_knows_what_is_waived(api: Api) -> None:
    api("POST", "/policies", {"text": STRICT})
    api.then("POST", "/assignments", {"policy": "Strict", "group": "/Sales"})
    waive(api, "prohibited_software[bash]", group="/Sales/Osaka")
    assert levels() == {"pc-0001": "danger", "pc-0002": "safe", "pc-0003": "safe"}
    effect = api("POST", "/what-if", {"text": MILD})
    assert (effect["pcs"], effect["changed"]) == (2, 1)
    assert {(one["before"], one["after"], one["pcs"]) for one in effect["matrix"]} == {
        ("danger", "caution", 1), ("safe", "safe", 1),
    }  # fmt: skip
