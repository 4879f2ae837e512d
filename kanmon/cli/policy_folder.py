"""policy plan, policy apply: policies, groups, assignments and waivers as files of a folder."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.looking import policy
from kanmon.cli.policies import AlreadyOption, LanguageOption, deciding, read
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused

WOULD_CHANGE = 2
ENDINGS = {".yaml", ".yml", ".json"}
FolderArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, readable=True, help="The folder.")]
PruneOption = Annotated[bool, typer.Option("--prune", help="What is there and not in the folder goes.")]
MARKS = {"create": "+", "change": "~", "remove": "-"}


def add(app: typer.Typer) -> None:
    """The commands belong to the group of ``looking``."""


def files(folder: Path) -> dict[str, str]:
    """The YAML and JSON files below a folder by their path in it, hidden ones left out. Raises Refused KNM6006-E."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.suffix in ENDINGS and path.is_file() and not any(part.startswith(".") for part in name.parts):
            found[name.as_posix()] = read(path)
    if not found:
        raise Refused("KNM6006-E", path=str(folder), problem="no .yaml, .yml or .json in it")
    return found


@policy.command("plan", epilog="Example: kanmon policy plan policies/")
@show.sentences
def policy_plan(
    folder: FolderArgument,
    prune: PruneOption = False,
    language: LanguageOption = "en",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Say what a folder would change, and what it would do to the PCs. Exit status 2 when something would change."""
    asked = {"files": files(folder), "prune": prune, "language": language}
    with manager(server, token_file, reading=True) as client:
        said = client.call("POST", "/policies/plan", asked)
    if json:
        show.as_json(said)
    else:
        _steps(said["steps"] or [], "Nothing would change.")
        _left_over(said["left_over"])
        for one in said["what_if"]:
            print(_effect(one))
    raise SystemExit(WOULD_CHANGE if said["steps"] else show.OK)


def _steps(steps: list[dict[str, Any]], otherwise: str) -> None:
    for step in steps:
        print(f"{MARKS[step['does']]} {step['what']}" + (f" ({step['now']})" if step["now"] else ""))
        for sentence in step["said"]:
            print(f"    {sentence}")
    if not steps:
        print(otherwise)


def _left_over(steps: list[dict[str, Any]]) -> None:
    if steps:
        print("Not in the folder, and left as it is without --prune:")
    for step in steps:
        print(f"  {step['what']}" + (f" ({step['now']})" if step["now"] else ""))


def _effect(one: dict[str, Any]) -> str:
    levels = ", ".join(f"{level['level']} {level['before']:,} -> {level['after']:,}" for level in one["levels"])
    where = f" at {one['where']}" if one["where"] else ""
    return f"What if: {one['policy']}{where}: {one['changed']:,} of {one['pcs']:,} PCs at another level ({levels})"


@policy.command("apply", epilog="Example: kanmon policy apply policies/")
@show.sentences
def policy_apply(
    folder: FolderArgument,
    prune: PruneOption = False,
    already: AlreadyOption = "ask",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Make it as the folder says, in one operation. Done twice, the second time changes nothing."""
    asked = {"files": files(folder), "prune": prune, "already": already}
    with manager(server, token_file) as client:
        said = client.call("POST", "/policies/apply", asked, key=uuid.uuid4().hex)
    if json:
        show.as_json(said)
        return
    _steps(said["steps"], "Nothing to do.")
    if said["operation"]:
        judging = f"; judging: operation {said['judgment']}" if said["judgment"] else ""
        print(f"Changes: {said['changes']}, operation {said['operation']}{judging}{deciding(said)}")
