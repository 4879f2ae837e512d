"""The pages of the reference on conditions: one an item, and one that lists them all."""

from collections.abc import Callable, Iterator

from kanmon.judgment.explain import Row
from kanmon.judgment.wording import ITEM_TITLES, LEVEL_WORDS
from tools.conditions import ABOUT
from tools.conditions.about import TOLD_BY, About
from tools.conditions.example import default_level, document, judged, treated, wrong

MADE = "<!-- Made by tools/make_reference.py from tools/conditions and the judge. Change them, then run the tool. -->\n"
FILES = {
    "security_updates": "security-updates", "antivirus": "antivirus", "prohibited_software": "software",
    "mandatory_software": "software", "pc_settings": "pc-settings", "user_definition": "user-definition",
    "inventory": "inventory",
}  # fmt: skip
"""Item -> its page below ``conditions/``."""
TITLES = {
    "security-updates": "Conditions of security updates",
    "antivirus": "Conditions of antivirus products",
    "software": "Conditions of prohibited and mandatory software",
    "pc-settings": "Conditions of PC security settings",
    "user-definition": "Conditions of the user definition",
    "inventory": "Conditions on the inventory",
}


def item(kind: str) -> str:
    """The item of a kind of condition."""
    return kind.partition(".")[0]


def overview() -> str:
    """The page that lists all conditions."""
    lines = [
        MADE,
        "# Conditions\n",
        "Everything that a judgment policy can ask of a PC. Each has its section with what it looks at, who tells that, when it\n"
        "fails and passes, what counts when the inventory does not tell, an example, and the sentences that people read. How\n"
        "outcomes become levels: [Levels](levels.md). How policies are written: [Policy documents](policy.md).\n",
    ]
    for word, (title, _) in ITEM_TITLES.items():
        lines.append(f"## {title}\n\n| Condition | Fails when | Level by default |\n| --- | --- | --- |")
        for about in (one for one in ABOUT if item(one.kind) == word):
            link = f"conditions/{FILES[word]}.md#{about.kind.replace('.', '')}"
            lines.append(f"| [{about.kind}]({link}) | {_cell(about.fails)} | {_level(about)} |")
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[str, Callable[[], str]]:
    """Name of each page -> what makes it."""
    made: dict[str, Callable[[], str]] = {"conditions.md": overview}
    for file in TITLES:
        made[f"conditions/{file}.md"] = lambda file=file: _page(file)
    return made


def _page(file: str) -> str:
    lines = [MADE, f"# {TITLES[file]}\n", "All of them: [Conditions](../conditions.md).\n"]
    for about in ABOUT:
        if FILES[item(about.kind)] == file:
            lines += _section(about)
    return "\n".join(lines)


def _section(about: About) -> Iterator[str]:
    if faults := list(wrong(about)):
        raise AssertionError("; ".join(faults))
    text = document(about, about.level, "unknown" if treated(about) else "")
    failing = judged(about, text, about.failing)
    assert failing.english is not None
    assert failing.japanese is not None
    yield f"## {about.kind}\n"
    if failing.english.title != failing.japanese.title:
        yield f"{failing.english.title} ({failing.japanese.title}).\n".replace("*", r"\*")
    yield "| | |\n| --- | --- |"
    yield f"| Looks at | {_cell(about.looks_at)} |"
    yield f"| Told by | {_cell(TOLD_BY[about.told_by])} |"
    yield f"| Fails when | {_cell(about.fails)} |"
    yield f"| Passes when | {_cell(about.passes)} |"
    yield f"| When missing | {_cell(about.lacks)}: {_treatment(about)} |"
    yield f"| Level by default | {_level(about)} |\n"
    if about.note:
        yield f"{about.note}\n"
    yield f"```yaml\n{text}```\n"
    yield f"- {_sentence(failing.english, 'Wanted')}"
    yield f"- {_sentence(failing.japanese, '求める値')}\n"


def _treatment(about: About) -> str:
    """What counts when the inventory does not tell and the policy says nothing of it, as the judge does it."""
    if not treated(about):
        return "Unknown"
    outcome = judged(about, document(about), about.lacking).outcome
    return (
        f"{LEVEL_WORDS[outcome][0]}, unless [`missing`](../levels.md#when-the-inventory-does-not-tell) says otherwise"
    )


def _level(about: About) -> str:
    if about.only_unknown:
        return LEVEL_WORDS["unknown"][0]
    word = default_level(about)
    return LEVEL_WORDS[word][0] if word else "none: it is judged only with one"


def _sentence(row: Row, wanted: str) -> str:
    stop = ". " if wanted == "Wanted" else "。"
    return f"{row.title}: **{row.found}**{stop}{wanted}: {row.wanted}{stop}{row.mend}".replace("*", r"\*").replace(
        r"\*\*", "**"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
