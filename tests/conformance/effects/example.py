"""The notifier that docs/howto/write-a-notifier.md shows, taken from the page as it stands."""

import sys
from types import ModuleType

from kanmon.action.notifiers.table import NOTIFIERS
from tests.docs.pages import ROOT, Block, blocks

PAGE = ROOT / "docs" / "howto" / "write-a-notifier.md"


def block(word: str) -> Block:
    """The one block of the page with this word."""
    (found,) = (one for one in blocks("python", word) if one.page == PAGE)
    return found


def _module(name: str, word: str) -> ModuleType:
    if name not in sys.modules:
        module = ModuleType(name)
        sys.modules[name] = module  # the page's text may look itself up
        exec(compile(block(word).text, block(word).name, "exec", dont_inherit=True), module.__dict__)
    return sys.modules[name]


Lines = _module("kanmon.action.notifiers.lines", "notifier").Lines
Outside = _module("tests.conformance.effects.lines", "outside").Outside
NOTIFIERS.update({"lines": Lines, "lines+tls": Lines})
