"""The report in words, from its form for programs: what the mail and the command say. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

GROUPS = {
    "en": {
        "judgment": "Judgment",
        "action": "Action (Manager)",
        "window": "Operation in a window",
        "agent_action": "Action (Agent)",
        "agent_setup": "Setup window (Agent)",
    },
    "ja": {
        "judgment": "判定",
        "action": "アクション（マネージャー）",
        "window": "画面の操作",
        "agent_action": "アクション（エージェント）",
        "agent_setup": "設定画面（エージェント）",
    },
}
_WORDS = {
    "en": {
        "head": "Take-over of term {term} at {at}", "nodes": "From {source} to {target}", "first": "Node {target}",
        "none": "none was running", "more": "... and {more} more: kanmon report failover --term {term} --json",
        "in_doubt": "In doubt, for a person to decide", "choose": "choose: {verbs}",
        "acknowledged": "Acknowledged by {by}.", "open": "Not acknowledged yet: kanmon acknowledge failover",
        "earlier": "With what earlier take-overs had left open: {terms}.",
        "next": "Another take-over followed: term {term}.",
        "window": "A change in a window is one transaction: one that does not stand here was not done.",
    },
    "ja": {
        "head": "第 {term} 期の引き継ぎ（{at}）", "nodes": "{source} から {target} へ", "first": "ノード {target}",
        "none": "実行中のものはありませんでした", "more": "ほか {more} 件: kanmon report failover --term {term} --json",
        "in_doubt": "結果未確定（決定が必要）", "choose": "選択: {verbs}", "acknowledged": "{by} により確認済みです。",
        "open": "未確認です: kanmon acknowledge failover", "earlier": "以前の引き継ぎで残っていたものを含みます: {terms}",
        "next": "この後、さらに第 {term} 期へ引き継がれました。",
        "window": "画面の操作は一つのトランザクションです。ここにないものは実行されていません。",
    },
}  # fmt: skip


def lines(report: Mapping[str, Any], language: str = "en", rows: int = 50) -> Iterator[str]:
    """The report line by line; at most ``rows`` operations in doubt and as many of each group."""
    words = _WORDS[language]
    source, target = report["from"], report["to"]
    yield words["head"].format(term=report["term_said"], at=_moment(report["at"]))
    named = f"{target['node']} ({target['term_said']})"
    if source:
        yield words["nodes"].format(source=f"{source['node']} ({source['term_said']})", target=named)
    else:
        yield words["first"].format(target=named)
    yield report["why"][language]
    if report["unserved"]:
        yield report["unserved"]["said"][language]
    yield report["headline"][language]
    if report["earlier"]:
        yield words["earlier"].format(terms=", ".join(one["term_said"] for one in report["earlier"]))
    if report["acknowledged_by"]:
        yield words["acknowledged"].format(by=report["acknowledged_by"])
    elif report["failed_over"]:
        yield words["open"]
    if report["in_doubt"]:
        yield ""
        yield f"{words['in_doubt']}: {report['outcomes'].get('in_doubt', 0):,}"
        for row in report["in_doubt"][:rows]:
            yield from _row(row, language)
            yield "      " + words["choose"].format(verbs=", ".join(commands(row)))
    for group in report["groups"]:
        yield ""
        yield from _group(group, report["term_said"], language, rows)


def commands(row: Mapping[str, Any]) -> list[str]:
    """What may be typed about an operation: "kanmon redo 7"."""
    return [f"kanmon {verb.replace('_', '-')} {row['id']}" for verb in row["can"]]


def _group(group: Mapping[str, Any], term: str, language: str, rows: int) -> Iterator[str]:
    words, name = _WORDS[language], GROUPS[language][group["group"]]
    if not group["count"]:
        yield f"{name}: {words['none']}"
    else:
        yield f"{name}: {group['count']:,}"
    for row in group["operations"][:rows]:
        yield from _row(row, language)
    more = group["count"] - len(group["operations"][:rows])
    if more:
        yield "  " + words["more"].format(more=f"{more:,}", term=term)
    if group["group"] == "window":
        yield "  " + words["window"]


def _row(row: Mapping[str, Any], language: str) -> Iterator[str]:
    yield f"  {row['id']}  {row['kind']}  {row['subject']}  [{row['state']}]"
    yield f"      {row['said'][language].strip()}"


def _moment(at: str) -> str:
    return at[:19].replace("T", " ") + "Z"
