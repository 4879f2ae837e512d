"""policy import, export, versions, diff, rollback, copy, delete: the life of a policy."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.looking import policy
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused

KindOption = Annotated[str, typer.Option(help="judgment or action.")]
CommentOption = Annotated[str, typer.Option("--comment", help="Why; kept with the version.")]
ListOption = Annotated[
    str, typer.Option("--list", help="A list as CSV: prohibited, mandatory, updates, antivirus, user, addresses.")
]
AlreadyOption = Annotated[
    str,
    typer.Option(
        "--already",
        help="Of an action policy: PCs at its levels already are asked about (ask), left (leave) or served (act).",
    ),
]
LanguageOption = Annotated[str, typer.Option(help="Language of the sentences: en or ja.")]
UTF8_MARK = "\ufeff"


def add(app: typer.Typer) -> None:
    """The commands belong to the group of ``looking``."""


def read(file: Path) -> str:
    """The text of a file, its line ends as they are. Raises Refused KNM6006-E."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM6006-E", path=str(file), problem=str(problem)) from None


@policy.command("import", epilog="Example: kanmon policy import actions.yaml")
@show.sentences
def policy_import(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="YAML or JSON; CSV of --list.")
    ],
    comment: CommentOption = "",
    which: ListOption = "",
    into: Annotated[str, typer.Option("--into", help="The policy that gets the list.")] = "Default",
    already: AlreadyOption = "ask",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Take in a policy, or a list of one: a new version. Its PCs are judged anew; of an action policy it is decided anew."""
    body = {"text": read(file), "comment": comment} | ({} if which else {"already": already})
    path = f"/policies/{_kind_of(which)}/{into}/lists/{which}" if which else "/policies"
    with manager(server, token_file) as client:
        made = client.call("POST", path, body, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(f"{made['name']} version {made['version']}{deciding(made)}")


def deciding(said: dict[str, Any]) -> str:
    """What is said of the decision that a change of actions has begun."""
    return f"; actions: operation {said['acting']}, see kanmon waiting" if said.get("acting") else ""


def _kind_of(which: str) -> str:
    return "action" if which == "addresses" else "judgment"


@policy.command("export", epilog="Example: kanmon policy export Default -o default.yaml")
@show.sentences
def policy_export(
    name: str,
    kind: KindOption = "judgment",
    version: Annotated[int, typer.Option(help="Number of the version; else the newest.")] = 0,
    which: ListOption = "",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The file; else stdout.")] = None,
    server: ServerOption = "",
    token_file: TokenFile = None,
) -> None:
    """Write a policy as YAML, or a list of it as CSV. Taken in again, it is the same."""
    path = f"/policies/{_kind_of(which) if which else kind}/{name}" + (f"/lists/{which}" if which else "")
    with manager(server, token_file, reading=True) as client:
        text = client.call("GET", path, version=version)["text"]
    if out is None:
        print(text, end="")
        return
    try:  # the mark makes spreadsheet programs read the file as what it is
        out.write_bytes(((UTF8_MARK if which else "") + text).encode())
    except OSError as problem:
        raise Refused("KNM6006-E", path=str(out), problem=problem.strerror or str(problem)) from None


@policy.command("versions", epilog="Example: kanmon policy versions Default")
@show.sentences
def policy_versions(
    name: str, kind: KindOption = "judgment", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """List the versions of a policy with author and comment."""
    with manager(server, token_file, reading=True) as client:
        rows = client.call("GET", f"/policies/{kind}/{name}/versions")
    names = ("version", "created_at", "author", "comment")
    show.as_json(rows) if json else show.table(
        [n.capitalize() for n in names], [tuple(r[n] for n in names) for r in rows]
    )


@policy.command("diff", epilog="Example: kanmon policy diff Default --old 3 --new 5")
@show.sentences
def policy_diff(
    name: str,
    kind: KindOption = "judgment",
    old: Annotated[int, typer.Option(help="Number of the older version; else the one before.")] = 0,
    new: Annotated[int, typer.Option(help="Number of the newer version; else the newest.")] = 0,
    language: LanguageOption = "en",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Say what differs between two versions of a policy."""
    with manager(server, token_file, reading=True) as client:
        said = client.call("GET", f"/policies/{kind}/{name}/diff", old=old, new=new, language=language)
    if json:
        show.as_json(said)
        return
    print(f"{name}: version {said['old']} -> {said['new']}")
    for one in said["differences"] or ["Nothing differs."]:
        print(f"  {one}")


@policy.command("rollback", epilog="Example: kanmon policy rollback Default 3")
@show.sentences
def policy_rollback(
    name: str,
    version: Annotated[int, typer.Argument(help="The version whose content is wanted again.")],
    kind: KindOption = "judgment",
    comment: CommentOption = "",
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Make a new version with the content of an old one."""
    body = {"version": version, "comment": comment}
    with manager(server, token_file) as client:
        made = client.call("POST", f"/policies/{kind}/{name}/rollback", body, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(f"{made['name']} version {made['version']}")


@policy.command("copy", epilog="Example: kanmon policy copy Initial Sales")
@show.sentences
def policy_copy(
    name: str,
    new: Annotated[str, typer.Argument(help="Name of the copy.")],
    kind: KindOption = "judgment",
    version: Annotated[int, typer.Option(help="Number of the version; else the newest.")] = 0,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Make a policy of another name with the same content. It is assigned to nothing."""
    with manager(server, token_file) as client:
        order = {"name": new, "version": version}
        made = client.call("POST", f"/policies/{kind}/{name}/copy", order, key=uuid.uuid4().hex)
    show.as_json(made) if json else print(f"{made['name']} version {made['version']}")


@policy.command("delete", epilog="Example: kanmon policy delete Sales")
@show.sentences
def policy_delete(
    name: str, kind: KindOption = "judgment", server: ServerOption = "", token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Delete a policy that is assigned to nothing. Verdicts of the past still name its versions."""
    with manager(server, token_file) as client:
        said = client.call("DELETE", f"/policies/{kind}/{name}", key=uuid.uuid4().hex)
    show.as_json(said) if json else print(f"Deleted {name}")
