"""A folder of YAML says what is wanted; plan tells the difference, apply makes it so, once."""

from datetime import timedelta
from typing import Any

import pytest

from kanmon.common import clock
from kanmon.journal.models import Operation
from kanmon.policy.models import Waiver
from tests.conformance.test_policy_life import MILD, STRICT, Api, api, judged, levels, work_off

__all__ = ["api"]
LAST = clock.today() + timedelta(days=30)
FOLDER = {
    "policies/strict.yaml": STRICT,
    "groups.yaml": "kind: groups\ngroups: [/West/Kobe]\n",
    "where.yaml": """\
kind: assignments
assignments:
  - {policy: Strict, group: /Sales}
  - {policy: Default, system: true}
  - {policy: Default, kind: action, system: true}
""",
    "waived.yaml": f"""\
kind: waivers
waivers:
  - condition: prohibited_software[bash]
    group: /Sales/Osaka
    reason: its scripts need it
    approver: Y. Ito
    expires: {LAST}
""",
}


def said(steps: list[dict[str, Any]]) -> list[tuple[str, str, list[str]]]:
    return [(step["does"], step["what"], step["said"]) for step in steps]


def test_plan_tells_everything_in_words_and_apply_does_it_once(api: Api) -> None:
    planned = api("POST", "/policies/plan", {"files": FOLDER})
    waived = f"until {LAST}: its scripts need it (approved by Y. Ito)"
    expected = [
        ("create", "Group /West/Kobe", []),
        ("create", "Judgment policy Strict", []),
        ("create", "Judgment policy of group /Sales", ["Strict"]),
        ("create", "Waiver of prohibited_software[bash] for group /Sales/Osaka", [waived]),
    ]
    assert said(planned["steps"]) == expected
    effect = next(one for one in planned["what_if"] if one["where"] == "/Sales")
    assert (effect["policy"], effect["pcs"], effect["changed"]) == ("Strict", 2, 2)
    before = Operation.objects.count()
    assert levels() == {"pc-0001": "safe", "pc-0002": "safe", "pc-0003": "safe"}
    done = api.then("POST", "/policies/apply", {"files": FOLDER}, key="one")
    assert said(done["steps"]) == expected
    assert levels() == {"pc-0001": "danger", "pc-0002": "safe", "pc-0003": "safe"}
    assert judged(done["operation"])["judged"] == 2
    assert Operation.objects.filter(kind="change").count() == 1
    assert api("POST", "/policies/apply", {"files": FOLDER}, key="one") == done  # sent again
    again = api("POST", "/policies/apply", {"files": FOLDER}, key="two")
    assert (again["operation"], again["steps"]) == (None, [])
    assert api("POST", "/policies/plan", {"files": FOLDER}) == {"steps": [], "left_over": [], "what_if": []}
    assert Operation.objects.count() > before


def test_drift_is_shown_with_who_made_it_and_mended(api: Api) -> None:
    api.then("POST", "/policies/apply", {"files": FOLDER})
    api.then("POST", "/policies", {"text": MILD, "comment": "less"})
    api.then("POST", "/assignments", {"policy": "Initial", "group": "/Sales"})
    planned = api("POST", "/policies/plan", {"files": FOLDER, "language": "ja"})
    today = clock.today().isoformat()
    assert [(step["what"], step["said"], step["now"]) for step in planned["steps"]] == [
        ("Judgment policy Strict", ["禁止ソフトウェア、bash: レベル 注意 -> 危険"], f"version 2 by os:hanako, {today}"),
        ("Judgment policy of group /Sales", ["Initial -> Strict"], ""),
    ]
    api.then("POST", "/policies/apply", {"files": FOLDER})
    assert levels()["pc-0001"] == "danger"
    assert api("GET", "/policies/judgment/Strict")["version"] == 3


def test_what_is_not_in_the_folder_goes_only_when_asked_for(api: Api) -> None:
    api.then("POST", "/policies/apply", {"files": FOLDER})
    less = {name: text for name, text in FOLDER.items() if name in ("where.yaml", "waived.yaml")}
    less["where.yaml"] = "kind: assignments\nassignments: [{policy: Default, system: true}]\n"
    less["waived.yaml"] = "kind: waivers\nwaivers: []\n"
    less["mine.yaml"] = STRICT.replace("Strict", "Mine")
    planned = api("POST", "/policies/plan", {"files": less})
    assert said(planned["steps"]) == [("create", "Judgment policy Mine", [])]
    assert [step["what"] for step in planned["left_over"]] == [
        "Judgment policy of group /Sales",
        "Waiver of prohibited_software[bash] for group /Sales/Osaka",
        "Judgment policy Strict",
    ]
    api.then("POST", "/policies/apply", {"files": less})
    assert levels()["pc-0001"] == "danger"
    api.then("POST", "/policies/apply", {"files": less, "prune": True})
    assert set(levels().values()) == {"safe"}
    assert not Waiver.objects.filter(ended_at=None).exists()
    names = [row["name"] for row in api("GET", "/policies") if row["kind"] == "judgment"]
    assert names == ["Default", "Initial", "Mine"]
    assert {row["policy"] for row in api("GET", "/assignments")} == {"Default"}  # that of the system stays
    work_off(api.lead)


@pytest.mark.parametrize(
    ("file", "written", "instead", "sentence"),
    [
        ("where.yaml", "policy: Strict", "policy: Strikt", 'Line 3, assignments[0]: There is no judgment policy "Strikt". Nearest: "Strict".'),
        ("where.yaml", "group: /Sales", "group: /Salse", 'Line 3, assignments[0]: There is no group "/Salse". Nearest: "/Sales".'),
        ("where.yaml", "group: /Sales", "gruop: /Sales", 'Line 3, assignments[0]: "gruop" is not known here. Nearest: "group".'),
        ("where.yaml", "group: /Sales", "pc: nobody", "Line 3, assignments[0]: PC is not there: nobody."),
        ("where.yaml", ", group: /Sales", "", "Line 3, assignments[0]: exactly one of system, group and pc is wanted."),
        ("where.yaml", "policy: Default, system", "policy: Strict, system", None),
        ("where.yaml", "{policy: Strict, group: /Sales}", "{policy: Strict, system: true}", 'Line 4, assignments[1]: "judgment" stands twice'),
        ("waived.yaml", "[bash]", "[bsh]", 'Line 3, waivers[0]: There is no condition of a policy "prohibited_software[bsh]". Nearest: "prohibited_software[bash]".'),
        ("waived.yaml", str(LAST), "2026-02-31", 'Line 7, waivers[0].expires: a day like 2027-03-31 is wanted, "2026-02-31" is given.'),
        ("waived.yaml", str(LAST), "2099-01-01", "Line 3, waivers[0]: A waiver can't last to 2099-01-01"),
        ("waived.yaml", "kind: waivers", "kind: wavers", 'Line 1, kind: "wavers" is not possible. Nearest: "waivers".'),
        ("policies/strict.yaml", "level: danger", "level: dangre", 'Line 4, prohibited_software.programs[0].level: "dangre" is not possible. Nearest: "danger".'),
        ("policies/strict.yaml", "name: Strict", "name: a/b", 'Line 3, name: a name without / on one line is wanted, "a/b" is given.'),
        ("groups.yaml", "groups: [/West/Kobe]", "group: [/West/Kobe]", 'Line 2, document: "group" is not known here. Nearest: "groups".'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_file_and_line_and_nothing_is_done(
    api: Api, file: str, written: str, instead: str, sentence: str | None
) -> None:
    assert written in FOLDER[file]
    files = FOLDER | {file: FOLDER[file].replace(written, instead)}
    if sentence is None:
        assert api("POST", "/policies/plan", {"files": files})["steps"]
        return
    for path in ("/policies/plan", "/policies/apply"):
        assert f"File {file}: {sentence}" in api("POST", path, {"files": files}, ok=False)["detail"]
    assert not Operation.objects.filter(kind="change").exists()
