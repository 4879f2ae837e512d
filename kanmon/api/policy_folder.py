"""Policies as code: what a folder would change (plan), and changing it (apply)."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router

from kanmon.action.acting import Already
from kanmon.api.callers import Caller, need
from kanmon.api.changes import key_of
from kanmon.api.folder_steps import Looking, Step
from kanmon.api.given import Body
from kanmon.api.rejudging import rejudging
from kanmon.common.errors import Refused
from kanmon.flow import Within
from kanmon.journal.once import was_done
from kanmon.policy import folder
from kanmon.policy.document import MAX_CHARACTERS
from kanmon.policy.folder import AssignmentLine, Folder
from kanmon.policy.rules import JudgmentPolicy
from kanmon.policy.waivers import Place
from kanmon.whatif.asking import what_if
from kanmon.whatif.target import Target
from kanmon.whatif.told import as_json

router = Router()
KEPT_STEPS = 200  # said in the outcome of the operation
WHAT_IFS = 20


class Files(Body):
    """The files of a folder: name -> text. ``prune``: what is there and not in the folder is to go. ``already``: what
    becomes of PCs that are at the levels of an action policy that changes already.
    """

    files: dict[str, str]
    prune: bool = False
    language: str = "en"
    already: Already = "ask"

    def read(self) -> Folder:
        """What they want. Raises Refused KNM5008-E when they are too large together."""
        size = sum(map(len, self.files.values()))
        if size > MAX_CHARACTERS:
            raise Refused("KNM5008-E", problem=f"{size:,} characters")
        return folder.read(self.files)


class Planned(Files):
    """Files to plan; ``what_if``: also say what the changed policies would do to the PCs."""

    what_if: bool = Field(True)


@router.post("/policies/plan")
def plan(request: HttpRequest, asked: Planned) -> dict[str, Any]:
    """What applying these files would change. Nothing is written."""
    need(request, "edit_policy")
    wanted = asked.read()
    looking = Looking(wanted, "ja" if asked.language == "ja" else "en")
    steps, left = looking.steps(), looking.left_over()
    done = steps + left if asked.prune else steps
    return {
        "steps": [_said(step) for step in done],
        "left_over": [] if asked.prune else [_said(step) for step in left],
        "what_if": _what_ifs(wanted, asked.language) if asked.what_if and steps else [],
    }


@router.post("/policies/apply")
def apply(request: HttpRequest, asked: Files) -> dict[str, Any]:
    """Make it as the files say: one operation. Nothing to do: no operation."""
    who = need(request, "edit_policy")
    wanted = asked.read()
    key = key_of(request, who)
    if not _steps(wanted, asked.prune) and not (key and was_done(key)):
        return {"operation": None, "judgment": None, "steps": []}
    return rejudging(
        request, who, f"Policy folder applied: {len(asked.files):,} files", lambda: _done(wanted, asked, who)
    )


def _steps(wanted: Folder, prune: bool) -> list[Step]:
    looking = Looking(wanted)
    return looking.steps() + (looking.left_over() if prune else [])


def _done(wanted: Folder, asked: Files, who: Caller) -> tuple[dict[str, Any], Within]:
    """In the transaction of the operation: look again, and do every step."""
    steps = _steps(wanted, asked.prune)
    places: list[Place] = []
    policies: list[int] = []
    acting = False
    for step in steps:
        within = step.work(who.username)
        places += within.places
        policies += within.policies
        acting = acting or within.already is not None
    told = {"changes": len(steps), "steps": [_said(step) for step in steps[:KEPT_STEPS]]}
    return told, Within(list(dict.fromkeys(places)), list(dict.fromkeys(policies)), asked.already if acting else None)


def _said(step: Step) -> dict[str, Any]:
    return {"does": step.does, "what": step.what, "said": list(step.said), "now": step.now}


def _what_ifs(wanted: Folder, language: str) -> list[dict[str, Any]]:
    """What the judgment policies of the folder would do: where they hold now, and where the folder assigns them."""
    policies = {one.what.name: one.what for one in wanted.policies if isinstance(one.what, JudgmentPolicy)}
    asked: list[tuple[JudgmentPolicy, Target, str]] = [(one, Target(), "") for one in policies.values()]
    for line in (one.what for one in wanted.assignments):
        if line.kind == "judgment" and line.policy in policies and not line.pc:
            asked.append((policies[line.policy], *_target(line)))
    return list(_effects(asked[:WHAT_IFS], language))


def _target(line: AssignmentLine) -> tuple[Target, str]:
    if line.system or line.group == "/":
        return Target(system=True), "/"
    return Target(group=line.group), line.group


def _effects(asked: Iterable[tuple[JudgmentPolicy, Target, str]], language: str) -> Iterable[dict[str, Any]]:
    for policy, target, where in asked:
        try:
            told = as_json(what_if(policy, target), "ja" if language == "ja" else "en")
        except Refused:  # a policy, or a group, that is not there yet: nobody is in it
            continue
        if told["changed"]:
            kept = ("policy", "pcs", "changed", "levels", "actions")
            yield {"where": where} | {name: told[name] for name in kept}
