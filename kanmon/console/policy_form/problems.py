"""What is wrong with a document that is edited, each at its field. The check is that of an import, and no other."""

from copy import deepcopy
from typing import Any, NamedTuple

from kanmon.common.errors import Refused
from kanmon.console.policy_form.kept import Given, at, meant
from kanmon.policy.document import join
from kanmon.policy.rules import ActionPolicy, JudgmentPolicy

MOST = 20
MISSING = ("This must have a value.", "値を指定してください。")


class Checked(NamedTuple):
    """``policy``: what the document means; None when something is wrong. ``problems``: path -> sentence."""

    policy: JudgmentPolicy | ActionPolicy | None
    problems: dict[str, str]


def check(kept: Given, language: str) -> Checked:
    """What a document means, or all that can be told to be wrong with it."""
    found: dict[str, str] = {}
    rest = deepcopy(kept)
    for _ in range(MOST):
        try:
            policy = meant(rest)
        except Refused as refused:
            path, said = _said(refused, language)
            found.setdefault(path, said)
            if not _drop(rest, path):
                break
        else:
            return Checked(None if found else policy, found)
    return Checked(None, found)


def _said(refused: Refused, language: str) -> tuple[str, str]:
    """Path and sentence of a refusal; the line that it names means nothing in a form."""
    path = str(refused.params.get("path", ""))
    if refused.message_id == "KNM5005-E":
        return join("" if path == "document" else path, str(refused.params["word"])), MISSING[language == "ja"]
    said = refused.sentence(language).partition(f"{path}: ")[2] or refused.sentence(language)
    return path, said[:1].upper() + said[1:]


def _drop(kept: Given, path: str) -> bool:
    """Take away what is wrong, to see what else is; false when that would say something else of the rest."""
    inside: Any = at(kept, path.rpartition(".")[0]) if "." in path else kept
    last = path.rpartition(".")[2]
    if isinstance(inside, dict) and last in inside:
        del inside[last]
        return True
    return False
