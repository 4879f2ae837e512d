"""What-if on every database: it says what saving would do, and writes nothing."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from kanmon.accounts.models import User
from kanmon.common import clock, config
from kanmon.common.errors import Refused
from kanmon.flow import begin_judgment
from kanmon.inventory.models import Group
from kanmon.journal import changes
from kanmon.journal.models import Operation
from kanmon.journal.term import Leadership
from kanmon.journal.writing import transaction
from kanmon.judgment.engine import ENGINE
from kanmon.judgment.levels import Level
from kanmon.judgment.models import PcState
from kanmon.policy import versions
from kanmon.policy.models import Assignment, Policy
from kanmon.whatif.asking import what_if
from kanmon.whatif.target import Target
from kanmon.whatif.told import as_json, entered_pcs
from tests.conformance.test_stages import arrive, bad, work_off
from tests.conformance.work import leader
from tests.conftest import pc_json

BACKEND = "django.contrib.auth.backends.ModelBackend"
SOFTWARE = [{"name": "bash", "version": "5.2", "scheme": "deb"}, {"name": "Winny", "version": "2.0"}]


@pytest.fixture(autouse=True)
def lead(monkeypatch: pytest.MonkeyPatch) -> Leadership:
    """Four PCs, judged by the Default policy: two are safe, one has Winny, one no virus protection."""
    monkeypatch.setenv("KANMON_ACTION_COLLECT_SECONDS", "0")
    monkeypatch.setenv("KANMON_MAIL_ADMINISTRATORS", "a@example.test")
    config.forget()
    versions.install_builtin()
    leading = leader()
    arrive(pc_json(1), pc_json(2, group="/Sales/East"), pc_json(3, group="/Sales", software=SOFTWARE), bad(4))
    work_off(leading)
    return leading


def default() -> str:
    """The text of the newest Default."""
    return str(Policy.objects.get(kind="judgment", name="Default").versions.order_by("-number")[0].text)


def edited(name: str = "Default") -> str:
    """Default, but bash is prohibited, and Winny is not so bad."""
    text = default().replace("name: Default", f"name: {name}", 1)
    text = text.replace('{name: "Winny*", level: danger}', '{name: "Winny*", level: caution}')
    return text.replace('- {name: "eMule*", level: warning}', '- {name: "bash", level: warning}')


def numbers(effect: Any, level: Level) -> list[int]:
    came = effect.came(level)
    return list(came.pcs) if came else []


def rows() -> dict[str, str]:
    """A digest of each table."""
    told = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            told[table] = hashlib.sha256(repr(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
    return told


def ask(path: str = "/what-if", **asked: Any) -> Any:
    """By the API, as a program on this machine."""
    return Client().post(
        f"/api/v1{path}", {"text": edited(), **asked}, content_type="application/json",
        headers={"X-Kanmon-Local": "root"},
    )  # fmt: skip


def test_it_says_what_saving_and_judging_then_does(lead: Leadership) -> None:
    effect = what_if(edited())
    said = {pc: level for level, pcs in effect.after.levels.items() for pc in pcs}
    with transaction():
        policy = Policy.objects.get(kind="judgment", name="Default")
        policy.versions.create(number=2, text=edited(), author="hanako", created_at=clock.now())
        changes.add([("policy", policy.id, b"")])
        begin_judgment(None, "judge_command", "hanako")
    work_off(lead)
    assert said == {pc: Level(level) for pc, level in PcState.objects.values_list("pc", "level")}
    assert said == {1: Level.WARNING, 2: Level.WARNING, 3: Level.WARNING, 4: Level.DANGER}
    assert effect.matrix == {
        (Level.SAFE, Level.WARNING): 2, (Level.DANGER, Level.WARNING): 1, (Level.DANGER, Level.DANGER): 1
    }  # fmt: skip


def test_the_causes_are_named_both_ways() -> None:
    effect = what_if(edited())
    (came,) = effect.entered
    assert [(one.condition, one.now, list(one.pcs)) for one in came.causes] == [
        ("prohibited_software[bash]", True, [1, 2]),
        ("prohibited_software[Winny*]", False, [3]),
    ]
    told = as_json(effect, "ja")
    assert told["entered"][0]["causes"][0]["title"] == "bash がインストール済み"
    assert told["otherwise_found"] == 4, "PC 4 has bash, too"


def test_nothing_is_written_and_no_operation_begins() -> None:
    before = rows()
    for path in ("/what-if", "/what-if/pcs", "/what-if/pcs.csv"):
        assert ask(path, **({"level": "warning"} if "pcs" in path else {})).status_code == 200
    assert rows() == before
    assert len(before) > 30


def test_a_page_of_pcs_goes_on_after_the_last_and_the_csv_has_all() -> None:
    first = ask("/what-if/pcs", level="warning", limit=2).json()
    rest = ask("/what-if/pcs", level="warning", limit=2, after=first[-1]["number"]).json()
    assert [(one["host"], one["before"], one["because"], one["now"]) for one in first + rest] == [
        ("pc-0001", "safe", ["bash installed"], True),
        ("pc-0002", "safe", ["bash installed"], True),
        ("pc-0003", "danger", ["Winny* installed"], False),
    ]
    lines = ask("/what-if/pcs.csv", level="warning").content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == '"number","asset_number","host","group","before","after","because"'
    assert [line.split(",")[2] for line in lines[1:4]] == ['"pc-0001"', '"pc-0002"', '"pc-0003"']
    assert lines[4:] == [""]


def test_the_nearest_assignment_wins_over_a_group_and_the_whole_system() -> None:
    east = Group.objects.get(path="/Sales/East").id
    initial = Policy.objects.get(kind="judgment", name="Initial")
    text = edited("New one")
    assert list(what_if(text, Target(group="/Sales")).scope) == [2, 3]
    assert list(what_if(text, Target(system=True)).scope) == [1, 2, 3, 4]
    Assignment.objects.create(kind="judgment", target="group", target_id=east, policy=initial)
    assert list(what_if(text, Target(group="/Sales")).scope) == [3]
    assert list(what_if(text, Target(group="/Sales/East")).scope) == [2]
    assert list(what_if(text, Target(policy="Initial")).scope) == [2]
    assert list(what_if(text, Target(system=True)).scope) == [1, 3, 4]
    Assignment.objects.create(kind="judgment", target="pc", target_id=3, policy=initial)
    assert list(what_if(text, Target(group="/Sales")).scope) == []


def test_pcs_of_two_policies_are_compared_each_with_its_own() -> None:
    initial = Policy.objects.get(kind="judgment", name="Initial")
    Assignment.objects.create(
        kind="judgment", target="group", target_id=Group.objects.get(path="/Sales/East").id, policy=initial
    )
    Assignment.objects.filter(target="system").exclude(kind="action").update(policy=initial)
    Assignment.objects.filter(target="group").update(policy=Policy.objects.get(kind="judgment", name="Default"))
    effect = what_if(edited("New one"), Target(policy="Initial"))
    assert effect.replaces == ("Initial version 1",)
    assert list(effect.scope) == [1, 3, 4]


def test_only_the_edited_rule_is_asked_again(monkeypatch: pytest.MonkeyPatch, lead: Leadership) -> None:
    what_if(default())
    asked: list[str] = []
    outcomes = ENGINE.outcomes
    monkeypatch.setattr(ENGINE, "outcomes", lambda one, scope: asked.append(one.id) or outcomes(one, scope))
    what_if(edited())
    assert asked == ["prohibited_software[bash]"], "Winny has only another level"
    what_if(edited())
    assert len(asked) == 1
    arrive(bad(5))
    work_off(lead)
    assert list(what_if(edited()).scope) == [1, 2, 3, 4, 5]
    assert len(asked) > 10, "another fleet is asked anew"


def test_a_property_that_no_policy_asked_for_is_looked_at(lead: Leadership) -> None:
    arrive(pc_json(1, columns={"disk_free_mb": 100}), pc_json(2, columns={"disk_free_mb": 90_000}))
    work_off(lead)
    asks = (
        "user_definition:\n  judge: true\n  items:\n    - name: disk\n      level: danger\n      conditions:\n"
        "        - {class: pc, property: disk_free_mb, comparison: '<', value: '1000'}\n"
    )
    text = default().replace("user_definition:\n  judge: false\n", asks)
    assert numbers(what_if(text), Level.DANGER) == [1]
    arrive(pc_json(2, columns={"disk_free_mb": 5}))
    work_off(lead)
    assert numbers(what_if(text), Level.DANGER) == [1, 2], "the column is followed from then on"


def test_the_actions_that_would_run_are_told_with_their_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = default().replace('- {name: "eMule*", level: warning}', '- {name: "bash", level: danger}')
    (mail,) = as_json(what_if(strict), "en")["actions"]
    assert (mail["kind"], mail["level"], mail["to"], mail["pcs"]) == ("mail", "danger", ["a@example.test"], 2)
    assert as_json(what_if(edited()), "en")["actions"] == [], "nobody comes to Danger"
    monkeypatch.setenv("KANMON_MAIL_PER_HOUR", "1")
    monkeypatch.setenv("KANMON_MAIL_SERVER", "127.0.0.1:25")
    config.forget()
    assert Operation.objects.filter(kind="mail").count() == 1
    (note,) = as_json(what_if(strict), "en")["notes"]
    assert note.startswith("1 mails would be ordered, and 1 of the 1 mails of an hour have been")


def test_a_pc_without_a_policy_is_not_judged_before() -> None:
    Assignment.objects.filter(kind="judgment").delete()
    effect = what_if(edited(), Target(system=True))
    assert effect.replaces == ()
    assert {before for before, _ in effect.matrix} == {Level.NOT_JUDGED}
    assert [row["before"] for row in entered_pcs(effect, Level.WARNING, 0, 10, "en")] == ["not_judged"] * 3


def test_what_can_not_be_asked_is_refused_with_a_sentence() -> None:
    action = Policy.objects.get(kind="action", name="Default").versions.get().text
    for text, target, id in (
        (action, None, "KNM2130-E"),
        (edited(), Target(group="/Sales", system=True), "KNM2131-E"),
        (edited("Nobody's"), None, "KNM2132-E"),
        (edited(), Target(group="/Nowhere"), "KNM6010-E"),
        ("kind: judgment\nname: x\nantivirus: {jugde: true}\n", None, "KNM5002-E"),
    ):
        with pytest.raises(Refused) as refused:
            what_if(text, target)
        assert refused.value.message_id == id
    assert ask(level="awful", path="/what-if/pcs").status_code == 400


def test_the_page_of_a_policy_shows_the_matrix_the_causes_and_the_pcs(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    person = Client()
    person.force_login(User.objects.create_user("hanako", role="security_administrator"), backend=BACKEND)
    address = "/policies/what-if/Default"
    assert address in person.get("/policies/judgment/Default").content.decode()
    assert "name: Default" in person.get(address).content.decode()
    page = person.post(address, {"text": edited(), "do": "list-warning"}).content.decode()
    assert '<td class="k-worse">2</td>' in page
    assert '<td class="k-better">1</td>' in page
    assert all(said in page for said in ("bash installed", "Winny* installed", "pc-0001", "pc-0003", "No longer:"))
    sent = SimpleUploadedFile("edited.yaml", edited().encode())
    csv = person.post(address, {"text": "", "file": sent, "do": "csv-warning"})
    assert csv.headers["Content-Disposition"] == 'attachment; filename="what-if-warning.csv"'
    assert csv.content.decode("utf-8-sig").count("\r\n") == 4
    wrong = person.post(address, {"text": "kind: judgment\nnme: x\n", "do": "what"})
    assert wrong.status_code == 400
    assert "KNM5002-E" in wrong.content.decode()
    viewer = Client()
    viewer.force_login(User.objects.create_user("taro", role="viewer"), backend=BACKEND)
    assert viewer.get(address).status_code == 403
    assert address not in viewer.get("/policies/judgment/Default").content.decode()
