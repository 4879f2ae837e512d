"""A policy of many names is explained by what is on the PC, and not line by line."""

from kanmon.common.facts import Software
from kanmon.judgment.explain import ItemExplanation, explain
from kanmon.judgment.levels import Level
from tests.judgment.one import TODAY, Pc, rules

LINES = "".join(f"{{name: 'Game {number}*', level: danger}}, " for number in range(2_000))
POLICY = rules(f"prohibited_software: {{judge: true, programs: [{LINES}{{name: Tool, version: {{value: '1.0'}}}}]}}")


def told(explained: list[ItemExplanation]) -> list[tuple[str, str, str, str]]:
    return [(one.title, one.outcome, one.found, one.level.word) for item in explained for one in item.rows]


def test_what_is_there_has_a_row_and_the_rest_has_one() -> None:
    pc = Pc([Software("Game 7 Gold", "1"), Software("Tool", "0.5"), Software("Editor", "3")], "software")
    assert told(pc.explained(POLICY)) == [
        ("Game 7*", "failed", "Game 7 Gold 1 installed", "danger"),
        ("Tool", "passed", "no such version installed", "safe"),
        ("List of programs", "passed", "in the inventory", "safe"),
        ("1,999 more lines of the list", "passed", "none found", "safe"),
    ]
    assert ("一覧のほかの 1,999 行", "passed", "検出なし", "safe") in told(pc.explained(POLICY, "ja"))


def test_a_pc_that_tells_no_programs_has_no_rows_that_say_so_thousands_of_times() -> None:
    rows = told(Pc([], "").explained(POLICY))
    assert [outcome for _, outcome, _, _ in rows] == ["unknown", "not_applicable"]
    assert rows[1][0] == "2,001 more lines of the list"


def test_for_lists_only_what_failed_is_worked_out() -> None:
    pc = Pc([Software("Game 7 Gold", "1"), Software("Editor", "3")], "software")
    _, findings = pc.judged(POLICY)
    explained = explain(POLICY, "x", findings, dict(enumerate(pc.facts)), pc.facts, {}, TODAY, passed=False)
    assert told(explained) == [("Game 7*", "failed", "Game 7 Gold 1 installed", "danger")]
    assert explained[0].level is Level.DANGER
