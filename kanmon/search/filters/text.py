"""A part of a PC's name, user, address, MAC, serial or asset number; of several words each has to be there."""

import re

from pyroaring import BitMap

from kanmon.search.condition import Filter
from kanmon.search.roster import ROSTER

MOST_WORDS = 8


def as_mac(word: str) -> str:
    """The beginning of a MAC address as it is stored, or "" when ``word`` is none."""
    digits = re.sub(r"[:\-. ]", "", word).lower()
    if not re.fullmatch(r"[0-9a-f]{4,12}", digits):
        return ""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _word(word: str) -> BitMap:
    found = ROSTER.texts.having(word)
    return found | ROSTER.texts.having(mac) if (mac := as_mac(word)) and mac != word.casefold() else found


def _pcs(value: str) -> BitMap:
    """The PCs that have all words of ``value``."""
    words = sorted(value.split()[:MOST_WORDS], key=len, reverse=True)
    found = ROSTER.kept(("word", words[0]), lambda: _word(words[0])).copy() if words else BitMap()
    for word in words[1:]:
        if not found:
            break
        found &= ROSTER.kept(("word", word), lambda word=word: _word(word))  # type: ignore[misc]
    return found


TEXT = Filter("q", "text", lambda value: " ".join(value.split()), _pcs)
