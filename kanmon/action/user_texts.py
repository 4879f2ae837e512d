"""The templates of a message to a PC's user: what the policy says, in any language, else the built-in ones. Pure."""

from collections.abc import Mapping
from typing import Any

from kanmon.judgment.levels import Level
from kanmon.policy.rules_action import Notice


def user_texts(notice: Notice, level: Level, language: str) -> tuple[str, str, str]:
    """Title, text and HTML (empty: none) of ``notice``, with their keywords."""
    title, text = BUILTIN[language]["safe" if level is Level.SAFE else "other"]
    return _of(notice.title, language) or title, _of(notice.text, language) or text, _of(notice.html, language)


def _of(texts: Mapping[Any, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


BUILTIN: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "other": (
            "The security of this PC needs your attention: {level}",
            "The security of {host} has been checked. Its level is {level}.\n\n{problems}\n\n"
            "If it is not mended by {deadline}, the PC is cut off from the network on that day.\n"
            "What to do, step by step: {link}\n\nHelp: {contact}",
        ),
        "safe": ("This PC is in order", "The security of {host} has been checked. There is nothing to mend."),
    },
    "ja": {
        "other": (
            "この PC のセキュリティを確認してください: {level}",
            "{host} のセキュリティを判定しました。レベルは「{level}」です。\n\n{problems}\n\n"
            "{deadline} までに対処しないと、その日にネットワークから遮断されます。\n"
            "対処の手順: {link}\n\n連絡先: {contact}",
        ),
        "safe": ("この PC に問題はありません", "{host} のセキュリティを判定しました。対処が必要な項目はありません。"),
    },
}  # fmt: skip
