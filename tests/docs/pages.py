"""The pages of the documentation, and what is fenced in them."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "THREAT_MODEL.md")
PAGES = [*(ROOT / name for name in TOP), *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One fenced block: the page, the line where its text begins, the words after the fence, the text."""

    page: Path
    line: int
    words: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        """Place of the block, for test ids."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(*words: str) -> list[Block]:
    """All blocks whose fence begins with these words."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in _FENCE.finditer(text):
            said = tuple(match[2].split())
            if said[: len(words)] == words:
                found.append(Block(page, text.count("\n", 0, match.start(3)) + 1, said, match[3]))
    return found


def prose(page: Path) -> str:
    """A page without its fenced blocks and inline code."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text("utf-8")))
