"""A policy as a document of texts, which a form shows, and what the document means."""

import re
from typing import Any

from kanmon.policy import rules
from kanmon.policy.document import Document
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy

Given = dict[str, Any]


def document(policy: JudgmentPolicy | ActionPolicy) -> Given:
    """The document of ``policy``; all scalars are texts."""
    found: Given = _texts(rules.plain(policy))
    return found


def meant(kept: Given) -> JudgmentPolicy | ActionPolicy:
    """The policy that a document means. Raises Refused as an import does."""
    return rules.from_document(Document(kept, {}))


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(member) for member in value]
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def parts(path: str) -> list[str | int]:
    """ "antivirus.products[0].name" -> antivirus, products, 0, name."""
    return [int(one) if one.isdecimal() else one for one in re.findall(r"[^.\[\]]+", path)]


def at(kept: Any, path: str) -> Any:
    """What stands at ``path``; None when nothing does."""
    for part in parts(path):
        try:
            kept = kept[part]
        except (KeyError, IndexError, TypeError):
            return None
    return kept
